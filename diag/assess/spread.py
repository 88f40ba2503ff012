"""How a criterion stands: at a place by its level, over places by each, on each aspect.

The mean of its places is a score; no level stands for several places: they are counted
by level, and named. Of a room, an aspect is the worst of its criteria there: an
interval as a verdict is, from the lowest that a criterion may be worth to the lowest
that one surely in scope may reach. Nothing follows of what is not judged: a room where
no danger was seen is not a safe one. Next to a criterion stand its law, whom it binds,
and by when.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from diag.answers.types import TYPES
from diag.assess.results import TOP, Assessment, CriterionResult, Danger, Verdict
from diag.checklist.symbols import names_of
from diag.model.audit import Facts
from diag.model.checklist import Checklist, Criterion, Law
from diag.model.enums import (
    Audience,
    Kind,
    Nature,
    Party,
    PlaceKind,
    Socle,
    Standing,
    State,
)
from diag.model.text import Bounds
from diag.rules.expressions import root_of
from diag.words.dates import describe_day
from diag.words.sentences import in_cell, listed, uncapitalised
from diag.words.vocabulary import (
    ASKED,
    COMPLIANCES,
    FEMININE,
    LAW,
    LEVEL_PHRASES,
    LEVELS,
    NATURES,
    PLACES,
    SOCLES,
    TO_READ,
)

EXPECTED = 2
"""The level that a criterion should reach: « recommandé »."""

NAMED = 4
"""At most so many places are named in a line."""

Name = Callable[[str], str]
"""Gives the name of a place, by its id."""


def level_words(result: CriterionResult) -> str:
    """Return a result: « base », « base à recommandé », « respecté ».

    Over places there is no level: the mean is a score, « 75 » or « 47 à 61 ».
    """
    if result.compliance is not None:
        return COMPLIANCES[result.compliance]
    if result.standing is Standing.OUT:
        return "sans objet"
    if result.alone:
        return verdict_words(result.alone)
    known = result.bounds != Bounds(Fraction(0), Fraction(1))
    words = in_cell(result.bounds) if known else "à vérifier"
    return _maybe(words, result.standing)


def verdict_words(verdict: Verdict) -> str:
    """Return the levels that a place can reach: « base », « base à recommandé »."""
    low, high = verdict.low, verdict.high
    if verdict.standing is Standing.OUT:
        return "sans objet"
    if (low, high) == (0, TOP):
        words = "à vérifier"
    elif low == high:
        words = LEVELS[low]
    else:
        words = f"{LEVELS[low]} à {LEVELS[high]}"
    return _maybe(words, verdict.standing)


def level_phrase(low: int, high: int) -> str:
    """Return « niveau de base », or « niveau entre base et recommandé »."""
    if low == high:
        return LEVEL_PHRASES[low]
    return f"niveau entre {LEVELS[low]} et {LEVELS[high]}"


def _maybe(words: str, standing: Standing) -> str:
    return f"{words}, ou sans objet" if standing is Standing.MAYBE else words


def level_pair(before: CriterionResult, after: CriterionResult) -> tuple[str, str]:
    """Return a criterion before and after; finer when the words are the same."""
    old, new = level_words(before), level_words(after)
    if old != new:
        return old, new
    return f"{old} ({in_cell(before.bounds)})", f"{new} ({in_cell(after.bounds)})"


def expected_level(result: CriterionResult) -> int:
    """Return the level expected at each place: what the law asks, or « recommandé »."""
    asked = result.criterion.conforms_at
    return EXPECTED if asked is None else asked


def kind_words(checklist: Checklist, kind: PlaceKind) -> tuple[str, str]:
    """Return how one place of a kind is called, and several."""
    for one in checklist.places:
        if one.id is kind:
            return one.label, one.plural or f"{one.label}s"
    return PLACES[kind]


def concerned(result: CriterionResult) -> tuple[Verdict, ...]:
    """Return the verdicts of the places that it concerns, or may."""
    return tuple(one for one in result.verdicts if one.standing is not Standing.OUT)


def short_places(result: CriterionResult) -> tuple[Verdict, ...]:
    """Return the places that surely fall short of what is expected there."""
    expected = expected_level(result)
    return tuple(
        one
        for one in result.verdicts
        if one.standing is Standing.IN and one.high < expected
    )


def spread_words(result: CriterionResult, name: Name, kind: tuple[str, str]) -> str:
    """Return « 3 salles exemplaires, 1 insuffisante : CM2 ».

    `kind` is how one of its places is called, and several. The places that fall short
    are named.
    """
    short = short_places(result)
    found: dict[str, list[Verdict]] = {}
    # The best places first, those that are not settled last.
    for verdict in sorted(
        concerned(result),
        key=lambda one: (
            not one.is_settled,
            -one.low if one.is_settled else one.high,
        ),
    ):
        level = _SHORT if verdict in short else _OPEN
        if verdict.is_settled:
            level = str(verdict.low)
        found.setdefault(level, []).append(verdict)
    parts: list[str] = []
    named, feminine = 0, "e" * (result.criterion.place in FEMININE)
    for level, here in found.items():
        many = len(here) > 1
        what = str(len(here)) if parts else f"{len(here)} {kind[many]}"
        words = _FOUND.get(level, level).format(e=feminine, s="s" * many)
        what = f"{what} {words}"
        places = [name(one.place) for one in here if one in short]
        named += bool(places)
        parts.append(f"{what} : {listed(places, NAMED)}" if places else what)
    if result.open:
        parts.append("liste à compléter")
    return (" ; " if named > 1 else ", ").join(parts)


_SHORT, _OPEN = "sous le niveau attendu", "à vérifier"

_FOUND = {
    "0": "insuffisant{e}{s}",
    "1": f"au niveau de {LEVELS[1]}",
    "2": f"au niveau {LEVELS[2]}",
    "3": f"{LEVELS[3]}{{s}}",
}
"""What places of a level are, which agrees with them; the others as they are named."""


def lasting_failures(assessment: Assessment) -> tuple[Verdict, ...]:
    """Return the places that fail where enough of them hold: « sauf CM2 »."""
    return tuple(
        verdict
        for result in assessment.criteria.values()
        if result.socle and Socle.ATTEINT_SAUF in (result.socle.low, result.socle.high)
        for verdict in result.verdicts
        if verdict.standing is Standing.IN and verdict.high < 1
    )


def socle_words(assessment: Assessment, name: Name) -> str:
    """Return « atteint », or « atteint sauf CM2 (une prise par classe) »."""
    if assessment.socle is not Socle.ATTEINT_SAUF:
        return SOCLES[assessment.socle]
    missing: dict[str, list[str]] = {}
    for one in lasting_failures(assessment):
        title = assessment.criteria[one.criterion].criterion.title
        missing.setdefault(one.place, []).append(uncapitalised(title))
    told = [f"{name(place)} ({', '.join(what)})" for place, what in missing.items()]
    return f"atteint sauf {listed(told, NAMED)}"


def danger_words(danger: Danger) -> str:
    """Return what the danger is: « Danger immédiat », « Danger : câble arraché »."""
    label = danger.question.label
    return label if "danger" in label.casefold() else f"Danger : {label}"


def standing_words(verdict: Verdict) -> str:
    """Return what is found at one place: « base », « déclaré sans objet »."""
    if verdict.declared_out:
        return "déclaré sans objet"
    return verdict_words(verdict)


def declined(facts: Facts, checklist: Checklist) -> dict[str, list[str]]:
    """Return what was declared sans objet in each domain, each with its reason.

    A choice not to have takes its criteria out of the score: it is printed beside it.
    """
    askable = [asked for asked in checklist.questions.values() if asked.void]
    found: dict[str, list[str]] = {}
    for place in facts.places:
        for asked in askable:
            heads = facts.answers.get((place, asked.id), ())
            if [head.state for head in heads] == [State.NOT_APPLICABLE]:
                reason = heads[0].reason
                where = "" if place == facts.root else f", {facts.places[place].name}"
                words = f"{asked.label}{where} : sans objet" + (
                    f", {reason}" if reason else ""
                )
                found.setdefault(asked.domain, []).append(words)
    return found


UNKNOWN, WITHOUT_OBJECT, DANGER = "?", "·", "!"
"""What a cell shows that has no level: nothing known, nothing to know, a danger."""


class HeatCell(NamedTuple):
    """One aspect of one place."""

    low: int
    high: int
    left: int
    """Questions that its criteria read there, and that are still to be asked."""
    danger: bool = False
    """Whether a danger to bodies is known there."""

    @property
    def level(self) -> int | None:
        """The level, once it is settled."""
        return self.low if self.low == self.high else None

    @property
    def is_open(self) -> bool:
        """Whether nothing is known of it yet."""
        return (self.low, self.high) == (0, TOP)

    @property
    def letters(self) -> str:
        """What it shows: « B », « B-R », « ? », « ! »."""
        if self.danger:
            return DANGER
        if self.is_open:
            return UNKNOWN
        low, high = (LEVELS[level][0].upper() for level in (self.low, self.high))
        return low if low == high else f"{low}-{high}"

    @property
    def words(self) -> str:
        """The same in words: « base », « entre base et recommandé », « danger »."""
        if self.danger:
            return "danger"
        if self.is_open:
            return "rien de connu"
        if self.level is not None:
            return LEVELS[self.level]
        return f"entre {LEVELS[self.low]} et {LEVELS[self.high]}"


Heat = Mapping[tuple[str, str], HeatCell]
"""By place and aspect; a cell that is not there is « sans objet »."""


def heat(
    checklist: Checklist,
    assessment: Assessment,
    left: Collection[tuple[str, str]] = (),
) -> Heat:
    """Return where each room and lot stands on each aspect.

    `left`: places and questions still to be asked.
    """
    members: dict[tuple[str, str], list[Verdict]] = {}
    reads: dict[tuple[str, str], set[str]] = {}
    for result in assessment.criteria.values():
        aspect, names = result.criterion.aspect, names_of(result.criterion)
        for verdict in result.verdicts if aspect else ():
            if verdict.standing is not Standing.OUT:
                members.setdefault((verdict.place, aspect), []).append(verdict)
                reads.setdefault((verdict.place, aspect), set()).update(names)
    waiting: dict[str, set[str]] = {}
    for place, question in left:
        waiting.setdefault(place, set()).add(question)
    read = aspects_of_dangers(checklist)
    dangers = frozenset(
        (danger.place, aspect)
        for danger in assessment.dangers
        for aspect in read.get(danger.question.id, ())
    )
    cells = {}
    for key, found in members.items():
        # What may be out does not hold the worst down.
        sure = [one.high for one in found if one.standing is Standing.IN]
        cells[key] = HeatCell(
            min(one.low for one in found),
            min(sure) if sure else max(one.high for one in found),
            len(waiting.get(key[0], set()) & reads[key]),
            key in dangers,
        )
    return {key: HeatCell(0, 0, 0, danger=True) for key in dangers} | cells


def aspects_of_dangers(checklist: Checklist) -> Mapping[str, frozenset[str]]:
    """Return the aspects whose criteria read each question of danger, by its id."""
    dangers = {one.id for one in checklist.questions.values() if one.danger}
    found: dict[str, set[str]] = {}
    for criterion in checklist.criteria.values():
        for danger in names_of(criterion) & dangers if criterion.aspect else ():
            found.setdefault(danger, set()).add(criterion.aspect)
    return {danger: frozenset(aspects) for danger, aspects in found.items()}


def danger_columns(checklist: Checklist) -> frozenset[str]:
    """Return the aspects that are of dangers to bodies."""
    return frozenset[str]().union(*aspects_of_dangers(checklist).values())


def judged_in(
    assessment: Assessment, place: str, aspect: str
) -> Iterator[tuple[CriterionResult, Verdict]]:
    """Yield what makes a cell, the worst first."""
    found = [
        (result, verdict)
        for result in assessment.criteria.values()
        if result.criterion.aspect == aspect
        for verdict in result.verdicts
        if verdict.place == place and verdict.standing is not Standing.OUT
    ]
    yield from sorted(found, key=lambda one: (one[1].low, one[1].high))


# The law that it rests on, whom it binds, by when.

_SEVERAL = (" et ", " à ", ",", " suivants")
"""What makes « article » a plural."""

_BOUND = {
    PlaceKind.ECOLE: Party.COMMUNE,
    PlaceKind.COMMUNE: Party.COMMUNE,
    PlaceKind.SYNDICAT: Party.SYNDICAT,
}
"""Who answers for a rule among elected readers, by the subject of the audit."""

_SCHOOLING = frozenset({Party.ACADEMIE, Party.ECOLE})
"""Who answers for it among those of the national education."""


def concerns(criterion: Criterion, audience: Audience) -> bool:
    """Say whether a reader answers for a rule; what is no rule is for everyone.

    A commune that reads of a fault of the académie helps neither.
    """
    if not criterion.nature.binds or not criterion.binds:
        return True
    if audience.oversees:
        return bool(_SCHOOLING & {*criterion.binds})
    return not audience.votes or _BOUND[root_of(criterion.place)] in criterion.binds


def basis(result: CriterionResult) -> str:
    """Return what it rests on: « Obligation : loi n° 2015-136 …, article 7 II »."""
    return basis_words(result.criterion, is_read=result.is_read)


def basis_words(criterion: Criterion, *, is_read: bool) -> str:
    """Return the same of a criterion whose text was read of late, or was not."""
    if criterion.law is None:
        return NATURES[criterion.nature]
    nature = NATURES[criterion.nature] if is_read else label(criterion)
    return f"{nature} : {law_words(criterion.law)}"


def label(criterion: Criterion) -> str:
    """Return what stands for its nature until its text has been read of late."""
    if criterion.law is None:
        return NATURES[criterion.nature]
    if criterion.nature is Nature.LOI:
        return TO_READ
    return f"{NATURES[criterion.nature]}, {uncapitalised(TO_READ)}"


def law_words(law: Law) -> str:
    """Return a text and its article: « code civil, articles 9 et 372-1 »."""
    text = uncapitalised(law.text)
    if not law.article:
        return text
    plural = "s" * any(one in law.article for one in _SEVERAL)
    return f"{text}, article{plural} {law.article}"


def deadline_words(
    criterion: Criterion, checklist: Checklist, facts: Facts, today: date
) -> str:
    """Return until when, or since when; empty without a date that is known.

    A rule whose day has passed binds still: it is not announced as to come.
    """
    day = deadline_of(criterion, checklist, facts)
    if not day:
        return ""
    words = due_words(day, today, binds=criterion.nature.binds)
    return f"échéance{' ' if _is_past(day, today) else ' : '}{words}"


def due_words(day: str, today: date, *, binds: bool) -> str:
    """Return « 2030 », or « échue depuis le 14 octobre 2025, encore exigible »."""
    words = describe_day(day)
    if not _is_past(day, today):
        return words
    since = f"le {words}" if len(day) == len("2026-11-27") else words
    return f"échue depuis {since}{', encore exigible' * binds}"


def _is_past(day: str, today: date) -> bool:
    return day < today.isoformat()[: len(day)]


def deadline_of(criterion: Criterion, checklist: Checklist, facts: Facts) -> str:
    """Return the ISO day until when, or since when; empty where none is known."""
    name = criterion.deadline
    if name in checklist.deadlines:
        return checklist.deadlines[name].due
    question = checklist.questions.get(name)
    if question is None or question.sensitive or not TYPES[question.type].is_day:
        return ""
    day = facts.day(facts.root, name)
    return day.isoformat() if day else ""


def pressure(criterion: Criterion, *, is_read: bool) -> Kind:
    """Return how hard it presses: what the ministry asks, or nobody read, improves."""
    kind = criterion.kind
    is_law = is_read and criterion.nature is Nature.LOI
    return Kind.IMPROVEMENT if kind is Kind.COMPLIANCE and not is_law else kind


def heading(*, is_law: bool) -> str:
    """Return the title above rules that are broken: none is called a law by heart."""
    return f"{LAW if is_law else ASKED} et qui n'est pas encore respecté"
