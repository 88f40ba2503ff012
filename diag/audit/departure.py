"""Leaving a school: what to see now, what is doubtful, and what to decide « à chaud ».

What is shown to the school is what everyone may read of an audit: no score, no price
unless asked for, no name, no sensitive fact, and never what would be ideal.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from diag.answers.types import TYPES, answer_words
from diag.assess.questions import is_on_site
from diag.assess.words import filled_words, is_printable, score_words, short_cost
from diag.audit.answer import Key, failed_checks
from diag.audit.findings import (
    danger_seen,
    found_words,
    observed,
    seen_words,
    strength_words,
    strengths,
    weaknesses,
)
from diag.audit.fitting import asked_elsewhere, seconds_to_see
from diag.audit.proposals import waiting, waiting_words
from diag.audit.report import Report
from diag.audit.session import AuditSession
from diag.audit.walk import Walk, WalkStop, walk_of
from diag.journal.journal import get_setting, jot_setting
from diag.model.audit import ROOT_KINDS
from diag.model.enums import Compliance, Kind, PlaceKind, Profile, State
from diag.words.dates import short_date, weekday_date
from diag.words.sentences import (
    NEXT_BUDGET,
    counted,
    listed,
    sentence,
    uncapitalised,
)
from diag.words.vocabulary import ACTORS, PLACES

_WAIVED = "waived.{}"
"""Setting of an audit: what one leaves without, in order."""

MOST = 12
"""So many questions at most are shown to be seen before leaving."""


@dataclass(frozen=True, slots=True)
class Check:
    """One question to look at again, and why."""

    stop: WalkStop
    place: str
    """Name of the place, or whom one asks at the school."""
    reasons: tuple[str, ...]

    @property
    def is_doubt(self) -> bool:
        """Return whether it was answered, and the answer is to be looked at again."""
        return bool(self.stop.heads or self.stop.flagged)

    @property
    def is_due(self) -> bool:
        """Return whether a visit should not end without it."""
        question = self.stop.question
        return self.is_doubt or question.required or question.danger


@dataclass(frozen=True, slots=True)
class Departure:
    """What to look at before leaving, and what one may leave without."""

    here: tuple[Check, ...]
    """What is seen here only, the most needed; from where one is to the door."""
    seconds: int
    """To go and see them."""
    beyond: int
    """How many more could be seen here, and are needed less."""
    dangers: int
    """At how many places a danger was not looked for, listed or beyond."""
    elsewhere: tuple[tuple[str, int], ...]
    """Who answers without the engineer, and how many questions each has left."""
    doubtful: tuple[Check, ...]
    """Answers to look at again that are not seen on the spot."""
    remarks: tuple[str, ...]
    """What is about no question: open lists, a visit without a date."""
    score: str

    @property
    def checks(self) -> tuple[Check, ...]:
        """Return every question listed."""
        return (*self.here, *self.doubtful)

    @property
    def minutes(self) -> int:
        """Return the time that what is here takes, in minutes, rounded up."""
        return -(-self.seconds // 60)

    @property
    def here_words(self) -> str:
        """Return « 6, environ 3 min, vers la sortie »."""
        if not self.here:
            return "rien"
        more = f", puis {counted(self.beyond, 'autre')}" if self.beyond else ""
        time = f"environ {self.minutes}\u00a0min"
        return f"{len(self.here)}, {time}, vers la sortie{more}"

    @property
    def outcome(self) -> str:
        """Return whether one may leave, and what is missing then."""
        if self.dangers:
            one = "lieu n'a pas été regardé pour un danger\u00a0: voyez-le d'abord."
            many = (
                "lieux n'ont pas été regardés pour un danger\u00a0: voyez-les d'abord."
            )
            return counted(self.dangers, one, many)
        return (
            "Rien n'empêche de partir. Ce qui manque élargit la fourchette\u00a0: "
            f"{self.score}."
        )


def departure_of(session: AuditSession, walk: Walk | None = None) -> Departure:
    """Return what to look at before leaving."""
    session.check_method()
    walk = walk or walk_of(session.facts, session.checklist, session.profile)
    waived = waived_in(session)
    doubted = failed_checks(session.facts, session.checklist)
    checks = [
        Check(stop, leg.title, reasons)
        for leg in walk.legs
        for stop in leg.stops
        if stop.key not in waived
        and (reasons := tuple(_reasons(stop, doubted.get(stop.key, ""))))
    ]

    def need(check: Check) -> tuple[bool, bool, int]:
        """Put a danger first, then what is due, then what the shortest visit asks."""
        question = check.stop.question
        profile = session.judge.profiles.get(question.id, Profile.FULL)
        return not question.danger, not check.is_due, [*Profile].index(profile)

    seen = [one for one in checks if is_on_site(one.stop.question)]
    needed = sorted(seen, key=need)[:MOST]
    return Departure(
        here=tuple(one for one in reversed(seen) if one in needed),
        seconds=seconds_to_see(session, walk, (one.stop for one in needed)),
        beyond=len(seen) - len(needed),
        dangers=sum(one.stop.question.danger for one in seen),
        elsewhere=tuple(asked_elsewhere(walk)),
        doubtful=tuple(one for one in checks if one.is_doubt and one not in seen),
        remarks=tuple(_remarks(session, walk)),
        score=score_words(session.judged.overall),
    )


def waived_in(session: AuditSession) -> frozenset[Key]:
    """Return what one chose to leave without, on this laptop."""
    return frozenset(_waived(session))


def waive(session: AuditSession, key: Key) -> None:
    """Leave without that question: the list holds it no more, nothing is answered."""
    _keep_waived(session, [*_waived(session), key])


def bring_back(session: AuditSession) -> Key | None:
    """Return what was waived last, listed again; None when nothing was."""
    kept = _waived(session)
    _keep_waived(session, kept[:-1])
    return kept[-1] if kept else None


def _waived(session: AuditSession) -> list[Key]:
    kept = get_setting(session.workspace.journal, _WAIVED.format(session.audit.id))
    pairs = kept if isinstance(kept, list) else []
    return [
        (str(one[0]), str(one[1]))
        for one in pairs
        if isinstance(one, list) and len(one) == 2  # noqa: PLR2004 - place, question
    ]


def _keep_waived(session: AuditSession, keys: Sequence[Key]) -> None:
    pairs = [list(one) for one in keys]
    jot_setting(session.workspace.journal, _WAIVED.format(session.audit.id), pairs)


def departure_lines(session: AuditSession) -> Iterator[str]:
    """Give the list in plain lines."""
    departure = departure_of(session)
    yield f"À voir ici, maintenant : {departure.here_words}."
    for check in departure.here:
        yield check_words(check)
    if others := elsewhere_words(departure):
        yield f"Sans vous : {others}."
    for check in departure.doubtful:
        yield f"Douteux : {check_words(check)}"
    yield from departure.remarks
    yield departure.outcome


def elsewhere_words(departure: Departure) -> str:
    """Return who answers without the engineer: « mairie 45, équipe 12 »."""
    return ", ".join(f"{who} {many}" for who, many in departure.elsewhere)


def check_words(check: Check) -> str:
    """Return a question to look at again: where, which, why."""
    return f"{check.place}, {check.stop.question.label} : {', '.join(check.reasons)}"


def _reasons(stop: WalkStop, doubted: str) -> Iterator[str]:
    question, heads = stop.question, stop.heads
    if doubted:
        why = ", ".join(head.reason for head in heads if head.reason)
        yield doubted + f" ({why})" * bool(why)
    if len(heads) > 1:
        answers = " ou ".join(answer_words(question, head) for head in heads)
        yield f"réponses contradictoires ({answers})"
    if stop.doubt:
        yield f"à revoir, {stop.doubt}"
    elif stop.flagged:
        yield "à revoir"
    if not heads and stop.relevant is True:
        yield "pas encore vu" if is_on_site(question) else "sans réponse"
    for head in heads:
        if head.state is State.UNKNOWN:
            yield answer_words(question, head)
        elif head.state is State.KNOWN and (
            doubt := TYPES[question.type].doubt(question, head.value)
        ):
            yield doubt


def _remarks(session: AuditSession, walk: Walk) -> Iterator[str]:
    facts = session.facts
    asked = {question.place for question in session.checklist.questions.values()}
    for kind in PlaceKind:
        if kind in asked and kind not in ROOT_KINDS and kind not in facts.closed:
            yield f"La liste des {PLACES[kind][1]} n'est pas close."
    if offered := len(waiting(session)):
        yield f"{waiting_words(offered)} : formulaires, téléphones ou fichiers."
    if facts.visit_date is None:
        yield "Aucune visite n'est datée."
    if walk.maybe:
        maybe = counted(walk.maybe, "question")
        yield f"Peut-être à poser, selon d'autres réponses : {maybe}."


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
    dangers = []
    for one in shown.assessment.dangers:
        is_whole = one.place == shown.facts.root
        where = shown.it if is_whole else shown.place_name(one.place)
        seen = danger_seen(shown, shown.observations, one)
        words = sentence(f"{where} : {uncapitalised(str(seen))}")
        key = f"danger/{one.place}/{one.question.id}"
        dangers.append(DebriefLine(key, words, "!"))
    strong: dict[str, DebriefLine] = {}  # the heaviest strength of each domain
    for found in sorted(strengths(shown), key=lambda one: -one.criterion.weight):
        words = strength_words(shown, found)
        if words and not _names_price(words):
            line = DebriefLine(f"criterion/{found.criterion.id}", words, "+")
            strong.setdefault(found.criterion.domain, line)
    parts = (
        DebriefPart("Ce qui marche", tuple(strong.values())[:STRONG]),
        DebriefPart("Ce que nous avons vu", (*dangers, *_seen(shown))),
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
    lacking = []
    for one in weaknesses(report):
        words = found_words(report, one)
        if not words and one.compliance is Compliance.NON_CONFORME:
            words = sentence(f"{one.criterion.title} : {observed(report, one)}")
        if words and one.criterion.id not in cured and not _names_price(words):
            lacking.append((one, words))
    chosen = sorted(lacking, key=lambda one: one[0].compliance is None)[:SEEN]
    order = (Kind.BLOCKING, Kind.COMPLIANCE, Kind.IMPROVEMENT)
    chosen.sort(key=lambda one: (not one[0].is_law, order.index(one[0].criterion.kind)))
    for one, words in chosen:
        yield DebriefLine(f"criterion/{one.criterion.id}", words, "-")


def _decisions(report: Report) -> Iterator[DebriefLine]:
    """Give the first of the plan, each of another owner as far as it goes.

    With the rooms that it is for, unless it names them: « dans 1 à 4 salles, dont
    Classe 1 » while others were not looked at.
    """
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
        title = report.title(one)
        names = [report.place_name(place) for place in one.advice.places]
        if names and not any(name in title for name in names):
            among = "dont " if one.unsure_places else ""
            title = f"{title}, {among}{listed(names, _NAMED)}"
        yield DebriefLine(
            f"rec/{one.id}",
            title,
            str(rank),
            f"{ACTORS[one.advice.recommendation.owner]}, {due}",
            short_cost(one.advice.cost),
        )


def _names_price(words: str) -> bool:
    return any(sign in words.casefold() for sign in _MONEY)
