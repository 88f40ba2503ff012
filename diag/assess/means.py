"""The weighted mean when some members may not apply: exact bounds, never a guess.

Low is the least mean over every choice of the undecided members to count, each at its
low; high is the greatest, each at its high. One pass over sorted members finds both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from diag.model.number import Bounds


@dataclass(frozen=True, slots=True)
class Member:
    """One weighted member of a mean."""

    weight: int
    bounds: Bounds
    sure: bool
    """Whether it surely counts; otherwise it may be sans objet."""


def weighted_mean(members: Sequence[Member]) -> Bounds | None:
    """Return the bounds of the mean; None when nothing can count."""
    if not members:
        return None
    return Bounds(lowest_mean(members), highest_mean(members))


def mean_of(values: Sequence[tuple[Fraction, int]]) -> Fraction:
    """Return the mean of values with their weights; there must be one."""
    ratios = [(*value.as_integer_ratio(), weight, True) for value, weight in values]
    return Fraction(*_least(ratios))


def lowest_mean(members: Sequence[Member]) -> Fraction:
    """Return the least mean that members can still have."""
    lows = [(*m.bounds.low.as_integer_ratio(), m.weight, m.sure) for m in members]
    return Fraction(*_least(lows))


def highest_mean(members: Sequence[Member]) -> Fraction:
    """Return the greatest mean that members can still have: the mirror of the least."""
    highs = [
        (-numerator, denominator, m.weight, m.sure)
        for m in members
        for numerator, denominator in [m.bounds.high.as_integer_ratio()]
    ]
    numerator, denominator = _least(highs)
    return Fraction(-numerator, denominator)


def _least(members: Sequence[tuple[int, int, int, bool]]) -> tuple[int, int]:
    """Return the least mean of (numerator, denominator, weight, sure), as a ratio.

    Integers over one denominator: five times as fast as adding fractions.
    """
    scale = lcm(*[denominator for _, denominator, _, _ in members])
    total = count = 0
    undecided = []
    for numerator, denominator, weight, sure in members:
        scaled = numerator * (scale // denominator)
        if sure:
            total += scaled * weight
            count += weight
        else:
            undecided.append((scaled, weight))
    undecided.sort()
    if not count:
        return undecided[0][0], scale
    for scaled, weight in undecided:
        if scaled * count >= total:
            break
        total += scaled * weight
        count += weight
    return total, count * scale
