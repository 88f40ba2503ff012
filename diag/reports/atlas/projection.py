"""From degrees to the map: distances are right at the middle of the territory."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

Degrees = tuple[float, float]
"""Longitude, latitude."""
Spot = tuple[float, float]
"""Across and down, in units of the drawing."""

WIDTH = 560
"""Units across."""
TALLEST, LOWEST = 620, 300
MARGIN = 34
"""Room around the outermost points."""

_KM_PER_DEGREE = 111.32
_LEAST_KM = 3.0
"""A hamlet is not blown up to the size of a county."""
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)


@dataclass(frozen=True, slots=True)
class Projection:
    """Where degrees fall, and how long a kilometre is."""

    west: float
    north: float
    per_km: float
    height: int
    squeeze: float
    """How much shorter a degree of longitude is here."""

    def spot(self, where: Degrees) -> Spot:
        """Return where a point falls."""
        across = (where[0] - self.west) * _KM_PER_DEGREE * self.squeeze
        down = (self.north - where[1]) * _KM_PER_DEGREE
        return across * self.per_km, down * self.per_km

    @property
    def scale(self) -> tuple[int, float]:
        """A round number of kilometres, and its length: at most a quarter across."""
        fit = [step for step in _STEPS if step * self.per_km <= WIDTH / 4]
        step = fit[-1] if fit else _STEPS[0]
        return step, step * self.per_km


def projection(points: Iterable[Degrees]) -> Projection:
    """Return what shows all points; needs one at least."""
    told = list(points)
    west, east = min(x for x, _ in told), max(x for x, _ in told)
    south, north = min(y for _, y in told), max(y for _, y in told)
    squeeze = max(math.cos(math.radians((south + north) / 2)), 0.01)
    wide = max((east - west) * _KM_PER_DEGREE * squeeze, _LEAST_KM)
    high = max((north - south) * _KM_PER_DEGREE, _LEAST_KM)
    per_km = min((WIDTH - 2 * MARGIN) / wide, (TALLEST - 2 * MARGIN) / high)
    height = max(LOWEST, math.ceil(high * per_km) + 2 * MARGIN)
    half_across = WIDTH / 2 / per_km / _KM_PER_DEGREE / squeeze
    half_down = height / 2 / per_km / _KM_PER_DEGREE
    return Projection(
        west=(west + east) / 2 - half_across,
        north=(south + north) / 2 + half_down,
        per_km=per_km,
        height=height,
        squeeze=squeeze,
    )
