"""Copies of the photos, beside those of the journal that names them.

The journal is copied first: a photo is written before what names it, so that no copy
names a photo that it lacks.
"""

from contextlib import closing
from pathlib import Path

from diag.journal import backup
from diag.journal.attachments import FILE, verify_photos
from diag.journal.connection import connect


def back_up_photos(folder: Path, copied: Path) -> Path | None:
    """Copy a workspace's photos beside its journal's copy; None when it has none.

    Raises:
        JournalError: when the copy could not be made, or is not what was written.
    """
    path = folder / FILE
    beside = backup.photos_beside(copied)
    if not path.exists():
        return None
    with closing(connect(path, readonly=True)) as connection:
        backup.copy(connection, beside, verify_photos)
    return beside


def verify_copied_photos(copied: Path) -> None:
    """Check the photos beside a journal's copy, when it has some.

    Raises:
        JournalError: at the first thing that is not what was written.
    """
    beside = backup.photos_beside(copied)
    if beside.exists():
        verify_photos(beside)


def restore_photos(folder: Path, copied: Path, aside: str) -> Path | None:
    """Put the photos beside a journal's copy back; return what was set aside.

    The present photos stay when the copy has none.

    Raises:
        JournalError: when the copy is damaged, or the photos are open somewhere.
    """
    beside = backup.photos_beside(copied)
    if not beside.exists():
        return None
    return backup.restore(beside, folder / FILE, aside, verify_photos)
