"""Computes a rule at a place, from facts known in full, in part or not at all.

A rule is compiled once into closures; Python's `eval` is nowhere. Every result is
sound: whatever the facts turn out to be, the answer lies within. Aggregates take the
places that may count, with their standing (true: surely counts, None: may count), and
whether the list is open: whether more places may come of which nothing is known.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import lru_cache, partial
from typing import Protocol

from diag.model.enums import PlaceKind
from diag.rules.expressions import (
    ABSENT,
    ARITHMETIC,
    NUMBERS,
    Absent,
    Aggregate,
    AllOf,
    AnyOf,
    Arithmetic,
    ChoiceId,
    CompareNode,
    Constant,
    Exact,
    Flag,
    Includes,
    IsAmong,
    Judge,
    Measure,
    Months,
    NameNode,
    Node,
    Not,
    OneOf,
    Order,
    Reader,
    Scope,
    Several,
    Span,
    Term,
    Truth,
    added,
    choices_compare,
    is_among,
    mistyped,
    months_between,
    names_in,
    point,
    ranked,
    span_hull,
    subtracted,
)
from diag.rules.language import Rule

_CACHED_RULES = 8192  # several editions of a thousand rules


def holds(rule: Rule, scope: Scope) -> Truth:
    """Say whether a condition is true, false or unknown at a place."""
    return condition(rule)(scope)


def number(rule: Rule, scope: Scope) -> Span | Absent:
    """Return the interval of a number at a place."""
    return measure(rule)(scope)


@lru_cache(_CACHED_RULES)
def condition(rule: Rule) -> Judge:
    """Return a rule compiled as a condition, once."""
    return judge_of(rule.root)


@lru_cache(_CACHED_RULES)
def measure(rule: Rule) -> Measure:
    """Return a rule compiled as a number, once."""
    return measure_of(rule.root)


def judge_of(node: Node) -> Judge:
    """Compile a part of a rule as a condition."""
    match node:
        case Not(operand):
            judge = not_(judge_of(operand))
        case AllOf(operands):
            judge = all_of([judge_of(part) for part in operands])
        case AnyOf(operands):
            judge = any_of([judge_of(part) for part in operands])
        case CompareNode():
            judge = _comparison(node)
        case NameNode(name):
            judge = is_yes(name)
        case Includes(question, choice, negated):
            judge = includes(question.id, choice.id, negated=negated)
        case IsAmong(question, choices, negated):
            accepted = frozenset(choice.id for choice in choices)
            judge = is_one_of(question.id, accepted, negated=negated)
        case _:
            raise TypeError(f"not a condition: {node}")
    return judge


def _comparison(node: CompareNode) -> Judge:
    match node:
        case CompareNode(">=", NameNode(name), Constant(value)):
            return at_least(name, value)
        case CompareNode(order, NameNode(name), Constant(value)):
            return against(name, NUMBERS[order], point(value))
        case CompareNode("==" | "!=", NameNode(name), ChoiceId(choice)):
            negated = node.order == "!="
            return is_one_of(name, frozenset({choice}), negated=negated)
        case CompareNode(order, NameNode(name), ChoiceId(choice)):
            return is_ranked(name, order, choice)
    order, left, right = node.order, _term(node.left), _term(node.right)
    compare = NUMBERS[order]

    def judge(scope: Scope) -> Truth:
        one, other = left(scope), right(scope)
        if one is ABSENT or other is ABSENT:
            return False
        if isinstance(one, Span) and isinstance(other, Span):
            truth = compare(one, other)
        elif isinstance(one, OneOf) and isinstance(other, OneOf):
            truth = choices_compare(order, one, other)
        else:
            raise TypeError(f"{one} and {other} do not compare")
        return None if truth and (one.maybe_absent or other.maybe_absent) else truth

    return judge


def _term(node: Term) -> Reader:
    match node:
        case NameNode(name):
            return lambda scope: scope.value(name)
        case ChoiceId(choice):
            chosen = OneOf(frozenset({choice}))
            return lambda _: chosen
    return measure_of(node)


def measure_of(node: Node) -> Measure:
    """Compile a part of a rule as a number."""
    match node:
        case NameNode(name):
            return _fact(name)
        case Constant(value):
            constant = point(value)
            return lambda _: constant
        case Arithmetic(operator, left, right):
            return _of_two(ARITHMETIC[operator], left, right)
        case Months(start, end):
            return _of_two(months_between, start, end)
        case Aggregate():
            return _aggregate(node)
    raise TypeError(f"not a number: {node}")


def _fact(name: str) -> Measure:
    def read(scope: Scope) -> Span | Absent:
        value = scope.value(name)
        if isinstance(value, Span) or value is ABSENT:
            return value
        return mistyped(name, value)

    return read


def _of_two(compute: Callable[[Span, Span], Span], left: Term, right: Term) -> Measure:
    first, second = measure_of(left), measure_of(right)

    def computed(scope: Scope) -> Span | Absent:
        one, other = first(scope), second(scope)
        return ABSENT if one is ABSENT or other is ABSENT else compute(one, other)

    return computed


def _aggregate(node: Aggregate) -> Measure:
    among = judge_of(node.among) if node.among else None
    members = _gathered(node.kind, tuple(sorted(names_in(node))), among)
    if node.number is not None:
        draw, read = _OVER_NUMBERS[node.function], measure_of(node.number)

        def drawn(scope: Scope) -> Span | Absent:
            places, is_open = members(scope)
            numbers = [(standing, read(place)) for place, standing in places]
            present = [
                (standing, each) for standing, each in numbers if each is not ABSENT
            ]
            return draw(present, is_open=is_open)

        return drawn
    if node.condition is not None:
        holds_at = judge_of(node.condition)

        def share(scope: Scope) -> Span | Absent:
            places, is_open = members(scope)
            judged = [(standing, holds_at(place)) for place, standing in places]
            return shared(judged, is_open=is_open)

        return share

    def count(scope: Scope) -> Span:
        places, is_open = members(scope)
        return counted([standing for _, standing in places], is_open=is_open)

    return count


# An absent fact makes every comparison false, `!=` and `in` included, and a yes-or-no
# question false; a fact that may be absent never makes one true.
def is_yes(name: str) -> Judge:
    """Return the judge of a yes-or-no question."""

    def judge(scope: Scope) -> Truth:
        value = scope.value(name)
        if isinstance(value, Flag):
            if not value.can_be_true:
                return False
            return None if value.can_be_false or value.maybe_absent else True
        return False if value is ABSENT else mistyped(name, value)

    return judge


def includes(name: str, choice: str, *, negated: bool) -> Judge:
    """Return the judge of `'choice' in name`."""

    def judge(scope: Scope) -> Truth:
        value = scope.value(name)
        if isinstance(value, Several):
            if choice in value.possible and choice not in value.sure:
                return None
            truth = (choice in value.sure) is not negated
            return None if truth and value.maybe_absent else truth
        return False if value is ABSENT else mistyped(name, value)

    return judge


def is_one_of(name: str, accepted: frozenset[str], *, negated: bool) -> Judge:
    """Return the judge of `name in accepted`, and of `name == 'choice'`."""

    def judge(scope: Scope) -> Truth:
        value = scope.value(name)
        if isinstance(value, OneOf):
            truth = is_among(value, accepted)
            if truth is None:
                return None
            truth = truth is not negated
            return None if truth and value.maybe_absent else truth
        return False if value is ABSENT else mistyped(name, value)

    return judge


def is_ranked(name: str, order: Order, choice: str) -> Judge:
    """Return the judge of `name >= 'choice'` and the like, for an ordered question."""
    accepted = lru_cache(maxsize=8)(partial(ranked, order, choice))

    def judge(scope: Scope) -> Truth:
        value = scope.value(name)
        if isinstance(value, OneOf):
            ids = accepted(value.order)
            truth = None if ids is None else is_among(value, ids)
            return None if truth and value.maybe_absent else truth
        return False if value is ABSENT else mistyped(name, value)

    return judge


def at_least(name: str, least: Exact) -> Judge:
    """Return the judge of the commonest of rules, `name >= least`, in one call."""

    def judge(scope: Scope) -> Truth:
        value = scope.value(name)
        if isinstance(value, Span):
            low, high, may_lack = value
            if low is not None and low >= least:
                return None if may_lack else True
            return False if high is not None and high < least else None
        return False if value is ABSENT else mistyped(name, value)

    return judge


def against(name: str, compare: Callable[[Span, Span], Truth], constant: Span) -> Judge:
    """Return the judge of a fact against a number."""

    def judge(scope: Scope) -> Truth:
        value = scope.value(name)
        if isinstance(value, Span):
            truth = compare(value, constant)
            return None if truth and value.maybe_absent else truth
        return False if value is ABSENT else mistyped(name, value)

    return judge


def not_(operand: Judge) -> Judge:
    """Return the negation of a judge."""

    def judge(scope: Scope) -> Truth:
        truth = operand(scope)
        return None if truth is None else not truth

    return judge


def all_of(operands: Sequence[Judge]) -> Judge:
    """Return Kleene's conjunction of judges, left at the first false."""
    if len(operands) != 2:  # noqa: PLR2004 - the commonest is of two, without a loop
        return _until(operands, end=False)
    one, other = operands

    def judge(scope: Scope) -> Truth:
        first = one(scope)
        if first is False:
            return False
        second = other(scope)
        return second if first or second is False else None

    return judge


