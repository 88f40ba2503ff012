"""What can go wrong with the journal, in French: what happened, what to do."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ClassVar

from diag.model.errors import DiagError

EXAMINE = "diag doctor"
"""What looks at a damaged journal without writing to it."""


class JournalError(DiagError):
    """The journal could not do what was asked; the message is for the user."""

    sentence: ClassVar[str] = ""
    """What SQLite's own error means, after the name of the file."""
    remedy: ClassVar[str] = ""
    """The command that it advises."""


class LockedError(JournalError):
    """Another program holds the journal."""

    sentence = (
        "le journal est occupé par un autre programme (une autre fenêtre de diag ?). "
        "Fermez-le, puis recommencez."
    )


class DiskFullError(JournalError):
    """Nothing more can be written."""

    sentence = (
        "le disque est plein : rien n'a été écrit. Libérez de la place, "
        "puis recommencez."
    )


class DamagedError(JournalError):
    """What is on disk is not what was written."""

    sentence = (
        "le journal est abîmé, ou le disque ne répond plus correctement. N'y écrivez "
        "plus. Des copies sont dans le dossier « backups » ; faites examiner "
        "l'espace de travail."
    )
    remedy = EXAMINE


def damaged(what: str) -> DamagedError:
    """Return an error that names what is damaged, and has it examined."""
    return DamagedError(
        f"{what} N'y écrivez plus ; faites examiner l'espace de travail.",
        command=EXAMINE,
    )


class NotAJournalError(JournalError):
    """The file is no journal of diag."""

    sentence = (
        "ce fichier n'est pas un journal de diag. Choisissez un autre espace "
        "de travail ; s'il en était un, il est abîmé : des copies sont dans le dossier "
        "« backups », faites examiner l'espace de travail."
    )
    remedy = EXAMINE


class ReadOnlyError(JournalError):
    """The journal is open for reading only."""

    sentence = "le journal est ouvert en lecture seule : rien n'y sera écrit."


class UnreachableError(JournalError):
    """The file cannot be opened."""

    sentence = (
        "le journal ne peut pas être ouvert. Vérifiez que le dossier existe et que "
        "vous avez le droit d'y écrire."
    )


class MovedError(JournalError):
    """The file was deleted, moved or replaced while it was open."""


class UnsafeError(JournalError):
    """This SQLite does not give the guarantees that the journal needs."""


class RefusedError(JournalError):
    """A revision that may not enter."""


_MEANINGS: dict[int, type[JournalError]] = {
    sqlite3.SQLITE_BUSY: LockedError,
    sqlite3.SQLITE_LOCKED: LockedError,
    sqlite3.SQLITE_FULL: DiskFullError,
    sqlite3.SQLITE_CORRUPT: DamagedError,
    sqlite3.SQLITE_IOERR: DamagedError,
    sqlite3.SQLITE_NOTADB: NotAJournalError,
    sqlite3.SQLITE_READONLY: ReadOnlyError,
    sqlite3.SQLITE_CANTOPEN: UnreachableError,
    sqlite3.SQLITE_PERM: UnreachableError,
}

_OUT_OF_SPACE = {
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_DIR_FSYNC,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_SHMOPEN,
    sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_SHMMAP,
}
"""The codes of SQLite when it cannot lengthen a file: nothing written is damaged."""

_CIPHER = "sqlcipher3"

_WORDS = {
    "database is locked": sqlite3.SQLITE_BUSY,
    "database table is locked": sqlite3.SQLITE_LOCKED,
    "database or disk is full": sqlite3.SQLITE_FULL,
    "database disk image is malformed": sqlite3.SQLITE_CORRUPT,
    "disk I/O error": sqlite3.SQLITE_IOERR,
    "file is not a database": sqlite3.SQLITE_NOTADB,
    "readonly database": sqlite3.SQLITE_READONLY,
    "unable to open database file": sqlite3.SQLITE_CANTOPEN,
    "access permission denied": sqlite3.SQLITE_PERM,
}
"""SQLite's words for its codes, where the driver gives no code."""

_ALMOST_FULL = 256 * 1024
"""Free bytes under which an input-output error is one of space."""

_UNREADABLE = "Could not decode to UTF-8"
"""How Python begins to report that a text has changed on disk; it gives no code."""


@contextmanager
def in_french(path: Path) -> Iterator[None]:
    """Turn what SQLite reports of `path` into a sentence; a bug stays a bug.

    Raises:
        JournalError: one of its subclasses, with the file and what to do.
    """
    try:
        yield
    except Exception as error:
        if is_of_sqlite(error) and (sentence := explain(error, path)):
            raise sentence from error
        raise


def is_of_sqlite(error: BaseException) -> bool:
    """Say whether the error is of SQLite, or SQLCipher, whose classes are its own.

    Python cannot read SQLite's message where it quotes a schema that is damaged.
    """
    own = (sqlite3.Error, UnicodeDecodeError)
    return isinstance(error, own) or type(error).__module__.startswith(_CIPHER)


def code_of(error: BaseException) -> int:
    """Return SQLite's own code of an error; SQLCipher gives its words only."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    if code or not type(error).__module__.startswith(_CIPHER):
        return code
    return next((_WORDS[each] for each in _WORDS if each in str(error)), 0)


def explain(error: BaseException, path: Path) -> JournalError | None:
    """Return what SQLite reports of `path`, in French; None for what is a bug."""
    code = code_of(error)
    meaning = _MEANINGS.get(code & 0xFF)
    if isinstance(error, UnicodeDecodeError) or str(error).startswith(_UNREADABLE):
        meaning = DamagedError
    elif code in _OUT_OF_SPACE:
        meaning = DiskFullError
    elif code & 0xFF == sqlite3.SQLITE_IOERR:
        with suppress(OSError):
            if shutil.disk_usage(path.parent).free < _ALMOST_FULL:
                meaning = DiskFullError
    if meaning is None:
        return None
    return meaning(f"{path} : {meaning.sentence}", command=meaning.remedy)
