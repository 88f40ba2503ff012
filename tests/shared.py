"""What a run of the tests makes once: every worker reads it in one folder."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from shutil import copytree
from tempfile import mkdtemp

_PATIENCE = 600
"""Seconds: how long a worker waits for another that makes the same thing."""

_folders: list[Path] = []


def share(folder: Path) -> None:
    """Name the folder that the workers of this run share."""
    _folders.append(folder)


def made_once(name: str, make: Callable[[Path], object]) -> Path:
    """Return the folder that `make` fills, filled by the first worker that asks.

    It is filled under another name, then renamed: nobody reads half of it. A program
    that is no test run makes its own.
    """
    if not _folders:
        share(Path(mkdtemp(prefix="diag-tests-")))
    run = _folders[-1]
    if (run / name).exists():
        return run / name
    with closing(sqlite3.connect(run / f"{name}.lock", timeout=_PATIENCE)) as lock:
        lock.execute("begin exclusive")
        if not (run / name).exists():
            draft = Path(mkdtemp(dir=run))
            make(draft)
            draft.rename(run / name)
    return run / name


def copy_once_made(name: str, make: Callable[[Path], object], folder: Path) -> None:
    """Copy to a folder what `make` writes once a run."""
    copytree(made_once(name, make), folder, dirs_exist_ok=True)
