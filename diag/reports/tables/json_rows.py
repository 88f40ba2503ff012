"""A table for programs: one JSON document, one object a row, codes instead of words."""

import json
from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from diag.reports.tables.table import Cell, Coded, Table, decimals


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
