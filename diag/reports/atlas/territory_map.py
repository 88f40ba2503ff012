"""The map: a point for each school, what is sure of its score in full, the rest light.

The list under it says the same in words: the map only shows where.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from diag.model.folding import fold
from diag.reports.atlas.entry import Entry
from diag.reports.atlas.layout import Label, named, spread
from diag.reports.atlas.outline import Line, corners, drawn
from diag.reports.atlas.projection import WIDTH, Degrees, Spot, projection

LARGE, SMALL = 9.0, 6.5
"""Radius of an audited school's mark, on an airy map and on a crowded one."""
DOT = 4.0
"""Radius of the others'."""
CROWD = 90
"""From so many schools on, marks are small."""
BESIDE = 6
"""So many schools of a commune are tried to write its name beside."""
NAMES = 60
"""At most so many communes named."""
_WIDEST = 3
"""An outline so many times wider than the schools is cut to where they are."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One school on the map."""

    entry: Entry
    x: str
    y: str
    radius: float


@dataclass(frozen=True, slots=True)
class TerritoryMap:
    """Everything that is drawn."""

    width: int
    height: int
    outline: str
    marks: tuple[Mark, ...]
    """Audited schools last: they stand above the others."""
    labels: tuple[Label, ...]
    kilometres: int
    scale: float
    """Length of so many kilometres."""
    crowded: bool
    audited: int
    unplaced: int
    """Schools without coordinates: in the list only."""


def territory_map(
    entries: Sequence[Entry], outline: Sequence[Line] = ()
) -> TerritoryMap | None:
    """Return the map of the schools whose place is known; None when there is none."""
    placed = [(one, one.point) for one in entries if one.point]
    if not placed:
        return None
    placed.sort(key=lambda one: (one[0].told is not None, one[0].order))
    frame = projection(_shown([point for _, point in placed], outline))
    large = SMALL if len(placed) > CROWD else LARGE
    spots = spread([frame.spot(point) for _, point in placed], 2 * large + 1)
    marks = tuple(
        Mark(one, f"{x:.1f}", f"{y:.1f}", large if one.told else DOT)
        for (one, _), (x, y) in zip(placed, spots, strict=True)
    )
    kilometres, scale = frame.scale
    return TerritoryMap(
        width=WIDTH,
        height=frame.height,
        outline=drawn(outline, frame),
        marks=marks,
        labels=named(_communes(placed, spots), spots, large, frame.height - 22),
        kilometres=kilometres,
        scale=round(scale, 1),
        crowded=len(placed) > CROWD,
        audited=sum(one.told is not None for one, _ in placed),
        unplaced=len(entries) - len(placed),
    )


def _shown(points: list[Degrees], outline: Sequence[Line]) -> list[Degrees]:
    """Return what must fit: the schools, and the outline unless it is far wider."""
    if not outline:
        return points
    south_west, north_east = corners(outline)
    wide = max(x for x, _ in points) - min(x for x, _ in points)
    high = max(y for _, y in points) - min(y for _, y in points)
    across, down = north_east[0] - south_west[0], north_east[1] - south_west[1]
    if across > _WIDEST * max(wide, 0.01) or down > _WIDEST * max(high, 0.01):
        return points
    return [*points, south_west, north_east]


def _communes(
    placed: Sequence[tuple[Entry, Degrees]], spots: Sequence[Spot]
) -> list[tuple[str, list[Spot]]]:
    """Return the communes, the largest first, each with its most central schools."""
    marks: dict[tuple[str, str], list[Spot]] = {}
    for (entry, _), spot in zip(placed, spots, strict=True):
        marks.setdefault((entry.commune, entry.insee), []).append(spot)
    ranked = sorted(marks, key=lambda one: (-len(marks[one]), fold(one[0]), one[1]))
    return [(one[0], _central(marks[one])) for one in ranked[:NAMES] if one[0]]


def _central(spots: Sequence[Spot]) -> list[Spot]:
    middle = (
        sum(x for x, _ in spots) / len(spots),
        sum(y for _, y in spots) / len(spots),
    )
    ranked = sorted(spots, key=lambda spot: (math.dist(spot, middle), spot))
    return ranked[:BESIDE]
