"""Hubs whose disk is copied and put back in no time: in memory, or in PostgreSQL.

The stores are the real ones; only what a disk does is played here.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Any, Protocol

from diag.journal.schema import run
from diag.sync.hub.sqlite import (
    CUTOVER,
    HEARD,
    OPAQUE,
    PEOPLE,
    SEALS,
    TABLES,
    WHOLE,
    SqliteTransaction,
)
from diag.sync.hub.store import Store
from tests.sync.offices import SCHOOLS

Rows = list[tuple[Any, ...]]


class Disk(Protocol):
    """A hub's disk."""

    store: Store

    def select(self, sql: str) -> Rows:
        """Read rows; the columns of both engines bear the same names."""
        ...

    def copy(self) -> object:
        """Return what it holds."""
        ...

    def put_back(self, copy: Any) -> None:
        """Hold that instead."""
        ...

    def close(self) -> None:
        """Leave it."""
        ...


def ids(disk: Disk) -> set[bytes]:
    """Return the ids of the revisions on a disk."""
    rows = disk.select("select id from rev union select id from opaque")
    return {bytes(key) for (key,) in rows}


def bodies(disk: Disk) -> set[bytes]:
    """Return the lines on a disk."""
    rows = disk.select("select body from rev")
    return {body.encode() if isinstance(body, str) else bytes(body) for (body,) in rows}


class MemoryEngine:
    """One connection to a hub in memory; what it writes others read at once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._mutex = RLock()

    @contextmanager
    def writing(self) -> Iterator[SqliteTransaction]:
        with self._mutex:
            self.connection.execute("begin immediate")
            try:
                yield SqliteTransaction(self.connection)
                self.connection.execute("commit")
            except BaseException:
                self.connection.execute("rollback")
                raise

    @contextmanager
    def reading(self) -> Iterator[SqliteTransaction]:
        with self._mutex:
            yield SqliteTransaction(self.connection)

    def back_up(self, path: Path) -> None:
        raise NotImplementedError

    def drop_set_aside(self, before: datetime) -> int:
        raise NotImplementedError

    def check_tools(self) -> None:
        raise NotImplementedError

    def close(self) -> None:
        self.connection.close()


class MemoryDisk:
    """A SQLite hub in memory."""

    def __init__(self, name: str) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        for tables in (TABLES, OPAQUE, PEOPLE, SEALS, CUTOVER, WHOLE, HEARD):
            run(self._connection, tables)
        self._connection.execute("insert into hub values (?)", [name])
        self._copies: list[sqlite3.Connection] = []
        self.store = Store(MemoryEngine(self._connection))
        self.store.put_directory(SCHOOLS.items())

    def select(self, sql: str) -> Rows:
        return self._connection.execute(sql).fetchall()

    @contextmanager
    def asked(self, statements: list[str]) -> Iterator[None]:
        """Note what is asked of it meanwhile."""
        self._connection.set_trace_callback(statements.append)
        yield
        self._connection.set_trace_callback(None)

    def copy(self) -> sqlite3.Connection:
        copy = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.backup(copy)
        self._copies.append(copy)
        return copy

    def put_back(self, copy: sqlite3.Connection) -> None:
        copy.backup(self._connection)

    def twin(self) -> "MemoryDisk":
        """Return another disk that holds the same."""
        twin = MemoryDisk("twin")
        self._connection.backup(twin._connection)
        twin.store = Store(twin.store.engine)
        return twin

    def close(self) -> None:
        for each in (self._connection, *self._copies):
            each.close()


class PostgresDisk:
    """A hub in PostgreSQL, emptied for each story."""

    _TABLES = ("audit", "rev", "erased", "opaque", "blob_ref", "author", "old_sealed")

    def __init__(self, store: Store) -> None:
        self.store = store
        store.put_directory(SCHOOLS.items())
        self.put_back({})

    def select(self, sql: str) -> Rows:
        with self.store.engine.reading() as transaction:
            return transaction.rows(sql)

    def copy(self) -> dict[str, Rows]:
        return {name: self.select(f"select * from {name}") for name in self._TABLES}

    def put_back(self, copy: dict[str, Rows]) -> None:
        with self.store.engine.writing() as transaction:
            transaction.run(
                f"truncate {', '.join(self._TABLES)} restart identity cascade"
            )
            for name, rows in copy.items():
                for row in rows:
                    values = {f"c{at}": value for at, value in enumerate(row)}
                    places = ", ".join(f":{column}" for column in values)
                    transaction.run(
                        f"insert into {name} overriding system value values ({places})",
                        **values,
                    )
            transaction.rows(
                "select setval(pg_get_serial_sequence('audit', 'n'), "
                "coalesce(max(n), 0) + 1, false) from audit"
            )

    def close(self) -> None:
        """Leave the database: another story begins on it."""
