"""What a sync asks of the journal: sums proven from rows, cursors, lines to send.

Cursors are hints: losing them costs bytes on the wire, never a revision.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from diag.journal import ingest, subjects
from diag.journal.ingest import Ingested
from diag.journal.journal import Journal, Sum

_ROWS = "select a.id, r.id from rev r join audit a on a.n = r.audit order by r.audit"
_KEYS = "select id from rev where audit = (select n from audit where id = ?)"
_MARK = """
select after, lam from sync_state
where hub = ? and audit = (select n from audit where id = ?)
"""
_KEEP_MARK = """
insert or replace into sync_state(hub, audit, after, lam)
select ?, n, ?, ? from audit where id = ?
"""
_LINES = """
select id, body from rev
where audit = (select n from audit where id = ?) and lam > ?
order by subject <> ?, not (subject >= ? and subject < ?), lam, id
"""
_UNSETTLED = """
select a.id, count(*) from rev r join audit a on a.n = r.audit
left join sync_state s on s.audit = a.n and s.hub = ?
where r.lam > coalesce(s.lam, 0) group by a.n order by a.n
"""
_GREATEST = "select lam from tally where audit = (select n from audit where id = ?)"
_FORGET = "delete from sync_state where hub = ?"


class Mark(NamedTuple):
    """How far a laptop and a hub went together on one audit: a hint."""

    after: int = 0
    """Number, at the hub, of the last revision read from it."""
    lam: int = 0
    """Greatest order number when both sides last held the same log."""


class Keyed(NamedTuple):
    """A line, and its id."""

    key: bytes
    line: bytes


def proven_sums(journal: Journal) -> dict[str, Sum]:
    """Return the sum of each audit, counted again from its rows."""
    found: dict[str, Sum] = {}
    for audit, rows in groupby(journal.select(_ROWS), key=lambda row: row[0]):
        digest = number = 0
        for _, key in rows:
            digest ^= int.from_bytes(key)
            number += 1
        found[audit] = Sum(audit, number, f"{digest:064x}")
    return found


def proven_sum(journal: Journal, audit: str) -> Sum:
    """Return the sum of one audit, counted again from its rows."""
    rows = journal.select(_KEYS, [audit])
    digest = 0
    for (key,) in rows:
        digest ^= int.from_bytes(key)
    return Sum(audit, len(rows), f"{digest:064x}")


def mark_of(journal: Journal, hub: str, audit: str) -> Mark:
    """Return how far this audit went with a hub."""
    rows = journal.select(_MARK, [hub, audit])
    return Mark(*rows[0]) if rows else Mark()


def keep_equal(journal: Journal, hub: str, both: Sum) -> None:
    """Remember that both sides hold the same log, whose sum this is."""
    rows = journal.select(_GREATEST, [both.audit])
    reached = Mark(both.revisions, rows[0][0] if rows else 0)
    if mark_of(journal, hub, both.audit) != reached:
        with journal.transaction() as connection:
            connection.execute(_KEEP_MARK, [hub, *reached, both.audit])


def unsettled(journal: Journal, hub: str) -> list[tuple[str, int]]:
    """Return how many revisions each audit gained since it was last equal: a hint."""
    return [(audit, count) for audit, count in journal.select(_UNSETTLED, [hub])]


def take_page(
    journal: Journal, hub: str, audit: str, lines: Iterable[bytes], after: int
) -> Ingested:
    """Take a page in and move the cursor, in one durable commit."""
    lam = mark_of(journal, hub, audit).lam
    with journal.transaction() as connection:
        taken = ingest.ingest(connection, lines)
        connection.execute(_KEEP_MARK, [hub, after, lam, audit])
    return taken


def lines_to_send(journal: Journal, audit: str, above: int = 0) -> Sequence[Keyed]:
    """Return the lines of an audit whose order number is above one.

    In the order in which a hub can take them whatever the cut: what the audit is
    about, then erasures, without which skeletons are refused, then the rest.
    """
    bounds = subjects.inside("erase")
    rows = journal.select(_LINES, [audit, above, subjects.SUBJECT, *bounds])
    return [Keyed(key, body.encode("utf-8")) for key, body in rows]


def forget_marks(journal: Journal, hub: str) -> None:
    """Forget how far one went with a hub: the next sync compares everything."""
    with journal.transaction() as connection:
        connection.execute(_FORGET, [hub])
