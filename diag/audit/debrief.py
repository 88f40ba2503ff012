"""À chaud: the few facts that are shown before leaving, and what to decide on them.

It reads what everyone may read of an audit: no score, no price unless asked for, no
name, no sensitive fact, and never what would be ideal.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from diag.assess.plan import Action
from diag.assess.results import CriterionResult
from diag.assess.words import filled_words, is_printable, score_words, short_cost
from diag.audit.findings import observed, strengths, weaknesses
from diag.audit.report import Report
from diag.audit.seen import danger_seen, found_words, seen_words, strength_words
from diag.model.enums import Compliance, Kind
from diag.words.dates import short_date, weekday_date
from diag.words.sentences import (
    NEXT_BUDGET,
    counted,
    listed,
    sentence,
    uncapitalised,
)
from diag.words.vocabulary import ACTORS

STRONG, SEEN, DECIDED = 3, 3, 3
"""At most so many lines under each heading; dangers are not counted, all are there."""

FEW = 3
"""Fewer sure facts than this show nothing to anybody, but a danger."""

_NAMED = 3
_MONEY = ("€", "euro")
"""What no sentence may hold: an author's own may name a price."""

_FAR = 300
"""Days from which a date needs its year."""


@dataclass(frozen=True, slots=True)
class DebriefLine:
    """A fact that was seen, or something to decide on."""

    key: str
    """`danger/PLACE/QUESTION`, `criterion/ID` or `rec/ID`."""
    text: str
    mark: str
    """`+` what works, `!` a danger, `-` what was seen, a number for a decision."""
    aside: str = ""
    """Who acts, before when."""
    price: str = ""
    """What it costs, shown only where it is asked for."""

    @property
    def is_danger(self) -> bool:
        """Say whether it is a danger: nothing takes it off the page."""
        return self.mark == "!"

    @property
    def advice(self) -> str:
        """Return the id of the recommendation to decide on; empty for a fact."""
        return self.key.removeprefix("rec/") if self.key.startswith("rec/") else ""


@dataclass(frozen=True, slots=True)
class DebriefPart:
    """A heading, and the lines under it."""

    title: str
    lines: tuple[DebriefLine, ...]


@dataclass(frozen=True, slots=True)
class Debrief:
    """The page that is turned towards the head teacher."""

    title: str
    """Whom it is about, and the day."""
    parts: tuple[DebriefPart, ...]
    """None empty; none at all where it is too early."""
    early: str
    """Why it is too early to show anything; else empty."""
    score: str
    """The score, shown only where it is asked for."""

    @property
    def lines(self) -> tuple[DebriefLine, ...]:
        """Every line, from top to bottom."""
        return tuple(line for part in self.parts for line in part.lines)

    def retouched(self, words: Mapping[str, str]) -> "Debrief":
        """Return it with lines rephrased, by key; one without words is left out.

        A danger stays, whatever is asked.
        """

        def kept(line: DebriefLine) -> DebriefLine | None:
            text = words.get(line.key, line.text)
            if text:
                return replace(line, text=text)
            return line if line.is_danger else None

        parts = (
            replace(part, lines=tuple(filter(None, map(kept, part.lines))))
            for part in self.parts
        )
        return replace(self, parts=tuple(part for part in parts if part.lines))


def debrief_of(report: Report) -> Debrief:
    """Return what is shown of an audit in the corridor, as everyone may read it."""
    shown = report.public
    results = shown.assessment.criteria.values()
    sure = sum(bool(seen_words(shown, one)) for one in results)
    early = ""
    if sure < FEW and not shown.assessment.dangers:
        facts = counted(sure, "fait sûr", "faits sûrs") if sure else "aucun fait sûr"
        early = f"Encore trop tôt : {facts}."
    parts = (
        DebriefPart("Ce qui marche", tuple(_strong(shown))),
        DebriefPart("Ce que nous avons vu", (*_dangers(shown), *_seen(shown))),
        DebriefPart("À décider ensemble", tuple(_decisions(shown))),
    )
    overall = shown.assessment.overall
    score = filled_words(overall)
    if is_printable(overall):
        score = score_words(overall) + " sur 100" * bool(overall.bounds)
    return Debrief(
        title=f"{shown.about.name}, {weekday_date(shown.date)}",
        parts=() if early else tuple(part for part in parts if part.lines),
        early=early,
        score=f"Ensemble : {score}",
    )


