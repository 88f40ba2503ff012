"""The outline that a user gives: lines in degrees, nothing else of the file."""

import json
from pathlib import Path

import pytest

from diag.documents.atlas import pages
from diag.documents.atlas.pages import Line, corners, drawn, read_outline
from diag.documents.drawings import projection
from diag.model.errors import DiagError

SQUARE = [[2.0, 47.0], [2.5, 47.0], [2.5, 47.4], [2.0, 47.0]]


def geojson(geometry: object) -> str:
    feature = {"type": "Feature", "properties": {"n": "SECRET"}, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


def outline(folder: Path, text: str) -> tuple[Line, ...]:
    """Return what is read of a file that holds this text."""
    path = folder / "contour.geojson"
    path.write_text(text, encoding="utf-8")
    return read_outline(path)


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
def test_every_kind_of_line_is_read(tmp_path: Path, geometry: object) -> None:
    (line,) = outline(tmp_path, geojson(geometry))

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
def test_what_is_no_outline_is_refused_by_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(DiagError, match=r"contour\.geojson"):
        outline(tmp_path, text)


def test_what_is_too_large_or_no_text_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "contour.geojson"
    path.write_bytes(b"\xff\xfe{")
    with pytest.raises(
        DiagError, match=r"contour\.geojson n'est pas un texte en UTF-8"
    ):
        read_outline(path)
    monkeypatch.setattr(pages, "_LARGEST_OUTLINE", 2)
    with pytest.raises(DiagError, match=r"contour\.geojson : plus de"):
        read_outline(path)


def test_a_file_without_a_line_says_so(tmp_path: Path) -> None:
    with pytest.raises(DiagError, match="aucune ligne"):
        outline(tmp_path, geojson({"type": "Point", "coordinates": [2, 47]}))


def test_the_path_is_closed_and_leaves_out_what_does_not_show(tmp_path: Path) -> None:
    near = [[2.0, 47.0], [2.0000001, 47.0], *SQUARE[1:]]
    lines = outline(tmp_path, geojson({"type": "Polygon", "coordinates": [near]}))

    path = drawn(lines, projection([(2.0, 47.0), (2.5, 47.4)]))

    assert path.count("L") == 3
    assert path.startswith("M")
    assert path.endswith("Z")
