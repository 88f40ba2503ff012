"""The values worth trying for a name: one for every way in which rules can see it."""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from itertools import combinations, pairwise
from math import ceil, floor

from diag.model.checklist import Question
from diag.model.enums import PlaceKind, QuestionType
from diag.model.place import ROOT_KINDS
from diag.rules.symbols import symbol_of
from diag.rules.tree import Constant, Includes, Months, Node, walk
from diag.rules.values import (
    ABSENT,
    Exact,
    Flag,
    OneOf,
    RuleValue,
    Several,
    Span,
    point,
)

VISIT = date(2026, 9, 1)
"""The day of the visit, in a search."""

_MAX_LISTED = 5
"""Most ids whose every combination is tried."""


def of_question(
    question: Question, place: PlaceKind, nodes: Sequence[Node], marks: Iterable[Exact]
) -> tuple[RuleValue, ...]:
    """Return values of a question's facts, from low to high, read from a place.

    `marks` are the numbers around which rules change their mind; `nodes` are the
    rules, for the ids and the durations that they name.
    """
    may_lack = question.place not in ROOT_KINDS | {place}
    absent: tuple[RuleValue, ...] = (ABSENT,) if may_lack else ()
    return absent + _present(question, nodes, marks)


def _present(
    question: Question, nodes: Sequence[Node], marks: Iterable[Exact]
) -> tuple[RuleValue, ...]:
    symbol = symbol_of(question)
    match question.type:
        case QuestionType.BOOLEAN:
            return (Flag(False, True), Flag(True, False))
        case QuestionType.CHOICE:
            order = symbol.choices if symbol.ordered else ()
            return tuple(OneOf(frozenset({id_}), order=order) for id_ in symbol.choices)
        case QuestionType.CHOICES:
            return _sets(question.id, nodes)
        case QuestionType.DATE:
            return _dates(nodes)
    integral = question.type is QuestionType.INTEGER
    return tuple(map(point, around(marks, symbol.span, integral=integral)))


def of_number(
    span: Span, marks: Iterable[Exact], *, integral: bool
) -> tuple[RuleValue, ...]:
    """Return values of a calculation that lies in a span."""
    absent: tuple[RuleValue, ...] = (ABSENT,) if span.maybe_absent else ()
    return absent + tuple(map(point, around(marks, span, integral=integral)))


def around(marks: Iterable[Exact], span: Span, *, integral: bool) -> list[Exact]:
    """Return every mark within a span, its ends, and one number in each gap."""
    known = set(marks)
    if integral:
        known = {side for mark in known for side in (floor(mark), ceil(mark))}
    inside = {mark for mark in known if _is_in(mark, span)}
    low = min(inside, default=0) - 1 if span.low is None else span.low
    high = max(inside, default=low) + 1 if span.high is None else span.high
    ends = sorted(inside | {low, high})
    gaps = [_between(one, other, integral=integral) for one, other in pairwise(ends)]
    return sorted({*ends, *(gap for gap in gaps if gap is not None)})


def hull(values: Sequence[RuleValue]) -> RuleValue:
    """Return the value that stands for any of several of one name."""
    present = [value for value in values if value is not ABSENT]
    maybe_absent = len(present) < len(values)
    spans = [value for value in present if isinstance(value, Span)]
    ones = [value for value in present if isinstance(value, OneOf)]
    sets = [value for value in present if isinstance(value, Several)]
    if spans:
        ends = [
            end for span in spans for end in (span.low, span.high) if end is not None
        ]
        return Span(min(ends), max(ends), maybe_absent)
    if ones:
        ids = frozenset[str]().union(*(one.ids for one in ones))
        return OneOf(ids, maybe_absent, ones[0].order)
    if sets:
        possible = frozenset[str]().union(*(each.possible for each in sets))
        return Several(frozenset(), possible, maybe_absent)
    return Flag(True, True, maybe_absent) if present else ABSENT


def _sets(question: str, nodes: Sequence[Node]) -> tuple[RuleValue, ...]:
    """Return sets of the ids that rules look for: all, or the plainest when many."""
    named = sorted({
        node.choice.id
        for root in nodes
        for node in walk(root)
        if isinstance(node, Includes) and node.question.id == question
    })
    sizes = range(len(named) + 1) if len(named) <= _MAX_LISTED else (0, 1, len(named))
    sets = [frozenset(ids) for size in sizes for ids in combinations(named, size)]
    return tuple(Several(ids, ids) for ids in sets)


def _dates(nodes: Sequence[Node]) -> tuple[RuleValue, ...]:
    """Return days at every duration that rules name, before and after the visit."""
    parts = [part for root in nodes for part in walk(root)]
    counts = {0}
    if any(isinstance(part, Months) for part in parts):
        counts |= {round(part.value) for part in parts if isinstance(part, Constant)}
    near = {count + step for count in counts for step in (-1, 0, 1)}
    return tuple(
        point(_months_before_visit(count))
        for count in sorted(near | {-count for count in near}, reverse=True)
    )


def _months_before_visit(count: int) -> int:
    years, month = divmod(VISIT.year * 12 + VISIT.month - 1 - count, 12)
    return date(min(max(years, 1), 9999), month + 1, VISIT.day).toordinal()


def _is_in(mark: Exact, span: Span) -> bool:
    above = span.low is None or span.low <= mark
    return above and (span.high is None or mark <= span.high)


def _between(one: Exact, other: Exact, *, integral: bool) -> Exact | None:
    if not integral:
        return Fraction(one + other) / 2
    return one + 1 if one + 1 < other else None
