"""What `--help` prints is a contract: a command moves, its words stay."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import diag_apart
from tests.contracts.pin_help import HELP, PAGE

ASKED = ("audit", "answer", "--help")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Give the help and the page of every command, and which modules they loaded.

    In a process of its own: click keeps the words of the language it first spoke.
    """
    folder = tmp_path_factory.mktemp("help")
    program = (
        "import json, pathlib, sys; from tests.cli.running import diag;"
        f"ran = diag(pathlib.Path({str(folder)!r}), *{ASKED}).out;"
        "from tests.contracts import pin_help as p;"
        "told = {'ran': ran, 'help': p.help_text(), 'page': p.commands_page()};"
        "print(json.dumps(told | {'loaded': [*sys.modules]}))"
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", program],
        env=os.environ | {"COLUMNS": "80"},
        capture_output=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize(("name", "path"), [("help", HELP), ("page", PAGE)])
def test_the_help_of_every_command_is_the_kept_one(
    printed: dict[str, Any], name: str, path: Path
) -> None:
    """Refresh it: python -m tests.contracts.pin_help."""
    kept = path.read_text(encoding="utf-8").splitlines()
    assert printed[name].rstrip().splitlines() == kept


def test_no_help_loads_a_screen_a_grid_or_a_page(printed: dict[str, Any]) -> None:
    assert "diag.cli.audit" in printed["loaded"]
    assert {"textual", "yaml", "jinja2"} & {*printed["loaded"]} == set()


def test_the_kept_help_is_what_a_command_prints(printed: dict[str, Any]) -> None:
    usage, _, rest = printed["ran"].partition("\n\n")
    assert usage.startswith("Usage")  # then how the program was started
    assert f"\n\n{rest}" in HELP.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("audit",),
        ("audit", "answer"),
        ("hub", "devices"),
    ],
    ids=" ".join,
)
@pytest.mark.long
def test_the_kept_help_is_what_the_program_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    kept = HELP.read_text(encoding="utf-8")

    usage, _, rest = diag_apart(tmp_path, *words, "--help").out.partition("\n\n")
    assert usage.startswith("Usage")  # then how the program was started
    assert f"\n\n{rest}" in kept
