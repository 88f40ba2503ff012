"""Connections to a database, lent to whoever asks, replaced when they break."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Empty, LifoQueue
from threading import BoundedSemaphore

from psycopg import Connection, Error, OperationalError, connect
from psycopg.pq import TransactionStatus

from diag.sync.hub.postgres.address import checked, shown
from diag.sync.hub.postgres.errors import in_french
from diag.sync.hub.postgres.migrations import SCHEMA, migrate

_MOST = 16
"""Connections of one process; PostgreSQL lets a hundred in, as it comes."""


PRESENCE = 0x64696168
"""Advisory lock, shared by all who use the tables: a restore wants it alone."""


_WRITE = "begin"


_READ = "begin isolation level repeatable read read only"


_SETTINGS = f"""
set search_path = {SCHEMA};
set synchronous_commit = on;
set lock_timeout = '10s';
set idle_in_transaction_session_timeout = '60s';
select pg_advisory_lock_shared({PRESENCE})
"""
"""What is said to be written is; a host that vanishes holds no lock for long."""


_WAIT = 10
"""Seconds to reach the server."""


class Connections:
    """The connections to a hub's database."""

    def __init__(self, address: str) -> None:
        self.address = checked(address)
        self.place = shown(address)
        self._room = BoundedSemaphore(_MOST)
        self._idle: LifoQueue[Connection] = LifoQueue()
        with in_french(self.place):
            connection = connected(address)
            try:
                connection.execute(_SETTINGS)
                migrate(connection, self.place)
            except BaseException:
                connection.close()
                raise
        self._idle.put(connection)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Write everything inside, durably, or nothing.

        Raises:
            JournalError: in French, when it could not be written.
        """
        with self._lent(_WRITE) as connection:
            yield connection
            connection.execute("commit")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read one state of the database, whatever is written meanwhile."""
        with self._lent(_READ) as connection:
            yield connection

    def close(self) -> None:
        """Close those that are not lent."""
        while not self._idle.empty():
            self._idle.get_nowait().close()

    @contextmanager
    def _lent(self, begin: str) -> Iterator[Connection]:
        with self._room, in_french(self.place):
            connection = self._begun(begin)
            try:
                yield connection
            finally:
                self._given_back(connection)

    def _begun(self, begin: str) -> Connection:
        """Return one in a transaction; an idle one may have died unseen."""
        with suppress(Empty):
            connection = self._idle.get_nowait()
            try:
                connection.execute(begin)
            except OperationalError:
                connection.close()
            else:
                return connection
        connection = connected(self.address)
        try:
            connection.execute(_SETTINGS)
            connection.execute(begin)
        except BaseException:
            connection.close()
            raise
        return connection

    def _given_back(self, connection: Connection) -> None:
        """Undo what was not committed."""
        with suppress(Error):
            if connection.info.transaction_status is not TransactionStatus.IDLE:
                connection.execute("rollback")
        if connection.info.transaction_status is TransactionStatus.IDLE:
            self._idle.put(connection)
        else:
            connection.close()


def connected(address: str) -> Connection:
    """Connect; the password comes from the environment or a file, as libpq does."""
    return connect(
        address, autocommit=True, connect_timeout=_WAIT, application_name="diag-hub"
    )
