"""Room on the map: marks that would hide each other move apart, names find a place."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from diag.reports.atlas.projection import WIDTH, Spot

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
