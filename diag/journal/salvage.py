"""What a damaged journal still tells: revisions prove themselves by their hash."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

from diag.journal.connection import connect
from diag.journal.errors import in_french, is_of_sqlite

_ALL = "select audit, id, body, erased from rev"
_WAYS = (
    " order by audit, subject, id",
    " order by audit desc, subject desc, id desc",
)
_LEAST = 50
"""Audits are numbered from one: how many are looked for where none can be counted."""


def readable_lines(path: Path) -> Iterator[bytes]:
    """Give the lines of a file that are still what was written, each once.

    A page that cannot be read hides its own lines, not those before and after it: the
    table is read from both ends, then audit by audit.

    Raises:
        JournalError: when the file is no journal at all, or its key is lost.
    """
    with closing(connect(path, readonly=True)) as connection, in_french(path):
        connection.text_factory = bytes
        seen: set[bytes] = set()
        for _, key, body, erased in _every_row(connection):
            if key not in seen and (erased or sha256(body).digest() == key):
                seen.add(key)
                yield body


def _every_row(connection: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    top = _LEAST
    for way in _WAYS:
        for row in _rows(connection, _ALL + way):
            top = max(top, row[0])
            yield row
    for audit in range(1, top + 1):
        for way in _WAYS:
            yield from _rows(connection, f"{_ALL} where audit = {audit}{way}")


def _rows(connection: sqlite3.Connection, sql: str) -> Iterator[tuple[Any, ...]]:
    """Give rows until one cannot be read."""
    try:
        yield from connection.execute(sql)
    except Exception as error:
        if not is_of_sqlite(error):
            raise
