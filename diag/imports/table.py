"""Rows and columns out of a text: CSV of any dialect met, or the portal's JSON.

A quote that never closes takes its own line only, never the rest of the file.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from diag.imports.source import Source, refusal

MAX_LINE = 65_536
"""Longest line read, in characters: fifty times the longest real one."""

MAX_COLUMNS = 500
"""Most columns read: seven times the widest real file."""

_MAX_QUOTED_LINES = 10
_DELIMITERS = ";,\t"


class Row(NamedTuple):
    """The cells of one row, as many as there are columns."""

    line: int
    """Line of the file where the row starts, or number of the record in JSON."""
    cells: list[str]


class BadRow(NamedTuple):
    """A row whose cells cannot be told apart."""

    line: int
    reason: str


@dataclass(frozen=True)
class Table:
    """What a file holds, before anything is known of its meaning."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    bad_rows: tuple[BadRow, ...]
    unit: str
    """What `line` counts, in French: `ligne` or `enregistrement`."""
    is_cut: bool
    """Whether the last line stops short: an interrupted download."""


def read_table(source: Source) -> Table:
    """Return the rows of a CSV or JSON text.

    Raises:
        ImportRefusedError: when JSON is broken or holds no records.
    """
    start = source.text.lstrip()[:1]
    return _from_json(source) if start in {"[", "{"} else _from_csv(source)


def _from_csv(source: Source) -> Table:
    lines = source.text.split("\n")
    first = 1 if lines[0].lower().startswith("sep=") and len(lines) > 1 else 0
    header = lines[first]
    if len(header) > MAX_LINE:
        raise refusal(
            source.name,
            f"ligne {first + 1} de plus de {MAX_LINE} caractères",
            "Ce n'est pas un CSV ligne par ligne : téléchargez-le de nouveau",
        )
    delimiter = max(_DELIMITERS, key=header.count)
    columns = tuple(name.strip() for name in _split(header, delimiter))
    _check_width(source, columns)
    rows: list[Row] = []
    bad: list[BadRow] = []
    cut = False
    for line, cells in _records(lines[first + 1 :], first + 2, delimiter, bad):
        missing = len(columns) - len(cells)
        if missing > 0 and line == len(lines):
            cut = True
            bad.append(BadRow(line, "ligne coupée : le fichier s'arrête au milieu"))
        elif missing < 0 and any(cells[len(columns) :]):
            reason = f"{len(cells)} colonnes au lieu de {len(columns)}"
            bad.append(BadRow(line, reason))
        else:  # Excel drops the empty cells that end a line
            rows.append(Row(line, cells[: len(columns)] + [""] * missing))
    return Table(columns, tuple(rows), tuple(bad), "ligne", cut)


def _records(
    lines: list[str], number: int, delimiter: str, bad: list[BadRow]
) -> Iterator[tuple[int, list[str]]]:
    index = 0
    while index < len(lines):
        line, start = lines[index], number + index
        index += 1
        if len(line) > MAX_LINE:
            bad.append(BadRow(start, f"ligne de plus de {MAX_LINE} caractères"))
        elif '"' in line:
            span = lines[index - 1 : index - 1 + _MAX_QUOTED_LINES]
            cells, taken = _quoted(span, delimiter)
            index += taken - 1
            yield start, cells
        elif line.strip(delimiter + " "):
            yield start, line.split(delimiter)


def _quoted(lines: list[str], delimiter: str) -> tuple[list[str], int]:
    """Return the cells that start on the first line, and how many lines they take."""
    for taken in range(1, len(lines) + 1):
        joined = "\n".join(lines[:taken])
        if len(joined) > MAX_LINE:
            break
        try:
            (cells,) = csv.reader([joined], delimiter=delimiter, strict=True)
        except (csv.Error, ValueError):
            continue
        return cells, taken
    return lines[0].split(delimiter), 1


def _split(line: str, delimiter: str) -> list[str]:
    return _quoted([line], delimiter)[0]


def _from_json(source: Source) -> Table:
    try:
        records = list(_records_of(json.loads(source.text)))
        columns = tuple(dict.fromkeys(name for record in records for name in record))
        _check_width(source, columns)
        rows = tuple(
            Row(number, [_cell(record.get(name)) for name in columns])
            for number, record in enumerate(records, start=1)
        )
    except (ValueError, RecursionError) as error:
        where = f"ligne {error.lineno}, " if hasattr(error, "lineno") else ""
        raise refusal(
            source.name,
            f"{where}JSON coupé, ou sans liste d'enregistrements",
            "Téléchargez-le de nouveau, ou prenez l'export CSV",
        ) from error
    return Table(columns, rows, (), "enregistrement", is_cut=False)


def _check_width(source: Source, columns: tuple[str, ...]) -> None:
    if len(columns) > MAX_COLUMNS:
        raise refusal(
            source.name,
            f"{len(columns)} colonnes, plus que les {MAX_COLUMNS} admises",
            "Prenez le fichier tel que le portail l'exporte",
        )


def _records_of(parsed: object) -> Iterator[Mapping[str, object]]:
    """Yield the fields of each record, in the layouts of the portal's two APIs."""
    if isinstance(parsed, dict):
        parsed = parsed.get("results", parsed.get("records"))
    if not isinstance(parsed, list):
        raise ValueError("no list of records")  # noqa: TRY004 - caught just above
    for record in parsed:
        fields = record
        for wrapper in ("record", "fields"):
            if isinstance(fields, dict) and isinstance(fields.get(wrapper), dict):
                fields = fields[wrapper]
        if isinstance(fields, dict):
            yield fields


def _cell(value: object) -> str:
    """Return a JSON value as the CSV export would have written it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, dict):
        if "lat" in value and "lon" in value:
            return f"{value['lat']}, {value['lon']}"
        return ""
    if isinstance(value, Iterable) and not isinstance(value, str):
        return "|".join(_cell(item) for item in value)
    return str(value)
