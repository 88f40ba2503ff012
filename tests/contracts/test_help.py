"""What `--help` prints is a contract: a command moves, its words stay."""

from pathlib import Path

import pytest

from tests.cli.running import diag
from tests.contracts.pin_help import HELP, help_text


def test_the_help_of_every_command_is_the_kept_one() -> None:
    """Refresh it: python -m tests.contracts.pin_help."""
    assert help_text().splitlines() == HELP.read_text(encoding="utf-8").splitlines()


def test_the_kept_help_is_what_the_program_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    kept = HELP.read_text(encoding="utf-8")

    for words in ((), ("audit",), ("audit", "answer"), ("hub", "devices")):
        usage, _, rest = diag(tmp_path, *words, "--help").out.partition("\n\n")
        assert usage.startswith("Usage")  # then how the program was started
        assert f"\n\n{rest}" in kept
