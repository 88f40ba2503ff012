"""A hub in one SQLite file: a connection that writes, others that read, copies.

One process serves it; a second one may read it and add people.
"""

import json
import re
import sqlite3
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from queue import Empty, LifoQueue
from secrets import token_hex
from threading import Lock
from typing import Any

from diag.journal import backup
from diag.journal.connection import connect, in_french
from diag.journal.errors import (
    DamagedError,
    LockedError,
    NotAJournalError,
    ReadOnlyError,
)
from diag.journal.schema import run
from diag.sync.hub.tables import ASIDE, Transaction, is_set_aside
from diag.sync.hub.writing import FILLS, verify_log

SUFFIX = ".db"
"""How the name of a copy ends."""

TABLES = """
create table hub(id text primary key) strict, without rowid;

create table audit(
  n integer primary key, id text not null unique,
  kind text not null, code text not null,
  department text not null, insee text not null,
  last_seq integer not null default 0, lam integer not null default 0,
  digest blob not null default (zeroblob(32)) check(length(digest) = 32)
) strict;
create index audit_by_subject on audit(kind, code);

create table rev(
  audit integer not null references audit(n), seq integer not null,
  id blob not null check(length(id) = 32), body text not null,
  erased integer not null default 0 check(erased in (0, 1)),
  received_at integer not null, received_from integer not null,
  primary key(audit, seq), unique(audit, id)
) strict, without rowid;

create table erased(
  audit integer not null, id blob not null, by_rev blob not null,
  primary key(audit, id, by_rev)
) strict, without rowid;

create table blob_ref(
  audit integer not null, rev blob not null, sha blob not null,
  primary key(audit, rev, sha)
) strict, without rowid;
create index blob_ref_by_sha on blob_ref(sha);

create table directory(
  kind text not null, code text not null,
  department text not null, insee text not null,
  primary key(kind, code)
) strict, without rowid;

create table device(
  id integer primary key autoincrement, name text not null, person text not null,
  territories text not null, "right" text not null, sign_key text not null,
  enrolled_at integer not null, seen_at integer not null,
  revoked_at integer not null, author text not null
) strict;

create table token(
  hash blob primary key, device integer not null references device(id),
  expires_at integer not null, replaces blob not null
) strict, without rowid;

create table invitation(
  hash blob primary key, person text not null, territories text not null,
  "right" text not null, expires_at integer not null, tries integer not null default 0
) strict, without rowid;

create table access_log(
  at integer not null, device integer not null, verb text not null,
  audit text not null, n integer not null
) strict;
"""
"""`audit.last_seq` is also how many revisions there are: no gap."""

OPAQUE = """
create table opaque(
  audit integer not null references audit(n), seq integer not null,
  id blob not null check(length(id) = 32), body text not null,
  erased integer not null default 0 check(erased in (0, 1)),
  received_at integer not null, received_from integer not null,
  primary key(audit, seq), unique(audit, id)
) strict, without rowid;
"""
"""Lines of a newer version, numbered apart: added by the second version."""

PEOPLE = """
drop table invitation;
create table invitation(
  public text primary key, hash blob not null, person text not null,
  territories text not null, "right" text not null, expires_at integer not null,
  tries integer not null default 0
) strict, without rowid;

create table author(
  audit integer not null references audit(n), label text not null,
  primary key(audit, label)
) strict, without rowid;
create index author_by_label on author(label);
"""
"""Who wrote in which audit; codes that name their invitation: the third version.

An invitation given before, which lives a quarter of an hour, is to be given again.
"""

SEALS = """
create table unproven(
  n integer primary key, audit integer not null references audit(n),
  id blob not null, sender text not null
) strict;

create table old_sealed(audit integer primary key references audit(n)) strict;
"""
"""Lines that their author did not give, and who did; audits where the hub sealed what
it held before there were seals: the fourth version."""

CUTOVER = "create table cutover(at integer primary key) strict;"
"""Since when only what is proven enters: the fifth version."""

