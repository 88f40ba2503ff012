"""Comparisons of products and ratios, brought down to one proportion between two terms.

`4 * a / b >= 1` and `4 * a >= b` ask the same: `a` is at least a quarter of `b`.
"""

from dataclasses import dataclass
from fractions import Fraction

from diag.rules.tree import Arithmetic, Constant, Order, Term, walk


@dataclass(frozen=True, slots=True)
class Proportion:
    """What is compared, with how much of what."""

    what: Term
    order: Order
    ratio: Fraction
    """Above zero."""
    of: Term | None
    """None: the ratio is a plain number."""


def proportion_of(order: Order, left: Term, right: Term) -> Proportion | None:
    """Return the proportion that a comparison of numbers asks for.

    None when it is no such thing, or compares a mere number: it is told as written.
    """
    times, what = _scaled(left)
    share, of = _scaled(right)
    if (
        isinstance(what, Arithmetic)
        and what.operator == "/"
        and of is None
        and not _may_be_negative(what.right)
    ):
        inverse, of = _scaled(what.right)
        times, what = times / inverse if inverse else times, what.left
        more, what = _scaled(what)
        times *= more
    is_plain = of is None and not isinstance(left, Arithmetic)
    if what is None or is_plain or times <= 0 or share <= 0:
        return None
    return Proportion(what, order, share / times, of)


def _may_be_negative(divisor: Term) -> bool:
    """Say whether multiplying by it might turn a comparison: it is a difference."""
    parts = (each for each in walk(divisor) if isinstance(each, Arithmetic))
    return any(each.operator == "-" for each in parts)


def _scaled(term: Term | None) -> tuple[Fraction, Term | None]:
    """Return a term as a number times what is no number; a constant is times None."""
    match term:
        case Constant(value):
            return Fraction(value), None
        case Arithmetic("*", Constant(value), other) | Arithmetic(
            "*", other, Constant(value)
        ):
            times, what = _scaled(other)
            return value * times, what
        case Arithmetic("/", other, Constant(value)) if value:
            times, what = _scaled(other)
            return times / value, what
        case Arithmetic("/", Arithmetic("*", Constant(value), top), bottom):
            return Fraction(value), Arithmetic("/", top, bottom, term.column)
    return Fraction(1), term
