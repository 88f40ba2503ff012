"""What programs read keeps its shape: `docs/json.md`, key by key."""

import re
from pathlib import Path

from tests.contracts.pin_json import SHAPES, shapes

PAGE = Path(__file__).parents[2] / "docs" / "json.md"
_APART = {"advice", "cost", "criteria", "places", "targets", "verdicts"}
"""What documents hold that the page describes key by key, as it does documents."""


def test_json_keeps_its_shape(tmp_path: Path) -> None:
    """Refresh it: python -m tests.contracts.pin_json."""
    assert shapes(tmp_path).splitlines() == SHAPES.read_text("utf-8").splitlines()


def test_the_page_tells_each_key_of_each_document() -> None:
    told = set(re.findall(r"\w+", PAGE.read_text("utf-8")))

    assert sorted({*map(_described, _paths())} - told) == []


def _paths() -> list[list[str]]:
    lines = SHAPES.read_text("utf-8").splitlines()
    paths = (line.partition(": ")[0] for line in lines if line.startswith("$"))
    return [re.findall(r"\w+", path) for path in paths if path not in {"$", "$[]"}]


def _described(path: list[str]) -> str:
    """Return the first key of a path that stands in nothing described apart."""
    return next((key for key in path if key not in _APART), path[0])
