"""One import from its opening to its account: progress, repairs noted, log kept."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, TypeVar

from diag.imports.cells import is_month_first, official_line
from diag.imports.layouts import FileLayout, ImportRow, InputSheet, open_sheet
from diag.imports.source import refusal
from diag.journal.territory import (
    ACCESS,
    COMMUNE,
    SCHOOL,
    TOWN_HALL,
    Cell,
    LoggedImport,
    RowDifference,
    Territory,
    TerritoryTable,
    Upserted,
)
from diag.model.text import accented, is_uai
from diag.words.sentences import counted, number

Progress = Callable[[int, int], None]
"""Called with the rows done and the rows in all."""


class LineRefusal(NamedTuple):
    """A line that was not imported, or a remark on one that was."""

    line: int
    item: str
    """What the line is about: a UAI, a commune."""
    reason: str


class Repair(NamedTuple):
    """A cell that did not come in as it was written."""

    line: int
    item: str
    column: str
    before: str
    after: str
    """Empty when nothing could be made of it."""


@dataclass(frozen=True)
class ImportReport:
    """The account of one import."""

    kind: str
    """What follows `diag import`: `annuaire`, `effectifs`, `ips`, `communes`…"""
    file: str
    encoding: str
    sha256: str
    unit: str
    """What line numbers count: `ligne` or `enregistrement`."""
    rows: int
    added: int
    changed: int
    unchanged: int
    vanished: int
    """Schools flagged as missing by this import."""
    is_rehearsal: bool = False
    """Whether it only says what an import would change: nothing was kept."""
    added_items: tuple[str, ...] = ()
    changes: tuple[RowDifference, ...] = ()
    vanished_items: tuple[str, ...] = ()
    returned_items: tuple[str, ...] = ()
    """Schools that had vanished and are there again."""
    refused: tuple[LineRefusal, ...] = ()
    repaired: tuple[Repair, ...] = ()
    remarks: tuple[LineRefusal, ...] = ()
    """Lines that came in, and deserve a word: duplicates, shared addresses…"""
    unknown_items: tuple[str, ...] = ()
    """UAI of the file that the territory does not hold."""
    skipped: tuple[tuple[str, int], ...] = ()
    """Reason → lines left aside because they are none of our business."""
    ignored_columns: tuple[str, ...] = ()
    absent_columns: tuple[str, ...] = ()
    """Official columns that the file lacks: what they told stays."""
    warnings: tuple[str, ...] = ()
    """Sentences about the whole file."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Key → how a person names the school or the commune, of those that changed."""

    @property
    def changed_nothing(self) -> bool:
        """Whether the territory already was as in the file."""
        return not (self.added or self.changed or self.vanished)

    @property
    def found_nothing(self) -> bool:
        """Whether no line of the file was about this territory."""
        return self.changed_nothing and not self.unchanged

    @property
    def is_refused(self) -> bool:
        """Whether nothing came in, because of rows refused."""
        return self.found_nothing and bool(self.refused)


def silent(_done: int, _total: int) -> None:
    """Show no progress."""


@dataclass
class Findings:
    """What is noticed while a file is read, gathered for its report."""

    refused: list[LineRefusal] = field(default_factory=list)
    repaired: list[Repair] = field(default_factory=list)
    remarks: list[LineRefusal] = field(default_factory=list)
    unknown: dict[str, None] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)

    def refuse(self, line: int, item: str, reason: str) -> None:
        """Note a line that does not come in."""
        self.refused.append(LineRefusal(line, item[:60], reason))

    def remark(self, line: int, item: str, reason: str) -> None:
        """Note something worth a word about a line that comes in."""
        self.remarks.append(LineRefusal(line, item[:60], reason))


TABLES: Mapping[str, TerritoryTable] = {
    **dict.fromkeys(("annuaire", "effectifs", "ips"), SCHOOL),
    "communes": COMMUNE,
    **dict.fromkeys(("fibre", "cuivre"), ACCESS),
    "mairies": TOWN_HALL,
}
"""Kind of official file → what its rows are in the territory."""

_ABOUT = ("uai", "insee", "name", "commune")
"""Fields that tell what a row is about."""

_STEP = 250
"""Rows between two words of progress: often enough to be seen moving."""

Value = TypeVar("Value", bound=Cell)


