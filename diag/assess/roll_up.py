"""A criterion judged at many places becomes one level, whatever is still unknown."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from diag.assess.means import Member, weighted_mean
from diag.assess.results import Verdict
from diag.model.checklist import RollUp
from diag.model.enums import Standing
from diag.model.number import Bounds, exact

TOP = 3
"""The highest level."""

WORST = RollUp(method="worst")
"""How compliance is rolled up, and a criterion that stands at the subject itself."""

RATIOS = tuple(
    tuple(Bounds(Fraction(low, TOP), Fraction(high, TOP)) for high in range(TOP + 1))
    for low in range(TOP + 1)
)
"""Bounds of two levels, as ratios: `RATIOS[low][high]`."""

SHARES = (Fraction(0), Fraction(1))
"""None of the places, and all of them."""


@dataclass(frozen=True, slots=True)
class Rolled:
    """The levels that a criterion can still reach over all its places."""

    standing: Standing
    low: int
    high: int
    bounds: Bounds
    settled: Fraction
    """Share of its places that are settled; an open list counts one place more."""


def rolled_up(roll_up: RollUp, verdicts: Sequence[Verdict], *, is_open: bool) -> Rolled:
    """Return one level for the verdicts of one criterion.

    `is_open` says that the list of places is not closed: there may be others.
    """
    if len(verdicts) == 1 and not is_open:
        return _alone(roll_up, verdicts[0])
    sure = [v for v in verdicts if v.standing is Standing.IN]
    maybe = [v for v in verdicts if v.standing is Standing.MAYBE]
    standing = _standing(sure, maybe, is_open=is_open)
    if standing is Standing.OUT:
        return Rolled(standing, 0, 0, RATIOS[0][0], SHARES[0])
    bounds = _bounds(roll_up, sure, maybe, is_open=is_open)
    counted = len(sure) + len(maybe) + is_open
    settled = Fraction(sum(v.low == v.high for v in sure), counted)
    return Rolled(standing, _level(bounds.low), _level(bounds.high), bounds, settled)


def worst(
    sure: Sequence[Verdict], maybe: Sequence[Verdict], *, is_open: bool
) -> Bounds:
    """Return the least level over places in scope and perhaps in scope."""
    known = sure or maybe
    if is_open:
        return RATIOS[0][min((v.high for v in sure), default=TOP)]
    low = min(v.low for v in (*sure, *maybe))
    high = (min if sure else max)(v.high for v in known)
    return RATIOS[low][high]


def mean(sure: Sequence[Verdict], maybe: Sequence[Verdict]) -> Bounds:
    """Return the mean of the levels, each place with the same weight."""
    bounds = weighted_mean([
        Member(1, RATIOS[v.low][v.high], v.standing is Standing.IN)
        for v in (*sure, *maybe)
    ])
    assert bounds is not None
    return bounds


def share_reaching(
    roll_up: RollUp, sure: Sequence[Verdict], maybe: Sequence[Verdict]
) -> Bounds:
    """Return the level of the share of places that reach the threshold."""
    low, high = reached_share(roll_up.threshold, sure, maybe)
    return RATIOS[_step(roll_up, low)][_step(roll_up, high)]


def reached_share(
    threshold: int, sure: Sequence[Verdict], maybe: Sequence[Verdict]
) -> tuple[Fraction, Fraction]:
    """Return the least and the greatest share of places that reach a level."""
    missing = sum(v.low < threshold for v in maybe)
    reaching = sum(v.high >= threshold for v in maybe)
    if not sure:
        return Fraction(0 if missing else 1), Fraction(1 if reaching else 0)
    sure_reaching = sum(v.low >= threshold for v in sure)
    may_reach = sum(v.high >= threshold for v in sure)
    low = Fraction(sure_reaching, len(sure) + missing)
    high = Fraction(may_reach + reaching, len(sure) + reaching)
    return low, high


def _alone(roll_up: RollUp, verdict: Verdict) -> Rolled:
    """Roll up one place: the commonest of criteria, the subject's own."""
    low, high = verdict.low, verdict.high
    settled = verdict.standing is Standing.IN and low == high
    if roll_up.method == "share_reaching" and verdict.standing is not Standing.OUT:
        low = _step(roll_up, SHARES[low >= roll_up.threshold])
        high = _step(roll_up, SHARES[high >= roll_up.threshold])
    return Rolled(verdict.standing, low, high, RATIOS[low][high], SHARES[settled])


def _standing(
    sure: Sequence[Verdict], maybe: Sequence[Verdict], *, is_open: bool
) -> Standing:
    if sure:
        return Standing.IN
    return Standing.MAYBE if maybe or is_open else Standing.OUT


def _bounds(
    roll_up: RollUp,
    sure: Sequence[Verdict],
    maybe: Sequence[Verdict],
    *,
    is_open: bool,
) -> Bounds:
    if roll_up.method == "worst":
        return worst(sure, maybe, is_open=is_open)
    if is_open:
        return RATIOS[0][TOP]
    if roll_up.method == "mean":
        return mean(sure, maybe)
    return share_reaching(roll_up, sure, maybe)


def _step(roll_up: RollUp, share: Fraction) -> int:
    reached = [level for level, step in roll_up.steps.items() if share >= _exact(step)]
    return max(reached, default=0)


def _level(ratio: Fraction) -> int:
    return TOP * ratio.numerator // ratio.denominator


_exact = lru_cache(256)(exact)  # the same few steps, at every answer
