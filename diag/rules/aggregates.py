"""Counts, totals, shares and extremes over places of which not all is known.

Each function takes the places that may count, with their standing (true: surely
counts, None: may count), and whether the list of places is still open, that is
whether more places may come of which nothing is known. Every result is sound.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from diag.rules.intervals import added, hull, subtracted
from diag.rules.values import ABSENT, Absent, Exact, Span, Truth, point

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
        total = added(total, number if certain else hull(number, _ZERO))
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