def _strong(report: Report) -> Iterator[DebriefLine]:
    """Give the heaviest strengths, one a domain."""
    domains: dict[str, DebriefLine] = {}
    for one in sorted(strengths(report), key=lambda one: -one.criterion.weight):
        words = strength_words(report, one)
        if words and not _names_price(words):
            key = f"criterion/{one.criterion.id}"
            domains.setdefault(one.criterion.domain, DebriefLine(key, words, "+"))
    yield from list(domains.values())[:STRONG]


def _dangers(report: Report) -> Iterator[DebriefLine]:
    for one in report.assessment.dangers:
        is_whole = one.place == report.facts.root
        where = report.it if is_whole else report.place_name(one.place)
        seen = danger_seen(report, report.observations, one)
        words = sentence(f"{where} : {uncapitalised(str(seen))}")
        yield DebriefLine(f"danger/{one.place}/{one.question.id}", words, "!")


def _seen(report: Report) -> Iterator[DebriefLine]:
    """Give broken obligations, then, in the room that they leave, what else lacks.

    Laws that were read first, then what is indispensable, what the ministry asks, the
    rest: the order in which everything is judged. What is a danger is not repeated.
    """
    cured = {
        action.advice.recommendation.when.criterion
        for action in report.plan
        if action.advice.is_danger
    }
    lacking = [
        (one, words)
        for one in weaknesses(report)
        if one.criterion.id not in cured
        and (words := _lacking(report, one))
        and not _names_price(words)
    ]
    chosen = sorted(lacking, key=lambda one: one[0].compliance is None)[:SEEN]
    order = (Kind.BLOCKING, Kind.COMPLIANCE, Kind.IMPROVEMENT)
    chosen.sort(key=lambda one: (not one[0].is_law, order.index(one[0].criterion.kind)))
    for one, words in chosen:
        yield DebriefLine(f"criterion/{one.criterion.id}", words, "-")


def _lacking(report: Report, result: CriterionResult) -> str:
    """Return what falls short; of an obligation without words, that it is broken."""
    words = found_words(report, result)
    if words or result.compliance is not Compliance.NON_CONFORME:
        return words
    return sentence(f"{result.criterion.title} : {observed(report, result)}")


def _decisions(report: Report) -> Iterator[DebriefLine]:
    """Give the first of the plan, each of another owner as far as it goes."""
    left = [
        one
        for one in report.plan.actions
        if one.undecided and not one.conditional and not _names_price(report.title(one))
    ]
    firsts = {one.advice.recommendation.owner: one for one in reversed(left)}
    owned = [one for one in left if one in firsts.values()]
    others = [one for one in left if one not in owned]
    chosen = [*owned, *others][:DECIDED]
    for rank, one in enumerate((one for one in left if one in chosen), 1):
        due = NEXT_BUDGET
        if one.due:
            is_far = (one.due - report.date).days > _FAR
            due = short_date(one.due, year=is_far)
        yield DebriefLine(
            f"rec/{one.id}",
            _action_words(report, one),
            str(rank),
            f"{ACTORS[one.advice.recommendation.owner]}, {due}",
            short_cost(one.advice.cost),
        )


def _action_words(report: Report, action: Action) -> str:
    """Return an action, and the rooms that it is for unless it names them.

    « dans 1 à 4 salles, dont Classe 1 » while others were not looked at.
    """
    title = report.title(action)
    names = [report.place_name(one) for one in action.advice.places]
    if not names or any(name in title for name in names):
        return title
    among = "dont " if action.unsure_places else ""
    return f"{title}, {among}{listed(names, _NAMED)}"


def _names_price(words: str) -> bool:
    return any(sign in words.casefold() for sign in _MONEY)
