"""`diag templates`: from the list to a document in one's own words."""

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

import pytest

from diag import demo
from diag.demo import demonstrate
from diag.workspace.workspace import Workspace
from tests.cli.running import diag
from tests.shared import copy_once_made


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("espace")
    assert diag(folder, "init", "--author", "A B", "--syndicat", "S").code == 0
    return folder


def test_a_template_is_copied_changed_and_compared(home: Path) -> None:
    assert "vos documents suivent" in diag(home, "templates", "diff").err.lower()
    run = diag(home, "templates", "eject", "fin")
    path = home / "overlay" / "modeles" / "fin.md.jinja"
    assert run.out.strip() == str(path)
    with path.open("a", encoding="utf-8") as file:
        file.write("Bien à vous\n")
    assert "+Bien à vous" in diag(home, "templates", "diff", "fin").out.splitlines()
    listed = diag(home, "templates", "list").out
    assert re.search(r"^fin +le vôtre$", listed, re.MULTILINE)
    told = json.loads(diag(home, "templates", "list", "--json").out)
    assert [one["name"] for one in told if one["own"]] == ["fin"]
    run = diag(home, "templates", "eject", "fin")
    assert (run.code, run.out) == (1, "")
    assert "existe déjà" in run.err


def _first_made(
    every: Callable[[Workspace], Iterator[tuple[str, str]]], workspace: Workspace
) -> Iterator[tuple[str, str]]:
    return islice(every(workspace), 1)


def test_checking_tells_the_line_and_fails(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = partial(copy_once_made, "demonstration", demonstrate)
    monkeypatch.setattr(demo, "demonstrate", made)
    first = partial(_first_made, demo._made)  # the long run tries them all
    monkeypatch.setattr(demo, "_made", first)
    path = home / "overlay" / "modeles" / "mairie.md.jinja"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("Bonjour\n{% if %}\n", encoding="utf-8")
    run = diag(home, "templates", "check")
    assert run.code == 1
    assert "overlay/modeles/mairie.md.jinja, ligne 2 : " in run.out
    assert run.out.rstrip().endswith("1 erreur, 0 avertissement.")
