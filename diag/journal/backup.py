"""Backups: whole copies, checked to the last byte before they count as one."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import date
from hashlib import sha256
from itertools import chain, count
from pathlib import Path
from typing import Any

from diag.journal import connection as keys
from diag.journal import proof
from diag.journal.connection import connect
from diag.journal.errors import (
    DamagedError,
    JournalError,
    NotAJournalError,
    UnreachableError,
    in_french,
    is_of_sqlite,
)

FOLDER = "backups"
"""Where copies go, inside the workspace."""

KEPT = 3
"""How many daily copies are kept."""

_DAILY = "diag-20??-??-??.db"


def backup(
    connection: sqlite3.Connection, folder: Path, day: date | None = None
) -> Path:
    """Copy the journal into its own `folder`, by day; keep the last three.

    Raises:
        JournalError: when the copy could not be made, or is not what was written.
    """
    path = folder / f"diag-{day or date.today()}.db"  # noqa: DTZ011 -- a user's day
    copy(connection, path)
    for old in _outdated(folder, path.name):
        old.unlink()
        photos_beside(old).unlink(missing_ok=True)
        keys.mark_path(old).unlink(missing_ok=True)
        keys.mark_path(photos_beside(old)).unlink(missing_ok=True)
        overlay_beside(old).unlink(missing_ok=True)
    return path


def _outdated(folder: Path, newest: str) -> list[Path]:
    """Return the copies to let go of, never the one just made.

    Those that a clock gone ahead dated after it go first: they would outlive every
    copy to come.
    """

    def rank(path: Path) -> tuple[bool, str]:
        return path.name <= newest, path.name

    return sorted(folder.glob(_DAILY), key=rank)[:-KEPT]


def photos_beside(copied: Path) -> Path:
    """Return where the photos of a journal's copy are kept."""
    return copied.with_name(f"{copied.stem}-photos{copied.suffix}")


def overlay_beside(copied: Path) -> Path:
    """Return where the syndicat's own checklists are kept, beside a journal's copy."""
    return copied.with_name(f"{copied.stem}-overlay.zip")


def backup_elsewhere(
    connection: sqlite3.Connection, folder: Path, mark: str, day: date
) -> Path:
    """Copy the journal into a folder that others may share: nothing there is touched.

    `mark` distinguishes this workspace's copies. A second copy of the day has a
    number.

    Raises:
        JournalError: when the copy could not be made, or is not what was written.
    """
    name = f"diag-{mark}-{day}"
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    paths = (folder / f"{each}.db" for each in names)
    path = next(
        each
        for each in paths
        if not any(
            part.exists() for part in (each, photos_beside(each), overlay_beside(each))
        )
    )
    copy(connection, path)
    return path


