"""Keeping a workspace: copies that were checked, and the way back."""

from datetime import datetime
from hashlib import sha256
from pathlib import Path

from diag.desk.workspace import Workspace
from diag.journal import backup
from diag.journal.journal import FILE


def back_up(workspace: Workspace, folder: Path | None = None) -> Path:
    """Copy the journal into a folder, checked to the last byte; return the copy.

    Old copies are removed from the workspace's own folder only.

    Raises:
        DiagError: when the copy could not be made, or is not what was written.
    """
    own = workspace.folder / backup.FOLDER
    today = workspace.world.today()
    connection = workspace.journal.connection
    if folder is None or folder.resolve() == own.resolve():
        return backup.backup(connection, own, today)
    return backup.backup_elsewhere(connection, folder, _mark(workspace), today)


def _mark(workspace: Workspace) -> str:
    """Return what tells the workspace from others in the name of a file."""
    device = workspace.settings.device if workspace.knows_author else ""
    return sha256(device.encode("utf-8")).hexdigest()[:8]


def restore(folder: Path, copied: Path) -> Path | None:
    """Put a copy back in service; return where the present file was set aside.

    Raises:
        DiagError: when the copy is damaged; the present file is not touched.
    """
    aside = f"avant-restauration-{datetime.now():%Y-%m-%d-%H%M%S}"  # noqa: DTZ005 - a file's name
    return backup.restore(copied, folder / FILE, aside)
