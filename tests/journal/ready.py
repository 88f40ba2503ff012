"""A new journal's tables, copied: the migrations make them once a worker."""

import sqlite3
from functools import cache
from pathlib import Path

from diag.journal import file

_bring_up_to_date = file._bring_up_to_date


def bring_up_to_date(path: Path, connection: sqlite3.Connection) -> None:
    """Take the place of the program's own, which then finds nothing due."""
    is_plain = isinstance(connection, sqlite3.Connection)
    if is_plain and not connection.execute("select 1 from sqlite_schema").fetchone():
        _tables().backup(connection)
    _bring_up_to_date(path, connection)


@cache
def _tables() -> sqlite3.Connection:
    return file.open_in_memory()
