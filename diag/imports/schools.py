"""Schools: the ministry's directory, and the figures published once a year."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from diag.imports import cells
from diag.imports.intake import FileIntake, ImportReport, Progress, silent
from diag.imports.layouts import ANNUAIRE, EFFECTIFS, IPS, FileLayout, ImportRow
from diag.journal.territory import Cell, Territory
from diag.model.codes import is_consumer_mailbox, is_uai
from diag.model.text import fold
from diag.words.sentences import counted

_ALWAYS_TOLD = (
    *("sector", "nursery", "elementary", "address", "postcode", "phone", "email"),
    *("siret", "latitude", "longitude", "circonscription", "state", "updated"),
)
"""Fields that no official file leaves empty on every line."""

_OLDER = "ligne plus ancienne que ce que le territoire sait"

_FEW = 10
"""So many schools of a department may be missing before the file seems partial."""


def import_annuaire(
    path: Path, territory: Territory, progress: Progress = silent
) -> ImportReport:
    """Bring the schools of a directory file into the territory, all or nothing.

    A column that the file lacks, or leaves empty throughout, changes nothing; nor does
    a cell that cannot be read. A school missing from the departments that the file
    covers is flagged, never deleted.

    Raises:
        ImportRefusedError: when the file as a whole cannot be read.
        JournalError: when the territory cannot be written.
    """
    intake = FileIntake.of(path, ANNUAIRE, progress)
    directory = _Directory(
        intake, territory.values_of("updated"), territory.values_of("department")
    )
    directory.read()
    with territory.transaction():
        merge = territory.put_schools(directory.schools.values())
        vanished = directory.missing_from(territory)
        territory.mark_vanished(vanished)
        return intake.finish(territory, merge, vanished)


@dataclass
class _Directory:
    """The schools of one file, each once."""

    intake: FileIntake
    known_dates: dict[str, str]
    departments: dict[str, str]
    """UAI → department, as the territory has them."""
    schools: dict[str, dict[str, Cell]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    """UAI → where it was first seen, refused or not: it has not vanished."""
    ages: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    """Department → for each known school, whether its row is an older one."""

    def read(self) -> None:
        for row in self.intake.sheet.table.bad_rows:
            self.lines |= {cell: row.line for cell in row.cells if is_uai(cell)}
        for entry in self.intake.entries():
            if other := other_kind(entry):
                self.intake.findings.skipped[other] += 1
                continue
            name = entry.cells["name"]
            try:
                uai = self.intake.cell(entry, "uai", cells.uai, name)
            except ValueError as error:
                self.intake.findings.refuse(entry.line, name, str(error))
            else:
                self._take(entry, uai)
        self._forget_the_closed()
        self._forget_untold_columns()

    def missing_from(self, territory: Territory) -> tuple[str, ...]:
        """Return the schools that the file should hold and does not."""
        missing: list[str] = []
        for department in sorted({
            str(school["department"]) for school in self.schools.values()
        }):
            present = territory.present(department)
            gone = present.keys() - self.lines.keys()
            if not gone or self._is_outdated(department) or self.intake.is_cut:
                continue
            if len(gone) > _FEW and len(gone) * 2 > len(present):
                self.intake.findings.warnings.append(
                    f"Département {department} : {len(gone)} écoles sur {len(present)} "
                    "manquent ; le fichier semble partiel, aucune n'est dite disparue."
                )
                continue
            covered = sorted(gone & self._covered(present))
            missing += covered
            if kept := len(gone) - len(covered):
                self.intake.findings.warnings.append(
                    f"Département {department} : {counted(kept, 'école')} d'un secteur "
                    "ou d'un niveau que le fichier ne couvre pas ; "
                    "rien n'en est changé."
                )
        return tuple(missing)

    def _covered(self, present: Mapping[str, tuple[Cell, ...]]) -> set[str]:
        """Return the schools whose like, same sector and kind, the file lists."""
        groups: dict[tuple[Cell, ...], set[str]] = defaultdict(set)
        for uai, group in present.items():
            groups[group].add(uai)
        covered: set[str] = set()
        for like in groups.values():
            listed = like & self.lines.keys()
            if listed and (
                len(like) - len(listed) <= _FEW or len(listed) * 2 >= len(like)
            ):
                covered |= like
        return covered

    def _take(self, entry: ImportRow, uai: str) -> None:
        findings = self.intake.findings
        first = self.lines.setdefault(uai, entry.line)
        try:
            school = read_school(self.intake, entry, uai)
        except ValueError as error:
            findings.refuse(entry.line, uai, str(error))
            return
        if uai in self.schools:
            self._merge(uai, school, entry.line, first)
            return
        department = str(school["department"])
        is_older = str(school.get("updated") or "9999") < self.known_dates.get(uai, "")
        if uai in self.known_dates:
            self.ages[department].append(is_older)
        if is_older:
            findings.skipped[_OLDER] += 1
        else:
            self.schools[uai] = school
            if is_consumer_mailbox(str(school.get("email", ""))):
                findings.remark(
                    entry.line,
                    f"{uai} {school['name']}",
                    "courriel chez un fournisseur grand public : donnée personnelle, "
                    "à ne pas diffuser",
                )

    def _merge(self, uai: str, again: dict[str, Cell], line: int, first: int) -> None:
        school = self.schools[uai]
        unlike = []
        for name, value in again.items():
            if school.get(name) in {None, ""}:
                school[name] = value
            elif value not in {None, "", school[name]}:
                unlike.append(self.intake.label(name))
        reason = f"UAI en double, complète la ligne {first}"
        if unlike:
            reason += f" ; elle garde ses valeurs pour {', '.join(unlike)}"
        self.intake.findings.remark(line, f"{uai} {school['name']}", reason)

    def _is_outdated(self, department: str) -> bool:
        ages = self.ages[department]
        return sum(ages) * 2 > len(ages)

    def _forget_the_closed(self) -> None:
        """Leave out what an older file still lists, by the date of each row.

        A school that the territory does not hold may have closed since.
        """
        usual: dict[str, str] = {}
        for uai, school in list(self.schools.items()):
            department = str(school["department"])
            if uai in self.known_dates or not self._is_outdated(department):
                continue
            if department not in usual:
                usual[department] = self._usual_date(department)
            if str(school.get("updated") or "9999") < usual[department]:
                del self.schools[uai]
                self.intake.findings.skipped[_OLDER] += 1

    def _usual_date(self, department: str) -> str:
        dates = sorted(
            date
            for uai, date in self.known_dates.items()
            if self.departments[uai] == department
        )
        return dates[len(dates) // 2] if dates else ""

    def _forget_untold_columns(self) -> None:
        for name in _ALWAYS_TOLD:
            if all(school.get(name) in {None, ""} for school in self.schools.values()):
                for school in self.schools.values():
                    school.pop(name, None)


_IDENTITY: MappingProxyType[str, tuple[Callable[[str], str], str]] = MappingProxyType({
    "name": (cells.line_of_text, "nom de l'école"),
    "insee": (cells.insee, "code INSEE"),
    "commune": (cells.line_of_text, "nom de la commune"),
})

_DETAILS: MappingProxyType[str, Callable[[str], Cell]] = MappingProxyType({
    "department": cells.department,
    "sector": cells.line_of_text,
    "nursery": cells.flag,
    "elementary": cells.flag,
    "postcode": cells.postcode,
    "phone": cells.phone,
    "email": cells.email,
    "siret": cells.siret,
    "latitude": cells.latitude,
    "longitude": cells.longitude,
    "circonscription": cells.line_of_text,
    "priority_education": cells.line_of_text,
    "rpi": cells.rpi,
    "state": cells.line_of_text,
    "updated": cells.iso_date,
})

_NATURE = re.compile(r"1[0-9]{2}")
_POSTCODE_AND_TOWN = re.compile(r"([0-9]{5}) \D.*")
_POSITION = re.compile(r"(-?[0-9.]+), ?(-?[0-9.]+)")


def other_kind(entry: ImportRow) -> str:
    """Return what a line is when it is no primary-level school; empty when it is one.

    By type, or by nature: 101 maternelle, 151 élémentaire, 103 and 153
    d'application, 162 spécialisée: every nature of the primary level starts with 1.
    """
    kind, nature = entry.cells.get("type"), entry.cells.get("nature")
    if kind is None and nature is None:
        return ""  # a file of schools only, that has no such columns
    if fold(kind or "") == "ecole" or _NATURE.fullmatch(nature or ""):
        return ""
    return kind or "établissement sans type"


def read_school(intake: FileIntake, entry: ImportRow, uai: str) -> dict[str, Cell]:
    """Return the fields that a line states; a detail that is unreadable is left out.

    Raises:
        ValueError: when the name or the commune is missing; the message names it.
    """
    school: dict[str, Cell] = {"uai": uai, "vanished": ""}
    for key, (reader, label) in _IDENTITY.items():
        school[key] = intake.cell(entry, key, reader, uai)
        if not school[key]:
            raise ValueError(f"{label} vide")
    for key, read in _DETAILS.items():
        school |= intake.maybe(entry, key, read, uai)
    if not school.get("department"):
        school["department"] = cells.department_of(str(school["insee"]))
    _complete_position(school, entry)
    _complete_address(school, intake, entry)
    return school


def _complete_position(school: dict[str, Cell], entry: ImportRow) -> None:
    match = _POSITION.fullmatch(entry.cells.get("position", ""))
    if match is None or school.get("latitude") or school.get("longitude"):
        return
    try:
        latitude, longitude = cells.latitude(match[1]), cells.longitude(match[2])
    except ValueError:
        return  # an unreadable position is no reason to refuse a school
    school |= {"latitude": latitude, "longitude": longitude}


def _complete_address(
    school: dict[str, Cell], intake: FileIntake, entry: ImportRow
) -> None:
    lines: dict[str, Cell] = {}
    for name in ("address_1", "address_2", "address_3"):
        lines |= intake.maybe(entry, name, cells.line_of_text, str(school["uai"]))
    if not lines:
        return
    town = _POSTCODE_AND_TOWN.fullmatch(str(lines.get("address_3", "")))
    if town is not None:
        del lines["address_3"]
        if not school.get("postcode"):
            school["postcode"] = town[1]
    parts = dict.fromkeys(str(line) for line in lines.values() if line)
    school["address"] = ", ".join(parts)


Figures = dict[str, Cell]
"""The fields of a school that one line states."""

_OLDER_YEAR = "rentrée plus ancienne"


def import_yearly(
    path: Path,
    layout: FileLayout,
    territory: Territory,
    progress: Progress,
    *,
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


def import_effectifs(
    path: Path, territory: Territory, progress: Progress = silent
) -> ImportReport:
    """Give each known school the classes and pupils of its latest rentrée.

    Raises:
        ImportRefusedError: when the file as a whole cannot be read.
        JournalError: when the territory cannot be written.
    """
    return import_yearly(
        path,
        EFFECTIFS,
        territory,
        progress,
        year_field="headcount_year",
        read=lambda entry: {
            "classes": cells.count(entry.cells["classes"], MAX_CLASSES),
            "pupils": cells.count(entry.cells["pupils"], MAX_PUPILS),
        },
    )


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
        path, IPS, territory, progress, year_field="ips_year", read=_read_ips
    )


def _read_ips(entry: ImportRow) -> Figures:
    raw = entry.cells["ips"]
    if raw.upper() in _UNPUBLISHED:
        return {}
    return {"ips": str(cells.decimal(raw, _LEAST, _MOST))}
