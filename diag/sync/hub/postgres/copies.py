"""Copies of a hub's database by PostgreSQL's own tools, checked before they count.

What was hashed is what is copied: `pg_dump` reads the snapshot that was checked.
"""

import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

from psycopg import Connection, sql
from psycopg.errors import LockNotAvailable

from diag.journal.errors import DamagedError, LockedError, NotAJournalError
from diag.model.errors import DiagError
from diag.sync.hub.postgres.address import shown
from diag.sync.hub.postgres.connections import PRESENCE, Connections, connected
from diag.sync.hub.postgres.errors import in_french
from diag.sync.hub.postgres.migrations import SCHEMA

_SUMS = "select n, id, last_seq, digest from audit order by n"


_ROWS = "select audit, seq, id, body, erased from rev order by audit, seq"


_PAGE = 5_000


_WAIT = "set lock_timeout = '2s'"
"""A server that was just stopped is seen for a moment more."""


_ALONE = "select pg_advisory_lock(%s)"


_HAS_ONE = "select 1 from pg_namespace where nspname = %s"


def back_up(connections: Connections, path: Path) -> None:
    """Copy a live database, whole or not at all.

    Raises:
        DiagError: when it could not be made, or the database is damaged.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    part.touch(0o600, exist_ok=False)  # pg_dump fills an empty file
    try:
        with connections.reading() as connection:
            connection.execute("set local idle_in_transaction_session_timeout = 0")
            verify(connection, connections.place)
            ((snapshot,),) = connection.execute(
                "select pg_export_snapshot()"
            ).fetchall()
            version = connection.info.server_version
            words = [
                _program("pg_dump", version),
                "--format=custom",
                f"--schema={SCHEMA}",
            ]
            words += [f"--snapshot={snapshot}", f"--file={part}"]
            _run([*words, f"--dbname={connections.address}"])
        _run([_program("pg_restore", version), "--file=-", str(part)])
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def restore(copied: Path, address: str, aside: str) -> str | None:
    """Put a copy back in service; return the schema where the old one is kept.

    Raises:
        DiagError: when the copy is damaged, or a hub is running.
    """
    place = shown(address)
    aside = aside.replace("-", "_")
    with in_french(place), connected(address) as connection:
        program = _program("pg_restore", connection.info.server_version)
        _run([program, "--file=-", str(copied)])
        try:
            connection.execute(_WAIT)
            connection.execute(_ALONE, (PRESENCE,))
            connection.execute("reset lock_timeout")
        except LockNotAvailable as error:
            raise LockedError(
                f"{place} : un serveur s'en sert. Arrêtez-le, puis recommencez."
            ) from error
        had_one = connection.execute(_HAS_ONE, (SCHEMA,)).fetchone()
        if had_one:
            _rename(connection, SCHEMA, aside)
        try:
            words = [program, "--single-transaction", "--no-owner", "--no-privileges"]
            _run([*words, f"--dbname={address}", str(copied)])
            connection.execute(f"set search_path = {SCHEMA}")
            with connection.transaction():
                verify(connection, str(copied))
        except BaseException:
            connection.execute(f"drop schema if exists {SCHEMA} cascade")
            if had_one:
                _rename(connection, aside, SCHEMA)
            raise
    return aside if had_one else None


def verify(connection: Connection, place: str) -> None:
    """Check every hash and every sum, in the transaction that is open.

    Raises:
        DamagedError: at the first thing that is not what was received.
    """
    sums = {
        number: (audit, revisions, int.from_bytes(digest))
        for number, audit, revisions, digest in connection.execute(_SUMS, binary=True)
    }
    left = {number: [0, 0] for number in sums}
    with connection.cursor("rows", binary=True) as cursor:
        cursor.itersize = _PAGE
        for number, seq, key, body, erased in cursor.execute(_ROWS):
            seen = left[number]
            if seq != seen[0] + 1 or not (erased or sha256(body).digest() == key):
                raise _damaged(place, sums[number][0])
            seen[0] = seq
            seen[1] ^= int.from_bytes(key)
    for number, (audit, revisions, digest) in sums.items():
        if left[number] != [revisions, digest]:
            raise _damaged(place, audit)


def _damaged(place: str, audit: Any) -> DamagedError:
    return DamagedError(
        f"{place} : l'audit {audit} n'est plus ce qui avait été reçu. Restaurez une "
        "sauvegarde plus ancienne : les postes rendront la suite."
    )


def _rename(connection: Connection, name: str, other: str) -> None:
    words = sql.SQL("alter schema {} rename to {}")
    connection.execute(words.format(sql.Identifier(name), sql.Identifier(other)))


def _program(name: str, version: int) -> str:
    """Return a tool of PostgreSQL's, of the server's own version where it is here.

    A copy made by newer tools does not go back into an older server.
    """
    own = Path("/usr/lib/postgresql", str(version // 10_000), "bin", name)  # Debian's
    found = str(own) if own.exists() else shutil.which(name)
    if found is None:
        raise DiagError(
            f"{name} est introuvable : installez les outils de PostgreSQL, de la même "
            "version que la base ou plus récents (Debian : postgresql-client)."
        )
    return found


def _run(words: list[str]) -> None:
    done = subprocess.run(  # noqa: S603 -- PostgreSQL's own tools, our own words
        words,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    if done.returncode:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())
        raise NotAJournalError(f"{Path(words[0]).name} a échoué : {said}")
