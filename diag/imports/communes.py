"""Communes and their town halls, how they are served, their schools' yearly figures.

ARCEP counts the premises that fibre reaches each quarter; the operator's calendar gives
the days when copper lines close. Both are about communes, so Paris, Lyon and Marseille
have one row for their arrondissements.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from diag.imports import cells
from diag.imports.intake import FileIntake, ImportReport, Progress, silent
from diag.imports.layouts import (
    COMMUNES,
    COPPER,
    EFFECTIFS,
    FIBRE,
    IPS,
    MAIRIES,
    FileLayout,
    ImportRow,
)
from diag.journal.territory import Cell, Territory
from diag.model.audit import Commune
from diag.model.text import email_problem, fold

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
        findings = self.intake.findings
        for entry in self.intake.entries():
            try:
                commune = self._commune(entry)
            except ValueError as error:
                findings.refuse(entry.line, _item(entry), str(error))
                continue
            email = entry.cells["email"]
            problem = email_problem(email)
            kept = self.halls.get(commune.insee)
            if kept is not None:
                reason = "commune en double, une seule adresse est gardée"
                findings.remark(entry.line, _item(entry), reason)
                if problem or not kept["problem"]:
                    continue
            self.entries[commune.insee] = entry
            self.halls[commune.insee] = {
                "insee": commune.insee,
                "name": commune.name,
                "email": "" if problem else email,
                "problem": problem,
                "source_date": self.source_date,
            }
        uses = Counter(str(hall["email"]).casefold() for hall in self.halls.values())
        for insee, hall in self.halls.items():
            reason = str(hall["problem"])
            if not reason and uses[str(hall["email"]).casefold()] > 1:
                reason = "courriel partagé par plusieurs communes"
            if reason:
                entry = self.entries[insee]
                findings.remark(entry.line, _item(entry), reason)

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


def _item(entry: ImportRow) -> str:
    return f"{entry.cells['commune'][:45]} ({entry.cells['department'][:5]})"


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
        remedy = "importez d'abord l'annuaire"
        if known_years:
            remedy = "vérifiez de quels départements il est"
        intake.findings.warnings.append(
            f"Aucune école de ce fichier n'est dans le territoire : {remedy}."
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


MAX_PREMISES = 5_000_000
"""Most premises believed of one commune: three times those of Paris."""

_CITIES = {"75": "75056", "6938": "69123", "132": "13055"}
"""How codes of arrondissements start → the city's own code."""

_ELSEWHERE = "commune hors du territoire"
_PART = "une part des locaux, et non leur total"
_OLDER = "plus ancien que ce que le territoire sait"


Served = dict[str, Cell]
"""The fields that one row states of a commune."""


def import_access(
    path: Path,
    territory: Territory,
    progress: Progress = silent,
    *,
    layout: FileLayout,
    read: Callable[[FileIntake, ImportRow, str], Served],
) -> ImportReport:
    """Give each commune of the territory what a file states of it.

    Raises:
        ImportRefusedError: when the file as a whole cannot be read.
        JournalError: when the territory cannot be written.
    """
    intake = FileIntake.of(path, layout, progress)
    intake.distrust_days("counted_on", "sale_end", "line_end")
    known = _communes_of(territory)
    if not known:
        intake.findings.warnings.append(
            "Le territoire n'a aucune commune : importez d'abord l'annuaire ou les "
            "communes."
        )
    latest = territory.access_dates()
    served: dict[str, Served] = {}
    for entry in intake.entries():
        try:
            insee = intake.cell(entry, "insee", cells.insee, entry.cells["insee"])
            if insee not in known:
                intake.findings.skipped[_ELSEWHERE] += 1
                continue
            if entry.cells.get("type", "all") not in {"", "all"}:
                intake.findings.skipped[_PART] += 1
                continue
            row = read(intake, entry, insee)
        except ValueError as error:
            intake.findings.refuse(entry.line, entry.cells["insee"], str(error))
            continue
        for code, name in known[insee]:
            if str(row.get("counted_on", "9999")) < latest.get(code, ""):
                intake.findings.skipped[_OLDER] += 1
            elif code in served:
                intake.findings.remark(entry.line, code, "commune en double, laissée")
            else:
                served[code] = {"insee": code, "name": name, **row}
    with territory.transaction():
        return intake.finish(territory, territory.put_access(served.values()))


def _communes_of(territory: Territory) -> dict[str, list[tuple[str, str]]]:
    """Return code of a row → codes and names of the communes that it is about."""
    known: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for commune in territory.communes():
        cities = (_CITIES[one] for one in _CITIES if commune.insee.startswith(one))
        city = next(cities, commune.insee)
        known[city].append((commune.insee, commune.name))
        if city != commune.insee:  # a file may have them one by one
            known[commune.insee].append((commune.insee, commune.name))
    return known


def _fibre(intake: FileIntake, entry: ImportRow, insee: str) -> Served:
    premises = cells.count(entry.cells["premises"], MAX_PREMISES)
    fibre = cells.count(entry.cells["fibre"], MAX_PREMISES)
    if fibre > premises:
        raise ValueError("plus de locaux raccordables que de locaux")
    day = intake.maybe(entry, "counted_on", cells.iso_date, insee)
    return {"premises": premises, "fibre": fibre, **day}


import_fibre = partial(import_access, layout=FIBRE, read=_fibre)
"""Give each commune its premises, and those that fibre reaches."""


def _copper(intake: FileIntake, entry: ImportRow, insee: str) -> Served:
    days: Served = {}
    for name in ("sale_end", "line_end"):
        days |= intake.maybe(entry, name, cells.iso_date, insee)
    sale, line = (str(days.get(name) or "") for name in ("sale_end", "line_end"))
    if sale and line and sale > line:
        raise ValueError("les lignes fermeraient avant la fin de leur vente")
    return days


import_copper = partial(import_access, layout=COPPER, read=_copper)
"""Give each commune the days when copper lines are sold no more, then closed."""
