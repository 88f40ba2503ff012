"""Erasures of another file carried over, and retired audits, whose all is erased."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from diag.journal import ingest, subjects
from diag.journal.connection import connect
from diag.journal.errors import in_french
from diag.journal.ingest import Tally, mark_of
from diag.journal.journal import Journal
from diag.journal.revision import Json, Origin, Revision, compose


def erasures_in(path: Path) -> list[bytes]:
    """Return the lines of the erasures of a journal's file, in order.

    Raises:
        JournalError: when it cannot be read.
    """
    with closing(connect(path, readonly=True)) as connection, in_french(path):
        rows = connection.execute(
            "select body from rev where subject >= ? and subject < ? "
            "order by audit, lam, id",
            subjects.inside("erase"),
        ).fetchall()
    return [body.encode("utf-8") for (body,) in rows]


# Retired audits: past their retention date, all they hold leaves and stays away.
#
# An audit is retired by an erasure that names, in place of a revision, the audit
# itself. It travels as any revision does; a journal that holds it keeps of the audit
# skeletons only, whenever they come. What was known at the time is also erased one by
# one, so that those who do not know of retirement (a hub, an older version) let go of
# it too.


_NOT_NAMED = """
select id from rev r where audit = ? and id not in
  (select id from erased where audit = r.audit) order by lam, id
"""

_MARKED = """
select a.id, e.id from erased e join audit a on a.n = e.audit group by a.id, e.id
"""

_CACHES = ("judged", "score", "finding", "advice")


class Retired(NamedTuple):
    """What a retirement took away, and its erasures."""

    audit: str
    erased: tuple[str, ...]
    """Ids of the revisions that lost their value."""
    erasures: tuple[Revision, ...]


def retired(journal: Journal) -> frozenset[str]:
    """Return the ids of the audits that are retired."""
    return frozenset(
        audit
        for audit, key in journal.select(_MARKED)
        if key == bytes.fromhex(mark_of(audit))
    )


def retire(journal: Journal, audit: str, reason: str, origin: Origin) -> Retired:
    """Erase all that an audit holds, now and for ever, in one durable commit.

    Done again, it names one by one what came in since.

    Raises:
        JournalError: when it could not be written.
    """
    with journal.transaction() as connection:
        tally = Tally.load(connection, audit)
        doomed = [key.hex() for key in _unnamed(connection, tally)]
        marked = audit in retired(journal)
        targets = doomed if marked else [*doomed, mark_of(audit)]
        lines = [
            _erasure(audit, target, tally.lam + at, reason, origin)
            for at, target in enumerate(targets, 1)
        ]
        ingest.ingest(connection, (revision.line for revision in lines))
        journal.record(lines)
        for table in _CACHES:
            sql = (
                f"delete from {table} where audit = (select n from audit where id = ?)"  # noqa: S608 -- names of this module
            )
            connection.execute(sql, (audit,))
        connection.execute("delete from outbox where audit = ?", (audit,))
    return Retired(audit, tuple(doomed), tuple(lines))


def _unnamed(connection: sqlite3.Connection, tally: Tally) -> list[bytes]:
    erasures = {
        key
        for (key,) in connection.execute(
            "select id from rev where audit = ? and subject >= ? and subject < ?",
            (tally.number, *subjects.inside("erase")),
        )
    }
    rows = connection.execute(_NOT_NAMED, (tally.number,)).fetchall()
    return [key for (key,) in rows if key not in erasures]


def _erasure(
    audit: str, target: str, lam: int, reason: str, origin: Origin
) -> Revision:
    fields: dict[str, Json] = {
        "audit": audit,
        "op": "erase",
        "subject": subjects.erasure(target),
        "value": {"reason": reason},
        "lam": lam,
        "parents": [],
        "at": origin.clock(),
        "author": origin.author,
        "device": origin.device,
    }
    return compose(fields, origin.nonce())