def copy(
    connection: sqlite3.Connection,
    path: Path,
    check: Callable[[Path], None] | None = None,
) -> None:
    """Write a checked copy of a live journal at `path`, whole or not at all.

    `check` is the check of another kind of file.

    Raises:
        JournalError: when it could not be made, or is not what was written.
    """
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        part.touch(0o600, exist_ok=False)  # SQLite fills an empty file
        with in_french(path):
            (reading,) = connection.execute("pragma query_only").fetchone()
            connection.execute("pragma query_only = 0")
            try:
                connection.execute("vacuum into ?", [str(part)])
            finally:
                connection.execute(f"pragma query_only = {reading}")
        _copy_mark(Path(connection.execute("pragma database_list").fetchone()[2]), path)
        (check or verify)(part)
        _sync(part)
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise UnreachableError(
            f"{path} : la sauvegarde n'a pas pu être écrite ({error.strerror})."
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _copy_mark(source: Path, target: Path) -> None:
    mark = keys.mark_path(target)
    known = keys.mark_for(source)
    if known is not None and known != mark and not keys.is_plain(source):
        mark.write_bytes(known.read_bytes())
        _sync(mark)


def damage_in(path: Path) -> str:
    """Return what is wrong with a journal's file, in French; empty when nothing is."""
    try:
        if path.exists():
            verify(path)
            with closing(connect(path, readonly=True)) as connection, in_french(path):
                ((verdict, *_), *_) = connection.execute("pragma integrity_check(1)")
            if verdict != "ok":
                return f"{path} : {DamagedError.sentence}"
    except JournalError as error:
        return str(error)
    return ""


def verify_log(path: Path) -> None:
    """Check a copy made before an upgrade: what follows from its log is found again.

    Raises:
        DamagedError: at the first thing that is not what was written.
    """
    verify(path, logs_alone=True)


def verify(path: Path, *, logs_alone: bool = False) -> None:
    """Check the structure of a journal's file, and all that has a hash or a sum.

    Raises:
        DamagedError: at the first thing that is not what was written.
    """
    with closing(connect(path, readonly=True)) as connection, in_french(path):
        (verdict,) = connection.execute("pragma quick_check(1)").fetchone()
        if verdict != "ok":
            raise DamagedError(f"{path} : la base est abîmée ({verdict}).")
        try:
            proof.check_copy(connection, logs_alone=logs_alone)
        except DamagedError as error:
            raise DamagedError(f"{path} : {error}") from error
        _verify_editions(connection, path)


def _verify_editions(connection: sqlite3.Connection, path: Path) -> None:
    for digest, body in connection.execute("select digest, body from edition"):
        if sha256(body.encode("utf-8")).hexdigest() != digest:
            raise DamagedError(
                f"{path} : l'édition de grilles {digest[:12]} n'est plus ce qui "
                "avait été écrit. Restaurez une sauvegarde plus ancienne du dossier "
                "« backups »."
            )


def restore(
    copied: Path,
    path: Path,
    aside: str,
    check: Callable[[Path], None] | None = None,
) -> Path | None:
    """Put a copy in the journal's place; return where the present file was set aside.

    `aside` distinguishes the file set aside, a time for example. Nothing is ever
    overwritten. `check` is the check of another kind of file.

    Raises:
        JournalError: when the copy is damaged, or the journal is open somewhere.
    """
    if not copied.is_file():
        raise UnreachableError(
            f"{copied} : sauvegarde introuvable. Vérifiez le chemin."
        )
    check = check or verify
    check(copied)
    kept = path.with_name(f"{path.stem}-{aside}{path.suffix}")
    part = path.with_suffix(".part")
    try:
        if kept.exists():
            raise UnreachableError(f"{kept} existe déjà : rien n'a été remplacé.")
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        part.touch(0o600, exist_ok=False)
        part.write_bytes(copied.read_bytes())
        _sync(part)
        had_one = path.exists()
        if had_one:
            _set_aside(path, kept, check)
        _copy_mark(copied, path)
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise UnreachableError(
            f"{path} : la sauvegarde n'a pas pu être restaurée ({error.strerror})."
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return kept if had_one else None


def _set_aside(path: Path, kept: Path, check: Callable[[Path], None]) -> None:
    try:
        check(path)
    except (DamagedError, NotAJournalError):
        pass  # its log stays beside it, untouched: something may be saved from it
    else:
        fold(path)
    for suffix in ("-shm", "-wal", ""):
        side = path.with_name(path.name + suffix)
        if side.exists():
            side.rename(kept.with_name(kept.name + suffix))
    mark = keys.mark_path(path)
    if mark.exists():
        keys.mark_path(kept).write_bytes(mark.read_bytes())


def fold(path: Path) -> None:
    """Bring the write-ahead log back into the file, which proves that it is alone."""
    with closing(connect(path)) as connection, in_french(path):
        connection.execute("pragma busy_timeout = 0")
        connection.execute("pragma journal_mode = delete").fetchone()


def put_in_place(part: Path, path: Path) -> None:
    """Have a file that is whole take the place of another, durably."""
    _sync(part)
    part.replace(path)
    _sync_folder(path.parent)


def _sync(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


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
    try:
        yield from connection.execute(sql)
    except Exception as error:
        if not is_of_sqlite(error):
            raise
