"""The official code of communes: names, population, intercommunalité, postcodes."""

import re
from pathlib import Path

from diag.imports import cells
from diag.imports.intake import Intake
from diag.imports.layout import Entry
from diag.imports.layouts import COMMUNES
from diag.imports.report import ImportReport, Progress, silent
from diag.journal.territory import Territory
from diag.journal.upsert import Cell
from diag.model.folding import fold

_MAX_POPULATION = 3_000_000
_OF_TODAY = {"", "commune actuelle", "com"}


def import_communes(
    path: Path, territory: Territory, progress: Progress = silent
) -> ImportReport:
    """Bring the communes of today into the territory; the merged ones are counted.

    Raises:
        ImportRefusedError: when the file as a whole cannot be read.
        JournalError: when the territory cannot be written.
    """
    intake = Intake.of(path, COMMUNES, progress)
    communes: dict[str, dict[str, Cell]] = {}
    for entry in intake.entries():
        kind = entry.cells.get("type", "")
        if fold(kind) not in _OF_TODAY:
            intake.findings.skipped[kind] += 1
            continue
        try:
            commune = _read(intake, entry)
        except ValueError as error:
            intake.findings.refuse(entry.line, entry.cells["name"], str(error))
            continue
        insee = str(commune["insee"])
        if communes.setdefault(insee, commune) is not commune:
            reason = "commune en double, la première ligne est gardée"
            intake.findings.remark(entry.line, f"{insee} {commune['name']}", reason)
    with territory.transaction():
        return intake.finish(territory, territory.put_communes(communes.values()))


def _read(intake: Intake, entry: Entry) -> dict[str, Cell]:
    name = entry.cells["name"]
    commune: dict[str, Cell] = {
        "insee": intake.cell(entry, "insee", cells.insee, name),
        "name": intake.cell(entry, "name", cells.line_of_text, name),
        # two characters in these files, three in those of schools
        "department": cells.department(entry.cells["department"]),
    }
    if not commune["insee"] or not commune["name"]:
        raise ValueError("code INSEE ou nom vide")
    commune["department"] = commune["department"] or cells.department_of(
        str(commune["insee"])
    )
    for field, reader in {
        "population": _population,
        "siren": cells.siren,
        "epci_siren": cells.siren,
        "epci_name": cells.line_of_text,
        "postcodes": _postcodes,
    }.items():
        commune |= intake.maybe(entry, field, reader, name)
    return commune


def _population(raw: str) -> Cell:
    return cells.count(raw, _MAX_POPULATION) if raw else None


def _postcodes(raw: str) -> Cell:
    return " ".join(map(cells.postcode, re.findall(r"[^|,;/\s]+", raw)))
