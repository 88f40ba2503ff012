"""What was found, in a line: weak points, strong ones, what is open, what was seen.

What was seen is in the words of the checklists, or of who saw it. A danger is what was
seen, then to whom that was reported: no page has it unless it was noted. Next to an
action stand why, when, and what comes first.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, Protocol

from diag.answers.types import TYPES, evidence, heads_words
from diag.assess.judge import judge_of
from diag.assess.plan import Action
from diag.assess.results import TOP, CriterionResult, Danger, Target, Verdict
from diag.assess.spread import (
    EXPECTED,
    NAMED,
    concerned,
    level_phrase,
    short_places,
    spread_words,
)
from diag.audit.report import Report, once
from diag.model.audit import Facts, Observation
from diag.model.checklist import Checklist, Criterion, Found, Strength
from diag.model.enums import (
    USUAL_READER,
    Audience,
    Compliance,
    Gate,
    Kind,
    Owner,
    PlaceKind,
    Provenance,
    Standing,
    State,
)
from diag.model.text import canonical_number
from diag.rules.evaluate import measure
from diag.rules.expressions import Span
from diag.rules.language import parse_rule
from diag.words.dates import describe_day, long_date
from diag.words.sentences import (
    NEXT_BUDGET,
    Blanks,
    filled,
    listed,
    number,
    sentence,
    uncapitalised,
    with_detail,
)
from diag.words.vocabulary import COMPLIANCES

_NAMED = 3
"""At most so many places named in a sentence."""


class Seen(Protocol):
    """What the sentences of a criterion are filled from: a report, or an audit."""

    @property
    def facts(self) -> Facts:
        """Everything known."""

    @property
    def checklist(self) -> Checklist:
        """What is asked and judged."""

    def place_name(self, place: str) -> str:
        """Return a place's name."""


def seen_words(seen: Seen, result: CriterionResult) -> str:
    """Return what was seen on a criterion: what falls short, else what does not.

    Empty where nothing is sure, and where the checklists have no words for it.
    """
    return found_words(seen, result) or strength_words(seen, result)


def found_words(seen: Seen, result: CriterionResult) -> str:
    """Return what was seen where a criterion surely falls short; else empty.

    Behind a shut gate nothing was seen: the gate has its own criterion.
    """
    found = result.criterion.found
    if found is None:
        return ""
    places = [
        one for one in _sure(result) if one.given is True and one.high < found.below
    ]
    return _filled_words(seen, result, found, places)


def falls_short(result: CriterionResult) -> bool:
    """Return whether a place surely is below the level that its author calls a lack."""
    found = result.criterion.found
    return found is None or any(one.high < found.below for one in _sure(result))


def found_at(seen: Seen, result: CriterionResult, verdict: Verdict) -> str:
    """Return what was seen at one place, its blank and the full stop left out."""
    found = result.criterion.found
    if found is None or verdict.given is not True or verdict.high >= found.below:
        return ""
    bare = found.one.removeprefix("{lieux} : ").rstrip(". ")
    return _filled_words(
        seen, result, found.model_copy(update={"one": bare}), [verdict]
    )


def strength_words(seen: Seen, result: CriterionResult) -> str:
    """Return what was seen where a criterion surely is as it should be."""
    strength = result.criterion.strength
    if strength is None:
        return ""
    places = [one for one in _sure(result) if one.low >= strength.at_least]
    return _filled_words(seen, result, strength, places)


DANGER_WORDS = 140
"""Most characters of what was seen of a danger, where one line holds it."""


def danger_fact(observations: Iterable[Observation], danger: Danger) -> str:
    """Return what was seen of a danger, if that is to be shown; else empty.

    The last observation on it, in the words of who saw it, cut to a line.
    """
    seen = [
        " ".join(one.text.split())
        for one in observations
        if one.shown and (one.place, one.question) == (danger.place, danger.question.id)
    ]
    if not seen or len(seen[-1]) <= DANGER_WORDS:
        return seen[-1] if seen else ""
    return seen[-1][: DANGER_WORDS - 1].rstrip() + "…"


WARNED, WARNED_ON = "danger_signale", "danger_signale_le"
"""The questions that say to whom a danger was reported, and when."""

UNREPORTED = "Aucun signalement n'est noté."
"""Of a danger, where nobody noted to whom it was reported."""


