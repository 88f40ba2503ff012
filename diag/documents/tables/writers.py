"""Tables written as CSV, JSON or XLSX: texts come back letter for letter.

The standard writes U+FFFE as `_xFFFE_`, so a text `_xFFFE_` must be escaped too;
xlsxwriter 3.3 forgets one of two that share an underscore: `_x0041_x0042_`.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from xlsxwriter.worksheet import Worksheet

from diag.documents.tables.table import Cell, Coded, Table, decimals, is_long

if TYPE_CHECKING:
    from xlsxwriter.format import Format


_UNWRITABLE = r"\x00-\x08\x0b-\x1f\ufffe\uffff"
_LITERAL = re.compile(rf"_(?=x[0-9a-fA-F]{{4}}[_{_UNWRITABLE}])")
_SIGN = re.compile(f"[{_UNWRITABLE}]")


class ExactSheet(Worksheet):  # type: ignore[misc]  # xlsxwriter ships no types
    """A worksheet with the standard's escapes, all of them."""

    @staticmethod
    def _escape_control_characters(data: str) -> str:
        escaped = _LITERAL.sub("_x005F_", data)
        return _SIGN.sub(lambda sign: f"_x{ord(sign[0]):04X}_", escaped)


# CSV as a French spreadsheet opens it, where no text can become a formula.
#
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


# Workbooks (XLSX): one sheet a table, text as text, numbers and dates as themselves.
#
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
