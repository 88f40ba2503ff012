"""The ministry's directory of schools: who exists, where, and who is gone."""

from dataclasses import dataclass, field
from pathlib import Path

from diag.imports import cells
from diag.imports.directory_row import other_kind, read_school
from diag.imports.intake import Intake
from diag.imports.layout import Entry
from diag.imports.layouts import ANNUAIRE
from diag.imports.report import ImportReport, Progress, silent
from diag.journal.territory import Territory
from diag.journal.upsert import Cell
from diag.model.email import is_consumer_mailbox

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
    intake = Intake.of(path, ANNUAIRE, progress)
    directory = _Directory(intake, territory.values_of("updated"))
    directory.read()
    with territory.transaction():
        merge = territory.put_schools(directory.schools.values())
        vanished = directory.missing_from(territory)
        territory.mark_vanished(vanished)
        return intake.finish(territory, merge, vanished)


@dataclass
class _Directory:
    """The schools of one file, each once."""

    intake: Intake
    known_dates: dict[str, str]
    schools: dict[str, dict[str, Cell]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    """UAI → where it was first seen, refused or not: it has not vanished."""
    outdated: set[str] = field(default_factory=set)
    """Departments for which the territory holds something newer."""

    def read(self) -> None:
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
            gone = present - self.lines.keys()
            if not gone or department in self.outdated or self.intake.is_cut:
                continue
            if len(gone) > _FEW and len(gone) * 2 > len(present):
                self.intake.findings.warnings.append(
                    f"Département {department} : {len(gone)} écoles sur {len(present)} "
                    "manquent ; le fichier semble partiel, aucune n'est dite disparue."
                )
                continue
            missing += sorted(gone)
        return tuple(missing)

    def _take(self, entry: Entry, uai: str) -> None:
        findings = self.intake.findings
        first = self.lines.setdefault(uai, entry.line)
        try:
            school = read_school(self.intake, entry, uai)
        except ValueError as error:
            findings.refuse(entry.line, uai, str(error))
            return
        if uai in self.schools:
            self._merge(uai, school, entry.line, first)
        elif str(school.get("updated") or "9999") < self.known_dates.get(uai, ""):
            findings.skipped[_OLDER] += 1
            self.outdated.add(str(school["department"]))
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
        """Complete a school by another line of the same number."""
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

    def _forget_the_closed(self) -> None:
        """Leave out what a newer directory of the same department no longer holds."""
        for uai, school in list(self.schools.items()):
            if uai not in self.known_dates and school["department"] in self.outdated:
                del self.schools[uai]
                self.intake.findings.skipped[_OLDER] += 1

    def _forget_untold_columns(self) -> None:
        for name in _ALWAYS_TOLD:
            if all(school.get(name) in {None, ""} for school in self.schools.values()):
                for school in self.schools.values():
                    school.pop(name, None)