@dataclass
class FileIntake:
    """A file being imported, and what was noticed on the way."""

    sheet: InputSheet
    progress: Progress
    findings: Findings = field(default_factory=Findings)
    left: set[str] = field(default_factory=set)
    """Fields of which the file is not believed."""

    @classmethod
    def of(cls, path: Path, layout: FileLayout, progress: Progress) -> "FileIntake":
        """Open a file that must have this layout.

        Raises:
            ImportRefusedError: when nothing can be read from it.
        """
        sheet = open_sheet(path, layout)
        if not (sheet.table.rows or sheet.table.bad_rows):
            raise refusal(
                path.name,
                "le fichier n'a que sa ligne de titres, aucune ligne à lire",
                "Vérifiez les filtres de l'export, puis téléchargez-le de nouveau",
            )
        return cls(sheet, progress)

    def entries(self) -> Iterator[ImportRow]:
        """Yield the rows; those that cannot be cut into cells are refused."""
        table = self.sheet.table
        for line, reason, cells in table.bad_rows:
            uai = next((cell for cell in cells if is_uai(cell)), "")
            self.findings.refuse(line, uai, reason)
        doubts: dict[int, str] = dict(table.doubts)
        for done, entry in enumerate(self.sheet.entries()):
            if done % _STEP == 0:
                self.progress(done, len(table.rows))
            if entry.line in doubts:
                about = [entry.cells[key] for key in _ABOUT if key in entry.cells]
                self.findings.remark(entry.line, " ".join(about), doubts[entry.line])
            yield entry
        self.progress(len(table.rows), len(table.rows))

    def cell(
        self, entry: ImportRow, name: str, reader: Callable[[str], Value], item: str
    ) -> Value:
        """Return a cell's value; a code or a date that had to be mended is noted.

        Raises:
            ValueError: when nothing can be made of it; the message is French.
        """
        written = entry.cells[name]
        value = reader(written)
        is_code = isinstance(value, str) and reader is not official_line
        if is_code and value != written and _letters(str(value)) != _letters(written):
            self._note(entry, name, item, str(value))
        return value

    def maybe(
        self, entry: ImportRow, name: str, reader: Callable[[str], Cell], item: str
    ) -> dict[str, Cell]:
        """Return a cell's value by name; nothing without the column.

        Nothing either, and a note, when the cell cannot be read: what the territory
        knew stays.
        """
        if name not in entry.cells or name in self.left:
            return {}
        try:
            return {name: self.cell(entry, name, reader, item)}
        except ValueError:
            self._note(entry, name, item, "")
            return {}

    def distrust_days(self, *fields: str) -> None:
        """Believe no date of these columns when some start with their month."""
        days = (day for field in fields for day in self.sheet.values(field))
        if any(map(is_month_first, days)):
            self.left.update(fields)
            self.findings.warnings.append(
                "Des dates sont écrites mois d'abord, à l'américaine : aucune n'est "
                "prise, les dates connues restent."
            )

    @property
    def is_cut(self) -> bool:
        """Whether the file stops in the middle of a line."""
        return self.sheet.table.is_cut

    def label(self, name: str) -> str:
        """Return the name of a field's column in the file, else the field's."""
        return self.sheet.column(name) if name in self.sheet.positions else name

    def finish(
        self, territory: Territory, merge: Upserted, vanished: tuple[str, ...] = ()
    ) -> ImportReport:
        """Log the import and return its report; inside the transaction."""
        source, table, findings = self.sheet.source, self.sheet.table, self.findings
        warnings = [*self._warnings(territory), *findings.warnings]
        ignored = self.sheet.ignored_columns
        counts = (len(merge.added), len(merge.changed), merge.unchanged, len(vanished))
        kind = self.sheet.layout.command
        told = {*merge.added, *vanished, *(each.key for each in merge.changed)}
        names = territory.names_of(TABLES[kind]) if told else {}
        if any(counts) or not findings.refused:  # a refused import leaves no trace
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
            is_rehearsal=territory.is_rehearsing,
            added_items=merge.added,
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
            absent_columns=self.sheet.absent_columns,
            warnings=tuple(warnings),
            names={key: names[key] for key in told},
        )

    def _warnings(self, territory: Territory) -> Iterator[str]:
        source = self.sheet.source
        before = [
            logged for logged in territory.imports() if logged.sha256 == source.sha256
        ]
        if before:
            day = datetime.fromtimestamp(before[0].at / 1000, UTC)
            yield f"Ce fichier a déjà été importé le {day:%d/%m/%Y}."
        if source.is_doubtful:
            yield (
                f"Le fichier est lu en {source.encoding}, mais des accents restent "
                "douteux : vérifiez quelques noms, ou reprenez l'export officiel."
            )
        elif source.encoding != "UTF-8" and not source.delimiter:
            yield (
                f"Le fichier est en {source.encoding} (réenregistré par Excel ?) : "
                "ses accents ont été relus."
            )
        if source.left_sheets:
            yield f"Feuilles du classeur laissées : {', '.join(source.left_sheets)}."
        if self.sheet.table.is_cut:
            yield (
                "La dernière ligne est coupée, ou sans fin de ligne : téléchargez de "
                "nouveau le fichier."
            )

    def _note(self, entry: ImportRow, name: str, item: str, after: str) -> None:
        column, before = self.sheet.column(name), entry.cells[name][:40]
        self.findings.repaired.append(Repair(entry.line, item, column, before, after))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).upper()


