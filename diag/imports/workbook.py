"""A workbook as it is downloaded, XLSX or ODS, written as the CSV it stands for.

One sheet is read, each cell by its value and not by how it is displayed: a date is an
ISO date, a number has no more zeros than Excel left it. Nothing but the standard
library is needed, and nothing is unpacked beyond a bound.
"""

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET
from zipfile import BadZipFile, ZipFile

from diag.imports.cells import UNREADABLE

MAX_ROWS = 2**20
"""Rows of the largest sheet that Excel and LibreOffice hold."""

_MAX_CELLS = 10_000_000
"""Cells read, repeated and empty ones included: twice the whole country's directory."""

_MAX_SHEETS = 200
"""Sheets looked at: each is read from the start of an ODS, so they cost a square."""

DAMAGES = (
    *(OSError, RuntimeError, ValueError, LookupError, OverflowError, EOFError),
    *(ET.ParseError, BadZipFile, zlib.error),
)
"""What the standard library raises on a workbook that is none, or is damaged."""

Row = tuple[int, list[str]]
"""Number of a row, from 1, and its cells from the first column."""


@dataclass(frozen=True)
class WorkbookText:
    """What one sheet holds."""

    kind: str
    """`XLSX` or `ODS`."""
    text: str
    """One line a row, cells between semicolons, quoted where they must be."""
    others: tuple[str, ...]
    """Sheets that are left, though they are shown."""


def workbook_text(
    raw: bytes, most: int, suits: Callable[[tuple[str, ...]], bool] | None = None
) -> WorkbookText | None:
    """Return the text of a workbook; None of another archive.

    `most` is how many bytes a part may have once unpacked. The sheet is the first
    whose first row `suits`, else the first with something in it.

    Raises:
        DAMAGES: when it is damaged, too big, or hostile.
    """
    with ZipFile(BytesIO(raw)) as package:
        names = {*package.namelist()}
        if not names & {"xl/workbook.xml", "content.xml"}:
            return None
        sheets = _sheets(package, most)
        firsts = {name: next(rows, None) for name, rows in sheets.items()}
        filled = [name for name, first in firsts.items() if first]
        suiting = (
            name
            for name in filled
            if suits and (first := firsts[name]) and suits(tuple(first[1]))
        )
        chosen = next(suiting, next(iter(filled), ""))
        first = firsts.get(chosen)
        rows = chain([first], sheets[chosen]) if first else iter(())
        return WorkbookText(
            kind="XLSX" if "xl/workbook.xml" in names else "ODS",
            text="\n".join(_lines(rows)),
            others=tuple(name for name in sheets if chosen not in {"", name}),
        )


def workbook_sheets(raw: bytes, most: int) -> dict[str, list[Row]]:
    """Return the rows that hold something of every sheet that is shown, in order.

    `most` is how many bytes a part may have once unpacked.

    Raises:
        DAMAGES: when it is damaged, too big, hostile, or no workbook.
    """
    found: dict[str, list[Row]] = {}
    cells_read = 0
    with ZipFile(BytesIO(raw)) as package:
        for name, rows in _sheets(package, most).items():
            found[name] = list(rows)
            cells_read += sum(len(cells) for _, cells in found[name])
            if cells_read > _MAX_CELLS:
                raise ValueError("too many cells")
    return found


def workbook_columns(path: Path, most: int) -> list[tuple[str, ...]]:
    """Return the first row of each sheet of a workbook; nothing of another archive.

    `most` is how many bytes a part may have once unpacked.

    Raises:
        DAMAGES: when it is damaged, too big, or hostile.
    """
    with ZipFile(path) as package:
        firsts = (next(rows, (0, [])) for rows in _sheets(package, most).values())
        return [tuple(cells) for _, cells in firsts]


def _sheets(package: ZipFile, most: int) -> dict[str, Iterator[Row]]:
    if any(info.file_size > most for info in package.infolist()):
        raise ValueError("a part is too big")
    if "xl/workbook.xml" in package.namelist():
        sheets = _xlsx_sheets(package)
    else:
        with package.open("content.xml") as stream:
            names = [_of(one, "name") for one in _ends(stream, "table")]
        sheets = {name: _ods_rows(package, at) for at, name in enumerate(names)}
    if len(sheets) > _MAX_SHEETS:
        raise ValueError("too many sheets")
    return {name: _filled(rows) for name, rows in sheets.items()}


def _filled(rows: Iterator[Row]) -> Iterator[Row]:
    """Yield the rows that hold something, in order and no more than are ever read.

    Each counts for as many cells as the first: a table is as wide as its headings.
    """
    done = width = cells_read = 0
    for number, cells in rows:
        width = width or len(cells)
        cells_read += max(width, len(cells)) if cells else 0
        if number <= done or number > MAX_ROWS or cells_read > _MAX_CELLS:
            raise ValueError("rows out of order, or too many")
        if cells:
            yield number, cells
            done = number


