"""A hub's store in PostgreSQL."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from psycopg import Connection

from diag.journal.journal import AuditSum
from diag.model.audit import Subject
from diag.sync.hub.postgres import copies
from diag.sync.hub.postgres.connections import Connections
from diag.sync.hub.postgres.people import PostgresPeople
from diag.sync.hub.postgres.writing import AUDIT, CREATING, PostgresWriting, audit_row
from diag.sync.hub.store import EVERYWHERE, AuditRow, HubCounts, Territory

_IN_SCOPE = """
(%(everywhere)s or department = any(%(scopes)s) or insee = any(%(scopes)s))
"""


_MANIFEST = f"{AUDIT} where {_IN_SCOPE} and last_seq > 0 order by id"


_LINES = """
select body from (
  select body, seq, sum(octet_length(body)) over (order by seq) as total from (
    select body, seq from rev where audit = %(audit)s and seq > %(after)s
    order by seq limit %(limit)s) as page) as summed
where total <= %(most)s or seq = %(after)s + 1 order by seq
"""
"""Numbers have no gap: the first line is the one after."""


_NAMED = f"""
select distinct b.sha from blob_ref b join audit a on a.n = b.audit
where b.sha = any(%(shas)s) and {_IN_SCOPE}
"""  # noqa: S608 -- our own text


_PUT_DIRECTORY = """
insert into directory values (%s, %s, %s, %s) on conflict(kind, code)
do update set department = excluded.department, insee = excluded.insee
where (directory.department, directory.insee) <> (excluded.department, excluded.insee)
"""


_PLACES = f"select count(*) from directory where {_IN_SCOPE}"  # noqa: S608 -- as above


_MOVED = """
audit.kind = d.kind and audit.code = d.code
and (audit.department, audit.insee) <> (d.department, d.insee)
"""


_LOCK_MOVED = f"""
select 1 from audit join directory d on {_MOVED} order by audit.id for update of audit
"""  # noqa: S608 -- our own text


_PLACE_AUDITS = f"""
update audit set department = d.department, insee = d.insee from directory d
where {_MOVED}
"""  # noqa: S608 -- our own text


_COUNTS = """
select count(*), coalesce(sum(last_seq), 0)::bigint,
  (select count(*) from device where revoked_at = 0) from audit
"""


class PostgresStore(PostgresPeople):
    """One database, in as many processes and hosts as wanted."""

    def __init__(self, address: str) -> None:
        super().__init__(Connections(address))
        with self._connections.reading() as connection:
            ((hub,),) = connection.execute("select id from hub").fetchall()
        self._hub = str(hub)

    @property
    def hub(self) -> str:
        """Return the hub's id, made with the database."""
        return self._hub

    @contextmanager
    def writing(self) -> Iterator[PostgresWriting]:
        """Open a transaction."""
        with self._connections.writing() as connection:
            yield PostgresWriting(connection)

    def audit(self, audit: str) -> AuditRow | None:
        """Return an audit as it is now."""
        with self._connections.reading() as connection:
            return _audit(connection, audit)

    def manifest(self, scopes: Collection[str]) -> tuple[AuditSum, ...]:
        """Return the sums of the audits of these territories, by id."""
        with self._connections.reading() as connection:
            cursor = connection.execute(_MANIFEST, _scoped(scopes), binary=True)
            return tuple(audit_row(row).sum for row in cursor)

    def lines(
        self, audit: str, after: int, limit: int, most_bytes: int
    ) -> tuple[AuditRow, list[bytes]] | None:
        """Return an audit and the lines after a number, read together."""
        with self._connections.reading() as connection:
            row = _audit(connection, audit)
            if row is None:
                return None
            page = {"audit": row.number, "after": after, "limit": limit}
            asked = {**page, "most": most_bytes}
            cursor = connection.execute(_LINES, asked, binary=True)
            return row, [body for (body,) in cursor]

    def named(self, shas: Collection[bytes], scopes: Collection[str]) -> set[bytes]:
        """Return which attachments a revision of these territories names."""
        asked = {**_scoped(scopes), "shas": list(shas)}
        with self._connections.reading() as connection:
            cursor = connection.execute(_NAMED, asked, binary=True)
            return {sha for (sha,) in cursor}

    def put_directory(self, territories: Iterable[tuple[Subject, Territory]]) -> int:
        """Learn where subjects are; audits follow them."""
        rows = [
            (str(subject.kind), subject.code, *territory)
            for subject, territory in territories
        ]
        with self._connections.writing() as connection:
            connection.execute(CREATING)
            with connection.cursor() as cursor:
                cursor.executemany(_PUT_DIRECTORY, rows)
            connection.execute(_LOCK_MOVED)
            connection.execute(_PLACE_AUDITS)
        return len(rows)

    def places(self, scopes: Collection[str]) -> int:
        """Return how many subjects of the directory are in these territories."""
        with self._connections.reading() as connection:
            ((count,),) = connection.execute(_PLACES, _scoped(scopes)).fetchall()
        return int(count)

    def counts(self) -> HubCounts:
        """Return how much there is."""
        with self._connections.reading() as connection:
            ((audits, revisions, devices),) = connection.execute(_COUNTS).fetchall()
        return HubCounts(audits, revisions, devices)

    def back_up(self, path: Path) -> None:
        """Write a copy, checked to the last byte."""
        copies.back_up(self._connections, path)

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()


def _scoped(scopes: Collection[str]) -> dict[str, Any]:
    return {"everywhere": EVERYWHERE in scopes, "scopes": sorted(scopes)}


def _audit(connection: Connection, audit: str) -> AuditRow | None:
    cursor = connection.execute(f"{AUDIT} where id = %s", (audit,), binary=True)
    row = cursor.fetchone()
    return audit_row(row) if row else None
