"""CSV as a French spreadsheet opens it, where no text can become a formula.

BOM, semicolons, CRLF, decimal commas, « oui » and « non ». A text that a spreadsheet
would run is written after an apostrophe, and one that starts with an apostrophe gets
a second: taking away one leading apostrophe gives every text back, letter for letter.
"""

import csv
import io
import re
from datetime import date
from fractions import Fraction

from diag.reports.tables.table import Cell, Coded, Table, decimals

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
