"""Taking back what a damaged journal, set aside, still tells."""

from pathlib import Path
from typing import NamedTuple

from diag.desk.workspace import Workspace
from diag.journal.journal import FILE
from diag.journal.salvage import readable_lines
from diag.model.errors import DiagError


class Salvaged(NamedTuple):
    """What came of it."""

    readable: int
    """Revisions that are still what was written."""
    new: int
    """Those that were not here any more."""


def salvage(workspace: Workspace, path: Path) -> Salvaged:
    """Take in what a file set aside by a restoration still tells; it is left as it is.

    Raises:
        DiagError: when the file is elsewhere, is no journal, or nothing can be written.
    """
    is_own = path.resolve().parent == workspace.folder.resolve()
    if not is_own or path.name == FILE:
        raise DiagError(
            f"{path} n'est pas un journal mis de côté dans {workspace.folder}. Une "
            "base venue d'ailleurs n'est pas ouverte : demandez un paquet."
        )
    taken = workspace.journal.ingest(readable_lines(path))
    return Salvaged(taken.new + taken.known, taken.new)