def any_of(operands: Sequence[Judge]) -> Judge:
    """Return Kleene's disjunction of judges, left at the first true."""
    return _until(operands, end=True)


def _until(operands: Sequence[Judge], *, end: bool) -> Judge:
    """Return the judge of several, left at the first whose truth settles it."""

    def judge(scope: Scope) -> Truth:
        result: Truth = not end
        for operand in operands:
            truth = operand(scope)
            if truth is end:
                return end
            if truth is None:
                result = None
        return result

    return judge


# Aggregates: counts, totals, shares and extremes over places of which not all is known.
_ZERO = point(0)


def counted(standings: Sequence[Truth], *, is_open: bool) -> Span:
    """Return how many places count: [#true, #true + #unknown], more when open."""
    sure = sum(standing is True for standing in standings)
    return Span(sure, None if is_open else len(standings))


def totalled(members: Sequence[tuple[Truth, Span]], *, is_open: bool) -> Span:
    """Return the sum over the places that count; an absent number adds nothing.

    A place still to come adds what its number may be. No rule totals a number that may
    be negative, so an open list only raises the upper bound; should a known place be
    negative all the same, the lower bound goes too.
    """
    total = _ZERO
    may_lower = False
    for standing, number in members:
        certain = standing is True and not number.maybe_absent
        may_lower = may_lower or number.low is None or number.low < 0
        total = added(total, number if certain else span_hull(number, _ZERO))
    if is_open:
        return Span(None if may_lower else total.low, None)
    return Span(total.low, total.high)


