"""A hub in PostgreSQL: several processes, several hosts, one database."""

import os
import re
import shutil
import subprocess
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from queue import Empty, LifoQueue
from secrets import token_hex
from threading import BoundedSemaphore
from typing import Any

from psycopg import (
    Connection,
    Cursor,
    Error,
    InterfaceError,
    OperationalError,
    connect,
    errors,
)
from psycopg.conninfo import make_conninfo
from psycopg.pq import TransactionStatus
from psycopg.sql import SQL, Identifier, Literal

from diag.journal.errors import (
    DamagedError,
    DiskFullError,
    JournalError,
    LockedError,
    NotAJournalError,
    ReadOnlyError,
)
from diag.model.errors import DiagError
from diag.sync.hub.tables import (
    Transaction,
    check_address,
    describe_address,
    is_set_aside,
)
from diag.sync.hub.writing import FILLS, verify_log

SCHEMA = "diag_hub"
"""Where the tables are: the database may hold other things."""

_MOST = 16
"""Connections of one process; PostgreSQL lets a hundred in, as it comes."""

_PRESENCE = 0x64696168
"""Advisory lock, shared by all that use the tables: a restore wants it alone."""

_MIGRATION = 0x64696167
"""Advisory lock of a migration; hubs that start together wait for one another."""

_TRYING = 0x64696169
"""Advisory lock of a copy's trial: a second one would drop the first one's database."""

_WRITE = "begin"
_READ = "begin isolation level repeatable read read only"

_SETTINGS = f"""
set search_path = {SCHEMA};
set synchronous_commit = on;
set lock_timeout = '10s';
set idle_in_transaction_session_timeout = '60s';
select pg_advisory_lock_shared({_PRESENCE})
"""
"""What is acknowledged is written; a host that vanishes holds no lock for long."""

_WAIT = 10
"""Seconds to reach the server."""

_ALONE = {
    "audit": "select pg_advisory_xact_lock(1684627817)",
    "unproven": "lock table unproven in share row exclusive mode",
    "invitation": "lock table invitation in share row exclusive mode",
}

_APPEND = """
copy rev(audit, seq, id, body, erased, received_at, received_from)
from stdin (format binary)
"""

_TYPES = ("int8", "int8", "bytea", "bytea", "bool", "int8", "int8")
_PAGE = 5_000
_NAME = re.compile(r":(\w+)")
_MIGRATIONS = "create table if not exists migration(n integer primary key, name text)"

_SCHEMAS = "select cast(nspname as text) from pg_namespace"

_HAS_UNREAD = "select to_regclass('opaque') is not null"
"""An older copy has no such table."""

_SHORT_WAIT = "set lock_timeout = '2s'"
"""A server that was just stopped is seen for a moment more."""


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


_MEANINGS: tuple[tuple[tuple[type[Error], ...], type[JournalError], str], ...] = (
    (_BUSY, LockedError, "la base est occupée. Recommencez."),
    ((errors.DiskFull,), DiskFullError, "le disque de la base est plein."),
    (
        (errors.DataCorrupted, errors.IndexCorrupted),
        DamagedError,
        "la base est abîmée. Restaurez une copie.",
    ),
    (
        (errors.UndefinedTable,),
        NotAJournalError,
        (
            "la base n'a pas les tables d'un serveur de diag. Si une restauration "
            "s'est arrêtée avant la fin, recommencez-la ; sinon relancez le serveur, "
            "qui les fait."
        ),
    ),
)


@contextmanager
def _in_french(place: str) -> Iterator[None]:
    """Turn an error of PostgreSQL into a sentence; a bug stays a bug."""
    try:
        yield
    except Error as error:
        for kinds, meaning, sentence in _MEANINGS:
            if isinstance(error, kinds):
                raise meaning(f"{place} : {sentence}") from error
        reason = " ".join((error.diag.message_primary or str(error)).split())
        if isinstance(error, errors.InsufficientPrivilege):
            raise DatabaseRefusedError(
                f"{place} : l'utilisateur n'a pas ce droit ({reason}). Faites-le "
                "propriétaire de la base."
            ) from error
        if isinstance(error, OperationalError | InterfaceError):
            raise DatabaseDownError(
                f"{place} : la base ne s'ouvre pas ({reason}). Vérifiez que "
                "PostgreSQL est lancé, l'adresse, l'utilisateur et son mot de passe "
                "(PGPASSWORD, ou le fichier que nomme PGPASSFILE)."
            ) from error
        raise


