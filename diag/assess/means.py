"""The weighted mean when some members may not apply: exact bounds, never a guess.

Low is the least mean over every choice of the undecided members to count, each at its
low; high is the greatest, each at its high. One pass over sorted members finds both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from diag.assess.results import Bounds


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


def lowest_mean(members: Sequence[Member]) -> Fraction:
    """Return the least mean that members can still have."""
    return _least(
        [(m.bounds.low, m.weight) for m in members if m.sure],
        [(m.bounds.low, m.weight) for m in members if not m.sure],
    )


def highest_mean(members: Sequence[Member]) -> Fraction:
    """Return the greatest mean that members can still have: the mirror of the least."""
    return -_least(
        [(-m.bounds.high, m.weight) for m in members if m.sure],
        [(-m.bounds.high, m.weight) for m in members if not m.sure],
    )


def _least(
    sure: list[tuple[Fraction, int]], undecided: list[tuple[Fraction, int]]
) -> Fraction:
    if not sure:
        return min(value for value, _ in undecided)
    total = sum((value * weight for value, weight in sure), Fraction())
    count = sum(weight for _, weight in sure)
    for value, weight in sorted(undecided):
        if value * count >= total:
            break
        total += value * weight
        count += weight
    return total / count
