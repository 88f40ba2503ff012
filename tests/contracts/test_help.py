"""What `--help` prints is a contract: a command moves, its words stay."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import diag_apart
from tests.contracts.pin_help import HELP, PAGE


@pytest.mark.parametrize(
    ("written", "path"), [("help_text", HELP), ("commands_page", PAGE)]
)
def test_the_help_of_every_command_is_the_kept_one(written: str, path: Path) -> None:
    """Refresh it: python -m tests.contracts.pin_help.

    In a process of its own: click keeps the words of the language it first spoke.
    """
    program = f"from tests.contracts.pin_help import {written} as w; print(w())"
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", program], capture_output=True, check=True
    )
    kept = path.read_text(encoding="utf-8").splitlines()
    assert done.stdout.decode().rstrip().splitlines() == kept


def test_the_kept_help_is_what_the_program_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    kept = HELP.read_text(encoding="utf-8")

    for words in ((), ("audit",), ("audit", "answer"), ("hub", "devices")):
        usage, _, rest = diag_apart(tmp_path, *words, "--help").out.partition("\n\n")
        assert usage.startswith("Usage")  # then how the program was started
        assert f"\n\n{rest}" in kept
