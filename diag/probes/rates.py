"""What a throughput is, computed from when bytes moved: pure functions.

A connection moves its bytes in stretches, one after the other; those of a download end
when bytes arrive, those of an upload when the server has answered for them. A stretch
counts in a window for the share of it that is inside.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

WARM_UP = 2.0
"""Seconds dropped: connections open their windows."""

AGREEING = 0.05
"""Width of three seconds over their middle, under which a test has settled."""

_LAST = 3
_BITS, _MEGA = 8, 1_000_000


class Stretch(NamedTuple):
    """Bytes that one connection moved between two moments, in seconds."""

    start: float
    end: float
    size: int
    """Bytes."""


def rate(stretches: Sequence[Stretch], start: float, end: float) -> float:
    """Return Mbit/s moved between two moments; 0 for no time at all."""
    if end <= start:
        return 0.0
    moved = sum(_inside(one, start, end) for one in stretches)
    return moved * _BITS / _MEGA / (end - start)


def _inside(one: Stretch, start: float, end: float) -> float:
    length = one.end - one.start
    if length <= 0:
        return one.size if start <= one.end < end else 0
    shared = min(one.end, end) - max(one.start, start)
    return one.size * max(0.0, shared) / length


def by_second(stretches: Sequence[Stretch], start: float, end: float) -> list[float]:
    """Return Mbit/s of each whole second of a window."""
    whole = int(end - start + 1e-9)
    return [rate(stretches, start + at, start + at + 1) for at in range(whole)]


def has_settled(seconds: Sequence[float]) -> bool:
    """Return whether the last three seconds agree: going on would add nothing."""
    last = seconds[-_LAST:]
    if len(last) < _LAST or min(last) <= 0:
        return False
    return (max(last) - min(last)) / sorted(last)[1] <= AGREEING


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value under which a share of them lies, between two if need be.

    Raises:
        ValueError: there is none.
    """
    if not values:
        raise ValueError("no value")
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def spread_of_seconds(seconds: Sequence[float]) -> float:
    """Return the width of the middle eight tenths of seconds over their median."""
    if not seconds or not (middle := quantile(seconds, 0.5)):
        return 0.0
    return (quantile(seconds, 0.9) - quantile(seconds, 0.1)) / middle


def most_lost(lost: int, tried: int) -> float:
    """Return the share of losses that is not exceeded, 95 times in a hundred.

    The upper bound of Wilson's interval at one side; none lost of 20 is « under 12 % ».
    """
    if not tried:
        return 1.0
    z2 = _Z95**2
    share = lost / tried
    root = sqrt(share * (1 - share) / tried + z2 / (4 * tried**2))
    bound = (share + z2 / (2 * tried) + _Z95 * root) / (1 + z2 / tried)
    return min(1.0, max(share, bound))


_Z95 = 1.6449


def stats_of(values: Sequence[float | None]) -> dict[str, float]:
    """Return what is kept of several waits, in ms; None is one that was lost.

    `n`, `lost`, `loss_most` (share), `min`, `p50`, `p95`, `max`, `jitter` (mean
    difference between neighbours).
    """
    got = [one for one in values if one is not None]
    lost = len(values) - len(got)
    found: dict[str, float] = {"n": len(values), "lost": lost}
    found["loss_most"] = round(most_lost(lost, len(values)), 4)
    if got:
        steps = [abs(a - b) for a, b in pairwise(got)]
        found |= {
            "min": round(min(got), 2),
            "p50": round(quantile(got, 0.5), 2),
            "p95": round(quantile(got, 0.95), 2),
            "max": round(max(got), 2),
            "jitter": round(sum(steps) / len(steps), 2) if steps else 0.0,
        }
    return found
