"""Encrypted files: SQLCipher in the place of SQLite, and the way from one to another.

`sqlcipher3` is an extra, imported for an encrypted file only.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, cast

from diag.journal.errors import DamagedError, JournalError, UnsafeError, in_french


def connect_encrypted(uri: str, key: bytes, **options: Any) -> sqlite3.Connection:
    """Connect with a key; the settings that must come first are read back.

    Raises:
        JournalError: when SQLCipher is not installed, or is not what it should be.
    """
    connection = driver().connect(uri, uri=True, isolation_level=None, **options)
    try:
        # First: SQLCipher writes its errors to stderr, across the screens.
        (level,) = connection.execute("pragma cipher_log_level = NONE").fetchone()
        connection.execute(f"pragma key = \"x'{key.hex()}'\"")
        version = connection.execute("pragma cipher_version").fetchone()
        _check(level, version)
    except BaseException:
        connection.close()
        raise
    return cast(sqlite3.Connection, connection)


def _check(level: str, version: object) -> None:
    if level != "NONE" or not version:
        raise UnsafeError(
            "SQLCipher n'est pas celui que diag attend : vos saisies ne seraient "
            "pas chiffrées. Réinstallez : pip install 'diag[encrypted]'."
        )


def driver() -> Any:
    """Return SQLCipher's module, whose interface is that of sqlite3.

    Raises:
        JournalError: when the extra is not installed.
    """
    try:
        from sqlcipher3 import dbapi2  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise JournalError(
            "Cet espace de travail est chiffré, et ce diag ne sait pas l'ouvrir. "
            "Installez : pip install 'diag[encrypted]'."
        ) from error
    return dbapi2


def convert(
    path: Path, part: Path, *, before: bytes | None, after: bytes | None
) -> None:
    """Write at `part` what `path` holds, under another key; None is plain.

    Raises:
        JournalError: when the two do not hold the same.
    """
    part.unlink(missing_ok=True)
    uri = f"{path.absolute().as_uri()}?mode=rw"
    opened = driver().connect(uri, uri=True, isolation_level=None)
    with closing(opened) as connection, in_french(path):
        connection.execute("pragma cipher_log_level = NONE").fetchall()
        if before is not None:
            connection.execute(f"pragma key = \"x'{before.hex()}'\"")
        connection.execute("pragma temp_store = 2")
        word = f"x'{after.hex()}'" if after is not None else ""
        connection.execute("attach ? as other key ?", [str(part), word])
        connection.execute("begin immediate")
        connection.execute("select sqlcipher_export('other')").fetchall()
        for name in ("user_version", "application_id"):
            (kept,) = connection.execute(f"pragma main.{name}").fetchone()
            connection.execute(f"pragma other.{name} = {kept}")
        same = _contents(connection, "main") == _contents(connection, "other")
        connection.execute("commit")
    if not same:
        raise DamagedError(f"{path} : la copie ne contient pas la même chose.")


def _contents(connection: Any, schema: str) -> list[Any]:
    """Return the schema of a file, and how many rows each table has."""
    rows = connection.execute(
        f"select type, name, sql from {schema}.sqlite_schema "  # noqa: S608 - our own names
        "where name not like 'sqlite_autoindex%' order by type, name"
    ).fetchall()
    counts = [
        connection.execute(f'select count(*) from {schema}."{name}"').fetchone()  # noqa: S608 - names that the file itself gives
        for kind, name, _ in rows
        if kind == "table"
    ]
    return [rows, counts]
