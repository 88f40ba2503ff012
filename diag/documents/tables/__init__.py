"""Tables out: of which audits, how many lines, as CSV, JSON, a workbook or a map."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from diag.assess.results import Score
from diag.assess.words import is_printable
from diag.audit import session as audits
from diag.audit.report import Report, report_folder, report_of
from diag.audit.session import AuditSession
from diag.audit.snapshot import OLDER
from diag.journal.facts import edition_of
from diag.model.audit import Auditee, School
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.model.text import accented, campaign_named
from diag.words.sentences import displayed, half_up, share
from diag.workspace.disk import write_whole
from diag.workspace.subjects import auditee_of
from diag.workspace.subjects import audits as known_audits
from diag.workspace.workspace import Workspace

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet


MAX_DIGITS = 15
"""A spreadsheet keeps so many digits of a number: longer ones are written as text."""


@dataclass(frozen=True, slots=True)
class Coded:
    """What a program reads, and the words that people read instead."""

    code: str | tuple[str, ...]
    words: str


Cell = str | bool | int | Fraction | date | Coded | None
"""One cell; None is a blank."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column, named for programs and for people; released names never change."""

    key: str
    """Name in JSON."""
    heading: str
    """Name in CSV and in a workbook."""
    width: int = 14
    """Of the column in a workbook, in characters."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, as many in each as there are columns."""

    name: str
    """Title of its sheet in a workbook."""
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def table_of(
    name: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]
) -> Table:
    """Return a table of these rows."""
    return Table(name, tuple(columns), tuple(map(tuple, rows)))


def decimals(value: Fraction) -> str:
    """Return an exact number in digits, `-0.5`; one without end keeps two decimals."""
    left, twos, fives = value.denominator, 0, 0
    while left % 2 == 0:
        left, twos = left // 2, twos + 1
    while left % 5 == 0:
        left, fives = left // 5, fives + 1
    places = max(twos, fives)
    if left > 1:
        rounded = half_up(abs(value) * 100)
        value, places = Fraction(-rounded if value < 0 else rounded, 100), 2
    digits = f"{abs(int(value * 10**places)):0{places + 1}d}"
    whole, part = digits[: len(digits) - places], digits[len(digits) - places :]
    shown = f"{whole}.{part}".rstrip("0").rstrip(".") if places else whole
    return f"-{shown}" if value < 0 else shown


IDENTITY = (
    Column("campaign", "Campagne", 11),
    Column("status", "Statut", 18),
    Column("subject", "Sujet", 12),
    Column("name", "Nom", 30),
    Column("commune", "Commune", 18),
    Column("insee", "Code INSEE", 8),
)
"""Columns of an audit; `subject` is a UAI, `commune:INSEE` or `syndicat:SIREN`."""


def identity(report: Report) -> tuple[Cell, ...]:
    """Return the cells under those columns; an audit not closed is « provisoire »."""
    about = report.about
    return (
        report.audit.campaign,
        Coded(str(report.status), report.status_words),
        about.ref,
        about.name,
        about.commune,
        about.insee,
    )


