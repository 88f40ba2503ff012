"""The figures that the ministry publishes once a year: classes and pupils, index."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from diag.imports import cells
from diag.imports.intake import FileIntake, ImportReport, Progress, silent
from diag.imports.layouts import EFFECTIFS, IPS, FileLayout, ImportRow
from diag.journal.territory import Cell, Territory

Figures = dict[str, Cell]
"""The fields of a school that one line states."""

_OLDER_YEAR = "rentrée plus ancienne"


def import_yearly(
    path: Path,
    territory: Territory,
    progress: Progress = silent,
    *,
    layout: FileLayout,
    year_field: str,
    read: Callable[[ImportRow], Figures],
) -> ImportReport:
    """Complete the schools of the territory by each one's latest figures.

    `read` returns nothing for a line that publishes none. A school that the territory
    does not hold is counted and listed, never added.

    Raises:
        ImportRefusedError: when the file as a whole cannot be read.
        JournalError: when the territory cannot be written.
    """
    intake = FileIntake.of(path, layout, progress)
    known_years = territory.values_of(year_field)
    latest = _Latest(intake, year_field)
    is_known = False
    for entry in intake.entries():
        try:
            uai = intake.cell(entry, "uai", cells.uai, entry.cells["uai"])
            if uai not in known_years:
                intake.findings.unknown[uai] = None
                continue
            is_known = True
            year = cells.school_year(entry.cells["year"])
            figures = read(entry)
        except ValueError as error:
            intake.findings.refuse(entry.line, entry.cells["uai"], str(error))
            continue
        if not figures:
            intake.findings.skipped["chiffre non publié"] += 1
        elif year < known_years[uai]:
            intake.findings.skipped[_OLDER_YEAR] += 1
        else:
            latest.take(entry, {"uai": uai, year_field: year, **figures})
    if intake.findings.unknown and not is_known:
        intake.findings.warnings.append(
            "Aucune école de ce fichier n'est dans le territoire : importez d'abord "
            "l'annuaire."
        )
    with territory.transaction():
        return intake.finish(territory, territory.put_schools(latest.schools.values()))


@dataclass
class _Latest:
    """The line of the latest year for each school of a file."""

    intake: FileIntake
    year_field: str
    schools: dict[str, Figures] = field(default_factory=dict)

    def take(self, entry: ImportRow, line: Figures) -> None:
        """Keep a line when it is the first of its school, or of a later year."""
        uai = str(line["uai"])
        kept = self.schools.setdefault(uai, line)
        year, kept_year = str(line[self.year_field]), str(kept[self.year_field])
        if year != kept_year:
            self.intake.findings.skipped[_OLDER_YEAR] += 1
            self.schools[uai] = line if year > kept_year else kept
        elif line != kept:
            reason = f"deux lignes différentes pour {year}, la première est gardée"
            self.intake.findings.remark(entry.line, uai, reason)


MAX_CLASSES = 99
"""Most classes believed: four times the largest real school."""

MAX_PUPILS = 2_999
"""Most pupils believed."""


def _read_counts(entry: ImportRow) -> Figures:
    classes = cells.count(entry.cells["classes"], MAX_CLASSES)
    pupils = cells.count(entry.cells["pupils"], MAX_PUPILS)
    if 0 < pupils < classes:  # one column in the place of the other
        raise ValueError(f"moins d'élèves ({pupils}) que de classes ({classes})")
    return {"classes": classes, "pupils": pupils}


import_effectifs = partial(
    import_yearly, layout=EFFECTIFS, year_field="headcount_year", read=_read_counts
)
"""Give each known school the classes and pupils of its latest rentrée."""

_UNPUBLISHED = {"", "NS", "ND", "S"}
_LEAST, _MOST = 30, 210  # published values go from 45 to 185


def _read_ips(entry: ImportRow) -> Figures:
    raw = entry.cells["ips"]
    if raw.upper() in _UNPUBLISHED:
        return {}
    return {"ips": str(cells.decimal(raw, _LEAST, _MOST))}


import_ips = partial(import_yearly, layout=IPS, year_field="ips_year", read=_read_ips)
"""Give each known school its latest index; the smallest schools have none."""