_NOUNS = {
    "annuaire": "Écoles",
    "effectifs": "Écoles",
    "ips": "Écoles",
    "communes": "Communes",
    "fibre": "Communes",
    "cuivre": "Communes",
    "mairies": "Mairies",
}


_FIELDS = {
    "name": "nom",
    "insee": "code INSEE",
    "commune": "commune",
    "department": "département",
    "sector": "secteur",
    "nursery": "maternelle",
    "elementary": "élémentaire",
    "address": "adresse",
    "postcode": "code postal",
    "postcodes": "codes postaux",
    "phone": "téléphone",
    "email": "courriel",
    "siret": "SIRET",
    "siren": "SIREN",
    "latitude": "latitude",
    "longitude": "longitude",
    "circonscription": "circonscription",
    "priority_education": "éducation prioritaire",
    "rpi": "RPI",
    "state": "état",
    "updated": "mise à jour",
    "classes": "classes",
    "pupils": "élèves",
    "headcount_year": "rentrée des effectifs",
    "ips": "IPS",
    "ips_year": "rentrée de l'IPS",
    "vanished": "absente depuis",
    "population": "population",
    "epci_siren": "SIREN de l'EPCI",
    "epci_name": "EPCI",
    "premises": "locaux",
    "fibre": "locaux raccordables à la fibre",
    "counted_on": "comptés le",
    "sale_end": "fin de vente du cuivre",
    "line_end": "fermeture du cuivre",
    "problem": "adresse en défaut",
    "source_date": "date de l'adresse",
}
"""Field of the territory → its name for a reader."""

_DATES = {"updated", "source_date", "counted_on"}
"""Fields that change with each file, and alone tell nothing."""


def account(report: ImportReport, examples: int = 5) -> tuple[str, ...]:
    """Return the lines to show after an import, or after its rehearsal.

    At most `examples` of each sort are shown; none of them is lost: the report holds
    them all. A rehearsal also names what is new, and each change field by field.
    """
    return tuple(_lines(report, examples))


def _lines(report: ImportReport, examples: int) -> Iterator[str]:
    yield f"{report.file} : {counted(report.rows, report.unit)}, {report.encoding}"
    yield _outcome(report)
    if report.refused:
        many, gender = len(report.refused), "e" if report.unit == "ligne" else ""
        refused = f"refusé{gender}{'s' if many > 1 else ''}"
        yield f"{counted(many, report.unit)} {refused}, rien n'en est pris."
    yield from report.warnings
    if report.is_rehearsal:
        yield from _difference(report, examples)
    if report.vanished_items:
        gone = [_named(report, key) for key in report.vanished_items]
        shown = _some(gone, examples, " ; ")
        yield f"Absentes du fichier, sans doute fermées (rien n'est effacé) : {shown}"
    if report.returned_items:
        yield f"De retour dans le fichier : {_some(report.returned_items, examples)}"
    if report.unknown_items:
        shown = _some(report.unknown_items, examples)
        yield f"Inconnues du territoire, laissées : {shown}"
    if report.skipped:
        parts = ", ".join(
            f"{reason} ({number(many)})" for reason, many in report.skipped
        )
        yield f"Laissées de côté : {parts}"
    yield from _repairs(report.repaired)
    yield from _by_reason("Refusé", report, report.refused, examples)
    yield from _by_reason("À savoir", report, report.remarks, examples)
    if report.absent_columns:
        absent = _some(report.absent_columns, 20)
        yield f"Colonnes absentes, laissées comme connues : {absent}"
    if report.ignored_columns:
        yield f"Colonnes inconnues, ignorées : {_some(report.ignored_columns, 20)}"


