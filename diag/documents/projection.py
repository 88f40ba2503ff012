"""Where degrees fall on a drawing, marks that move apart, names that find room."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

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


def projection(points: Iterable[Degrees], tallest: int = TALLEST) -> Projection:
    """Return what shows all points; needs one at least."""
    told = list(points)
    west, east = min(x for x, _ in told), max(x for x, _ in told)
    south, north = min(y for _, y in told), max(y for _, y in told)
    squeeze = max(math.cos(math.radians((south + north) / 2)), 0.01)
    wide = max((east - west) * _KM_PER_DEGREE * squeeze, _LEAST_KM)
    high = max((north - south) * _KM_PER_DEGREE, _LEAST_KM)
    per_km = min((WIDTH - 2 * MARGIN) / wide, (tallest - 2 * MARGIN) / high)
    height = max(min(LOWEST, tallest), math.ceil(high * per_km) + 2 * MARGIN)
    half_across = WIDTH / 2 / per_km / _KM_PER_DEGREE / squeeze
    half_down = height / 2 / per_km / _KM_PER_DEGREE
    return Projection(
        west=(west + east) / 2 - half_across,
        north=(south + north) / 2 + half_down,
        per_km=per_km,
        height=height,
        squeeze=squeeze,
    )


_LETTER = 6.4
"""Width of a letter of a name, in units, on average."""

_LINE = 13

_TURN = math.pi * (3 - math.sqrt(5))
"""The golden angle: a spiral that leaves no direction out."""

_TRIES = 400

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True, slots=True)
class Label:
    """A name and where it is written."""

    words: str
    x: float
    y: float
    """Baseline."""
    anchor: str
    """`start`, `middle` or `end`."""


def spread(spots: Sequence[Spot], gap: float) -> list[Spot]:
    """Return spots at least `gap` apart, each as near its own place as one finds.

    A school of a crowded quarter moves by a few units: the list has the address.
    """
    cells: dict[tuple[int, int], list[Spot]] = {}
    placed: list[Spot] = []
    for spot in spots:
        free = (one for one in _around(spot, gap) if _is_free(one, cells, gap))
        found = next(free, spot)  # hopelessly crowded: better hidden than not drawn
        cells.setdefault(_cell(found, gap), []).append(found)
        placed.append(found)
    return placed


def named(
    names: Sequence[tuple[str, Sequence[Spot]]],
    marks: Iterable[Spot],
    radius: float,
    height: int,
) -> tuple[Label, ...]:
    """Return the names that find room beside a mark of theirs, the first ones first."""
    taken: list[Box] = [
        (x - radius, y - radius, x + radius, y + radius) for x, y in marks
    ]
    kept: list[Label] = []
    for words, spots in names:
        for label, box in chain.from_iterable(
            _places(words, spot, radius) for spot in spots
        ):
            if _fits(box, height) and not any(_meet(box, one) for one in taken):
                taken.append(box)
                kept.append(label)
                break
    return tuple(kept)


def _around(spot: Spot, gap: float) -> Iterable[Spot]:
    for rank in range(_TRIES):
        far = gap * 0.45 * math.sqrt(rank)
        turn = rank * _TURN
        yield spot[0] + far * math.cos(turn), spot[1] + far * math.sin(turn)


def _is_free(spot: Spot, cells: dict[tuple[int, int], list[Spot]], gap: float) -> bool:
    column, row = _cell(spot, gap)
    near = (
        other
        for across in (-1, 0, 1)
        for down in (-1, 0, 1)
        for other in cells.get((column + across, row + down), ())
    )
    return all(math.dist(spot, other) >= gap for other in near)


def _cell(spot: Spot, gap: float) -> tuple[int, int]:
    return math.floor(spot[0] / gap), math.floor(spot[1] / gap)


def _places(words: str, spot: Spot, radius: float) -> Iterable[tuple[Label, Box]]:
    """Give where a name may stand: right, left, under, above."""
    x, y = spot
    wide, beside = len(words) * _LETTER, radius + 4
    yield (
        Label(words, x + beside, y + 4, "start"),
        (x + beside, y - _LINE / 2, x + beside + wide, y + _LINE / 2),
    )
    yield (
        Label(words, x - beside, y + 4, "end"),
        (x - beside - wide, y - _LINE / 2, x - beside, y + _LINE / 2),
    )
    for base in (y + beside + 9, y - beside - 1):
        box = (x - wide / 2, base - 10, x + wide / 2, base + 3)
        yield Label(words, x, base, "middle"), box


def _fits(box: Box, height: int) -> bool:
    left, top, right, bottom = box
    return left >= 0 and top >= 0 and right <= WIDTH and bottom <= height


def _meet(one: Box, other: Box) -> bool:
    across = one[0] < other[2] and other[0] < one[2]
    return across and one[1] < other[3] and other[1] < one[3]