class DangerReport(NamedTuple):
    """To whom a danger was reported, and when: as it was noted."""

    whom: tuple[str, ...] = ()
    """Labels of the choices; empty: nobody noted it."""
    day: str = ""

    @property
    def words(self) -> str:
        """Return « Signalé au maire, le 4 mars 2026. »."""
        if not self.whom:
            return UNREPORTED
        when = f"le {describe_day(self.day)}" if self.day else "jour non noté"
        return f"Signalé {listed(self.whom)}, {when}."


class DangerSeen(NamedTuple):
    """What a danger is, and to whom it was reported: several places may share it."""

    label: str
    """How its question names it."""
    fact: str
    """As it was seen; empty where nobody wrote it."""
    reported: DangerReport

    @property
    def words(self) -> str:
        """Return what the danger is: as it was seen, else as its question names it."""
        return sentence(self.fact or self.label.rstrip(". ?"))

    def __str__(self) -> str:
        """Return what it is, then to whom it was reported, and when."""
        return f"{self.words} {self.reported.words}"


def danger_seen(
    seen: Seen, observations: Iterable[Observation], danger: Danger
) -> DangerSeen:
    """Return what is known of a danger."""
    fact = danger_fact(observations, danger)
    return DangerSeen(danger.question.label, fact, danger_report(seen, danger.place))


def danger_report(seen: Seen, place: str) -> DangerReport:
    """Return to whom the danger of a place was reported, and when."""
    whom, day = (seen.facts.known(place, one) for one in (WARNED, WARNED_ON))
    if whom is None or not isinstance(whom.value, tuple):
        return DangerReport()
    choices = seen.checklist.questions[WARNED].choices
    names = [uncapitalised(one.label) for one in choices if one.id in whom.value]
    return DangerReport(tuple(names), str(day.value) if day and names else "")


def _sure(result: CriterionResult) -> list[Verdict]:
    return [one for one in concerned(result) if one.standing is Standing.IN]


def _filled_words(
    seen: Seen,
    result: CriterionResult,
    words: Found | Strength,
    places: Sequence[Verdict],
) -> str:
    if not places:
        return ""
    if len(places) > 1 and words.many:
        total = len(concerned(result))
        return words.many.format(n=len(places), total=total)
    value = _value(seen, words.value, places) if words.value else ""
    if words.value and not value:
        return ""
    names = listed([seen.place_name(one.place) for one in places], _NAMED)
    return words.one.format(lieux=names, valeur=value)


def _value(seen: Seen, text: str, places: Sequence[Verdict]) -> str:
    """Return a value known at one place, in words; empty when it is not."""
    if len(places) > 1:
        return ""
    place, question = places[0].place, seen.checklist.questions.get(text)
    if question and TYPES[question.type].is_day:
        day = seen.facts.day(place, text)
        return long_date(day) if day else ""
    judge = judge_of(seen.checklist)
    reading = judge.reading(seen.facts)
    scope = next(
        one
        for one in reading.scopes(seen.facts.places[place].kind)
        if one.place == place
    )
    span = measure(parse_rule(text))(scope)
    if not isinstance(span, Span) or span.maybe_absent or span.low is None:
        return ""
    if span.low != span.high:
        return ""
    return number(canonical_number(round(Fraction(span.low), 1)))


_EXPECTED_RATIO = Fraction(EXPECTED, TOP)

