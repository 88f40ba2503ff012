"""The outline that a user gives: lines in degrees, nothing else of the file."""

import json

import pytest

from diag.documents.atlas.pages import corners, drawn, read_outline
from diag.documents.drawings import projection
from diag.model.errors import DiagError

SQUARE = [[2.0, 47.0], [2.5, 47.0], [2.5, 47.4], [2.0, 47.0]]


def geojson(geometry: object) -> str:
    feature = {"type": "Feature", "properties": {"n": "SECRET"}, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "LineString", "coordinates": SQUARE},
        {"type": "Polygon", "coordinates": [SQUARE]},
        {"type": "MultiPolygon", "coordinates": [[SQUARE]]},
        {
            "type": "GeometryCollection",
            "geometries": [{"type": "MultiLineString", "coordinates": [SQUARE]}],
        },
    ],
)
def test_every_kind_of_line_is_read(geometry: object) -> None:
    (line,) = read_outline(geojson(geometry), "contour.geojson")

    assert line[1] == (2.5, 47.0)
    assert corners([line]) == ((2.0, 47.0), (2.5, 47.4))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"type": "FeatureCollection"}',
        geojson({"type": "Polygon", "coordinates": [[[700000, 6600000], [1, 2]]]}),
        geojson({"type": "Polygon", "coordinates": [[["<b>", 2]]]}),
        geojson({"type": "Polygon", "coordinates": [[[float("nan"), 2]]]}),
        "[" * 100_000,
    ],
)
def test_what_is_no_outline_is_refused_by_name(text: str) -> None:
    with pytest.raises(DiagError, match=r"contour\.geojson"):
        read_outline(text, "contour.geojson")


def test_a_file_without_a_line_says_so() -> None:
    with pytest.raises(DiagError, match="aucune ligne"):
        read_outline(geojson({"type": "Point", "coordinates": [2, 47]}), "a.geojson")


def test_the_path_is_closed_and_leaves_out_what_does_not_show() -> None:
    near = [[2.0, 47.0], [2.0000001, 47.0], *SQUARE[1:]]
    lines = read_outline(geojson({"type": "Polygon", "coordinates": [near]}), "a")

    path = drawn(lines, projection([(2.0, 47.0), (2.5, 47.4)]))

    assert path.count("L") == 3
    assert path.startswith("M")
    assert path.endswith("Z")
