"""What rules compute with: everything a fact can still be, never a guess.

Numbers and dates are closed intervals, choices are sets of possible ids, conditions
are three-valued (Kleene). Nothing here knows where a value comes from.
"""

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Final

Exact = int | Fraction
"""An exact number; an `int` wherever one suffices, because it compares faster."""

Truth = bool | None
"""True, false, or None: not known yet."""


class Absent(Enum):
    """The type of `ABSENT`, so that `is ABSENT` narrows."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT
"""No value at all: irrelevant fact, missing ancestor, smallest of nothing."""


@dataclass(frozen=True, slots=True)
class Span:
    """A number, or a date as its ordinal, known to lie between two closed bounds."""

    low: Exact | None
    """Least possible value; None: no lower bound."""
    high: Exact | None
    """Greatest possible value; None: no upper bound."""
    maybe_absent: bool = False
    """Whether there may be no value at all."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """The choice of one id among several."""

    ids: frozenset[str]
    """Ids still possible; never empty."""
    maybe_absent: bool = False
    """Whether there may be no value at all."""
    order: tuple[str, ...] = ()
    """Every id from low to high when the question is `ordered`: `<` reads it."""


@dataclass(frozen=True, slots=True)
class Several:
    """A choice of any number of ids."""

    sure: frozenset[str]
    """Ids that were surely chosen."""
    possible: frozenset[str]
    """Ids that may have been chosen, the sure ones included."""
    maybe_absent: bool = False
    """Whether there may be no value at all."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A boolean fact."""

    can_be_true: bool
    """Whether yes is still possible."""
    can_be_false: bool
    """Whether no is still possible."""
    maybe_absent: bool = False
    """Whether there may be no value at all, which reads as no."""


RuleValue = Span | OneOf | Several | Flag | Absent
"""Whatever a name can stand for in a rule."""

UNBOUNDED: Final = Span(None, None)
"""A number of which nothing is known."""


def both(left: Truth, right: Truth) -> Truth:
    """Return Kleene's conjunction."""
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def either(left: Truth, right: Truth) -> Truth:
    """Return Kleene's disjunction."""
    if left is True or right is True:
        return True
    return None if left is None or right is None else False


def negation(truth: Truth) -> Truth:
    """Return Kleene's negation."""
    return None if truth is None else not truth


def plain(number: Fraction) -> Exact:
    """Return a number as an `int` where it is whole."""
    return number.numerator if number.denominator == 1 else number


def point(value: Exact) -> Span:
    """Return the interval of one known number."""
    return Span(value, value)
