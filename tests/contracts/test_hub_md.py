"""The runbook of the hub names commands and options that exist."""

import re
from pathlib import Path

import click
import pytest

from diag.cli.hub import hub
from diag.sync.protocol import KINDS

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "hub.md").read_text(encoding="utf-8")


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


def test_it_is_read_at_one_sitting() -> None:
    assert len(TEXT.splitlines()) < 220
    assert "hub-full" in KINDS
