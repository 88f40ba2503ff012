"""Where each room stands on each of its aspects: the worst of its criteria there.

A cell is an interval as a verdict is: its low is the lowest that a criterion may be
worth, its high the lowest that one surely in scope may reach. Nothing follows of what
is not judged: a room where no danger was seen is not a safe one.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from diag.assess.results import TOP, Assessment, CriterionResult, Verdict
from diag.checklist.symbols import names_of
from diag.model.checklist import Checklist
from diag.model.enums import Standing
from diag.words.vocabulary import LEVELS

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
    dangers = dangers_by_cell(checklist, assessment)
    cells = {
        key: HeatCell(
            min(one.low for one in found),
            _high(found),
            len(waiting.get(key[0], set()) & reads[key]),
            key in dangers,
        )
        for key, found in members.items()
    }
    return {key: HeatCell(0, 0, 0, danger=True) for key in dangers} | cells


def _high(found: Collection[Verdict]) -> int:
    """Return the most that the worst may be: what may be out does not hold it down."""
    sure = [one.high for one in found if one.standing is Standing.IN]
    return min(sure) if sure else max(one.high for one in found)


def dangers_by_cell(
    checklist: Checklist, assessment: Assessment
) -> frozenset[tuple[str, str]]:
    """Return where a danger is known, by place and by aspect that reads it."""
    read = aspects_of_dangers(checklist)
    return frozenset(
        (danger.place, aspect)
        for danger in assessment.dangers
        for aspect in read.get(danger.question.id, ())
    )


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
