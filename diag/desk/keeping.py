"""Keeping a workspace: copies that were checked, and the way back."""

from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from diag.desk.checklists.overlay_copies import (
    back_up_overlay,
    restore_overlay,
    verify_copied_overlay,
)
from diag.desk.privacy.erasures_kept import carry_out_again
from diag.desk.workspace import Workspace
from diag.journal import backup
from diag.journal.journal import FILE
from diag.journal.photo_copies import (
    back_up_photos,
    restore_photos,
    verify_copied_photos,
)


class Copied(NamedTuple):
    """A checked copy of a workspace."""

    journal: Path
    photos: Path | None
    """None when the workspace has no photos."""
    overlay: Path | None
    """None when the syndicat changed no checklist."""


def back_up(workspace: Workspace, folder: Path | None = None) -> Copied:
    """Copy the journal, its photos and the overlay, checked to the last byte.

    Old copies are removed from the workspace's own folder only.

    Raises:
        DiagError: when the copy could not be made, or is not what was written.
    """
    own = workspace.folder / backup.FOLDER
    today = workspace.world.today()
    connection = workspace.journal.connection
    if folder is None or folder.resolve() == own.resolve():
        path = backup.backup(connection, own, today)
    else:
        path = backup.backup_elsewhere(connection, folder, _mark(workspace), today)
    photos = back_up_photos(workspace.folder, path)
    return Copied(path, photos, back_up_overlay(workspace.folder, path))


def _mark(workspace: Workspace) -> str:
    """Return what tells the workspace from others in the name of a file."""
    device = workspace.settings.device if workspace.knows_author else ""
    return sha256(device.encode("utf-8")).hexdigest()[:8]


def restore(folder: Path, copied: Path) -> tuple[Path, ...]:
    """Put a copy back in service, all of it; return what was set aside.

    What was erased since the copy is erased from it again.

    Raises:
        DiagError: when the copy is damaged; the present journal is not touched.
    """
    verify_copied_photos(copied)
    verify_copied_overlay(copied)
    aside = f"avant-restauration-{datetime.now():%Y-%m-%d-%H%M%S}"  # noqa: DTZ005 - a file's name
    journal = backup.restore(copied, folder / FILE, aside)
    photos = restore_photos(folder, copied, aside)
    overlay = restore_overlay(folder, copied, aside)
    carry_out_again(folder, journal)
    return tuple(path for path in (journal, photos, overlay) if path is not None)
