"""What PostgreSQL says, in French; a bug stays a bug."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import Error, InterfaceError, OperationalError, errors

from diag.journal.errors import DamagedError, DiskFullError, JournalError, LockedError


class DatabaseDownError(LockedError):
    """The database does not answer: ask again later."""


class DatabaseRefusedError(JournalError):
    """The database lets its user in, and no further."""


_BUSY = (
    errors.LockNotAvailable,
    errors.DeadlockDetected,
    errors.SerializationFailure,
    errors.QueryCanceled,
)


_DAMAGED = (errors.DataCorrupted, errors.IndexCorrupted)


@contextmanager
def in_french(place: str) -> Iterator[None]:
    """Turn what PostgreSQL says of a database into a sentence.

    Raises:
        JournalError: one of its subclasses, with the place and what to do.
    """
    try:
        yield
    except Error as error:
        if meaning := _meaning(error, place):
            raise meaning from error
        raise


def _meaning(error: Error, place: str) -> JournalError | None:
    if isinstance(error, _BUSY):
        return LockedError(f"{place} : la base est occupée. Recommencez.")
    if isinstance(error, errors.DiskFull):
        return DiskFullError(f"{place} : le disque de la base est plein.")
    if isinstance(error, _DAMAGED):
        return DamagedError(f"{place} : la base est abîmée. Restaurez une sauvegarde.")
    if isinstance(error, errors.InsufficientPrivilege):
        return DatabaseRefusedError(
            f"{place} : l'utilisateur n'a pas ce droit ({_first(error)}). Faites-le "
            "propriétaire de la base."
        )
    if isinstance(error, (OperationalError, InterfaceError)):
        return DatabaseDownError(
            f"{place} : la base ne s'ouvre pas ({_first(error)}). Vérifiez que "
            "PostgreSQL est lancé, l'adresse, l'utilisateur et son mot de passe "
            "(PGPASSWORD, ou le fichier que nomme PGPASSFILE)."
        )
    return None


def _first(error: Error) -> str:
    """Return what was said, on one line."""
    said = error.diag.message_primary or str(error)
    return " ".join(said.split())
