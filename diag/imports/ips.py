"""The indice de position sociale of schools, in the three layouts of its files."""

from pathlib import Path

from diag.imports import cells
from diag.imports.layout import Entry
from diag.imports.layouts import IPS
from diag.imports.report import ImportReport, Progress, silent
from diag.imports.yearly import Figures, import_yearly
from diag.journal.territory import Territory

_UNPUBLISHED = {"", "NS", "ND", "S"}
_LEAST, _MOST = 30, 210  # published values go from 45 to 185


def import_ips(
    path: Path, territory: Territory, progress: Progress = silent
) -> ImportReport:
    """Give each known school its latest index; the smallest schools have none.

    Raises:
        ImportRefusedError: when the file as a whole cannot be read.
        JournalError: when the territory cannot be written.
    """
    return import_yearly(
        path, IPS, territory, progress, year_field="ips_year", read=_read
    )


def _read(entry: Entry) -> Figures:
    raw = entry.cells["ips"]
    if raw.upper() in _UNPUBLISHED:
        return {}
    return {"ips": str(cells.decimal(raw, _LEAST, _MOST))}
