"""The first frame waits for nothing: what the app loads before it is drawn."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from diag.tui import state
from tests.audit.builders import workspace

_STEPS = """
import sys
from pathlib import Path


def tell():
    print(*sys.modules)


import diag.__main__, diag.tui.app
tell()
from diag.tui import state, territory
desk = state.OpenDesk(Path(sys.argv[1]))
assert territory.list_schools(desk, "", limit=60, only_audits=False).lines
tell()
import diag.tui.visit
tell()
import diag.tui.departure
tell()
import diag.tui.bilan
tell()
"""
"""A day of work: what a place does not load, those before it did not either."""

Loaded = dict[str, set[str]]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """Return the modules that one program has loaded at each place of a day."""
    folder = tmp_path_factory.mktemp("desk")
    workspace(folder).close()
    program = [sys.executable, "-c", _STEPS, str(folder)]
    done = subprocess.run(program, capture_output=True, check=True)
    told = done.stdout.decode().splitlines()
    places = ("first frame", "schools", "visit", "departure", "bilan")
    return {place: {*names.split()} for place, names in zip(places, told, strict=True)}


def test_the_first_frame_loads_neither_pydantic_nor_the_journal(
    loaded: Loaded,
) -> None:
    unwanted = {"pydantic", "sqlite3", "diag.assess.judge", "yaml", "PIL", "click"}
    assert not loaded["first frame"] & unwanted


def test_the_list_of_schools_loads_neither_pydantic_nor_judging(
    loaded: Loaded,
) -> None:
    assert "sqlite3" in loaded["schools"]
    unwanted = {
        "pydantic",
        "diag.rules.expressions",
        "diag.assess.judge",
        "yaml",
        "jinja2",
        "markdown_it",
    }
    assert not loaded["schools"] & unwanted


def test_a_visit_does_not_load_what_one_sees_on_leaving(loaded: Loaded) -> None:
    screens = {"departure", "bilan", "suppose"}
    assert not loaded["visit"] & {f"diag.tui.{name}" for name in screens}


def test_what_one_sees_on_leaving_does_not_load_the_bilan(loaded: Loaded) -> None:
    unwanted = {"diag.tui.bilan", "diag.tui.suppose", "diag.documents.mairie"}
    assert not loaded["departure"] & unwanted


def test_the_bilan_does_not_load_what_drafts_are_written_with(loaded: Loaded) -> None:
    assert not loaded["bilan"] & {
        "diag.documents.drafts",
        "diag.documents.synthesis",
        "xlsxwriter",
    }


def test_each_screen_that_is_imported_late_is_where_it_is_looked_for() -> None:
    folder = Path(state.__file__).parent
    texts = [path.read_text(encoding="utf-8") for path in folder.rglob("*.py")]
    found = re.findall(r'\bbuilt\(\s*"([\w.]+)",\s*"(\w+)"', "\n".join(texts))

    assert ("sync", "QuittingScreen") in found
    for module, name in found:
        assert hasattr(import_module(f"diag.tui.{module}"), name), (module, name)
