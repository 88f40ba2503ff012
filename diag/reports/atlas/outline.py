"""The outline of a territory, from a GeoJSON file that its user gives: lines, no name.

Only coordinates are read. Properties never reach a page: they may name anything.
"""

import json
import math
from collections.abc import Iterable, Iterator
from typing import Any

from diag.model.errors import DiagError
from diag.reports.atlas.projection import Degrees, Projection

Line = tuple[Degrees, ...]
"""One line, closed or not."""

MOST_POINTS = 500_000
"""More would weigh on every opening: a file of so many is not an outline."""
_CLOSEST = 0.6
"""Points nearer than this on the map are told once, in units."""
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
