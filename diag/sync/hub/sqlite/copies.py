"""Copies of a hub's SQLite file: checked to the last byte before they count as one."""

from contextlib import closing
from hashlib import sha256
from pathlib import Path

from diag.journal import backup
from diag.journal.connection import connect
from diag.journal.errors import DamagedError, LockedError, NotAJournalError, in_french
from diag.sync.hub.sqlite.schema import VERSION

_SUMS = "select n, id, last_seq, digest from audit"


_ROWS = "select seq, id, body, erased from rev where audit = ? order by seq"


def back_up(path: Path, copied: Path) -> None:
    """Copy a live file, whole or not at all.

    Raises:
        JournalError: when it could not be made, or is not what was written.
    """
    with closing(connect(path, readonly=True)) as connection:
        backup.copy(connection, copied, verify)


def restore(copied: Path, path: Path, aside: str) -> Path | None:
    """Put a copy back in service; return what was set aside.

    Raises:
        JournalError: when the copy is damaged, or the hub is running.
    """
    try:
        return backup.restore(copied, path, aside, verify)
    except LockedError as error:
        raise LockedError(
            f"{path} : le serveur est en marche. Arrêtez-le (systemctl stop "
            "diag-hub), puis recommencez ; rien n'a été changé."
        ) from error


def verify(path: Path) -> None:
    """Check a file's structure, every hash, every sum.

    Raises:
        JournalError: at the first thing that is not what was written.
    """
    with closing(connect(path, readonly=True)) as connection, in_french(path):
        if connection.execute("pragma user_version").fetchone() != (VERSION,):
            raise NotAJournalError(
                f"{path} n'est pas la base d'un serveur de diag : ses copies "
                "s'appellent hub-DATE.db."
            )
        (verdict,) = connection.execute("pragma quick_check(1)").fetchone()
        if verdict != "ok":
            raise DamagedError(f"{path} : le fichier est abîmé ({verdict}).")
        for number, audit, revisions, digest in connection.execute(_SUMS):
            total = 0
            seqs = 0
            for seq, key, body, erased in connection.execute(_ROWS, (number,)):
                whole = sha256(body.encode("utf-8")).digest() == key
                if seq != seqs + 1 or not (erased or whole):
                    raise _damaged(path, audit)
                total ^= int.from_bytes(key)
                seqs = seq
            if (seqs, total.to_bytes(32)) != (revisions, digest):
                raise _damaged(path, audit)


def _damaged(path: Path, audit: str) -> DamagedError:
    return DamagedError(
        f"{path} : l'audit {audit} n'est plus ce qui avait été reçu. Restaurez une "
        "sauvegarde plus ancienne : les postes rendront la suite."
    )
