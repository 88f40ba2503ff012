"""Schools: the ministry's directory, its rows in and the schools it no longer has."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from diag.imports import cells
from diag.imports.intake import FileIntake, ImportReport, Progress, silent
from diag.imports.layouts import ANNUAIRE, ImportRow
from diag.journal.territory import SCHOOL, Cell, Territory
from diag.model.text import fold, is_consumer_mailbox, is_uai
from diag.words.sentences import counted, number

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
    today = territory.today()
    directory = _Directory(
        intake,
        territory.values_of("updated"),
        territory.values_of("department"),
        (today + timedelta(days=1)).isoformat(),
    )
    directory.read()
    with territory.transaction():
        merge = territory.put_schools(directory.schools.values())
        vanished = directory.missing_from(territory)
        territory.mark_vanished(vanished, today)
        return intake.finish(territory, merge, vanished)


@dataclass
class _Directory:
    """The schools of one file, each once."""

    intake: FileIntake
    known_dates: dict[str, str]
    departments: dict[str, str]
    """UAI → department, as the territory has them."""
    tomorrow: str
    """No line was brought up to date after it."""
    schools: dict[str, dict[str, Cell]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    """UAI → where it was first seen, refused or not: it has not vanished."""
    ages: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    """Department → for each known school, whether its row is an older one."""
    unread: list[str] = field(default_factory=list)
    """What is in rows of which the UAI could not be read, letters and digits alone."""

    def read(self) -> None:
        for row in self.intake.sheet.table.bad_rows:
            uais = {cell: row.line for cell in row.cells if is_uai(cell)}
            self.lines |= uais
            if not uais:
                self.unread.append(_letters(" ".join(row.cells)))
        self.intake.distrust_days("updated")
        for entry in self.intake.entries():
            if other := other_kind(entry):
                self.intake.findings.skipped[other] += 1
                continue
            name = entry.cells["name"]
            try:
                uai = self.intake.cell(entry, "uai", cells.uai, name)
            except ValueError as error:
                self.intake.findings.refuse(entry.line, name, str(error))
                self.unread.append(_letters(" ".join(entry.cells.values())))
            else:
                self._take(entry, uai)
        self._forget_the_closed()
        for name in _ALWAYS_TOLD:  # a column that says nothing changes nothing
            if all(school.get(name) in {None, ""} for school in self.schools.values()):
                for school in self.schools.values():
                    school.pop(name, None)

    def missing_from(self, territory: Territory) -> tuple[str, ...]:
        """Return the schools that the file should hold and does not."""
        missing: list[str] = []
        for department in sorted({
            str(school["department"]) for school in self.schools.values()
        }):
            present = territory.present(department)
            gone = present.keys() - self.lines.keys()
            if self.unread and gone:  # by number or name, a refused row may be of one
                names, unread = territory.names_of(SCHOOL), "\n".join(self.unread)
                named = {uai: _letters(names[uai].rpartition(",")[0]) for uai in gone}
                found = {uai for uai in gone if uai in unread or named[uai] in unread}
                gone -= found
            if not gone or self._is_outdated(department) or self.intake.is_cut:
                continue
            if len(gone) > _FEW and len(gone) * 2 > len(present):
                self.intake.findings.warnings.append(
                    f"Département {department} : {counted(len(gone), 'école')} sur "
                    f"{number(len(present))} manquent ; le fichier semble partiel, "
                    "aucune n'est dite disparue."
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
            school = _read_school(self.intake, entry, uai)
        except ValueError as error:
            findings.refuse(entry.line, uai, str(error))
            return
        if uai in self.schools:
            self._merge(uai, school, entry.line, first)
            return
        if str(school.get("updated", "")) > self.tomorrow:
            reason = "mise à jour à venir : la date n'est pas prise"
            findings.remark(entry.line, f"{uai} {school['name']}", reason)
            del school["updated"]
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
                dates = sorted(
                    date
                    for known, date in self.known_dates.items()
                    if self.departments[known] == department
                )
                usual[department] = dates[len(dates) // 2] if dates else ""
            if str(school.get("updated") or "9999") < usual[department]:
                del self.schools[uai]
                self.intake.findings.skipped[_OLDER] += 1


_IDENTITY: MappingProxyType[str, tuple[Callable[[str], str], str]] = MappingProxyType({
    "name": (cells.official_line, "nom de l'école"),
    "insee": (cells.insee, "code INSEE"),
    "commune": (cells.official_line, "nom de la commune"),
})

_DETAILS: MappingProxyType[str, Callable[[str], Cell]] = MappingProxyType({
    "department": cells.department,
    "sector": cells.official_line,
    "nursery": cells.flag,
    "elementary": cells.flag,
    "postcode": cells.postcode,
    "phone": cells.phone,
    "email": cells.email,
    "siret": cells.siret,
    "latitude": cells.latitude,
    "longitude": cells.longitude,
    "circonscription": cells.official_line,
    "priority_education": cells.official_line,
    "rpi": cells.rpi,
    "state": cells.official_line,
    "updated": cells.iso_date,
})

_NATURE = re.compile(r"1[0-9]{2}")
_OVERSEAS = ("97", "98", "097", "098", "099")
"""What departments beyond the sea, and schools abroad, start with."""
_POSTCODE_AND_TOWN = re.compile(r"([0-9]{4,5}) \D.*")
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


def _read_school(intake: FileIntake, entry: ImportRow, uai: str) -> dict[str, Cell]:
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
    position = _POSITION.fullmatch(entry.cells.get("position", ""))
    if position and not (school.get("latitude") or school.get("longitude")):
        with suppress(ValueError):  # no reason to refuse a school
            latitude = cells.latitude(position[1])
            longitude = cells.longitude(position[2])
            school |= {"latitude": latitude, "longitude": longitude}
    degrees = str(school.get("latitude", "")), str(school.get("longitude", ""))
    is_overseas = str(school["department"]).startswith(_OVERSEAS)
    if all(degrees) and not is_overseas and not cells.is_in_mainland(*degrees):
        reason = "coordonnées hors de la métropole : elles ne sont pas prises"
        intake.findings.remark(entry.line, f"{uai} {school['name']}", reason)
        del school["latitude"], school["longitude"]
    _complete_address(school, intake, entry)
    return school


def _complete_address(
    school: dict[str, Cell], intake: FileIntake, entry: ImportRow
) -> None:
    lines: dict[str, Cell] = {}
    for name in ("address_1", "address_2", "address_3"):
        lines |= intake.maybe(entry, name, cells.official_line, str(school["uai"]))
    if not lines:
        return
    town = _POSTCODE_AND_TOWN.fullmatch(str(lines.get("address_3", "")))
    postcode = town[1].zfill(5) if town else ""
    is_lost_zero = town is not None and town[1] != postcode
    if town and not (is_lost_zero and school.get("postcode") != postcode):
        del lines["address_3"]
        if not school.get("postcode"):
            school["postcode"] = postcode
    parts = dict.fromkeys(str(line) for line in lines.values() if line)
    school["address"] = ", ".join(parts)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, fold(text))).upper()