class PostgresTransaction(Transaction):
    """Statements on a connection."""

    @staticmethod
    @cache
    def translate(sql: str) -> str:
        """Write a statement as psycopg wants it."""
        return _NAME.sub(r"%(\1)s", sql)

    def execute(self, sql: str, values: Mapping[str, Any]) -> Cursor:
        """Run a statement."""
        return self.connection.execute(self.translate(sql), values, binary=True)  # type: ignore[no-any-return]

    def stream(self, sql: str) -> Generator[tuple[Any, ...], None, None]:
        """Give what a statement finds, a page at a time."""
        with self.connection.cursor("rows", binary=True) as cursor:
            cursor.itersize = _PAGE
            yield from cursor.execute(sql)

    def each(
        self, sql: str, keys: Collection[bytes], **values: Any
    ) -> list[tuple[Any, ...]]:
        """Return what a statement finds for each key: all of them at once."""
        listed = sql.replace("= :key", "= any(:key)")
        return self.rows(listed, key=list(keys), **values)

    def append(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Add rows to `rev`."""
        with self.connection.cursor() as cursor, cursor.copy(_APPEND) as copy:
            copy.set_types(_TYPES)
            for row in rows:
                copy.write_row(row)

    def alone(self, table: str) -> None:
        """Wait until no other transaction adds to a table."""
        self.connection.execute(_ALONE[table])


class PostgresEngine:
    """Connections to a database, lent in turn, replaced when they break."""

    def __init__(self, address: str, *, readonly: bool = False) -> None:
        self.address = check_address(address)
        self._place = describe_address(address)
        self._room = BoundedSemaphore(_MOST)
        self._idle: LifoQueue[Connection] = LifoQueue()
        with _in_french(self._place):
            connection = _connect(address)
            try:
                connection.execute(_SETTINGS)
                if not readonly:
                    _migrate(connection, self._place)
            except BaseException:
                connection.close()
                raise
        self._idle.put(connection)

    @contextmanager
    def writing(self) -> Iterator[PostgresTransaction]:
        """Write everything inside, durably, or nothing.

        Raises:
            JournalError: in French, when it could not be written.
        """
        with self._lend(_WRITE) as transaction:
            yield transaction
            transaction.connection.execute("commit")

    @contextmanager
    def reading(self) -> Iterator[PostgresTransaction]:
        """Read one state of the database, whatever is written meanwhile."""
        with self._lend(_READ) as transaction:
            yield transaction

    def drop_set_aside(self, before: datetime) -> int:
        """Remove the schemas that restorations set aside before a time."""
        with self.writing() as transaction:
            names = [name for (name,) in transaction.rows(_SCHEMAS)]
            found = [name for name in names if is_set_aside(name, before)]
            for name in found:
                words = SQL("drop schema {} cascade").format(Identifier(name))
                transaction.connection.execute(words)
        return len(found)

    def check_tools(self) -> None:
        """Check that PostgreSQL's own tools are here, for copies.

        Raises:
            DiagError: when one is not.
        """
        with self.reading() as transaction:
            version = transaction.connection.info.server_version
        for name in ("pg_dump", "pg_restore"):
            _find_program(name, version)

    def close(self) -> None:
        """Close the connections that are not lent."""
        while not self._idle.empty():
            self._idle.get_nowait().close()

    @contextmanager
    def _lend(self, begin: str) -> Iterator[PostgresTransaction]:
        with self._room, _in_french(self._place):
            connection = self._begin(begin)
            try:
                yield PostgresTransaction(connection)
            finally:
                with suppress(Error):  # what was not committed is undone
                    status = connection.info.transaction_status
                    if status is not TransactionStatus.IDLE:
                        connection.execute("rollback")
                if connection.info.transaction_status is TransactionStatus.IDLE:
                    self._idle.put(connection)
                else:
                    connection.close()

    def _begin(self, begin: str) -> Connection:
        """Return a connection in a transaction; an idle one may have died unseen."""
        with suppress(Empty):
            connection = self._idle.get_nowait()
            try:
                connection.execute(begin)
            except OperationalError:
                connection.close()
            else:
                return connection
        connection = _connect(self.address)
        try:
            connection.execute(_SETTINGS)
            connection.execute(begin)
        except BaseException:
            connection.close()
            raise
        return connection

    def back_up(self, path: Path) -> None:
        """Copy the live database by PostgreSQL's own tools, whole or not at all.

        What was hashed is what is copied: `pg_dump` reads the snapshot that was
        checked.

        Raises:
            DiagError: when it could not be made, or the database is damaged.
        """
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        part.touch(0o600, exist_ok=False)  # pg_dump fills an empty file
        try:
            with self.reading() as transaction:
                transaction.run("set local idle_in_transaction_session_timeout = 0")
                verify_log(transaction, self._place)
                ((snapshot,),) = transaction.rows("select pg_export_snapshot()")
                version = transaction.connection.info.server_version
                words = ["--format=custom", f"--schema={SCHEMA}"]
                words += [f"--snapshot={snapshot}", f"--file={part}"]
                words += [f"--dbname={self.address}"]
                _run([_find_program("pg_dump", version), *words])
            _run([_find_program("pg_restore", version), "--file=-", str(part)])
            with part.open("rb+") as file:
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def _connect(address: str) -> Connection:
    """Connect; the password comes from the environment or a file, as libpq does."""
    return connect(
        address, autocommit=True, connect_timeout=_WAIT, application_name="diag-hub"
    )


def _migrate(connection: Connection, place: str) -> None:
    """Bring a database to the tables of this version, all of it or nothing.

    The steps are `migrations/NNNN_name.sql`, each run once, in order.
    """
    folder = files("diag.sync.hub").joinpath("migrations")
    found = [path for path in folder.iterdir() if path.name.endswith(".sql")]
    steps = {int(path.name.split("_")[0]): path for path in found}
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(%s)", (_MIGRATION,))
        names = {name for (name,) in connection.execute(_SCHEMAS)}
        ever = datetime.max.replace(tzinfo=UTC)
        aside = [name for name in names if is_set_aside(name, ever)]
        if aside and SCHEMA not in names:  # no empty hub next to it
            raise NotAJournalError(
                f"{place} : une restauration s'est arrêtée avant la fin. "
                "Recommencez-la : diag hub restore COPIE. L'ancienne base y est, sous "
                f"le nom {max(aside)}."
            )
        connection.execute(f"create schema if not exists {SCHEMA}")
        connection.execute(_MIGRATIONS)
        rows = connection.execute("select n from migration").fetchall()
        done = {int(number) for (number,) in rows}
        if done - set(steps):
            raise ReadOnlyError(
                f"{place} a été écrite par une version plus récente de diag : mettez "
                "le serveur à jour."
            )
        for number in sorted(set(steps) - done):
            connection.execute(steps[number].read_text("utf-8"))
            row = (number, steps[number].name)
            connection.execute("insert into migration values (%s, %s)", row)
            if fill := FILLS.get(number):
                fill(PostgresTransaction(connection))
        if not done:
            connection.execute("insert into hub values (%s)", (token_hex(8),))


def restore(copied: Path, address: str, aside: str) -> str | None:
    """Put a copy back in service; return the schema where the old one is kept.

    Raises:
        DiagError: when the copy is damaged, or a hub is running.
    """
    place = describe_address(address)
    aside = aside.replace("-", "_")
    with _in_french(place), _connect(address) as connection:
        program = _find_program("pg_restore", connection.info.server_version)
        copied = copied.absolute()  # its name may begin as an option does
        _run([program, "--file=-", str(copied)])
        try:
            connection.execute(_SHORT_WAIT)
            connection.execute("select pg_advisory_lock(%s)", (_PRESENCE,))
            connection.execute("reset lock_timeout")
        except errors.LockNotAvailable as error:
            raise LockedError(
                f"{place} : un serveur s'en sert. Arrêtez-le, puis recommencez."
            ) from error
        had_one = connection.execute(
            "select 1 from pg_namespace where nspname = %s", (SCHEMA,)
        ).fetchone()
        if had_one:
            _rename(connection, SCHEMA, aside)
        try:
            _put(copied, connection, address)
        except BaseException:
            connection.execute(f"drop schema if exists {SCHEMA} cascade")
            if had_one:
                _rename(connection, aside, SCHEMA)
            raise
    return aside if had_one else None


def _put(copied: Path, connection: Connection, address: str) -> None:
    """Put a copy in a database without its schema, and check every line of it."""
    program = _find_program("pg_restore", connection.info.server_version)
    words = [program, "--single-transaction", "--no-owner", "--no-privileges"]
    _run([*words, f"--dbname={address}", str(copied)])
    connection.execute(f"set search_path = {SCHEMA}")
    with connection.transaction():
        (has_unread,) = connection.execute(_HAS_UNREAD).fetchone() or (False,)
        verify_log(PostgresTransaction(connection), copied, unread=has_unread)


def try_copy(copied: Path, address: str) -> bool:
    """Check that a copy goes back, the live tables untouched.

    Return whether it went, for that time, into a database of its own; where the role
    may make none, it was read whole.

    Raises:
        DiagError: when it would not go back.
    """
    place, copied = describe_address(address), copied.absolute()
    with _in_french(place), _connect(address) as connection:
        program = _find_program("pg_restore", connection.info.server_version)
        _run([program, "--file=-", str(copied)])
        (is_allowed,) = connection.execute(_MAY_CREATE).fetchone() or (False,)
        if not is_allowed:
            return False
        connection.execute("select pg_advisory_lock(%s)", (_TRYING,))
        left_over = connection.execute(
            _TRIED, (f"^{_TRIAL}[0-9a-f]{{16}}$",)
        ).fetchall()
        for (left,) in left_over:  # by a trial that was killed
            connection.execute(SQL("drop database {}").format(Identifier(left)))
        name = f"{_TRIAL}{token_hex(8)}"
        like = connection.execute(_LIKE).fetchone() or ()
        words = _NEW.format(Identifier(name), *map(Literal, like))
        connection.execute(words)
        try:
            there = make_conninfo(address, dbname=name)
            with closing(_connect(there)) as own:
                _put(copied, own, there)
        finally:
            connection.execute(SQL("drop database {}").format(Identifier(name)))
    return True


_TRIAL = "diag_essai_"
_MAY_CREATE = (
    "select rolcreatedb or rolsuper from pg_roles where rolname = current_user"
)
_LIKE = """
select pg_encoding_to_char(encoding), cast(datcollate as text), cast(datctype as text)
from pg_database where datname = current_database()
"""
_NEW = SQL(
    "create database {} template template0 encoding {} lc_collate {} lc_ctype {}"
)
_TRIED = """
select cast(datname as text) from pg_database d
where cast(datname as text) ~ %s
  and pg_get_userbyid(datdba) = current_user
  and not exists (select from pg_stat_activity a where a.datid = d.oid)
"""


def _rename(connection: Connection, name: str, other: str) -> None:
    words = SQL("alter schema {} rename to {}")
    connection.execute(words.format(Identifier(name), Identifier(other)))


def _find_program(name: str, version: int) -> str:
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
        reason = " ".join(done.stderr.decode("utf-8", "replace").split())
        raise NotAJournalError(f"{Path(words[0]).name} a échoué : {reason}")
