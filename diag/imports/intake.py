"""One import from opening to report: rows with progress, repairs noted, log kept."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from diag.imports.cells import line_of_text
from diag.imports.layout import Entry, Layout, Sheet, open_sheet
from diag.imports.layouts import ALL
from diag.imports.report import Findings, ImportReport, Progress, Repair
from diag.journal.territory import LoggedImport, Territory
from diag.journal.upsert import Cell, Merge

_STEP = 250
"""Rows between two words of progress: often enough to be seen moving."""

Value = TypeVar("Value", bound=Cell)


@dataclass
class Intake:
    """A file being imported, and what was noticed on the way."""

    sheet: Sheet
    progress: Progress
    findings: Findings = field(default_factory=Findings)

    @classmethod
    def of(cls, path: Path, layout: Layout, progress: Progress) -> "Intake":
        """Open a file that must have this layout.

        Raises:
            ImportRefusedError: when nothing can be read from it.
        """
        return cls(open_sheet(path, layout, ALL), progress)

    def entries(self) -> Iterator[Entry]:
        """Yield the rows; those that cannot be cut into cells are refused."""
        table = self.sheet.table
        for line, reason in table.bad_rows:
            self.findings.refuse(line, "", reason)
        for done, entry in enumerate(self.sheet.entries()):
            if done % _STEP == 0:
                self.progress(done, len(table.rows))
            yield entry
        self.progress(len(table.rows), len(table.rows))

    def cell(
        self, entry: Entry, name: str, reader: Callable[[str], Value], item: str
    ) -> Value:
        """Return a cell's value; a code or a date that had to be mended is noted.

        Raises:
            ValueError: when nothing can be made of it; says why, in French.
        """
        value = reader(entry.cells[name])
        is_code = isinstance(value, str) and reader is not line_of_text
        if is_code and _letters(str(value)) != _letters(entry.cells[name]):
            self._note(entry, name, item, str(value))
        return value

    def maybe(
        self, entry: Entry, name: str, reader: Callable[[str], Cell], item: str
    ) -> dict[str, Cell]:
        """Return a cell's value by name; nothing without the column.

        Nothing either, and a note, when the cell cannot be read: what the territory
        knew stays.
        """
        if name not in entry.cells:
            return {}
        try:
            return {name: self.cell(entry, name, reader, item)}
        except ValueError:
            self._note(entry, name, item, "")
            return {}

    @property
    def is_cut(self) -> bool:
        """Whether the file stops in the middle of a line."""
        return self.sheet.table.is_cut

    def label(self, name: str) -> str:
        """Return the name of a field's column in the file, else the field's."""
        return self.sheet.column(name) if name in self.sheet.positions else name

    def finish(
        self, territory: Territory, merge: Merge, vanished: tuple[str, ...] = ()
    ) -> ImportReport:
        """Log the import and return its report; inside the transaction."""
        source, table, findings = self.sheet.source, self.sheet.table, self.findings
        warnings = [*self._warnings(territory), *findings.warnings]
        ignored = self.sheet.ignored_columns
        counts = (len(merge.added), len(merge.changed), merge.unchanged, len(vanished))
        kind = self.sheet.layout.command
        territory.log(
            LoggedImport(
                kind, source.name, source.sha256, 0, *counts, "; ".join(ignored)
            )
        )
        return ImportReport(
            kind,
            source.name,
            source.encoding,
            source.sha256,
            table.unit,
            len(table.rows) + len(table.bad_rows),
            *counts,
            changes=merge.changed,
            vanished_items=vanished,
            returned_items=tuple(
                difference.key
                for difference in merge.changed
                if "vanished" in difference.fields
            ),
            refused=tuple(findings.refused),
            repaired=tuple(findings.repaired),
            remarks=tuple(findings.remarks),
            unknown_items=tuple(findings.unknown),
            skipped=tuple(findings.skipped.most_common()),
            ignored_columns=ignored,
            warnings=tuple(warnings),
        )

    def _warnings(self, territory: Territory) -> Iterator[str]:
        source = self.sheet.source
        before = [
            logged for logged in territory.imports() if logged.sha256 == source.sha256
        ]
        if before:
            day = datetime.fromtimestamp(before[0].at / 1000, UTC)
            yield f"Ce fichier a déjà été importé le {day:%d/%m/%Y}."
        if source.encoding != "UTF-8":
            yield (
                f"Le fichier est en {source.encoding} (réenregistré par Excel ?) : "
                "ses accents ont été relus."
            )
        if self.sheet.table.is_cut:
            yield "La dernière ligne est coupée : téléchargez de nouveau le fichier."

    def _note(self, entry: Entry, name: str, item: str, after: str) -> None:
        column, before = self.sheet.column(name), entry.cells[name][:40]
        self.findings.repaired.append(Repair(entry.line, item, column, before, after))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).upper()
