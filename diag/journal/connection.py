"""The one function that opens a connection: durable settings, read back."""

import sqlite3
import sys
from pathlib import Path
from time import monotonic, sleep

from diag.journal import keys
from diag.journal.errors import (
    NotAJournalError,
    ReadOnlyError,
    UnreachableError,
    UnsafeError,
    code_of,
    in_french,
)

_ALWAYS = {
    "busy_timeout": 10_000,
    "foreign_keys": 1,
    "temp_store": 2,  # memory: nothing leaks to temporary files, and it is faster
    "trusted_schema": 0,
}
_READING = {"query_only": 1}
_WRITING: dict[str, int | str] = {
    "journal_mode": "wal",
    "synchronous": 2,  # full: a commit survives a power cut
    "secure_delete": 1,  # an erased value leaves no bytes behind
    "journal_size_limit": 67_108_864,
}
_MACOS = {"fullfsync": 1, "checkpoint_fullfsync": 1}
_STATEMENTS = 256
_PATIENCE = 5.0
_PAUSE = 0.02
"""Seconds: how long two programs that make the same file wait for each other."""


def connect(
    path: Path, *, readonly: bool = False, shared: bool = False
) -> sqlite3.Connection:
    """Open the journal's file, or refuse when a guarantee does not hold.

    Transactions are explicit: the caller says `begin immediate`. A file to read, on a
    medium where nothing can be written, is read as one that nobody changes. `shared`:
    several threads use it, one at a time.

    Raises:
        JournalError: when the file cannot be opened safely.
    """
    try:
        return _connect(path, "ro" if readonly else "rwc", shared=shared)
    except (ReadOnlyError, UnreachableError):
        if readonly and _is_still(path):
            return _connect(path, "ro&immutable=1", shared=shared)
        raise


def _is_still(path: Path) -> bool:
    """Say whether a file holds all that was written: no log waits beside it."""
    log = path.with_name(f"{path.name}-wal")
    return path.is_file() and not (log.is_file() and log.stat().st_size)


def _connect(path: Path, mode: str, *, shared: bool) -> sqlite3.Connection:
    readonly = mode.startswith("ro")
    uri, key = f"{path.absolute().as_uri()}?mode={mode}", keys.key_of(path)
    try:
        return _opened(path, uri, key, readonly=readonly, shared=shared)
    except NotAJournalError as error:
        if key is None:
            raise
        raise NotAJournalError(
            f"{path} : la clé {keys.key_id(key)} n'ouvre pas ce fichier, ou il est "
            "abîmé. Vérifiez que son fichier « -chiffrement.json » est bien le sien ; "
            "sinon, restaurez une sauvegarde du dossier « backups »."
        ) from error


def _opened(
    path: Path, uri: str, key: bytes | None, *, readonly: bool, shared: bool
) -> sqlite3.Connection:
    with in_french(path):
        connection = _bare(uri, key, shared=shared)
        try:
            _settle(connection, _settings(readonly=readonly))
            connection.execute("select count(*) from sqlite_schema").fetchone()
        except BaseException:
            connection.close()
            raise
    return connection


def _bare(uri: str, key: bytes | None, *, shared: bool) -> sqlite3.Connection:
    if key is None:
        return sqlite3.connect(
            uri,
            uri=True,
            isolation_level=None,
            cached_statements=_STATEMENTS,
            check_same_thread=not shared,
        )
    from diag.journal.cipher import connect_encrypted  # noqa: PLC0415 - an extra

    return connect_encrypted(
        uri, key, cached_statements=_STATEMENTS, check_same_thread=not shared
    )


def _settings(*, readonly: bool) -> dict[str, int | str]:
    if readonly:
        return {**_ALWAYS, **_READING}
    durable = _MACOS if sys.platform == "darwin" else {}
    return {**_ALWAYS, **_WRITING, **durable}


def _set(connection: sqlite3.Connection, pragma: str) -> None:
    """Run a pragma; SQLite does not wait by itself to switch a new file to WAL."""
    end = monotonic() + _PATIENCE
    while True:
        try:
            connection.execute(pragma).fetchall()
        except Exception as error:
            if code_of(error) != sqlite3.SQLITE_BUSY or monotonic() > end:
                raise
            sleep(_PAUSE)
        else:
            return


def _settle(connection: sqlite3.Connection, settings: dict[str, int | str]) -> None:
    for name, value in settings.items():
        _set(connection, f"pragma {name} = {value}")
        (taken,) = connection.execute(f"pragma {name}").fetchone()
        if taken != value:
            raise UnsafeError(
                f"SQLite {sqlite3.sqlite_version} n'a pas pris le réglage "
                f"{name} = {value} (il garde {taken}) : diag ne peut pas garantir "
                "vos saisies sur cet ordinateur ou dans ce dossier"
            )
