"""What `--help` prints is a contract: a command moves, its words stay."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import diag_apart
from tests.contracts.pin_help import HELP, PAGE


def test_the_help_of_every_command_is_the_kept_one() -> None:
    """Refresh it: python -m tests.contracts.pin_help.

    In a process of its own: click keeps the words of the language it first spoke.
    """
    program = (
        "import json; from tests.contracts import pin_help as p;"
        "print(json.dumps([p.help_text(), p.commands_page()]))"
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", program], capture_output=True, check=True
    )
    for written, path in zip(json.loads(done.stdout), (HELP, PAGE), strict=True):
        kept = path.read_text(encoding="utf-8").splitlines()
        assert written.rstrip().splitlines() == kept


@pytest.mark.parametrize(
    "words",
    [
        pytest.param((), marks=pytest.mark.long),
        pytest.param(("audit",), marks=pytest.mark.long),
        ("audit", "answer"),
        pytest.param(("hub", "devices"), marks=pytest.mark.long),
    ],
    ids=" ".join,
)
def test_the_kept_help_is_what_the_program_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    kept = HELP.read_text(encoding="utf-8")

    usage, _, rest = diag_apart(tmp_path, *words, "--help").out.partition("\n\n")
    assert usage.startswith("Usage")  # then how the program was started
    assert f"\n\n{rest}" in kept
