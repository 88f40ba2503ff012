"""The first frame waits for nothing: what the app loads before it is drawn."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

from diag.tui import state
from tests.audit.builders import workspace


def loaded_by(statement: str) -> set[str]:
    program = f"{statement}\nimport sys; print(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True
    )
    return set(done.stdout.decode().split())


def test_the_first_frame_loads_neither_pydantic_nor_the_journal() -> None:
    loaded = loaded_by("import diag.__main__, diag.tui.app")

    unwanted = {"pydantic", "sqlite3", "diag.assess.judge", "yaml", "PIL", "click"}
    assert not loaded & unwanted


def test_the_list_of_schools_loads_neither_pydantic_nor_judging(
    tmp_path: Path,
) -> None:
    workspace(tmp_path).close()
    loaded = loaded_by(
        "from pathlib import Path\n"
        "from diag.tui import app, state, territory\n"
        f"desk = state.OpenDesk(Path({str(tmp_path)!r}))\n"
        "read = territory.list_schools(desk, '', limit=60, only_audits=False)\n"
        "assert read.lines"
    )

    assert "sqlite3" in loaded
    unwanted = {
        "pydantic",
        "diag.rules.nouns",
        "diag.assess.judge",
        "yaml",
        "jinja2",
        "markdown_it",
    }
    assert not loaded & unwanted


def test_a_visit_does_not_load_what_one_sees_on_leaving() -> None:
    loaded = loaded_by("import diag.tui.app, diag.tui.visit")

    screens = {"departure", "bilan", "suppose"}
    assert not loaded & {f"diag.tui.{name}" for name in screens}


def test_what_one_sees_on_leaving_does_not_load_the_bilan() -> None:
    loaded = loaded_by("import diag.tui.app, diag.tui.departure")

    assert not loaded & {"diag.tui.bilan", "diag.tui.suppose", "diag.documents.mairie"}


def test_the_bilan_does_not_load_what_drafts_are_written_with() -> None:
    loaded = loaded_by("import diag.tui.app, diag.tui.bilan")

    assert not loaded & {
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
