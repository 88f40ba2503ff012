"""Exact numbers: how one is read, kept and compared, never as a float.

The canonical form is an `int`, or a decimal string without exponent,
`+`, trailing zeros or `-0`.
"""

import re
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

Number = int | str
"""A canonical number: an integer, or a decimal string such as `"0.5"`."""

MAX_DIGITS = 30
"""Longest number accepted, in digits: what a person may type, not a bomb."""

_DECIMAL = re.compile(r"[+-]?\d+(?:[.,]\d+)?|[+-]?[.,]\d+")


class Bounds(NamedTuple):
    """An exact interval of ratios, 0 to 1: every completion of the facts lies in it."""

    low: Fraction
    high: Fraction


class Quantity(NamedTuple):
    """How many, exactly; `high` is None when nothing bounds it."""

    low: Fraction | int
    high: Fraction | int | None


def canonical_number(raw: object) -> Number:
    """Return the canonical form of an int, a Decimal, a Fraction or a typed text.

    A French comma and the spaces that group thousands are understood.

    Raises:
        ValueError: when `raw` is no finite decimal number of a sane length.
    """
    if isinstance(raw, int) and not isinstance(raw, bool):
        return _bounded(raw)
    if isinstance(raw, Fraction):
        raw = Decimal(raw.numerator) / Decimal(raw.denominator)
    text = format(raw, "f") if isinstance(raw, Decimal) else str(raw)
    text = re.sub(r"[\s\u00a0\u202f]", "", text)
    if len(text) > MAX_DIGITS or not _DECIMAL.fullmatch(text):
        raise ValueError(_problem(raw))
    value = Decimal(text.replace(",", "."))
    if value == value.to_integral_value():
        return _bounded(int(value))
    return format(value.normalize(), "f")


def exact(number: Number) -> Fraction:
    """Return a canonical number as an exact fraction."""
    return Fraction(number)


def _bounded(value: int) -> int:
    if abs(value) >= 10**MAX_DIGITS:
        raise ValueError(_problem("trop long"))
    return value


def _problem(raw: object) -> str:
    return f"« {str(raw)[:40]} » n'est pas un nombre"
