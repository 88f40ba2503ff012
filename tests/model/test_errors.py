import shlex
import sys
import tomllib
from pathlib import Path

import pytest

from diag.model.errors import DiagError, install_command

ROOT = Path(__file__).parents[2]


def test_the_prompt_adds_the_command_and_the_screens_do_not() -> None:
    refusal = DiagError("Audit inconnu. Voyez la liste.", command="diag audit list")
    assert str(refusal) == "Audit inconnu. Voyez la liste."
    assert refusal.at_prompt() == "Audit inconnu. Voyez la liste : diag audit list."


def test_without_a_command_both_say_the_same() -> None:
    assert DiagError("Le disque est plein.").at_prompt() == "Le disque est plein."


def test_what_a_sentence_quotes_commands_no_terminal() -> None:
    """The first line of a file, the name of another: anybody wrote them."""
    refusal = DiagError("« a\x1b]0;x\x07b\udce9 »\nfin", command="diag import \x1b[2Jc")
    assert str(refusal) == "« a]0;xb? »\nfin"
    assert refusal.at_prompt() == "« a]0;xb? »\nfin : diag import [2Jc."


@pytest.mark.parametrize("extra", ["encrypted", "hub", "web"])
def test_an_extra_is_obtained_by_its_packages_in_this_installation(extra: str) -> None:
    """`pip install "diag[hub]"` would fetch what another author named diag."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needs = project["project"]["optional-dependencies"][extra]
    words = shlex.split(install_command(extra))
    assert words[:4] == [sys.executable, "-m", "pip", "install"]
    assert sorted(words[4:]) == sorted(needs)


def test_nothing_that_is_shown_names_diag_on_the_public_index() -> None:
    shown = [*(ROOT / "diag").rglob("*.py"), *(ROOT / "docs").glob("*.md")]
    named = [p.name for p in shown if 'pip install "diag' in p.read_text("utf-8")]
    assert not named
