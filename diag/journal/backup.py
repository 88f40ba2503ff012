"""Backups: whole copies, checked to the last byte before they count as one."""

import os
import sqlite3
import sys
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from datetime import date
from hashlib import sha256
from itertools import chain, count
from pathlib import Path
from shutil import copyfile

from diag.journal import connection as keys
from diag.journal import proof
from diag.journal import schema as migrations
from diag.journal.connection import connect, in_french
from diag.journal.errors import (
    DamagedError,
    JournalError,
    NotAJournalError,
    UnreachableError,
)
from diag.journal.revision import unread

FOLDER = "backups"
"""Where copies go, inside the workspace."""

KEPT = 3
"""How many daily copies are kept."""

_DAILY = "diag-20??-??-??.db"

_SHARED_LOCK = 0x40000002
"""Where SQLite locks a file that it has open: 510 bytes, never written."""


def backup(
    connection: sqlite3.Connection, folder: Path, day: date | None = None
) -> Path:
    """Copy the journal into its own `folder`, by day; keep the last three.

    Raises:
        JournalError: when the copy could not be made, or is not what was written.
    """
    path = folder / f"diag-{day or date.today()}.db"  # noqa: DTZ011 -- a user's day
    copy(connection, path)
    # Those that a clock gone ahead dated after it go first: they would outlive every
    # copy to come.
    ranked = [(each.name <= path.name, each) for each in folder.glob(_DAILY)]
    for _, old in sorted(ranked)[:-KEPT]:
        old.unlink()
        photos_beside(old).unlink(missing_ok=True)
        keys.mark_path(old).unlink(missing_ok=True)
        keys.mark_path(photos_beside(old)).unlink(missing_ok=True)
        overlay_beside(old).unlink(missing_ok=True)
    return path


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
            f"{path} : la copie n'a pas pu être écrite ({error.strerror}). "
            "Vérifiez la place sur le disque, et vos droits sur ce dossier."
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
        (verdict,) = connection.execute("pragma integrity_check(1)").fetchone()
        if verdict != "ok":
            raise DamagedError(f"{path} : la base est abîmée ({verdict}).")
        if not migrations.applied(connection):  # an empty file is an empty base
            raise NotAJournalError(f"{path} : {NotAJournalError.sentence}")
        try:
            proof.check_copy(connection, logs_alone=logs_alone)
        except DamagedError as error:
            raise DamagedError(f"{path} : {error}", command=error.command) from error
        if "m008_opaque" in migrations.applied(connection):  # not in an older copy
            for key, body in connection.execute("select id, body from opaque"):
                one = unread(body.encode("utf-8"))
                if one is None or one.key != key:
                    raise DamagedError(
                        f"{path} : la modification {key.hex()}, d'une version plus "
                        "récente, n'est plus ce qui avait été écrit. Restaurez une "
                        "copie plus ancienne du dossier « backups »."
                    )
        for digest, body in connection.execute("select digest, body from edition"):
            if sha256(body.encode("utf-8")).hexdigest() != digest:
                raise DamagedError(
                    f"{path} : l'édition de grilles {digest[:12]} n'est plus ce qui "
                    "avait été écrit. Restaurez une copie plus ancienne du dossier "
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
        raise UnreachableError(f"{copied} : copie introuvable. Vérifiez le chemin.")
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
        copyfile(copied, part)
        _sync(part)
        had_one = path.exists()
        if had_one:
            _set_aside(path, kept, check)
        _copy_mark(copied, path)
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise UnreachableError(
            f"{path} : la copie n'a pas pu être restaurée ({error.strerror}). "
            "Vérifiez la place sur le disque, et vos droits sur ce dossier."
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


# What no revision holds, and no hash proves: taken as far as SQLite still reads it.


_CARRIED = ("setting", "school", "commune", "town_hall", "access", "import_log")
_OF_LAST = ("outbox", "withheld")
_COLUMNS = "select name from pragma_table_info(?)"


def carry_over(path: Path, connection: sqlite3.Connection, *, last: bool) -> None:
    """Take settings and territory from another file; what is here already stays.

    `last`: it is the file that one worked with, whose messages still wait, and what
    bundles brought; an older one may hold some that left since. What cannot be read is
    not taken, nor settings that are not as they were summed; messages are, with their
    own sums, which show those that changed.
    """
    with suppress(JournalError), closing(connect(path, readonly=True)) as other:
        for table in (*_CARRIED, *_OF_LAST) if last else _CARRIED:
            with suppress(JournalError), in_french(path):
                if (
                    table == "setting"
                    and "m007_sums" in migrations.applied(other)
                    and not proof.is_sealed(other, table)
                ):
                    continue
                theirs = {name for (name,) in other.execute(_COLUMNS, [table])}
                ours = [name for (name,) in connection.execute(_COLUMNS, [table])]
                both = [name for name in ours if name in theirs]
                names, marks = ", ".join(both), ", ".join("?" * len(both))
                read = f"select {names} from {table}"  # noqa: S608 -- names of this module
                keep = f"insert or ignore into {table}({names}) values ({marks})"  # noqa: S608 -- idem
                for row in other.execute(read) if both else ():
                    connection.execute(keep, row)
        if last and "m007_sums" in migrations.applied(other):
            try:  # the sums of messages as they were; of what cannot be read, a doubt
                with in_french(path):
                    sums = other.execute(proof.SUMS_OF_MESSAGES).fetchall()
                    keep = "insert or ignore into proof values (?, ?)"
                    connection.executemany(keep, sums)
            except JournalError:
                proof.doubt(connection, proof.MESSAGES)
    proof.seal(connection, "setting")


def set_aside_lines(
    connection: sqlite3.Connection, lines: Iterable[tuple[bytes, bytes, str]]
) -> None:
    """Keep lines apart, with their id and why: another file had them so."""
    connection.executemany(
        "insert or ignore into quarantine values (?, ?, ?, null)",
        [(key, line.decode("utf-8"), problem) for key, line, problem in lines],
    )


_KNOWN = """
select id from rev union select id from erased union select id from quarantine
"""


def unknown_among(connection: sqlite3.Connection, keys: Iterable[bytes]) -> set[bytes]:
    """Return the revisions that a journal neither holds, nor erased, nor set aside."""
    return set(keys) - {key for (key,) in connection.execute(_KNOWN)}


def last_written(connection: sqlite3.Connection) -> int:
    """Return the latest time that a revision in force has, UTC milliseconds; or 0."""
    (last,) = connection.execute("select max(at) from head").fetchone()
    return last or 0


def is_open_elsewhere(path: Path) -> bool:
    """Say whether another program has a database open, damaged or not.

    By the lock that SQLite holds on it all the while; this program must have closed it.
    """
    if sys.platform != "win32":  # a file that is open there cannot be renamed
        import fcntl  # noqa: PLC0415 - where there are such locks

        with path.open("r+b") as file:
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 510, _SHARED_LOCK)
            except OSError:
                return True
    return False
