"""The runbook of the hub names commands and options that exist."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from diag.cli.hub import hub
from diag.sync.protocol import KINDS

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "hub.md").read_text(encoding="utf-8")
UNIT = DOCS / "diag-hub.service"


def options_of(command: click.Command) -> set[str]:
    return {name for option in command.params for name in option.opts}


def test_every_command_is_told() -> None:
    told = set(re.findall(r"diag hub (\w+)", TEXT))

    assert told == set(hub.commands)


@pytest.mark.parametrize(
    ("name", "rest"), re.findall(r"diag hub (\w+)([^`\n#]*)", TEXT)
)
def test_every_option_told_is_one(name: str, rest: str) -> None:
    assert set(re.findall(r"--[a-z-]+", rest)) <= options_of(hub.commands[name])


def test_it_holds_on_one_page() -> None:
    assert len(TEXT.splitlines()) < 150
    assert "hub-full" in KINDS


def test_the_unit_says_where_the_runbook_says() -> None:
    unit = UNIT.read_text(encoding="utf-8")

    assert "docs/diag-hub.service" in TEXT
    for told in (
        "/opt/diag/bin",
        "/var/lib/diag-hub",
        "DIAG_HUB=/var/lib/diag-hub/hub",
    ):
        assert told in TEXT
        assert told in unit


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_finds_nothing_to_say_of_the_unit(tmp_path: Path) -> None:
    copy = tmp_path / UNIT.name
    unit = UNIT.read_text(encoding="utf-8")
    copy.write_text(unit.replace("/opt/diag/bin/diag", sys.executable), "utf-8")

    done = subprocess.run(
        ["systemd-analyze", "verify", str(copy)], check=False, capture_output=True
    )

    said = [line for line in done.stderr.decode().splitlines() if UNIT.name in line]
    assert (done.returncode, said) == (0, [])
