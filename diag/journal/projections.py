"""Projections: heads, parents and tallies, found again from the log alone."""

import sqlite3
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from diag.journal.ingest import ADD_HEAD, ADD_PARENT, head_row, parent_rows
from diag.journal.revision import Revision, read
from diag.journal.tally import Tally

_FALSE_HEAD = """
select 1 from head h
left join rev r on r.audit = h.audit and r.subject = h.subject and r.id = h.rev
where r.id is null or h.lam is not r.lam
  or h.op is not (r.body ->> '$.op') or h.at is not (r.body ->> '$.at')
  or h.author is not (r.body ->> '$.author')
  or h.device is not (r.body ->> '$.device')
  or h.value is not iif(h.op = 'del' or r.erased, null, r.body -> '$.value')
  or exists(select 1 from parent p
    where p.audit = h.audit and p.subject = h.subject and p.id = h.rev)
limit 1
"""
_TALLIES = "select audit, revisions, lam, digest from tally"
_KEYS = "select audit, id, lam from rev order by audit"
_NO_HEAD = """
select 1 from rev r where not exists(select 1 from head h
    where h.audit = r.audit and h.subject = r.subject and h.rev = r.id)
  and not exists(select 1 from parent p
    where p.audit = r.audit and p.subject = r.subject and p.id = r.id)
limit 1
"""


def are_true(connection: sqlite3.Connection) -> bool:
    """Say whether the heads and the sums are those of the log, and say what it says.

    A disk may change them as anything else, and no hash is kept of them.
    """
    if any(connection.execute(sql).fetchone() for sql in (_FALSE_HEAD, _NO_HEAD)):
        return False
    kept = {number: tuple(row) for number, *row in connection.execute(_TALLIES)}
    return kept == dict(_sums(connection))


def _sums(
    connection: sqlite3.Connection,
) -> Iterator[tuple[int, tuple[int, int, bytes]]]:
    """Give revisions, greatest order number and digest of each audit's rows."""
    for number, rows in groupby(connection.execute(_KEYS), itemgetter(0)):
        count = greatest = digest = 0
        for _, key, lam in rows:
            count, greatest = count + 1, max(greatest, lam)
            digest ^= int.from_bytes(key)
        yield number, (count, greatest, digest.to_bytes(32))


def rebuild(connection: sqlite3.Connection) -> None:
    """Drop and rebuild them, inside the caller's transaction."""
    for table in ("parent", "head", "tally"):
        connection.execute(f"delete from {table}")  # noqa: S608 -- names from above
    audits = connection.execute("select n, id from audit").fetchall()
    for number, audit in audits:
        rebuild_audit(connection, number, audit)


def rebuild_audit(connection: sqlite3.Connection, number: int, audit: str) -> None:
    """Drop and rebuild those of one audit, inside the caller's transaction."""
    for table in ("parent", "head", "tally"):
        sql = f"delete from {table} where audit = ?"  # noqa: S608 -- names from above
        connection.execute(sql, [number])
    rows = connection.execute("select body from rev where audit = ?", [number])
    revisions: list[Revision] = [read(line) for (line,) in rows]
    tally = Tally(audit, number)
    for revision in revisions:
        tally.add(revision.key, revision.lam)
        connection.executemany(ADD_PARENT, parent_rows(number, revision))
    connection.executemany(ADD_HEAD, [head_row(number, rev) for rev in revisions])
    tally.save(connection)
