"""Figures published once a year for each school: the latest year is kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from diag.imports import cells
from diag.imports.intake import Intake
from diag.imports.layout import Entry, Layout
from diag.imports.report import ImportReport, Progress
from diag.journal.territory import Territory
from diag.journal.upsert import Cell

Figures = dict[str, Cell]
"""The fields of a school that one line states."""

_OLDER = "rentrée plus ancienne"


def import_yearly(
    path: Path,
    layout: Layout,
    territory: Territory,
    progress: Progress,
    *,
    year_field: str,
    read: Callable[[Entry], Figures],
) -> ImportReport:
    """Complete the schools of the territory by each one's latest figures.

    `read` returns nothing for a line that publishes none. A school that the territory
    does not hold is counted and listed, never added.

    Raises:
        ImportRefusedError: when the file as a whole cannot be read.
        JournalError: when the territory cannot be written.
    """
    intake = Intake.of(path, layout, progress)
    known_years = territory.values_of(year_field)
    latest = _Latest(intake, year_field)
    for entry in intake.entries():
        try:
            uai = intake.cell(entry, "uai", cells.uai, entry.cells["uai"])
            if uai not in known_years:
                intake.findings.unknown[uai] = None
                continue
            year = cells.school_year(entry.cells["year"])
            figures = read(entry)
        except ValueError as error:
            intake.findings.refuse(entry.line, entry.cells["uai"], str(error))
            continue
        if not figures:
            intake.findings.skipped["chiffre non publié"] += 1
        elif year < known_years[uai]:
            intake.findings.skipped[_OLDER] += 1
        else:
            latest.take(entry, {"uai": uai, year_field: year, **figures})
    if intake.findings.unknown and not latest.schools:
        intake.findings.warnings.append(
            "Aucune école de ce fichier n'est dans le territoire : importez d'abord "
            "l'annuaire."
        )
    with territory.transaction():
        return intake.finish(territory, territory.put_schools(latest.schools.values()))


@dataclass
class _Latest:
    """The line of the latest year for each school of a file."""

    intake: Intake
    year_field: str
    schools: dict[str, Figures] = field(default_factory=dict)

    def take(self, entry: Entry, line: Figures) -> None:
        """Keep a line when it is the first of its school, or of a later year."""
        uai = str(line["uai"])
        kept = self.schools.setdefault(uai, line)
        year, kept_year = str(line[self.year_field]), str(kept[self.year_field])
        if year != kept_year:
            self.intake.findings.skipped[_OLDER] += 1
            self.schools[uai] = line if year > kept_year else kept
        elif line != kept:
            reason = f"deux lignes différentes pour {year}, la première est gardée"
            self.intake.findings.remark(entry.line, uai, reason)
