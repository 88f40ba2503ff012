"""A table, and how it is written: CSV, workbook, map."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING

from xlsxwriter.worksheet import Worksheet

from diag.assess.results import Score
from diag.assess.words import is_printable
from diag.audit.report import Report
from diag.model.audit import School
from diag.model.text import accented
from diag.words.sentences import displayed, half_up, share

if TYPE_CHECKING:
    from xlsxwriter.format import Format


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
    places = _places(value.denominator)
    if places is None:
        rounded = half_up(abs(value) * 100)
        value, places = Fraction(-rounded if value < 0 else rounded, 100), 2
    digits = f"{abs(int(value * 10**places)):0{places + 1}d}"
    whole, part = digits[: len(digits) - places], digits[len(digits) - places :]
    shown = f"{whole}.{part}".rstrip("0").rstrip(".") if places else whole
    return f"-{shown}" if value < 0 else shown


def is_long(value: int | Fraction) -> bool:
    """Return whether a number has more digits than a spreadsheet keeps."""
    digits = decimals(Fraction(value)).lstrip("-").replace(".", "").lstrip("0")
    return len(digits) > MAX_DIGITS


def _places(denominator: int) -> int | None:
    """Return how many decimals write a fraction exactly; None when none do."""
    twos = fives = 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    return max(twos, fives) if denominator == 1 else None


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


_UNWRITABLE = r"\x00-\x08\x0b-\x1f\ufffe\uffff"
_LITERAL = re.compile(rf"_(?=x[0-9a-fA-F]{{4}}[_{_UNWRITABLE}])")
_SIGN = re.compile(f"[{_UNWRITABLE}]")


class ExactSheet(Worksheet):  # type: ignore[misc]  # xlsxwriter ships no types
    """A worksheet with the standard's escapes, all of them."""

    @staticmethod
    def _escape_control_characters(data: str) -> str:
        escaped = _LITERAL.sub("_x005F_", data)
        return _SIGN.sub(lambda sign: f"_x{ord(sign[0]):04X}_", escaped)


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

_FIRST_YEAR = 1900  # no spreadsheet knows a day before
_WRAPPED = 30  # a column so wide holds sentences


def xlsx_bytes(tables: Iterable[Table], day: date) -> bytes:
    """Return a workbook of these tables, dated `day`."""
    # 35 ms to import: only who writes a workbook pays for it.
    from xlsxwriter import Workbook  # noqa: PLC0415

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
            _write(sheet, table, dated)
    return target.getvalue()


def _write(sheet: "Worksheet", table: Table, dated: "Format") -> None:
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.columns) - 1)
    for line, row in enumerate(table.rows, 1):
        for at, cell in enumerate(row):
            _put(sheet, line, at, cell, dated)


def _put(sheet: "Worksheet", line: int, at: int, cell: Cell, dated: "Format") -> None:
    match cell:
        case bool():
            sheet.write_string(line, at, "oui" if cell else "non")
        case int() | Fraction() if not is_long(cell):
            sheet.write_number(line, at, float(decimals(Fraction(cell))))
        case int() | Fraction():
            sheet.write_string(line, at, decimals(Fraction(cell)).replace(".", ","))
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
    features = [_feature(school, found, none) for school, found in pairs]
    return as_json({"type": "FeatureCollection", "features": features})


def position(school: School) -> list[float] | None:
    """Return longitude and latitude, in that order; None when they are unknown."""
    texts = (school.longitude.strip(), school.latitude.strip())
    if not all(_DEGREES.fullmatch(text) for text in texts):
        return None
    east, north = (round(float(text), _PLACES) for text in texts)
    inside = abs(east) <= 180 and abs(north) <= 90  # noqa: PLR2004 - degrees of a globe
    return [east, north] if inside and (east or north) else None


def _feature(
    school: School, found: Judged | None, none: Mapping[str, int | None]
) -> dict[str, object]:
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
    return {
        "type": "Feature",
        "id": school.uai,
        "geometry": {"type": "Point", "coordinates": point} if point else None,
        "properties": properties,
    }


def _bounds(name: str, score: Score) -> dict[str, int | None]:
    shown = score.bounds if is_printable(score) else None
    low, high = displayed(shown) if shown else (None, None)
    return {f"{name}_min": low, f"{name}_max": high}
