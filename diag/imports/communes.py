"""Communes and their town halls: names, population, intercommunalité, contacts."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from diag.imports import cells
from diag.imports.intake import FileIntake, ImportReport, Progress, silent
from diag.imports.layouts import COMMUNES, MAIRIES, ImportRow
from diag.journal.territory import Cell, Territory
from diag.model.codes import email_problem
from diag.model.territory import Commune
from diag.model.text import fold

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
    intake = FileIntake.of(path, COMMUNES, progress)
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


def _read(intake: FileIntake, entry: ImportRow) -> dict[str, Cell]:
    name = entry.cells["name"]
    commune: dict[str, Cell] = {
        "insee": intake.cell(entry, "insee", cells.insee, name),
        "name": intake.cell(entry, "name", cells.official_line, name),
        # two characters in these files, three in those of schools
        "department": cells.department(entry.cells["department"]),
    }
    if not commune["insee"] or not commune["name"]:
        raise ValueError("code INSEE ou nom vide")
    commune["department"] = commune["department"] or cells.department_of(
        str(commune["insee"])
    )
    for key, reader in {
        "population": lambda raw: cells.count(raw, _MAX_POPULATION) if raw else None,
        "siren": cells.siren,
        "epci_siren": cells.siren,
        "epci_name": cells.official_line,
        "postcodes": lambda raw: " ".join(
            map(cells.postcode, re.findall(r"[^|,;/\s]+", raw))
        ),
    }.items():
        commune |= intake.maybe(entry, key, reader, name)
    return commune


Names = dict[str, dict[str, list[Commune]]]
"""Department → folded name → communes."""

_TITLE = re.compile(r"(mairies?\b[^-–]*?)\s*[-–]\s*(.+)", re.IGNORECASE)


def import_mairies(
    path: Path,
    territory: Territory,
    progress: Progress = silent,
    *,
    source_date: date | None = None,
) -> ImportReport:
    """Give each known commune its town hall's address, or the reason it has none.

    Without `source_date`, the file's own date on disk is taken, as the report mentions.

    Raises:
        ImportRefusedError: when the file as a whole cannot be read.
        JournalError: when the territory cannot be written.
    """
    intake = FileIntake.of(path, MAIRIES, progress)
    if source_date is None:
        source_date = datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
        intake.findings.warnings.append(
            f"Date retenue pour ces adresses : {source_date:%d/%m/%Y}, celle du "
            "fichier sur ce disque."
        )
    is_official = territory.counts().communes > 0
    if not is_official:
        intake.findings.warnings.append(
            "Le code des communes n'est pas importé : seules celles qui ont une école "
            "sont reconnues. Importez d'abord les communes, puis recommencez."
        )
    names: Names = defaultdict(lambda: defaultdict(list))
    for commune in territory.communes(official=is_official):
        names[commune.department][fold(commune.name)].append(commune)
    addresses = _Addresses(intake, names, source_date.isoformat())
    addresses.read()
    known_dates = territory.town_hall_dates()
    halls = [
        hall
        for insee, hall in addresses.halls.items()
        if known_dates.get(insee, "") <= addresses.source_date
    ]
    if older := len(addresses.halls) - len(halls):
        intake.findings.skipped["adresse plus ancienne que celle du territoire"] = older
    with territory.transaction():
        return intake.finish(territory, territory.put_town_halls(halls))


@dataclass
class _Addresses:
    """The town halls of one file, each once."""

    intake: FileIntake
    names: Names
    source_date: str
    halls: dict[str, dict[str, Cell]] = field(default_factory=dict)
    entries: dict[str, ImportRow] = field(default_factory=dict)
    """INSEE code → the line that was kept."""

    def read(self) -> None:
        for entry in self.intake.entries():
            try:
                commune = self._commune(entry)
            except ValueError as error:
                self.intake.findings.refuse(entry.line, _item(entry), str(error))
            else:
                self._keep(entry, commune)
        self._remark()

    def _commune(self, entry: ImportRow) -> Commune:
        department = cells.department(entry.cells["department"])
        name = cells.official_line(entry.cells["commune"])
        if match := _TITLE.fullmatch(name):
            if fold(match[1]) != "mairie":
                raise ValueError(f"{match[1].lower()} : non celle de la commune")
            name = match[2]
        if department not in self.names:
            raise ValueError(
                f"aucune commune connue dans le département « {department} » : "
                "importez d'abord les communes"
            )
        found = self.names[department].get(fold(name), [])
        if not found:
            raise ValueError("aucune commune actuelle de ce nom (fusion ?)")
        if len(found) > 1:
            raise ValueError("plusieurs communes de ce nom dans le département")
        return found[0]

    def _keep(self, entry: ImportRow, commune: Commune) -> None:
        email = entry.cells["email"]
        problem = email_problem(email)
        kept = self.halls.get(commune.insee)
        if kept is not None:
            reason = "commune en double, une seule adresse est gardée"
            self.intake.findings.remark(entry.line, _item(entry), reason)
            if problem or not kept["problem"]:
                return
        self.entries[commune.insee] = entry
        self.halls[commune.insee] = {
            "insee": commune.insee,
            "name": commune.name,
            "email": "" if problem else email,
            "problem": problem,
            "source_date": self.source_date,
        }

    def _remark(self) -> None:
        uses = Counter(str(hall["email"]).casefold() for hall in self.halls.values())
        for insee, hall in self.halls.items():
            reason = str(hall["problem"])
            if not reason and uses[str(hall["email"]).casefold()] > 1:
                reason = "courriel partagé par plusieurs communes"
            if reason:
                entry = self.entries[insee]
                self.intake.findings.remark(entry.line, _item(entry), reason)


def _item(entry: ImportRow) -> str:
    return f"{entry.cells['commune'][:45]} ({entry.cells['department'][:5]})"
