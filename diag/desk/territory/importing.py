"""Official files, read into the workspace's territory by their kind."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from diag.desk.workspace import Workspace
from diag.imports.annuaire import import_annuaire
from diag.imports.communes import import_communes
from diag.imports.effectifs import import_effectifs
from diag.imports.ips import import_ips
from diag.imports.mairies import import_mairies
from diag.imports.report import ImportReport, Progress, silent
from diag.journal.territory import Territory

READERS: dict[str, Callable[[Path, Territory, Progress], ImportReport]] = {
    "annuaire": import_annuaire,
    "communes": import_communes,
    "effectifs": import_effectifs,
    "ips": import_ips,
    "mairies": import_mairies,
}
"""Kind of official file → who reads it."""


def import_file(
    workspace: Workspace,
    kind: str,
    path: Path,
    progress: Progress = silent,
    *,
    source_date: date | None = None,
) -> ImportReport:
    """Read an official file into the territory: all of it, or nothing.

    Raises:
        DiagError: when the file or the territory cannot be used; says what to do.
    """
    if source_date is not None:
        return import_mairies(
            path, workspace.territory, progress, source_date=source_date
        )
    return READERS[kind](path, workspace.territory, progress)
