"""The map of a territory: its outline, a mark a school, the names of communes."""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from diag.documents.atlas.school import SchoolEntry
from diag.documents.drawings import (
    MAP_WIDTH,
    Degrees,
    Label,
    Projection,
    Spot,
    label_marks,
    projection,
    spread_marks,
)
from diag.model.errors import DiagError
from diag.model.text import fold

# Only coordinates are read. Properties never reach a page: they may name anything.
Line = tuple[Degrees, ...]
"""One line, closed or not."""

MOST_POINTS = 500_000
"""More would weigh on every opening: a file of so many is not an outline."""

_CLOSEST = 0.6
"""Points nearer than this on the map are one, in units."""

_DEEPEST = 8

_DEPTHS = {
    "LineString": 0,
    "MultiLineString": 1,
    "Polygon": 1,
    "MultiPolygon": 2,
}


def read_outline(text: str, name: str) -> tuple[Line, ...]:
    """Return the lines of a GeoJSON text; `name` is the file's, for what is wrong.

    Raises:
        DiagError: when it is no GeoJSON in degrees, or far too large.
    """
    try:
        lines = tuple(_lines(json.loads(text), 0))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise DiagError(
            f"{name} n'est pas un contour GeoJSON en degrés (WGS 84). "
            "Exportez-le ainsi depuis votre outil de cartographie."
        ) from error
    if not lines:
        raise DiagError(f"{name} ne contient aucune ligne ni aucun polygone.")
    if sum(map(len, lines)) > MOST_POINTS:
        raise DiagError(
            f"{name} a plus de {MOST_POINTS} points : simplifiez le contour avant."
        )
    return lines


def corners(lines: Iterable[Line]) -> tuple[Degrees, Degrees]:
    """Return the south-west and north-east corners of lines."""
    points = [point for line in lines for point in line]
    longitudes, latitudes = zip(*points, strict=True)
    return (min(longitudes), min(latitudes)), (max(longitudes), max(latitudes))


def drawn(lines: Iterable[Line], projection: Projection) -> str:
    """Return the lines as the `d` of a path, points that do not show left out."""
    return " ".join(filter(None, (_drawn(line, projection) for line in lines)))


def _drawn(line: Line, projection: Projection) -> str:
    spots = [projection.spot(point) for point in line]
    kept = spots[:1]
    for spot in spots[1:]:
        if math.dist(spot, kept[-1]) >= _CLOSEST:
            kept.append(spot)
    if len(kept) < 2:  # noqa: PLR2004 - a line has two ends
        return ""
    closing = "Z" if line[0] == line[-1] else ""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in kept) + closing


def _lines(found: Any, depth: int) -> Iterator[Line]:
    if depth > _DEEPEST:
        raise ValueError
    match found["type"]:
        case "FeatureCollection":
            for feature in found["features"]:
                yield from _lines(feature, depth + 1)
        case "Feature":
            if found["geometry"] is not None:
                yield from _lines(found["geometry"], depth + 1)
        case "GeometryCollection":
            for geometry in found["geometries"]:
                yield from _lines(geometry, depth + 1)
        case kind if kind in _DEPTHS:
            yield from _nested(found["coordinates"], _DEPTHS[kind])


def _nested(coordinates: Any, depth: int) -> Iterator[Line]:
    if depth:
        for part in coordinates:
            yield from _nested(part, depth - 1)
    elif coordinates:
        yield tuple(map(_degrees, coordinates))


def _degrees(point: Any) -> Degrees:
    east, north = float(point[0]), float(point[1])
    if not (abs(east) <= 180 and abs(north) <= 90):  # noqa: PLR2004 - degrees of a globe
        raise ValueError
    return east, north


# The list under it has the same in words: the map only shows where.
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
class SchoolMark:
    """One school on the map."""

    entry: SchoolEntry
    x: str
    y: str
    radius: float


@dataclass(frozen=True, slots=True)
class TerritoryMap:
    """Everything that is drawn."""

    width: int
    height: int
    outline: str
    marks: tuple[SchoolMark, ...]
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
    entries: Sequence[SchoolEntry], outline: Sequence[Line] = ()
) -> TerritoryMap | None:
    """Return the map of the schools whose place is known; None when there is none."""
    placed = [(one, one.point) for one in entries if one.point]
    if not placed:
        return None
    placed.sort(key=lambda one: (one[0].told is not None, one[0].order))
    frame = projection(_shown([point for _, point in placed], outline))
    large = SMALL if len(placed) > CROWD else LARGE
    spots = spread_marks([frame.spot(point) for _, point in placed], 2 * large + 1)
    marks = tuple(
        SchoolMark(one, f"{x:.1f}", f"{y:.1f}", large if one.told else DOT)
        for (one, _), (x, y) in zip(placed, spots, strict=True)
    )
    kilometres, scale = frame.scale
    return TerritoryMap(
        width=MAP_WIDTH,
        height=frame.height,
        outline=drawn(outline, frame),
        marks=marks,
        labels=label_marks(_communes(placed, spots), spots, large, frame.height - 22),
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
    placed: Sequence[tuple[SchoolEntry, Degrees]], spots: Sequence[Spot]
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
