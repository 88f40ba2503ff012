"""What a proof tries for a fact, which value is better, what an effect makes of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import chain, pairwise, product

from diag.model.checklist import Question
from diag.model.enums import Direction
from diag.rules.evaluate import judge_of
from diag.rules.tree import (
    Arithmetic,
    CompareNode,
    Constant,
    Exact,
    IsAmong,
    NameNode,
    Node,
    names_in,
)
from diag.rules.values import (
    ABSENT,
    Flag,
    OneOf,
    RuleValue,
    Scope,
    Several,
    Span,
    Truth,
    point,
    subtracted,
)

_PLAIN_NUMBERS = (0, 1, 2, 10)
"""Tried for a fact that enters a calculation, beside the numbers of the rules."""

_WHOLE = ""
"""Key of what a linear form adds to its names."""


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


def marks_in(
    parts: Sequence[Node], numbers: Iterable[Node] = ()
) -> dict[str, set[Exact]]:
    """Return the numbers around which rules change their mind, for each name.

    `parts` are all the parts of the rules.

    `3 * n != 711` changes at 237. A name that is computed with others has the
    constants of the rules and a few plain numbers. Rules that give a number change
    their mind at 1: what is counted must reach it.
    """
    compared: list[tuple[Node, Node]] = [
        (part.left, part.right) for part in parts if isinstance(part, CompareNode)
    ]
    compared += [(number, Constant(1, 1)) for number in numbers]
    plain = {part.value for part in parts if isinstance(part, Constant)}
    plain.update(_PLAIN_NUMBERS)
    marks: dict[str, set[Exact]] = {}
    for left, right in compared:
        form = _sum(_linear(left), _scaled(_linear(right), -1))
        names = names_in(left) | names_in(right)
        found = plain if form is None or len(names) > 1 else _roots(form, *names)
        for name in names:
            near = (mark + step for mark in found for step in (-1, 0, 1))
            marks.setdefault(name, set()).update(near)
    return marks


_Form = dict[str, Exact]
"""A number that adds up names, each times a factor."""


def _roots(form: _Form, name: str = _WHOLE) -> set[Exact]:
    factor = form.get(name, 0)
    return {-Fraction(form.get(_WHOLE, 0)) / factor} if factor else set()


def _linear(node: Node) -> _Form | None:
    match node:
        case NameNode(name):
            return {name: 1}
        case Constant(value):
            return {_WHOLE: value}
        case Arithmetic("+" | "-" as operator, left, right):
            sign = 1 if operator == "+" else -1
            return _sum(_linear(left), _scaled(_linear(right), sign))
        case Arithmetic("*", Constant(factor), term) | Arithmetic(
            "*", term, Constant(factor)
        ):
            return _scaled(_linear(term), factor)
        case Arithmetic("/", term, Constant(factor)) if factor:
            return _scaled(_linear(term), 1 / Fraction(factor))
    return None


def _scaled(form: _Form | None, factor: Exact) -> _Form | None:
    return form and {name: factor * each for name, each in form.items()}


def _sum(one: _Form | None, other: _Form | None) -> _Form | None:
    if one is None or other is None:
        return None
    keys = chain(one, other)
    return {key: one.get(key, 0) + other.get(key, 0) for key in keys}


def seen_apart(
    question: Question, tried: Sequence[RuleValue], parts: Sequence[Node]
) -> tuple[RuleValue, ...]:
    """Return the values of a situation of one choice that some rule parts.

    Those of another fact stay: the steps of a fact that gets better go through all.
    """
    if question.better is not None:
        return tuple(tried)
    name = NameNode(question.id, 1)
    atoms = [
        part
        for part in parts
        if (isinstance(part, IsAmong) and part.question == name)
        or (isinstance(part, CompareNode) and name in {part.left, part.right})
    ]
    if any(len(names_in(atom)) > 1 for atom in atoms):
        return tuple(tried)
    judges = [judge_of(atom) for atom in atoms]
    seen: dict[tuple[Truth, ...], RuleValue] = {}
    for value in tried:
        alone = _Alone(value)
        seen.setdefault(tuple(judge(alone) for judge in judges), value)
    return tuple(seen.values())


@dataclass(frozen=True, slots=True)
class _Alone:
    """A place with one fact."""

    fact: RuleValue

    def value(self, _name: str) -> RuleValue:
        return self.fact

    def inside(self, _kind: object) -> tuple[tuple[Scope, ...], bool]:
        return (), False

    def is_out(self, _name: str) -> bool:
        return False


def moves(
    question: Question, tried: Sequence[RuleValue]
) -> Iterator[tuple[RuleValue, RuleValue]]:
    """Yield each smallest step of a fact that gets better: the worse, the better."""
    present = [value for value in tried if value is not ABSENT]
    match question.better:
        case None:
            return
        case Direction() as direction:
            steps: Iterable[tuple[RuleValue, RuleValue]] = pairwise(present)
            if any(isinstance(value, Several) for value in present):
                steps = _one_more(present)
            for low, high in steps:
                yield (low, high) if direction is Direction.UP else (high, low)
        case ranks:
            known = {
                ident: value
                for value in present
                if isinstance(value, OneOf)
                for ident in value.ids
            }
            for worse, better in pairwise(ranks):
                for one, other in product(worse, better):
                    if one in known and other in known:
                        yield known[one], known[other]


def _one_more(
    values: Sequence[RuleValue],
) -> Iterator[tuple[RuleValue, RuleValue]]:
    sets = [value for value in values if isinstance(value, Several)]
    for few, many in product(sets, sets):
        if few.sure < many.sure and len(many.sure) == len(few.sure) + 1:
            yield few, many


def raised(value: RuleValue, target: RuleValue, question: Question) -> RuleValue:
    """Return what a fact becomes: the target, unless it was better already."""
    better = question.better
    if value is ABSENT:
        return ABSENT
    is_up = better is Direction.UP
    match value, target:
        case Span(low, high, lacks), Span(least, most) if better:
            ends = _further(low, least, up=is_up), _further(high, most, up=is_up)
            return Span(*ends, lacks)
        case Flag(), Flag(can_be_true) if better:
            return target if can_be_true is is_up else value
        case Several(sure, possible, lacks), Several(wanted) if better:
            joined = frozenset.union if is_up else frozenset.intersection
            return Several(joined(sure, wanted), joined(possible, wanted), lacks)
        case OneOf(ids, lacks, order), OneOf(wanted) if isinstance(better, tuple):
            (goal,) = wanted
            reached = (
                max(
                    (one, goal),
                    key=partial(
                        lambda ranks, ident: next(
                            (at for at, rank in enumerate(ranks) if ident in rank), -1
                        ),
                        better,
                    ),
                )
                for one in ids
            )
            return OneOf(frozenset(reached), lacks, order)
    return target


def _further(end: Exact | None, target: Exact | None, *, up: bool) -> Exact | None:
    if end is None or target is None:
        return None
    return max(end, target) if up else min(end, target)


def greater(one: Span, other: Span) -> Span:
    """Return the greater of two numbers."""
    lows = [end for end in (one.low, other.low) if end is not None]
    high = None
    if one.high is not None and other.high is not None:
        high = max(one.high, other.high)
    return Span(max(lows, default=None), high, one.maybe_absent)


def smaller(one: Span, other: Span) -> Span:
    """Return the smaller of two numbers."""
    zero = point(0)
    mirrored = greater(subtracted(zero, one), subtracted(zero, other))
    return subtracted(zero, mirrored)