# BOM, semicolons, CRLF, decimal commas, « oui » and « non ». A text that a spreadsheet
# would run is written after an apostrophe, and one that starts with an apostrophe gets
# a second: taking away one leading apostrophe gives every text back, letter for letter.
_RUNS = re.compile(r"[\t\r\n]|\s*[=+\-@|%＝＋－＠｜％]")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def csv_bytes(table: Table) -> bytes:
    """Return a table as a CSV file."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.heading for column in table.columns])
    writer.writerows([written(cell) for cell in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def written(cell: Cell) -> str:
    """Return a cell as it stands in the file."""
    match cell:
        case None:
            said = ""
        case bool():
            said = "oui" if cell else "non"
        case int() | Fraction():
            said = decimals(Fraction(cell)).replace(".", ",")
        case date():
            said = cell.isoformat()
        case Coded():
            said = disarmed(cell.words)
        case _:
            said = disarmed(cell)
    return said


def disarmed(text: str) -> str:
    """Return a text that no spreadsheet runs."""
    runs = bool(_RUNS.match(text)) and not _NUMBER.fullmatch(text)
    return f"'{text}" if runs or text.startswith("'") else text


def json_bytes(table: Table, about: Mapping[str, object]) -> bytes:
    """Return the rows under `rows`, after what the document is `about`.

    A number with decimals is a decimal text, as in the journal: no float rounds it.
    """
    keys = [column.key for column in table.columns]
    rows = [dict(zip(keys, map(plain, row), strict=True)) for row in table.rows]
    return as_json({**about, "rows": rows})


def as_json(document: Mapping[str, object]) -> bytes:
    """Return a JSON document, readable, in the order in which it was made."""
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return f"{text}\n".encode()


def plain(cell: Cell) -> object:
    """Return a cell as JSON holds it."""
    match cell:
        case Coded():
            return list(cell.code) if isinstance(cell.code, tuple) else cell.code
        case Fraction():
            return int(cell) if cell.denominator == 1 else decimals(cell)
        case date():
            return cell.isoformat()
        case _:
            return cell


# Same tables and day, same bytes.
MAX_TEXT = 32_767
"""A cell holds no more, in UTF-16 units."""

CUT = " […] (texte coupé : le fichier CSV l'a en entier)"
"""What ends a text that no cell could hold."""

_UNWRITABLE = r"\x00-\x08\x0b-\x1f\ufffe\uffff"
_LITERAL = re.compile(rf"_(?=x[0-9a-fA-F]{{4}}[_{_UNWRITABLE}])")
_SIGN = re.compile(f"[{_UNWRITABLE}]")

_FIRST_YEAR = 1900  # no spreadsheet knows a day before
_WRAPPED = 30  # a column so wide holds sentences


def xlsx_bytes(tables: Iterable[Table], day: date) -> bytes:
    """Return a workbook of these tables, dated `day`."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - 15 ms, for workbooks alone
    from xlsxwriter.worksheet import Worksheet  # noqa: PLC0415

    class ExactSheet(Worksheet):  # type: ignore[misc]  # xlsxwriter ships no types
        """A worksheet with the standard's escapes, all of them."""

        @staticmethod
        def _escape_control_characters(data: str) -> str:
            escaped = _LITERAL.sub("_x005F_", data)
            return _SIGN.sub(lambda sign: f"_x{ord(sign[0]):04X}_", escaped)

    target = io.BytesIO()
    options = {
        "constant_memory": True,  # a territory's answers are some 300,000 rows
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with Workbook(target, options) as book:
        book.set_properties({"created": datetime(day.year, day.month, day.day)})  # noqa: DTZ001 - the format has no zone
        top = {"valign": "top"}
        head = book.add_format({**top, "bold": True, "text_wrap": True})
        dated = book.add_format({**top, "num_format": "dd/mm/yyyy"})
        plain, long = book.add_format(top), book.add_format({**top, "text_wrap": True})
        for table in tables:
            sheet = book.add_worksheet(table.name, ExactSheet)
            for at, column in enumerate(table.columns):
                look = long if column.width >= _WRAPPED else plain
                sheet.set_column(at, at, column.width, look)
                sheet.write_string(0, at, column.heading, head)
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.columns) - 1)
            for line, row in enumerate(table.rows, 1):
                for at, cell in enumerate(row):
                    _put(sheet, line, at, cell, dated)
    return target.getvalue()


def _put(sheet: "Worksheet", line: int, at: int, cell: Cell, dated: "Format") -> None:
    match cell:
        case bool():
            sheet.write_string(line, at, "oui" if cell else "non")
        case int() | Fraction():
            text = decimals(Fraction(cell))
            if len(text.lstrip("-").replace(".", "").lstrip("0")) <= MAX_DIGITS:
                sheet.write_number(line, at, float(text))
            else:
                sheet.write_string(line, at, text.replace(".", ","))
        case date() if cell.year >= _FIRST_YEAR:
            sheet.write_datetime(line, at, cell, dated)
        case date():
            sheet.write_string(line, at, cell.isoformat())
        case Coded() if cell.words:
            sheet.write_string(line, at, held(cell.words))
        case str() if cell:
            sheet.write_string(line, at, held(cell))


def held(text: str) -> str:
    """Return a text whole when a cell holds it, else its beginning, and that it is."""
    if len(text.encode("utf-16-le")) // 2 <= MAX_TEXT:
        return text
    room = 2 * (MAX_TEXT - len(CUT))
    return text.encode("utf-16-le")[:room].decode("utf-16-le", errors="ignore") + CUT