def _lines(rows: Iterator[Row]) -> Iterator[str]:
    """Yield a line for each row up to the last; a short one is as wide as the first."""
    done = width = 0
    for number, cells in rows:
        width = width or len(cells)
        yield from [""] * (number - done - 1)
        texts = [""] * max(width, len(cells))
        for at, cell in enumerate(cells):
            text = " ".join(cell.split()) if "\n" in cell or "\r" in cell else cell
            is_plain = ";" not in text and '"' not in text
            texts[at] = text if is_plain else '"' + text.replace('"', '""') + '"'
        yield ";".join(texts)
        done = number


def _ends(stream: IO[bytes], *wanted: str) -> Iterator[ET.Element]:
    """Yield the elements of these names, each emptied once it was read.

    Names are compared without their namespace: Excel has two, and LibreOffice one.
    """
    for _, element in ET.iterparse(_Plain(stream)):  # noqa: S314 - no entity
        if _name(element.tag) in wanted:
            yield element
            element.clear()


def _root(package: ZipFile, part: str) -> ET.Element:
    with package.open(part) as stream:
        return ET.parse(_Plain(stream)).getroot()  # noqa: S314 - no entity


class _Plain:
    """A stream of XML that declares no entity: none of these formats does."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._last = b""

    def read(self, size: int = -1) -> bytes:
        part = self._stream.read(size)
        if b"<!" in self._last + part and re.search(
            rb"<!(DOCTYPE|ENTITY)", self._last + part
        ):
            raise ValueError("a document type")
        self._last = part[-9:]
        return part


@cache
def _name(tag: str) -> str:
    return tag.rpartition("}")[2]


def _of(element: ET.Element, name: str) -> str:
    """Return an attribute whatever its namespace; empty when there is none."""
    return next((v for key, v in element.attrib.items() if _name(key) == name), "")


_BUILT_IN_DATES = {*range(14, 18), 22, *range(27, 37), *range(50, 59)}
"""Formats of a day that need no declaration, hours alone left out."""

_BUILT_IN_SHARES = {9, 10}
_DAY_OR_YEAR = re.compile(r"[dy]", re.IGNORECASE)
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


def _xlsx_sheets(package: ZipFile) -> dict[str, Iterator[Row]]:
    book = _root(package, "xl/workbook.xml")
    with package.open("xl/_rels/workbook.xml.rels") as stream:
        targets = {
            _of(one, "Id"): _of(one, "Target") for one in _ends(stream, "Relationship")
        }
    properties = next(
        (one for one in book.iter() if _name(one.tag) == "workbookPr"), book
    )
    epoch = (
        datetime(1904, 1, 1)  # noqa: DTZ001 - a sheet knows no zone
        if _of(properties, "date1904") in {"1", "true"}
        else datetime(1899, 12, 30)  # noqa: DTZ001
    )
    reader = _Xlsx(package, epoch)
    sheets: dict[str, Iterator[Row]] = {}
    for sheet in book.iter():
        if _name(sheet.tag) == "sheet" and _of(sheet, "state") in {"", "visible"}:
            target = targets[_of(sheet, "id")].lstrip("/")
            part = target if target.startswith("xl/") else f"xl/{target}"
            sheets[_of(sheet, "name")] = reader.rows(part)
    return sheets


class _Xlsx:
    """The cells of a workbook of Excel: shared texts, formats of days."""

    def __init__(self, package: ZipFile, epoch: datetime) -> None:
        self._package = package
        self._epoch = epoch
        self._texts: list[str] = []
        if "xl/sharedStrings.xml" in package.namelist():
            with package.open("xl/sharedStrings.xml") as stream:
                self._texts = [_read_text(text) for text in _ends(stream, "si")]
        days, shares = set(_BUILT_IN_DATES), set(_BUILT_IN_SHARES)
        styles: list[int] = []
        has_styles = "xl/styles.xml" in package.namelist()
        for group in _root(package, "xl/styles.xml") if has_styles else ():
            if _name(group.tag) == "numFmts":
                for one in group:
                    code = _LITERAL.sub("", _of(one, "formatCode"))
                    if _DAY_OR_YEAR.search(code):
                        days.add(int(_of(one, "numFmtId")))
                    if "%" in code:
                        shares.add(int(_of(one, "numFmtId")))
            if _name(group.tag) == "cellXfs":
                styles = [int(_of(one, "numFmtId") or 0) for one in group]
        self._days = {at for at, style in enumerate(styles) if style in days}
        self._shares = {at for at, style in enumerate(styles) if style in shares}

    def rows(self, part: str) -> Iterator[Row]:
        with self._package.open(part) as stream:
            for at, row in enumerate(_ends(stream, "row"), start=1):
                cells: list[str] = []
                last = 0
                for cell in row:
                    letters = cell.get("r", "").rstrip("0123456789")
                    column = _column_of(letters) or last + 1
                    if not last < column <= MAX_COLUMN:
                        raise ValueError("columns out of order, or too many")
                    last = column
                    if value := self._value(cell):
                        cells += [*([""] * (column - len(cells) - 1)), value]
                yield int(_of(row, "r") or at), cells

    def _value(self, cell: ET.Element) -> str:
        kind = cell.get("t", "")
        if kind == "inlineStr":
            return _read_text(cell)
        parts = {_name(one.tag): one.text or "" for one in cell}
        value = parts.get("v", "")
        if kind == "e" or ("f" in parts and not value and kind != "str"):
            return UNREADABLE  # an error, or a formula that nobody computed
        if kind == "s":
            return self._texts[int(value)] if value else ""
        if kind in {"str", "b", "d"} or not value:
            return value
        style = int(cell.get("s", 0))
        if style in self._days:
            when = self._epoch + timedelta(seconds=round(float(value) * 86_400))
            is_whole = when.time() == datetime.min.time()
            return when.date().isoformat() if is_whole else when.isoformat()
        return _share(value) if style in self._shares else _number(value)


MAX_COLUMN = 16_384
"""Columns of the widest sheet."""


@cache
def _column_of(letters: str) -> int:
    """Return the number of a column, from 1; 0 when no letter gives it."""
    number = 0
    for letter in letters.upper()[:4]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _read_text(element: ET.Element) -> str:
    """Return the text of a cell, without how its words are read aloud."""
    parts = []
    for child in element:
        name = _name(child.tag)
        if name == "t":
            parts.append(child.text or "")
        elif name in {"r", "is"}:
            parts.append(_read_text(child))
    return "".join(parts)


def _number(text: str) -> str:
    """Return a number as one writes it: `2.17E5` is 217000."""
    if re.fullmatch(r"-?\d+", text):
        return text
    value = float(text)
    return str(int(value)) if value.is_integer() else repr(value)


def _share(text: str) -> str:
    """Return a share as it is shown: `0.055` is `5.5%`."""
    return f"{_number(str(round(100 * float(text), 9)))}%"


def _ods_rows(package: ZipFile, before: int) -> Iterator[Row]:
    """Yield the rows of the table that comes after so many others."""
    number, ended = 1, 0
    with package.open("content.xml") as stream:
        for element in _ends(stream, "table", "table-row"):
            if _name(element.tag) == "table":
                ended += 1
            elif ended == before:
                repeated = int(_of(element, "number-rows-repeated") or 1)
                cells = _ods_cells(element)
                if cells and number + repeated > MAX_ROWS:
                    raise ValueError("too many rows")
                for at in range(repeated if cells else 0):
                    yield number + at, list(cells)
                number += repeated


_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
_REPEATED = f"{{{_OASIS}table:1.0}}number-columns-repeated"
_KIND, _VALUE, _DATE, _BOOLEAN = (
    f"{{{_OASIS}office:1.0}}{name}"
    for name in ("value-type", "value", "date-value", "boolean-value")
)
_EXACT_KIND = (
    "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
)


def _ods_cells(row: ET.Element) -> list[str]:
    """Return the cells of a row up to the last that holds something."""
    cells: list[str] = []
    blank = 0
    for cell in row:
        if _name(cell.tag) not in {"table-cell", "covered-table-cell"}:
            continue
        repeated = int(cell.get(_REPEATED, 1))
        value = _ods_value(cell)
        if not value:
            blank += repeated
            continue
        if len(cells) + blank + repeated > MAX_COLUMN:
            raise ValueError("too many columns")
        cells += [*([""] * blank), *([value] * repeated)]
        blank = 0
    return cells


def _ods_value(cell: ET.Element) -> str:
    if cell.get(_EXACT_KIND) == "error":
        return UNREADABLE
    kind = cell.get(_KIND, "")
    if kind == "percentage":
        return _share(cell.get(_VALUE, ""))
    if kind in {"float", "currency"}:
        return _number(cell.get(_VALUE, ""))
    if kind == "boolean":
        return "1" if cell.get(_BOOLEAN) == "true" else "0"
    if kind == "date":
        return cell.get(_DATE, "").removesuffix("T00:00:00")
    lines = [_ods_text(one) for one in cell if _name(one.tag) == "p"]
    return "\n".join(lines)


def _ods_text(element: ET.Element) -> str:
    text = element.text or ""
    for child in element:
        name = _name(child.tag)
        if name == "s":
            text += " " * min(int(_of(child, "c") or 1), 100)
        elif name not in {"annotation", "line-break", "tab"}:
            text += _ods_text(child)
        else:
            text += " " * (name != "annotation")
        text += child.tail or ""
    return text
