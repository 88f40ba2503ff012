"""Projections: heads, parents and tallies, found again from the log alone."""

import sqlite3

from diag.journal.ingest import ADD_HEAD, ADD_PARENT, head_row, parent_rows
from diag.journal.revision import Revision, read
from diag.journal.tally import Tally


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
