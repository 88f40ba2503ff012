"""Counts, totals, shares and extremes over places of which not all is known.

Each function takes the places that may count, with their standing (true: surely
counts, None: may count), and whether the list of places is still open, that is
whether more places may come of which nothing is known. Every result is sound.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from diag.model.enums import PlaceKind
from diag.rules.tree import Exact
from diag.rules.values import (
    ABSENT,
    Absent,
    Judge,
    Measure,
    Scope,
    Span,
    Truth,
    added,
    point,
    span_hull,
    subtracted,
)

_ZERO = point(0)


def counted(standings: Sequence[Truth], *, is_open: bool) -> Span:
    """Return how many places count: [#true, #true + #unknown], more when open."""
    sure = sum(standing is True for standing in standings)
    return Span(sure, None if is_open else len(standings))


def totalled(members: Sequence[tuple[Truth, Span]], *, is_open: bool) -> Span:
    """Return the sum over the places that count; an absent number adds nothing.

    A place still to come adds what its number may be. `typecheck` refuses to total a
    number that may be negative, so an open list only raises the upper bound; should a
    known place be negative all the same, the lower bound goes too.
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
    low = None if is_open else _least([number.low for number in numbers])
    if sure:
        highs = [number.high for number in sure if number.high is not None]
        return Span(low, min(highs, default=None))
    ends = [number.high for number in numbers]
    high = None if is_open else _greatest(ends)
    return Span(low, high, maybe_absent=True)


def largest(members: Sequence[tuple[Truth, Span]], *, is_open: bool) -> Span | Absent:
    """Return the greatest number among the places that count; absent without any."""
    mirrored = [(standing, subtracted(_ZERO, number)) for standing, number in members]
    least = smallest(mirrored, is_open=is_open)
    return ABSENT if least is ABSENT else subtracted(_ZERO, least)


OVER_NUMBERS: dict[
    str, Callable[[Sequence[tuple[Truth, Span]], bool], Span | Absent]
] = {
    "total": lambda members, is_open: totalled(members, is_open=is_open),
    "smallest": lambda members, is_open: smallest(members, is_open=is_open),
    "largest": lambda members, is_open: largest(members, is_open=is_open),
}
"""The aggregates that look at one number of each place."""


def _least(ends: Sequence[Exact | None]) -> Exact | None:
    known = [end for end in ends if end is not None]
    return min(known) if len(known) == len(ends) else None


def _greatest(ends: Sequence[Exact | None]) -> Exact | None:
    known = [end for end in ends if end is not None]
    return max(known) if len(known) == len(ends) else None


def _ratio(part: int, whole: int) -> Exact:
    return part // whole if part % whole == 0 else Fraction(part, whole)


Members = Callable[[Scope], tuple[list[tuple[Scope, Truth]], bool]]
"""Finds the places that count or may count, and whether more may come."""


def gathered(kind: PlaceKind, names: tuple[str, ...], among: Judge | None) -> Members:
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
            out = _any_out(place, names)
            if out is not True:
                found.append((place, None if out is None else standing))
        return found, is_open

    return members


def count(members: Members) -> Measure:
    """Return the measure of `count`."""

    def measure(scope: Scope) -> Span:
        places, is_open = members(scope)
        return counted([standing for _, standing in places], is_open=is_open)

    return measure


def share(members: Members, holds: Judge) -> Measure:
    """Return the measure of `share`."""

    def measure(scope: Scope) -> Span | Absent:
        places, is_open = members(scope)
        judged = [(standing, holds(place)) for place, standing in places]
        return shared(judged, is_open=is_open)

    return measure


def over_numbers(
    draw: Callable[[list[tuple[Truth, Span]], bool], Span | Absent],
    members: Members,
    number: Measure,
) -> Measure:
    """Return the measure of `total`, `smallest` or `largest`."""

    def measure(scope: Scope) -> Span | Absent:
        places, is_open = members(scope)
        read = [(standing, number(place)) for place, standing in places]
        present = [(standing, each) for standing, each in read if each is not ABSENT]
        return draw(present, is_open)

    return measure


def _any_out(place: Scope, names: tuple[str, ...]) -> Truth:
    result: Truth = False
    for name in names:
        out = place.is_out(name)
        if out is True:
            return True
        if out is None:
            result = None
    return result
