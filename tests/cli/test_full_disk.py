"""On a full disk, what was written is still read; what is typed is refused."""

import resource
import signal
import subprocess
from pathlib import Path

from tests.audit.builders import SCHOOL, started, workspace
from tests.cli.running import command, environment


def full() -> None:
    """Let this process lengthen no file: what a system does on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def diag_on_full_disk(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*words),
        env={**environment(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=full,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_full_disk_is_read_and_says_why_nothing_is_written(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        session = started(made)
        question = min(session.checklist.questions)

    read = diag_on_full_disk(tmp_path, "audit", "list")
    typed = diag_on_full_disk(tmp_path, "audit", "note", SCHOOL, question, "vu")

    assert read.returncode == 0
    assert SCHOOL in read.stdout
    assert "le disque est plein" in read.stderr
    assert typed.returncode == 1
    assert "le disque est plein" in typed.stderr
    assert "inattendue" not in typed.stderr
