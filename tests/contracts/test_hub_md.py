"""The runbook of the hub names commands and options that exist."""

import re
import shlex
from pathlib import Path

import click
import pytest

from diag.cli.hub import hub
from diag.sync.protocol import KINDS
from tests.audit.builders import territory
from tests.cli.running import diag

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


SYSTEM = {
    "umask",
    "apt-get",
    "python3",
    "/opt/diag/bin/pip",
    "ln",
    "runuser",
    "systemctl",
}
"""What the lines of the blocks begin with when root or the machine does it."""


def test_its_lines_are_followed_in_order(tmp_path: Path) -> None:
    """As far as one gets without root: the rest was followed in a bare Debian.

    The service is not installed, and nothing answers: the doctor finds that to do.
    """
    folder = tmp_path / "hub"
    blocks = re.findall(r"^```\n(.+?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()]
    ours = [words for line in lines if (words := shlex.split(line, comments=True))]
    followed = []
    for words in ours:
        if words[0] in SYSTEM:
            continue
        assert words[:2] == ["diag", "hub"]
        rest = [one for one in words[2:] if one != "--service"]
        if "--folder" in rest:  # a new machine
            folder = tmp_path / "new"
            rest = rest[2:]
        rest = [as_here(one, tmp_path) for one in rest]
        done = diag(tmp_path, "hub", "--folder", str(folder), *rest)
        wanted = {0, 1} if rest[0] == "doctor" else {0}
        assert done.code in wanted, (words, done.err)
        followed.append(rest[0])

    assert followed[:3] == ["setup", "directory", "doctor"]
    assert followed.count("enrol") == 4
    assert followed.count("restore") == 2
    assert (tmp_path / "new" / "tls" / "ca.pem").read_bytes() == (
        tmp_path / "hub" / "tls" / "ca.pem"
    ).read_bytes()


def as_here(word: str, folder: Path) -> str:
    """Return a path of the page as it is in a folder."""
    if word.endswith("fr-en-annuaire-education.csv"):
        return str(territory().annuaire)
    if word.endswith(".db"):
        return str(max((folder / "hub" / "backups").glob("hub-*.db")))
    return word
