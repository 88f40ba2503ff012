"""What programs read keeps its shape: `docs/json.md`, key by key."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from diag.sync.exchange import GRAVEST, SyncResult
from diag.sync.hub.supervision import SeenAsk, SeenAudit, SeenDevice, SeenPerson
from diag.sync.hub.tables import Device
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


@pytest.mark.parametrize(
    "printed",
    [
        {each.name for each in fields(SyncResult)},
        {*Device._fields},
        {*SeenDevice._fields, *SeenAudit._fields},
        {*SeenPerson._fields, *SeenAsk._fields},
    ],
)
def test_the_page_names_what_a_sync_and_a_hub_print(
    printed: set[str],
) -> None:
    """No document of these is pinned: a hub gives them."""
    _, _, rest = PAGE.read_text("utf-8").partition("## `diag sync --json`")
    section, _, _ = rest.partition("\n## ")
    assert printed - {*re.findall(r"`(\w+)`", section)} == set()


def test_the_page_has_each_exit_code_of_a_sync() -> None:
    text = " ".join(PAGE.read_text("utf-8").split())
    told = {int(code) for code in re.findall(r"(?<=[;:] )(\d+) [a-z]", text)}
    assert {*GRAVEST} <= told


def _paths() -> list[list[str]]:
    lines = SHAPES.read_text("utf-8").splitlines()
    paths = (line.partition(": ")[0] for line in lines if line.startswith("$"))
    return [re.findall(r"\w+", path) for path in paths if path not in {"$", "$[]"}]


def _described(path: list[str]) -> str:
    """Return the first key of a path that stands in nothing described apart."""
    return next((key for key in path if key not in _APART), path[0])
