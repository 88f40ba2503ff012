"""Reads tables back, as the programs that receive them would."""

import csv
import io
import re
import zipfile
from typing import Any
from xml.etree import ElementTree as ET

from openpyxl import load_workbook

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def csv_rows(content: bytes) -> list[list[str]]:
    """Return the cells of a CSV file, apostrophes of ours taken away."""
    text = content.decode("utf-8-sig")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    return [[cell.removeprefix("'") for cell in row] for row in rows]


def csv_records(content: bytes) -> list[dict[str, str]]:
    """Return the rows of a CSV file by their headings."""
    head, *rows = csv_rows(content)
    return [dict(zip(head, row, strict=True)) for row in rows]


def sheet_rows(content: bytes, sheet: str = "") -> list[list[Any]]:
    """Return the values of a sheet as openpyxl reads them; the first by default."""
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        found = book[sheet] if sheet else book.worksheets[0]
        return [list(row) for row in found.iter_rows(values_only=True)]
    finally:
        book.close()


def formulas(content: bytes) -> list[str]:
    """Return what a spreadsheet would compute, and the links that it would follow."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheets = [one for one in book.namelist() if "worksheets/" in one]
        parts = [ET.fromstring(book.read(one)) for one in sheets]
    found = [each for part in parts for each in part.iter(f"{_MAIN}f")]
    links = [each for part in parts for each in part.iter(f"{_MAIN}hyperlink")]
    return [str(each.text) for each in (*found, *links)]


def sheet_texts(content: bytes) -> list[str]:
    """Return the texts of the first sheet as the standard writes them (ECMA-376).

    Excel decodes `_x000D_`; openpyxl leaves it, so it cannot prove a round trip.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
    texts = [each.text or "" for each in sheet.iter(f"{_MAIN}t")]
    return [_ESCAPED.sub(lambda one: chr(int(one[1], 16)), text) for text in texts]
