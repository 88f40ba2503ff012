"""Exact ratios as a person reads them: out of 100, rounded half up, once, here."""

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # results bring pydantic, which a list of schools does without
    from diag.model.number import Bounds


def out_of_100(ratio: Fraction) -> int:
    """Return a ratio out of 100, rounded half up."""
    return (200 * ratio.numerator + ratio.denominator) // (2 * ratio.denominator)


def displayed(bounds: "Bounds") -> tuple[int, int]:
    """Return both bounds out of 100, each rounded by itself."""
    return out_of_100(bounds.low), out_of_100(bounds.high)


def in_words(bounds: "Bounds") -> str:
    """Return « 58 », or « entre 47 et 61 » when the rounded bounds differ."""
    low, high = displayed(bounds)
    return str(low) if low == high else f"entre {low} et {high}"
