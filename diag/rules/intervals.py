"""Arithmetic of intervals, exact and sound: the result holds every possible value.

An unbounded end is None in a `Span`, an infinite float while it is multiplied here.
"""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from math import inf

from diag.rules.tree import Operator
from diag.rules.values import Exact, Span, plain

_MONTHS_A_YEAR = 12


def added(left: Span, right: Span) -> Span:
    """Return the sum of two numbers."""
    low = None if left.low is None or right.low is None else left.low + right.low
    high = None if left.high is None or right.high is None else left.high + right.high
    return Span(low, high, left.maybe_absent or right.maybe_absent)


def subtracted(left: Span, right: Span) -> Span:
    """Return the difference of two numbers."""
    low = None if left.low is None or right.high is None else left.low - right.high
    high = None if left.high is None or right.low is None else left.high - right.low
    return Span(low, high, left.maybe_absent or right.maybe_absent)


def multiplied(left: Span, right: Span) -> Span:
    """Return the product of two numbers."""
    products = [_product(x, y) for x in _ends(left) for y in _ends(right)]
    maybe_absent = left.maybe_absent or right.maybe_absent
    return Span(_bound(min(products)), _bound(max(products)), maybe_absent)


def divided(left: Span, right: Span) -> Span:
    """Return the quotient of two numbers; unbounded when the divisor may be 0."""
    maybe_absent = left.maybe_absent or right.maybe_absent
    low, high = right.low, right.high
    if (low is None or low <= 0) and (high is None or high >= 0):
        return Span(None, None, maybe_absent)
    # An unbounded end of a divisor becomes an inverse as near 0 as one likes.
    inverse = Span(
        0 if high is None else Fraction(1) / high,
        0 if low is None else Fraction(1) / low,
        right.maybe_absent,
    )
    return multiplied(left, inverse)


def months_between(start: Span, end: Span) -> Span:
    """Return the whole months from one date to another, negative when it precedes."""
    low = (
        None if start.high is None or end.low is None else _months(start.high, end.low)
    )
    high = (
        None if start.low is None or end.high is None else _months(start.low, end.high)
    )
    return Span(low, high, start.maybe_absent or end.maybe_absent)


def hull(left: Span, right: Span) -> Span:
    """Return the least interval that holds both."""
    low = None if left.low is None or right.low is None else min(left.low, right.low)
    high = (
        None if left.high is None or right.high is None else max(left.high, right.high)
    )
    return Span(low, high, left.maybe_absent or right.maybe_absent)


ARITHMETIC: dict[Operator, Callable[[Span, Span], Span]] = {
    "+": added,
    "-": subtracted,
    "*": multiplied,
    "/": divided,
}
"""What each operator does."""


def _ends(span: Span) -> tuple[Exact | float, Exact | float]:
    low = -inf if span.low is None else span.low
    return low, inf if span.high is None else span.high


def _product(x: Exact | float, y: Exact | float) -> Exact | float:
    if not x or not y:
        return 0
    if isinstance(x, float) or isinstance(y, float):
        return inf if (x > 0) == (y > 0) else -inf
    return x * y


def _bound(end: Exact | float) -> Exact | None:
    if isinstance(end, float):
        return None
    return end if isinstance(end, int) else plain(end)


def _months(start: Exact, end: Exact) -> int:
    first, last = date.fromordinal(int(start)), date.fromordinal(int(end))
    months = (last.year - first.year) * _MONTHS_A_YEAR + last.month - first.month
    return months - (last.day < first.day)
