"""Comparisons of what may still be many things: surely, surely not, or unknown.

Absence is the caller's business: these functions compare values that are there.
"""

from collections.abc import Callable

from diag.rules.tree import Order
from diag.rules.values import OneOf, Span, Truth, negation, point


def is_less(left: Span, right: Span) -> Truth:
    """Say whether a number is less than another."""
    if left.high is not None and right.low is not None and left.high < right.low:
        return True
    if left.low is not None and right.high is not None and left.low >= right.high:
        return False
    return None


def is_at_most(left: Span, right: Span) -> Truth:
    """Say whether a number is at most another."""
    if left.high is not None and right.low is not None and left.high <= right.low:
        return True
    if left.low is not None and right.high is not None and left.low > right.high:
        return False
    return None


def is_equal(left: Span, right: Span) -> Truth:
    """Say whether two numbers are equal."""
    if is_less(left, right) is True or is_less(right, left) is True:
        return False
    known = left.low is not None and left.low == left.high
    return True if known and right.low == right.high == left.low else None


NUMBERS: dict[Order, Callable[[Span, Span], Truth]] = {
    "<": is_less,
    "<=": is_at_most,
    ">": lambda left, right: is_less(right, left),
    ">=": lambda left, right: is_at_most(right, left),
    "==": is_equal,
    "!=": lambda left, right: negation(is_equal(left, right)),
}
"""How numbers and dates compare."""


def is_among(choice: OneOf, accepted: frozenset[str]) -> Truth:
    """Say whether a choice is one of the accepted ids."""
    if choice.ids <= accepted:
        return True
    return False if choice.ids.isdisjoint(accepted) else None


def ranked(order: Order, choice: str, ranks: tuple[str, ...]) -> frozenset[str] | None:
    """Return the ids that compare so with a choice; None where it has no rank."""
    if choice not in ranks:
        return None
    rank = point(ranks.index(choice))
    compare = NUMBERS[order]
    return frozenset(
        each for index, each in enumerate(ranks) if compare(point(index), rank)
    )


def choices_compare(order: Order, left: OneOf, right: OneOf) -> Truth:
    """Compare two choices; `<` and the like read the order of an ordered question."""
    if order == "==":
        return _same_choice(left, right)
    if order == "!=":
        return negation(_same_choice(left, right))
    ranks = left.order or right.order
    return NUMBERS[order](_rank(left, ranks), _rank(right, ranks))


def _same_choice(left: OneOf, right: OneOf) -> Truth:
    if left.ids.isdisjoint(right.ids):
        return False
    return True if len(left.ids | right.ids) == 1 else None


def _rank(choice: OneOf, order: tuple[str, ...]) -> Span:
    """Return the interval of ranks; unbounded where an id has none."""
    if not all(known in order for known in choice.ids):
        return Span(None, None)
    ranks = [order.index(known) for known in choice.ids]
    return Span(min(ranks), max(ranks))