_NAME = re.compile(r"[a-z_][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Open:
    """What keeps the score an interval."""

    criteria: int
    """Criteria whose level is not settled."""
    applicable: int
    """Criteria that apply, or may."""
    conflicts: int
    """Answers that contradict each other."""
    lists: tuple[PlaceKind, ...]
    """Kinds of places whose list is not closed."""


def observed(report: Report, result: CriterionResult) -> str:
    """Return what was seen on a criterion: « niveau de base (12 Mbit/s, mesuré) »."""
    kept = ("observed", result.criterion.id)
    return report.once(kept, lambda: _observed(report, result))


def _observed(report: Report, result: CriterionResult) -> str:
    if result.standing is Standing.OUT:
        declared = any(verdict.declared_out for verdict in result.verdicts)
        return "déclaré sans objet" if declared else "sans objet"
    if result.compliance is not None:
        state, names = COMPLIANCES[result.compliance], where(report, result)
        return f"{state} : {names}" if names else state
    if result.alone:
        words = level_phrase(result.alone.low, result.alone.high)
        return with_detail(words, _telling_fact(report, result))
    kind = report.kind_words(result.criterion.place)
    return spread_words(result, report.place_name, kind)


def where(report: Report, result: CriterionResult) -> str:
    """Return the places that fall short, by name; empty for what is not of a place."""
    if result.alone is not None:
        return ""
    return listed([report.place_name(one.place) for one in short_places(result)], 4)


def strength_lines(report: Report, most: int) -> tuple[str, ...]:
    """Return what is as it should be, the weightiest first, each in a sentence."""
    return tuple(
        sentence(strength_words(report, one))
        or f"{one.criterion.title} : {praised(report, one)}."
        for one in strengths(report)[:most]
    )


def praised(report: Report, result: CriterionResult) -> str:
    """Return what was seen on a strong point, by what is as it should be."""
    places = concerned(result)
    if not places or result.alone is not None:
        return observed(report, result)
    sure = [one for one in places if one.standing is Standing.IN]
    reached = sum(one.low >= EXPECTED for one in sure)
    count = "au niveau attendu"
    if not reached == len(places) == 1:
        one, many = report.kind_words(result.criterion.place)
        count = f"{reached} {many if reached > 1 else one} sur {len(places)} {count}"
    return f"{count}, liste à compléter" if result.open else count


def _telling_fact(report: Report, result: CriterionResult) -> str:
    """Return the figure or the choice that alone decides a school's own criterion.

    Of what falls short, the only day matters most: when the fibre comes.
    """
    known = report.checklist.questions
    read = [known[name] for name in names_judged(result.criterion) if name in known]
    days = [one for one in read if TYPES[one.type].is_day]
    kind = TYPES[read[0].type] if len(read) == 1 else None
    if kind and (kind.is_number or kind.is_one_choice):
        fact = read[0]
    elif len(days) == 1 and result.bounds.high < _EXPECTED_RATIO:
        fact = days[0]
    else:
        return ""
    heads = report.facts.answers.get((report.facts.root, fact.id), ())
    is_known = len(heads) == 1 and heads[0].state is State.KNOWN
    is_day = TYPES[fact.type].is_day
    if not heads or (is_day and not is_known):
        return ""
    if TYPES[fact.type].is_number and not fact.unit:
        return ""  # « 0,5 » alone means nothing
    seen = is_known and heads[0].provenance is Provenance.OBSERVED
    words = uncapitalised((heads_words if seen else evidence)(fact, heads))
    is_bare = is_known and " " not in heads_words(fact, heads)
    is_said = fact.label.casefold() in result.criterion.title.casefold()
    if is_day or (is_bare and TYPES[fact.type].is_one_choice and not is_said):
        return f"{uncapitalised(fact.label)} : {words}"
    return words


def names_read(criterion: Criterion) -> tuple[str, ...]:
    """Return every name in a criterion's rules, those that judge first."""
    rules = (criterion.given, criterion.applicable, criterion.weigh_by)
    return tuple(dict.fromkeys((*names_judged(criterion), *_names(*rules))))


def names_judged(criterion: Criterion) -> tuple[str, ...]:
    """Return the names that decide the level, from the highest level down."""
    levels = sorted(criterion.levels, reverse=True)
    return _names(*(criterion.levels[level] for level in levels))


@lru_cache(maxsize=1024)  # each document reads the same rules
def _names(*rules: str) -> tuple[str, ...]:
    """Return the names in rules, in order; a word in a quoted choice counts too."""
    return tuple(dict.fromkeys(_NAME.findall(" ".join(rules))))


def weaknesses(report: Report) -> tuple[CriterionResult, ...]:
    """Return what surely falls short, the most pressing first: laws, then as planned.

    What the ministry asks, and laws that nobody read of late, come where cured. What
    an action only makes better lacks nothing: its level is not below that of a finding.
    """
    failing = [
        result
        for result in report.assessment.alerts
        if result.compliance is Compliance.NON_CONFORME
    ]
    lawful = [one for one in failing if one.is_law]
    cured = [
        result
        for action in report.plan.actions
        if (result := report.result(action.advice.recommendation.when.criterion))
        and result.compliance is not Compliance.CONFORME
        and falls_short(result)
    ]
    return tuple(
        {one.criterion.id: one for one in (*lawful, *cured, *failing)}.values()
    )


@once
def strengths(report: Report) -> tuple[CriterionResult, ...]:
    """Return what surely is as it should be, the complete and weightiest first."""
    sure = [
        result
        for result in report.assessment.criteria.values()
        if result.standing is Standing.IN
        and result.bounds.low >= _EXPECTED_RATIO
        and result.criterion.kind is not Kind.COMPLIANCE
    ]

    def rank(result: CriterionResult) -> tuple[bool, bool, Fraction, int]:
        criterion = result.criterion
        partial = bool(short_places(result))
        minor = criterion.kind is not Kind.BLOCKING
        return partial, minor, -result.bounds.low, -criterion.weight

    return tuple(sorted(sure, key=rank))


@once
def open_points(report: Report) -> Open:
    """Return what is still to be checked."""
    results = [
        result
        for result in report.assessment.criteria.values()
        if result.standing is not Standing.OUT
    ]
    # What fails in one room is known to fail.
    wanting = [
        result.compliance is Compliance.A_VERIFIER
        if result.compliance is not None
        else result.settled < 1
        for result in results
    ]
    kinds = {result.criterion.place for result in results if result.open}
    conflicts = sum(len(heads) > 1 for heads in report.facts.answers.values())
    return Open(
        criteria=sum(wanting),
        applicable=len(results),
        conflicts=conflicts,
        lists=tuple(kind for kind in PlaceKind if kind in kinds),
    )


def kind_of(report: Report, action: Action) -> Kind:
    """Return what an action cures: a danger or a law, a lack, else it improves.

    What the ministry asks, and a law that nobody read of late, is no law to a reader.
    """
    result = report.result(action.advice.recommendation.when.criterion)
    if action.advice.is_danger or action.advice.is_law:
        return Kind.COMPLIANCE
    if result is None or result.criterion.kind is Kind.COMPLIANCE:
        return Kind.IMPROVEMENT
    return result.criterion.kind


def conflict_words(report: Report) -> str:
    """Return that some answers contradict each other, empty when none does."""
    count = open_points(report).conflicts
    if not count:
        return ""
    has = "questions ont" if count > 1 else "question a"
    return (
        f"{count} {has} des réponses contradictoires, qui restent à trancher : "
        "les résultats tiennent compte de toutes."
    )


def open_words(report: Report, *, conflicts: bool = True) -> str:
    """Return what is still open, in a sentence: nobody mistakes it for a result.

    Without its `conflicts` where they have a line of their own.
    """
    left = open_points(report)
    parts = []
    if left.criteria:
        verb = "restent" if left.criteria > 1 else "reste"
        one = f"{left.criteria} critère{'s' * (left.criteria > 1)}"
        parts.append(f"{one} sur {left.applicable} {verb} à vérifier")
    if conflicts and left.conflicts == 1:
        parts.append("un fait a deux réponses qui se contredisent")
    elif conflicts and left.conflicts:
        parts.append(f"{left.conflicts} faits ont des réponses qui se contredisent")
    parts += [
        f"la liste des {report.kind_words(kind)[1]} n'est pas encore complète"
        for kind in left.lists
    ]
    return sentence(" ; ".join(parts) or "rien, tout a été vérifié")


LAWFUL = 4
"""At most so many actions described at length for the law; a table has them all."""

NEEDED = 4
"""At most so many described at length for what nothing works without."""

OTHERS = 2
"""At most so many improvements described at length: the plan begins with the best."""


def pressing(report: Report, actions: Iterable[Action]) -> tuple[Action, ...]:
    """Return the actions that cure a broken law or a missing condition."""
    return tuple(one for one in actions if kind_of(report, one) is not Kind.IMPROVEMENT)


def detailed(report: Report) -> tuple[Action, ...]:
    """Return what the commune must decide or pay now, and reads at length.

    What waits for another action comes after it; the rest is one line of a table.
    """
    asked = [
        one
        for one in report.plan.actions
        if not one.conditional and for_the_council(report, one)
    ]

    def is_light(action: Action) -> bool:  # done without a vote on money
        owner = action.advice.recommendation.owner
        return action.advice.cost.free or owner is not Owner.COMMUNE

    return foremost(report, asked, last=is_light)


def foremost(
    report: Report, actions: Sequence[Action], *, last: Callable[[Action], bool]
) -> tuple[Action, ...]:
    """Return the few that come first: law, what is indispensable, improvements.

    Among improvements, the engineer's own first, and some `last`.
    """
    first = pressing(report, actions)
    needed = needs(report, first)
    lawful = [one for one in first if one not in needed]
    rest = [one for one in actions if one not in first]
    others = sorted(rest, key=lambda one: (not is_own(report, one), last(one)))
    chosen = (*lawful[:LAWFUL], *needed[:NEEDED], *others[:OTHERS])
    kept = {one.id for one in chosen}
    return tuple(one for one in actions if one.id in kept)


def needs(report: Report, actions: Iterable[Action]) -> list[Action]:
    """Return what cures the lack of something indispensable, the missing ones first."""
    pressing = [
        (result.bounds.high > 0, action)
        for action in actions
        if (result := report.result(action.advice.recommendation.when.criterion))
        and result.criterion.kind is Kind.BLOCKING
    ]
    return [action for _, action in sorted(pressing, key=lambda one: one[0])]


def is_own(report: Report, action: Action) -> bool:
    """Return whether the engineer advises it, and no checklist: it goes to all."""
    return action.id not in report.checklist.recommendations


def for_the_council(report: Report, action: Action) -> bool:
    """Return whether the council has a part in it: it acts, pays or mandates."""
    owner = action.advice.recommendation.owner
    if owner is Owner.COMMUNE:
        return True
    mandated = owner in {Owner.SYNDICAT, Owner.PRESTATAIRE}
    paid = not action.advice.cost.free
    words = report.wording(action, USUAL_READER)
    return bool(words.decision) and (mandated or paid)


# What stands next to an action: why, when, what comes first.


def describe_reason(report: Report, action: Action, audience: Audience) -> str:
    """Return why: the words for this reader, else the criterion's own reason."""
    own = report.wording(action, audience).why
    result = report.result(action.advice.recommendation.when.criterion)
    why = own or (result.criterion.why if result else "")
    return sentence(report.fill_blanks(action, why, audience))


def describe_steps(action: Action) -> str:
    """Return the steps in a row: « d'abord …, puis … »."""
    titles = [step.title.rstrip(".") for step in action.advice.recommendation.steps]
    return sentence(" ; puis ".join(titles))


def describe_due(report: Report, action: Action) -> str:
    """Return « avant le 12 mars 2027 »."""
    return f"avant le {report.format_due(action)}"


Naming = Callable[[Report, str, Audience], str]
"""Names a recommendation, or a criterion, by its id."""


def describe_waiting(
    report: Report, action: Action, audience: Audience, name: Naming | None = None
) -> str:
    """Return what must come first, by its `name`; empty when nothing must.

    Where only some places wait, they are named: « à CM2 : après R2 ».
    """
    needed = [
        one for one in action.advice.targets if one.trigger is action.advice.trigger
    ]
    waits: dict[tuple[Gate, tuple[str, ...]], list[Target]] = {}
    for one in needed:
        if one.gate is not Gate.OPEN:
            waits.setdefault((one.gate, one.waits_for), []).append(one)
    parts = []
    for (gate, first), targets in waits.items():
        names = listed([(name or name_places)(report, one, audience) for one in first])
        is_partial = len(targets) < len(needed)
        if gate is Gate.CHECK_FIRST:
            words = f"à vérifier d'abord{names and f' : {names}'}"
        elif not names:
            words = "sous condition"
        else:
            words = f"après {names}" if is_partial else f"à engager après {names}"
        if is_partial:
            places = [report.place_name(one.place) for one in targets]
            words = f"à {listed(places, NAMED)} : {words}"
        parts.append(words)
    return " ; ".join(parts)


def describe_covered(report: Report, action: Action, audience: Audience) -> str:
    """Return the actions that it makes needless, by name.

    One that is still to be done elsewhere has its own number: it is not replaced.
    """
    return listed([
        name_places(report, one, audience)
        for one in action.advice.covers
        if not report.plan.action(one)
    ])


def name_places(report: Report, one: str, audience: Audience) -> str:
    """Return a recommendation by its id: its number and title, or what it was."""
    action = report.plan.action(one)
    if action:
        return f"{action.ref} ({report.title(action, audience)})"
    if one in report.checklist.criteria:
        known = report.checklist.recommendations
        cure = next(
            (
                action
                for action in report.plan.actions
                for each in action.advice.covers
                if each in known and known[each].when.criterion == one
            ),
            None,
        )
        if cure:
            return f"{cure.ref} ({report.title(cure, audience)})"
        return f"« {report.checklist.criteria[one].title} »"
    past = report.checklist.recommendations.get(one)
    words = past.wording.get(audience) if past else None
    return (
        filled(words.title, Blanks(None, "", report.it, NEXT_BUDGET)) if words else one
    )