WHOLE = """
alter table audit add column unread integer not null default 0;
alter table audit add column whole blob not null
  default x'00000000000000000000000000000000';
alter table audit add column tick integer not null default 0;
create index audit_by_tick on audit(tick);
"""
"""What the second protocol compares, of all lines of an audit, and the order in which
audits changed: the sixth version."""

HEARD = """
create table heard(
  device integer primary key, app text not null,
  pending integer not null, gap integer not null
) strict;
"""
"""What a device said of itself at its last call: the seventh version."""

_STEPS = (TABLES, OPAQUE, PEOPLE, SEALS, CUTOVER, WHOLE, HEARD)
"""What each version added, in order."""

VERSION = len(_STEPS)
"""Kept in the file as `user_version`."""

_APPEND = "insert into rev values (?, ?, ?, cast(? as text), ?, ?, ?)"
_LIST = re.compile(r"= any\(:(\w+)\)")
_POSITION = re.compile(r"position\((:\w+) in ([\w.]+)\)")
_LOCKS = re.compile(r" for update( of audit)?")


class SqliteTransaction(Transaction):
    """Statements on a connection; no other may write after `begin immediate`."""

    @staticmethod
    @cache
    def translate(sql: str) -> str:
        """Lists are JSON, lines are text, and the whole file is locked already."""
        sql = _LIST.sub(r"in (select value from json_each(:\1))", sql)
        sql = _POSITION.sub(r"instr(\2, \1)", sql)
        return _LOCKS.sub("", sql).replace(":body", "cast(:body as text)")

    def execute(self, sql: str, values: Mapping[str, Any]) -> sqlite3.Cursor:
        """Run a statement."""
        return self.connection.execute(self.translate(sql), _bind(values))  # type: ignore[no-any-return]

    def stream(self, sql: str) -> Generator[tuple[Any, ...], None, None]:
        """Give what a statement finds, row by row."""
        yield from self.execute(sql, {})

    def each(
        self, sql: str, keys: Collection[bytes], **values: Any
    ) -> list[tuple[Any, ...]]:
        """Return what a statement finds for each key."""
        return [row for cursor in self._ask_each(sql, keys, values) for row in cursor]

    def find_keys(self, sql: str, keys: Collection[bytes], **values: Any) -> set[bytes]:
        """Return the keys for which a statement finds something: a look-up for each.

        A statement over a list of ids is what SQLite plans badly (95 s for 600,000).
        """
        asked = zip(keys, self._ask_each(sql, keys, values), strict=True)
        return {key for key, cursor in asked if cursor.fetchone()}

    def _ask_each(
        self, sql: str, keys: Collection[bytes], values: Mapping[str, Any]
    ) -> Iterator[sqlite3.Cursor]:
        statement, bound = self.translate(sql), _bind(values)
        for key in keys:
            yield self.connection.execute(statement, {**bound, "key": key})

    def append(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Add rows to `rev`."""
        self.connection.executemany(_APPEND, rows)

    def alone(self, table: str) -> None:
        """Do nothing: the whole file is locked already."""


def _bind(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: json.dumps(value) if isinstance(value, list) else value
        for name, value in values.items()
    }


class SqliteEngine:
    """The connections to a hub's file."""

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self.path = path
        self._lock = Lock()
        self._readers: LifoQueue[sqlite3.Connection] = LifoQueue()
        self._log_is_full = True  # what a killed hub left in it is not known
        self._writer = connect(path, shared=True, readonly=readonly)
        try:
            with in_french(path):
                _bring_up_to_date(self._writer, path, readonly=readonly)
        except BaseException:
            self._writer.close()
            raise

    @contextmanager
    def writing(self) -> Iterator[SqliteTransaction]:
        """Write everything inside, durably, or nothing; one transaction at a time.

        Raises:
            JournalError: in French, when it could not be written.
        """
        with self._lock, in_french(self.path):
            self._writer.execute("begin immediate")
            try:
                transaction = SqliteTransaction(self._writer)
                yield transaction
                self._writer.execute("commit")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("rollback")
                raise
            self._log_is_full |= transaction.forgets
            if not self._log_is_full:
                return
            # Emptied, or the next transaction tries: a reader may hold it now.
            execute = self._writer.execute
            (patience,) = execute("pragma busy_timeout").fetchone()
            execute("pragma busy_timeout = 0")
            try:
                with suppress(sqlite3.OperationalError):
                    busy, *_ = execute("pragma wal_checkpoint(truncate)").fetchone()
                    self._log_is_full = bool(busy)
            finally:
                execute(f"pragma busy_timeout = {patience}")

    @contextmanager
    def reading(self) -> Iterator[SqliteTransaction]:
        """Read one state of the file, whatever is written meanwhile."""
        try:
            connection = self._readers.get_nowait()
        except Empty:
            connection = connect(self.path, readonly=True, shared=True)
        try:
            with in_french(self.path):
                connection.execute("begin")
                try:
                    yield SqliteTransaction(connection)
                finally:
                    connection.execute("rollback")
        finally:
            self._readers.put(connection)

    def back_up(self, path: Path) -> None:
        """Copy the live file, whole or not at all.

        Raises:
            JournalError: when it could not be made, or is not what was written.
        """
        with closing(connect(self.path, readonly=True)) as connection:
            backup.copy(connection, path, verify)

    def check_tools(self) -> None:
        """Do nothing: SQLite copies itself."""

    def drop_set_aside(self, before: datetime) -> int:
        """Remove the files that restorations set aside before a time."""
        beside = self.path.parent.glob(f"{self.path.stem}-{ASIDE}-*")
        found = [path for path in beside if is_set_aside(path.name, before)]
        for path in found:
            path.unlink()
        return len(found)

    def close(self) -> None:
        """Close the connections."""
        while not self._readers.empty():
            self._readers.get_nowait().close()
        self._writer.close()


def _bring_up_to_date(
    connection: sqlite3.Connection, path: Path, *, readonly: bool
) -> None:
    """Bring tables to this version, all of it or nothing.

    Raises:
        JournalError: when a newer diag wrote them, or an older one and they are only to
            be read, or the file is no hub's.
    """
    if readonly:
        if _version_of(connection, path) < VERSION:
            raise ReadOnlyError(
                f"{path} a été écrit par une version plus ancienne de diag : relancez "
                "le serveur (systemctl restart diag-hub), qui met ses tables à jour."
            )
        return
    connection.execute("begin immediate")
    try:
        version = _version_of(connection, path)
        for number, tables in enumerate(_STEPS[version:], version + 1):
            run(connection, tables)
            if fill := FILLS.get(number):
                fill(SqliteTransaction(connection))
        if not version:
            connection.execute("insert into hub values (?)", [token_hex(8)])
        if version < VERSION:
            connection.execute(f"pragma user_version = {VERSION}")
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise


def _version_of(connection: sqlite3.Connection, path: Path) -> int:
    """Return the version of a file's tables; 0 for a new one.

    Raises:
        JournalError: when a newer diag wrote it, or it is no hub's.
    """
    (version,) = connection.execute("pragma user_version").fetchone()
    if version > VERSION:
        raise ReadOnlyError(
            f"{path} a été écrit par une version plus récente de diag : "
            "mettez le serveur à jour."
        )
    if version:
        return int(version)
    if connection.execute("select 1 from sqlite_schema limit 1").fetchone():
        raise NotAJournalError(
            f"{path} n'est pas la base d'un serveur de diag. Choisissez un autre "
            "dossier."
        )
    return 0


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
        (version,) = connection.execute("pragma user_version").fetchone()
        if not 1 <= version <= VERSION:
            raise NotAJournalError(
                f"{path} n'est pas la base d'un serveur de diag : ses copies "
                "s'appellent hub-DATE.db."
            )
        (verdict,) = connection.execute("pragma quick_check(1)").fetchone()
        if verdict != "ok":
            raise DamagedError(f"{path} : le fichier est abîmé ({verdict}).")
        verify_log(SqliteTransaction(connection), path, unread=version > 1)
