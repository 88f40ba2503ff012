"""Workbooks (XLSX): one sheet a table, text as text, numbers and dates as themselves.

Same tables and day, same bytes.
"""

import io
from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from diag.reports.tables.table import Cell, Coded, Table, decimals, is_long

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

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

    from diag.reports.tables.exact_sheet import ExactSheet  # noqa: PLC0415 - as above

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
