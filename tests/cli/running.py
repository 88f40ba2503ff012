"""The command as `python -m diag` starts it: in this process, or in a real one.

A process costs half a second of imports: it is for what only a process shows, such as
how the system passes its words, a kill, a second program. The rest runs here, with
streams, environment and words of its own.
"""

import io
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from diag.__main__ import main


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


def diag(folder: Path, *words: str, stdin: str | None = "") -> Run:
    """Run diag in a workspace, to its end, in this process.

    Without `stdin` it is closed: Python has none then.
    """
    out, err = io.BytesIO(), io.BytesIO()
    with _as_started(folder, words, stdin, out, err):
        code = _ended()
        sys.stdout.flush()
        sys.stderr.flush()
        return Run(code, out.getvalue().decode(), err.getvalue().decode())


def diag_apart(folder: Path, *words: str, stdin: str = "") -> Run:
    """Run diag in a workspace, to its end, in a process of its own."""
    done = subprocess.run(
        command(*words),
        input=stdin.encode(),
        capture_output=True,
        check=False,
        env=environment(folder),
    )
    return Run(done.returncode, done.stdout.decode(), done.stderr.decode())


@contextmanager
def _as_started(
    folder: Path,
    words: tuple[str, ...],
    stdin: str | None,
    out: io.BytesIO,
    err: io.BytesIO,
) -> Iterator[None]:
    """Give this process, for a while, what a process that starts has."""
    logger = logging.getLogger("diag")
    for handler in [*logger.handlers]:
        logger.removeHandler(handler)
        handler.close()
    typed = io.BytesIO((stdin or "").encode(errors="surrogateescape"))
    reading = None if stdin is None else io.TextIOWrapper(typed, encoding="utf-8")
    with ExitStack() as held:
        for change in (
            patch.object(sys, "argv", ["diag", *words]),
            patch.object(sys, "stdin", reading),
            patch.object(sys, "stdout", io.TextIOWrapper(out, encoding="utf-8")),
            patch.object(sys, "stderr", io.TextIOWrapper(err, encoding="utf-8")),
            patch.dict(os.environ, environment(folder), clear=True),
        ):
            held.enter_context(change)
        yield


def _ended() -> int:
    """Run the words of this process; return the exit code that they end with."""
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0
