"""The real command, in a real process."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str


def command(*words: str) -> list[str]:
    """Return the command line that runs diag."""
    return [sys.executable, "-m", "diag", *words]


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of a command: its workspace, nobody else's."""
    own = {"DIAG_HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache")}
    return {**os.environ, **own, "PYTHONUTF8": "1"}


def diag(folder: Path, *words: str, stdin: str = "") -> Run:
    """Run diag in a workspace, to its end."""
    done = subprocess.run(
        command(*words),
        input=stdin.encode(),
        capture_output=True,
        check=False,
        env=environment(folder),
    )
    return Run(done.returncode, done.stdout.decode(), done.stderr.decode())
