"""Space set aside on a good day, so that a sync passes on a full disk."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

FILE = "lest"
"""Name of the file, in the workspace; it may be deleted by anyone."""

SIZE = 20 * 2**20
"""Bytes: some 50,000 modifications."""

_PLENTY = 50 * SIZE
"""What must be free for it to be taken."""


def drop_ballast(folder: Path) -> bool:
    """Give the space back where there is less than that; say whether it was."""
    path = folder / FILE
    if not path.exists() or shutil.disk_usage(folder).free >= SIZE:
        return False
    with suppress(OSError):
        path.unlink()
        return True
    return False


def take_ballast(folder: Path) -> None:
    """Set the space aside, where there is plenty; that it fails is no matter."""
    path = folder / FILE
    if path.exists() or shutil.disk_usage(folder).free < _PLENTY:
        return
    part = path.with_suffix(".part")
    try:
        part.write_bytes(os.urandom(SIZE))  # zeros would take no room on some disks
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