def _outcome(report: ImportReport) -> str:
    noun = _NOUNS[report.kind]
    if report.changed_nothing:
        if report.unchanged:
            return f"{noun} : rien n'a changé, le territoire savait déjà tout."
        return f"{noun} : rien n'a été importé."
    numbers = (report.added, report.changed, report.unchanged, report.vanished)
    if report.is_rehearsal:
        same = "inchangées" if report.unchanged > 1 else "inchangée"
        words = ("à ajouter", "à modifier", same, "à marquer « fermée ? »")
        each = zip(numbers, words, strict=True)
        counts = [f"{number(n)} {word}" for n, word in each if n]
    else:
        words = ("ajoutée", "modifiée", "inchangée", "disparue")
        counts = [counted(n, word) for n, word in zip(numbers, words, strict=True) if n]
    return f"{noun} : {', '.join(counts)}."


def _difference(report: ImportReport, examples: int) -> Iterator[str]:
    """Yield what is new, then each row that changes with its fields."""
    added = [_named(report, key) for key in report.added_items]
    yield from _listed("À ajouter", added, examples)
    dated = [each for each in report.changes if each.fields.keys() <= _DATES]
    full = [each for each in report.changes if each not in dated]
    changed = []
    for row in full:
        lines = (
            f"    {_FIELDS[name]} : {_shown(name, before)} → {_shown(name, after)}"
            for name, (before, after) in row.fields.items()
        )
        changed.append("\n".join((_named(report, row.key), *lines)))
    yield from _listed("À modifier", changed, examples)
    if dated:
        yield f"À modifier, la date seule : {number(len(dated))}"


def _listed(title: str, items: Sequence[str], most: int) -> Iterator[str]:
    if not items:
        return
    yield f"{title} ({number(len(items))}) :"
    for item in items[:most]:
        yield f"  {item}"
    if len(items) > most:
        yield f"  et {number(len(items) - most)} de plus"


def _shown(name: str, cell: Cell) -> str:
    if cell is None or cell == "":
        return "(vide)"
    if name in {"nursery", "elementary"}:
        return "oui" if cell else "non"
    return str(cell)


def _named(report: ImportReport, key: str) -> str:
    name = report.names.get(key, "")
    return f"{key} {accented(name)}".strip()


def _repairs(repaired: Sequence[Repair]) -> Iterator[str]:
    groups: dict[tuple[str, bool], list[Repair]] = defaultdict(list)
    for repair in repaired:
        groups[repair.column, bool(repair.after)].append(repair)
    for (column, mended), repairs in groups.items():
        first, many = repairs[0], counted(len(repairs), "cellule")
        if mended:
            example = f"« {first.before} » lu {first.after}"
            yield f"Réparé : {column}, {many} (ligne {first.line} : {example})"
        else:
            yield (
                f"Illisible, laissé vide ou tel qu'il était connu : {column}, {many} "
                f"(ligne {first.line} : « {first.before} »)"
            )


def _by_reason(
    title: str, report: ImportReport, lines: Sequence[LineRefusal], examples: int
) -> Iterator[str]:
    groups: dict[str, list[LineRefusal]] = defaultdict(list)
    for line in lines:
        groups[line.reason].append(line)
    for reason, alike in sorted(groups.items(), key=lambda group: -len(group[1])):
        places = [f"{report.unit} {line.line} {line.item}".strip() for line in alike]
        yield f"{title} : {reason} — {_some(places, examples)}"


def _some(items: Sequence[str], most: int, glue: str = ", ") -> str:
    shown = glue.join(items[:most])
    left = len(items) - most
    return f"{shown} et {number(left)} de plus" if left > 0 else shown
