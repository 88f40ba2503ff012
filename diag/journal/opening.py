"""Opening the file: made when new, copied then upgraded when old, read when newer."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from diag.journal import migrations
from diag.journal.connection import connect
from diag.journal.errors import (
    NotAJournalError,
    ReadOnlyError,
    UnreachableError,
    in_french,
)


class Opened(NamedTuple):
    """A connection, and what may be done with it."""

    connection: sqlite3.Connection
    readonly: bool
    notice: str
    """Why it is read-only although it was not asked, in French; else empty."""


def open_file(path: Path, *, readonly: bool) -> Opened:
    """Open a journal's file.

    Raises:
        JournalError: when it cannot be opened safely.
    """
    notice = _notice(path) if path.exists() else ""
    if readonly or notice:
        return _to_read(path, notice)
    try:
        return _to_write(path)
    except (ReadOnlyError, UnreachableError):
        if not path.exists():
            raise
        return _to_read(path, _notice_of_medium(path))


def _to_read(path: Path, notice: str) -> Opened:
    return Opened(connect(path, readonly=True), readonly=True, notice=notice)


def _to_write(path: Path) -> Opened:
    connection = connect(path)
    try:
        with in_french(path):
            _bring_up_to_date(path, connection)
    except BaseException:
        connection.close()
        raise
    return Opened(connection, readonly=False, notice="")


def _notice(path: Path) -> str:
    """Return why the file may only be read; empty when it may be written."""
    newer = _notice_of_newer(path)
    return newer or ("" if os.access(path, os.W_OK) else _notice_of_medium(path))


def _notice_of_medium(path: Path) -> str:
    return (
        f"{path} s'ouvre en lecture seule : ce disque ou ce dossier n'accepte pas "
        "d'écriture. Pour saisir, copiez l'espace de travail sur votre ordinateur."
    )


def _notice_of_newer(path: Path) -> str:
    """Look before touching: a foreign file is refused, a newer one is only read."""
    with closing(connect(path, readonly=True)) as connection, in_french(path):
        if migrations.is_foreign(connection):
            raise NotAJournalError(
                f"{path} : cette base n'est pas un journal de diag. Choisissez un "
                "autre dossier de travail."
            )
        done = migrations.applied(connection)
    newer = [name for name in done if name not in migrations.NAMES]
    if not newer:
        return ""
    return (
        f"{path} a été écrit par une version plus récente de diag ({newer[-1]}) : "
        "il s'ouvre en lecture seule. Mettez diag à jour pour y écrire."
    )


def _bring_up_to_date(path: Path, connection: sqlite3.Connection) -> None:
    done = migrations.applied(connection)
    if done == migrations.NAMES:
        return
    if done:
        # Only who upgrades copies: the list of schools is shown sooner.
        from diag.journal import backup  # noqa: PLC0415

        name = f"diag-avant-{migrations.NAMES[-1]}.db"
        backup.copy(connection, path.parent / backup.FOLDER / name)
    migrations.upgrade(connection)