def shared(members: Sequence[tuple[Truth, Truth]], *, is_open: bool) -> Span | Absent:
    """Return the share of the places that count where a condition holds.

    The bounds are those of the `share_reaching` roll-up. When no place surely counts
    there may be no share at all.
    """
    holds = [truth for standing, truth in members if standing is True]
    may_hold = [truth for standing, truth in members if standing is not True]
    if is_open:
        return Span(0, 1, maybe_absent=not holds)
    if not members:
        return ABSENT
    against = sum(truth is not True for truth in may_hold)
    in_favour = len(may_hold) - may_hold.count(False)
    n = len(holds)
    if n == 0:
        return Span(0 if against else 1, 1 if in_favour else 0, maybe_absent=True)
    return Span(
        _ratio(holds.count(True), n + against),
        _ratio(n - holds.count(False) + in_favour, n + in_favour),
    )


def smallest(members: Sequence[tuple[Truth, Span]], *, is_open: bool) -> Span | Absent:
    """Return the least number among the places that count; absent without any.

    Only a place that surely counts, with a number, bounds the result from above; any
    other may be the one that decides, or not be there.
    """
    if not members:
        return Span(None, None, maybe_absent=True) if is_open else ABSENT
    numbers = [number for _, number in members]
    sure = [
        number
        for standing, number in members
        if standing is True and not number.maybe_absent
    ]
    low = None if is_open else _end(min, [number.low for number in numbers])
    if sure:
        highs = [number.high for number in sure if number.high is not None]
        return Span(low, min(highs, default=None))
    high = None if is_open else _end(max, [number.high for number in numbers])
    return Span(low, high, maybe_absent=True)


def largest(members: Sequence[tuple[Truth, Span]], *, is_open: bool) -> Span | Absent:
    """Return the greatest number among the places that count; absent without any."""
    mirrored = [(standing, subtracted(_ZERO, number)) for standing, number in members]
    least = smallest(mirrored, is_open=is_open)
    return ABSENT if least is ABSENT else subtracted(_ZERO, least)


class _Draw(Protocol):
    def __call__(
        self, members: Sequence[tuple[Truth, Span]], *, is_open: bool
    ) -> Span | Absent: ...


_OVER_NUMBERS: dict[str, _Draw] = {
    "total": totalled,
    "smallest": smallest,
    "largest": largest,
}


def _end(
    pick: Callable[[list[Exact]], Exact], ends: Sequence[Exact | None]
) -> Exact | None:
    known = [end for end in ends if end is not None]
    return pick(known) if len(known) == len(ends) else None


def _ratio(part: int, whole: int) -> Exact:
    return part // whole if part % whole == 0 else Fraction(part, whole)


_Members = Callable[[Scope], tuple[list[tuple[Scope, Truth]], bool]]
"""Finds the places that count or may count, and whether more may come."""


def _gathered(kind: PlaceKind, names: tuple[str, ...], among: Judge | None) -> _Members:
    """Return the finder of the places of a kind that count.

    A place where one of `names` was answered not applicable does not count.
    """

    def members(scope: Scope) -> tuple[list[tuple[Scope, Truth]], bool]:
        places, is_open = scope.inside(kind)
        found: list[tuple[Scope, Truth]] = []
        for place in places:
            standing: Truth = among(place) if among else True
            if standing is False:
                continue
            out = any_out(place, names)
            if out is not True:
                found.append((place, None if out is None else standing))
        return found, is_open

    return members


def any_out(place: Scope, names: Iterable[str]) -> Truth:
    """Say whether one of the names was answered not applicable at a place."""
    result: Truth = False
    for name in names:
        out = place.is_out(name)
        if out is True:
            return True
        if out is None:
            result = None
    return result
