"""A hub's store in one SQLite file."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from diag.journal.journal import AuditSum
from diag.model.audit import Subject
from diag.sync.hub.sqlite import copies
from diag.sync.hub.sqlite.connections import Connections
from diag.sync.hub.sqlite.people import SqlitePeople
from diag.sync.hub.sqlite.writing import AUDIT, SqliteWriting, audit_row
from diag.sync.hub.store import EVERYWHERE, AuditRow, HubCounts, Territory

_IN_SCOPE = """
(?1 or department in (select value from json_each(?2))
    or insee in (select value from json_each(?2)))
"""


_MANIFEST = f"{AUDIT} where {_IN_SCOPE} and last_seq > 0 order by id"


_LINES = "select body from rev where audit = ? and seq > ? order by seq limit ?"


_NAMED = f"""
select 1 from blob_ref b join audit a on a.n = b.audit
where b.sha = ?3 and {_IN_SCOPE} limit 1
"""  # noqa: S608 -- our own text


_PUT_DIRECTORY = "insert or replace into directory values (?, ?, ?, ?)"


_PLACES = f"select count(*) from directory where {_IN_SCOPE}"  # noqa: S608 -- as above


_PLACE_AUDIT = """
update audit set department = ?3, insee = ?4
where kind = ?1 and code = ?2 and (department <> ?3 or insee <> ?4)
"""


_COUNTS = """
select count(*), coalesce(sum(last_seq), 0),
  (select count(*) from device where revoked_at = 0) from audit
"""


class SqliteStore(SqlitePeople):
    """One file, in one process; a second one may read it and add people."""

    def __init__(self, path: Path) -> None:
        super().__init__(Connections(path))
        with self._connections.reading() as connection:
            ((self._hub,),) = connection.execute("select id from hub").fetchall()

    @property
    def hub(self) -> str:
        """Return the hub's id, made with the database."""
        return str(self._hub)

    @contextmanager
    def writing(self) -> Iterator[SqliteWriting]:
        """Open a transaction."""
        with self._connections.writing() as connection:
            yield SqliteWriting(connection, self._connections.forgets)

    def audit(self, audit: str) -> AuditRow | None:
        """Return an audit as it is now."""
        with self._connections.reading() as connection:
            return _audit(connection, audit)

    def manifest(self, scopes: Collection[str]) -> tuple[AuditSum, ...]:
        """Return the sums of the audits of these territories, by id."""
        with self._connections.reading() as connection:
            rows = connection.execute(_MANIFEST, _scoped(scopes)).fetchall()
        return tuple(audit_row(row).sum for row in rows)

    def lines(
        self, audit: str, after: int, limit: int, most_bytes: int
    ) -> tuple[AuditRow, list[bytes]] | None:
        """Return an audit and the lines after a number, read together."""
        found: list[bytes] = []
        room = most_bytes
        with self._connections.reading() as connection:
            row = _audit(connection, audit)
            if row is None:
                return None
            for (body,) in connection.execute(_LINES, (row.number, after, limit)):
                line = body.encode("utf-8")
                room -= len(line)
                if found and room < 0:
                    break
                found.append(line)
        return row, found

    def named(self, shas: Collection[bytes], scopes: Collection[str]) -> set[bytes]:
        """Return which attachments a revision of these territories names."""
        scoped = _scoped(scopes)
        with self._connections.reading() as connection:
            return {
                sha
                for sha in shas
                if connection.execute(_NAMED, (*scoped, sha)).fetchone()
            }

    def put_directory(self, territories: Iterable[tuple[Subject, Territory]]) -> int:
        """Learn where subjects are; audits follow them."""
        rows = [
            (str(subject.kind), subject.code, *territory)
            for subject, territory in territories
        ]
        with self._connections.writing() as connection:
            connection.executemany(_PUT_DIRECTORY, rows)
            connection.executemany(_PLACE_AUDIT, rows)
        return len(rows)

    def places(self, scopes: Collection[str]) -> int:
        """Return how many subjects of the directory are in these territories."""
        with self._connections.reading() as connection:
            (count,) = connection.execute(_PLACES, _scoped(scopes)).fetchone()
        return int(count)

    def counts(self) -> HubCounts:
        """Return how much there is."""
        with self._connections.reading() as connection:
            return HubCounts(*connection.execute(_COUNTS).fetchone())

    def back_up(self, path: Path) -> None:
        """Write a copy, checked to the last byte."""
        copies.back_up(self._connections.path, path)

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()


def _scoped(scopes: Collection[str]) -> tuple[bool, str]:
    return EVERYWHERE in scopes, json.dumps(sorted(scopes))


def _audit(connection: sqlite3.Connection, audit: str) -> AuditRow | None:
    row = connection.execute(f"{AUDIT} where id = ?", (audit,)).fetchone()
    return audit_row(row) if row else None
