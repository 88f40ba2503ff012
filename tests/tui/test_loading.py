"""The first frame waits for nothing: what the app loads before it is drawn."""

import subprocess
import sys


def loaded_by(statement: str) -> set[str]:
    program = f"{statement}\nimport sys; print(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True
    )
    return set(done.stdout.decode().split())


def test_the_first_frame_loads_neither_pydantic_nor_the_journal() -> None:
    loaded = loaded_by("import diag.cli.start, diag.tui.app")

    unwanted = {"pydantic", "sqlite3", "diag.assess.judge", "yaml", "PIL", "click"}
    assert not loaded & unwanted


def test_the_list_of_schools_loads_neither_pydantic_nor_judging() -> None:
    loaded = loaded_by("import diag.tui.app, diag.tui.territory_rows")

    assert "sqlite3" in loaded
    unwanted = {
        "pydantic",
        "diag.rules.tree",
        "diag.assess.judge",
        "yaml",
        "jinja2",
        "markdown_it",
    }
    assert not loaded & unwanted