_DEGREES = re.compile(r"-?\d{1,3}(?:\.\d+)?")
_PLACES = 6  # ten centimetres: what RFC 7946 advises


@dataclass(frozen=True, slots=True)
class Judged:
    """What the map shows of an audit; light, since a territory has hundreds."""

    campaign: str
    status: str
    provisional: bool
    socle: str
    scores: dict[str, int | None] = field(default_factory=dict)
    """Property → bound or completeness, out of 100."""


def judged(report: Report) -> Judged:
    """Return what the map shows of an audit."""
    assessment = report.assessment
    scores = _bounds("score", assessment.overall)
    scores["completude"] = share(assessment.overall.completeness)
    for domain in assessment.domains:
        scores |= _bounds(domain.domain.id, domain.score)
    return Judged(
        campaign=report.audit.campaign,
        status=report.status_words,
        provisional=report.provisional,
        socle=str(assessment.socle),
        scores=scores,
    )


def school_map(schools: Iterable[tuple[School, Judged | None]]) -> bytes:
    """Return the schools as one collection of points, each with all the columns.

    A map's program takes its columns from the first points: a score that a school does
    not have is null there, never absent.
    """
    pairs = list(schools)
    told = chain.from_iterable(found.scores for _, found in pairs if found)
    none: dict[str, int | None] = dict.fromkeys(told)
    features = []
    for school, found in pairs:
        point = position(school)
        properties: dict[str, object] = {
            "uai": school.uai,
            "nom": accented(school.name),
            "commune": school.commune,
            "insee": school.insee,
            "secteur": school.sector,
            "classes": school.classes,
            "eleves": school.pupils,
            "audit": found is not None,
            "campagne": found.campaign if found else None,
            "statut": found.status if found else None,
            "provisoire": found.provisional if found else None,
            "socle": found.socle if found else None,
            **none,
            **(found.scores if found else {}),
        }
        features.append({
            "type": "Feature",
            "id": school.uai,
            "geometry": {"type": "Point", "coordinates": point} if point else None,
            "properties": properties,
        })
    return as_json({"type": "FeatureCollection", "features": features})


def position(school: School) -> list[float] | None:
    """Return longitude and latitude, in that order; None when they are unknown."""
    texts = (school.longitude.strip(), school.latitude.strip())
    if not all(_DEGREES.fullmatch(text) for text in texts):
        return None
    east, north = (round(float(text), _PLACES) for text in texts)
    inside = abs(east) <= 180 and abs(north) <= 90  # noqa: PLR2004 - degrees of a globe
    return [east, north] if inside and (east or north) else None


def _bounds(name: str, score: Score) -> dict[str, int | None]:
    shown = score.bounds if is_printable(score) else None
    low, high = displayed(shown) if shown else (None, None)
    return {f"{name}_min": low, f"{name}_max": high}


Progress = Callable[[int, int], None]
"""Called with how many audits are read, of how many."""

Count = tuple[int, str, str]
"""A number, and what it counts: one, and several."""


