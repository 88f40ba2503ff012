"""Keeping a workspace: copies that were checked, and the way back."""

from datetime import datetime
from pathlib import Path

from diag.desk.workspace import Workspace
from diag.journal import backup
from diag.journal.journal import FILE


def back_up(workspace: Workspace, folder: Path | None = None) -> Path:
    """Copy the journal into a folder, checked to the last byte; return the copy.

    Raises:
        DiagError: when the copy could not be made, or is not what was written.
    """
    place = folder or workspace.folder / backup.FOLDER
    today = workspace.world.today()
    return backup.backup(workspace.journal.connection, place, today)


def restore(folder: Path, copied: Path) -> Path | None:
    """Put a copy back in service; return where the present file was set aside.

    Raises:
        DiagError: when the copy is damaged; the present file is not touched.
    """
    aside = f"avant-restauration-{datetime.now():%Y-%m-%d-%H%M%S}"  # noqa: DTZ005 - a file's name
    return backup.restore(copied, folder / FILE, aside)
