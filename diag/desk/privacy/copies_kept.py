"""Copies of a workspace that may still hold what was erased, and when they expire."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from diag.desk.keeping import back_up
from diag.desk.workspace import Workspace
from diag.journal.backup import FOLDER
from diag.journal.keys import mark_path

DAYS = 30
"""How long a copy is kept once something was erased (SYNC.md 3.10)."""


class Copy(NamedTuple):
    """A file made from the journal or from its photos."""

    path: Path
    made: date

    @property
    def expires(self) -> date:
        """Return the day after which it must be gone."""
        return self.made + timedelta(days=DAYS)


def copies(folder: Path) -> tuple[Copy, ...]:
    """Return the copies in a workspace, set aside by a restoration included."""
    found = sorted({*_copies(folder)})
    return tuple(
        Copy(path, date.fromtimestamp(path.stat().st_mtime))  # noqa: DTZ012 -- a user's day
        for path in found
    )


def drop_copies(workspace: Workspace) -> tuple[Path, ...]:
    """Make a fresh checked copy, then remove every other; return what was removed.

    Raises:
        DiagError: when the fresh copy could not be made: nothing is removed then.
    """
    fresh = {path for path in back_up(workspace) if path is not None}
    doomed = [one.path for one in copies(workspace.folder) if one.path not in fresh]
    for path in doomed:
        path.unlink()
        mark_path(path).unlink(missing_ok=True)
    return tuple(doomed)


def _copies(folder: Path) -> Iterator[Path]:
    for pattern in ("diag-*.db", "diag-*-overlay.zip"):
        yield from (folder / FOLDER).glob(pattern)
    for name in ("diag", "photos"):
        yield from folder.glob(f"{name}-avant-*.db*")