@dataclass(frozen=True, slots=True)
class ChosenAudits:
    """The audits that a table is made of."""

    sessions: tuple[AuditSession, ...]
    folder: Path
    """Where its files go by default."""
    campaign: str
    unreadable: int = 0
    """Audits that came without their checklists: they cannot be judged."""
    older: tuple[Auditee, ...] = ()
    """Whose audits are of an older method: they are judged no more."""

    def reports(self, progress: Progress) -> Iterator[Report]:
        """Go through the reports one by one: a territory does not fit in memory.

        Each is whole: a table reads what is public of it, unless asked for more. It is
        of the day that its documents bear: a closed audit's deadlines move no more.
        """
        for rank, session in enumerate(self.sessions, 1):
            yield report_of(session.reopen())
            progress(rank, len(self.sessions))


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, and how much of what."""

    files: tuple[Path, ...]
    counts: tuple[Count, ...]


def chosen(
    workspace: Workspace,
    refs: Sequence[str],
    campaign: str | None = None,
    *,
    everything: bool = False,
) -> ChosenAudits:
    """Return the audits named, or every audit of the campaign.

    Raises:
        DiagError: when one was not started, or there is none; with what to do.
    """
    wanted = campaign_named(campaign or workspace.settings.campaign)
    together = workspace.folder / "exports" / f"tables-{wanted}"
    if everything:
        found = [
            AuditSession(workspace, audit, auditee_of(workspace, audit))
            for audit in known_audits(workspace.journal)
            if audit.campaign == wanted
        ]
        if not found:
            raise DiagError(
                f"Aucun audit dans la campagne {wanted}. Voyez ceux qui existent.",
                command="diag audit list",
            )
        journal = workspace.journal
        whole = [one for one in found if edition_of(journal, one.audit.id)]
        whole.sort(key=lambda one: (one.about.commune, one.about.ref))
        older = tuple(one.about for one in whole if one.is_older)
        current = tuple(one for one in whole if one.about not in older)
        return ChosenAudits(current, together, wanted, len(found) - len(whole), older)
    named = [audits.open_session(workspace, ref, wanted) for ref in refs]
    sessions = tuple({session.audit.id: session for session in named}.values())
    alone = len(sessions) == 1
    folder = report_folder(sessions[0]) if alone else together
    return ChosenAudits(sessions, folder, wanted)


def put(folder: Path, contents: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write files, each the old one or the new one; all are ready before the first."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        write_whole(folder / name, content)
    return tuple(folder / name for name in contents)


def in_formats(
    name: str, tables: Mapping[str, Table], formats: Iterable[str], day: date
) -> dict[str, bytes]:
    """Return a CSV for each table (file name → table), a workbook of all of them."""
    files: dict[str, bytes] = {}
    wanted = set(formats)
    if "csv" in wanted:
        files |= {f"{each}.csv": csv_bytes(table) for each, table in tables.items()}
    if "xlsx" in wanted:
        files[f"{name}.xlsx"] = xlsx_bytes(tables.values(), day)
    return files


def read_counts(picked: ChosenAudits, provisional: int) -> tuple[Count, ...]:
    """Return how many audits were read, provisional or unreadable ones apart."""
    return (
        (len(picked.sessions), "audit lu", "audits lus"),
        *some(provisional, "audit provisoire", "audits provisoires"),
        *some(
            picked.unreadable,
            "audit sans grilles, laissé de côté",
            "audits sans grilles, laissés de côté",
        ),
        *some(
            len(picked.older),
            f"audit de {OLDER}, laissé de côté",
            f"audits de {OLDER}, laissés de côté",
        ),
    )


def some(number: int, one: str, many: str) -> tuple[Count, ...]:
    """Return a count that is shown only when it is not zero."""
    return ((number, one, many),) if number else ()


def reserved_actions(report: Report) -> int:
    """Return how many actions of a plan stay out of what is public."""
    return sum(report.is_reserved(action.id) for action in report.plan)


def withheld_actions(number: int) -> tuple[Count, ...]:
    """Return how many actions stay out because they are reserved."""
    return some(
        number,
        "action réservée laissée de côté (--sensitive)",
        "actions réservées laissées de côté (--sensitive)",
    )


def write_map(
    workspace: Workspace,
    picked: ChosenAudits,
    folder: Path,
    progress: Progress,
    *,
    territory: bool = False,
) -> Exported:
    """Write the schools audited on a map; with the others of the `territory`."""
    schools: dict[str, School] = {}
    if territory:
        lines = workspace.territory.schools()
        found = (workspace.territory.school(line.uai) for line in lines)
        schools = {one.uai: one for one in found if one and not one.vanished}
    scores: dict[str, Judged] = {}
    provisional = 0
    for whole in picked.reports(progress):
        report = whole.public
        provisional += report.provisional
        school = report.about.school
        if report.about.kind is PlaceKind.ECOLE and school is not None:
            schools[school.uai] = school
            scores[school.uai] = judged(report)
    content = school_map((one, scores.get(uai)) for uai, one in schools.items())
    lost = sum(position(one) is None for one in schools.values())
    counts = (
        *read_counts(picked, provisional),
        (len(schools), "école sur la carte", "écoles sur la carte"),
        (len(scores), "avec un score", "avec un score"),
        *some(lost, "école sans coordonnées", "écoles sans coordonnées"),
    )
    return Exported(put(folder, {"ecoles.geojson": content}), counts)
