"""One connection that writes, and readers lent to whoever asks, thread after thread."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, LifoQueue
from secrets import token_hex
from threading import Lock

from diag.journal.connection import connect
from diag.journal.errors import NotAJournalError, ReadOnlyError, in_french
from diag.journal.schema import run
from diag.sync.hub.sqlite.schema import TABLES, VERSION


class Connections:
    """The connections to a hub's file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._readers: LifoQueue[sqlite3.Connection] = LifoQueue()
        self._log_tells = True  # what a killed hub left in it is not known
        self._writer = connect(path, shared=True)
        try:
            with in_french(path):
                _prepare(self._writer, path)
        except BaseException:
            self._writer.close()
            raise

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Write everything inside, durably, or nothing; one at a time.

        Raises:
            JournalError: in French, when it could not be written.
        """
        with self._lock, in_french(self.path):
            self._writer.execute("begin immediate")
            try:
                yield self._writer
                self._writer.execute("commit")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("rollback")
                raise
            if self._log_tells:
                self._empty_log()

    def forgets(self) -> None:
        """Have the log emptied after this transaction: it holds what is erased."""
        self._log_tells = True

    def _empty_log(self) -> None:
        """Empty it, or have the next transaction try: a reader may hold it now."""
        execute = self._writer.execute
        (patience,) = execute("pragma busy_timeout").fetchone()
        execute("pragma busy_timeout = 0")
        try:
            with suppress(sqlite3.OperationalError):
                busy, *_ = execute("pragma wal_checkpoint(truncate)").fetchone()
                self._log_tells = bool(busy)
        finally:
            execute(f"pragma busy_timeout = {patience}")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read one state of the file, whatever is written meanwhile."""
        try:
            connection = self._readers.get_nowait()
        except Empty:
            connection = connect(self.path, readonly=True, shared=True)
        try:
            with in_french(self.path):
                connection.execute("begin")
                try:
                    yield connection
                finally:
                    connection.execute("rollback")
        finally:
            self._readers.put(connection)

    def close(self) -> None:
        """Close them all."""
        while not self._readers.empty():
            self._readers.get_nowait().close()
        self._writer.close()


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Create the tables of a new file; refuse what another program, or time, made."""
    connection.execute("begin immediate")
    try:
        if _is_new(connection, path):
            run(connection, TABLES)
            connection.execute("insert into hub values (?)", [token_hex(8)])
            connection.execute(f"pragma user_version = {VERSION}")
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise


def _is_new(connection: sqlite3.Connection, path: Path) -> bool:
    (version,) = connection.execute("pragma user_version").fetchone()
    if version > VERSION:
        raise ReadOnlyError(
            f"{path} a été écrit par une version plus récente de diag : "
            "mettez le serveur à jour."
        )
    if version:
        return False
    if connection.execute("select 1 from sqlite_schema limit 1").fetchone():
        raise NotAJournalError(
            f"{path} n'est pas la base d'un serveur de diag. Choisissez un autre "
            "dossier."
        )
    return True
