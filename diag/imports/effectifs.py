"""The ministry's count of pupils and classes, school by school, every rentrée."""

from pathlib import Path

from diag.imports import cells
from diag.imports.layout import Entry
from diag.imports.layouts import EFFECTIFS
from diag.imports.report import ImportReport, Progress, silent
from diag.imports.yearly import Figures, import_yearly
from diag.journal.territory import Territory

MAX_CLASSES = 99
"""Most classes believed: four times the largest real school."""

MAX_PUPILS = 2_999
"""Most pupils believed."""


def import_effectifs(
    path: Path, territory: Territory, progress: Progress = silent
) -> ImportReport:
    """Give each known school the classes and pupils of its latest rentrée.

    Raises:
        ImportRefusedError: when the file as a whole cannot be read.
        JournalError: when the territory cannot be written.
    """
    return import_yearly(
        path, EFFECTIFS, territory, progress, year_field="headcount_year", read=_read
    )


def _read(entry: Entry) -> Figures:
    return {
        "classes": cells.count(entry.cells["classes"], MAX_CLASSES),
        "pupils": cells.count(entry.cells["pupils"], MAX_PUPILS),
    }
