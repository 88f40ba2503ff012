"""What syncs and bundles ask of the journal: sums, cursors, lines, rows.

Cursors are hints: losing them costs bytes on the wire, never a revision. A row, which
the second protocol compares, is how many lines an audit has, and a digest of their ids
in order. A laptop remembers the rows of each hub: hints too. The root of all rows shows
whether the hints are right; sums of parts of them show where they are not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from contextlib import contextmanager
from hashlib import sha256
from itertools import groupby
from struct import Struct
from typing import NamedTuple
from uuid import UUID

from diag.journal import ingest, subjects
from diag.journal.ingest import Ingested
from diag.journal.journal import AuditSum, Journal

_ROWS = "select a.id, r.id from rev r join audit a on a.n = r.audit order by r.audit"
_KEYS = "select id from rev where audit = (select n from audit where id = ?)"

_MARKS = """
select a.id, coalesce(s.after, 0), coalesce(s.lam, 0), coalesce(t.lam, 0)
from audit a left join tally t on t.audit = a.n
left join sync_state s on s.audit = a.n and s.hub = ?
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
select a.id, count(*) from tally t join audit a on a.n = t.audit
left join sync_state s on s.audit = a.n and s.hub = ?
join rev r on r.audit = a.n and r.lam > coalesce(s.lam, 0)
where t.lam > coalesce(s.lam, 0) group by a.n order by a.n
"""

_HELD = """
select a.id, max(s.lam) from sync_state s join audit a on a.n = s.audit group by a.id
"""


class Mark(NamedTuple):
    """How far a laptop and a hub went together on one audit: a hint."""

    after: int = 0
    """Number, at the hub, of the last revision read from it."""
    lam: int = 0
    """Greatest order number when both sides last held the same log."""
    greatest: int = 0
    """Greatest order number here."""


class Keyed(NamedTuple):
    """A line, and its id."""

    key: bytes
    line: bytes


def proven_sums(journal: Journal) -> dict[str, AuditSum]:
    """Return the sum of each audit, counted again from its rows."""
    rows = groupby(journal.select(_ROWS), key=lambda row: row[0])
    return {audit: AuditSum.of(audit, (key for _, key in own)) for audit, own in rows}


def proven_sum(journal: Journal, audit: str) -> AuditSum:
    """Return the sum of one audit, counted again from its rows."""
    return AuditSum.of(audit, (key for (key,) in journal.select(_KEYS, [audit])))


def marks_of(journal: Journal, hub: str) -> dict[str, Mark]:
    """Return how far each audit that is here went with a hub."""
    return {audit: Mark(*row) for audit, *row in journal.select(_MARKS, [hub])}


def mark_of(journal: Journal, hub: str, audit: str) -> Mark:
    """Return how far one audit went with a hub."""
    rows = journal.select(f"{_MARKS} where a.id = ?", [hub, audit])
    return Mark(*rows[0][1:]) if rows else Mark()


def keep_equal(journal: Journal, hub: str, both: AuditSum) -> None:
    """Remember that both sides hold the same log, whose sum this is."""
    mark = mark_of(journal, hub, both.audit)
    reached = both.revisions, mark.greatest
    if (mark.after, mark.lam) != reached:
        with journal.transaction() as connection:
            connection.execute(_KEEP_MARK, [hub, *reached, both.audit])


def unsettled(journal: Journal, hub: str) -> list[tuple[str, int]]:
    """Return how many revisions each audit gained since it was last equal: a hint."""
    return [(audit, count) for audit, count in journal.select(_UNSETTLED, [hub])]


def take_page(
    journal: Journal, hub: str, audit: str, lines: Iterable[bytes], after: int
) -> Ingested:
    """Take a page in and move the cursor, in one durable commit.

    The hub has its lines: the recorder keeps erasures, and that a page came.
    """
    lam = mark_of(journal, hub, audit).lam
    with journal.transaction() as connection:
        taken = ingest.ingest(connection, lines)
        connection.execute(_KEEP_MARK, [hub, after, lam, audit])
        journal.record(one for one in taken.revisions if one.erases)
    if journal.recorder and taken.new:
        journal.recorder.add_event("pull", hub=hub, audit=audit, new=taken.new)
    return taken


# Lines of a newer version: what this one cannot read has sums of its own, so that those
# of the log stay what every version counts.


_UNREAD = "select audit, id, body from opaque order by audit, id"


def unread_lines(journal: Journal) -> dict[str, list[Keyed]]:
    """Return the lines of a newer version that are kept here, by audit."""
    found: dict[str, list[Keyed]] = {}
    for audit, key, body in journal.select(_UNREAD):
        found.setdefault(audit, []).append(Keyed(key, body.encode("utf-8")))
    return found


def whole_sum(journal: Journal, audit: str) -> AuditSum:
    """Return the sum of all that is kept of an audit, read here or not.

    What the second protocol compares; the first compares what the first reads.
    """
    read, others = proven_sum(journal, audit), unread_lines(journal).get(audit, [])
    unread = AuditSum.of(audit, (keyed.key for keyed in others))
    digest = int(read.digest, 16) ^ int(unread.digest, 16)
    return AuditSum(audit, read.revisions + unread.revisions, f"{digest:064x}")


def take_unread(journal: Journal, lines: Iterable[bytes]) -> Ingested:
    """Take in lines that a hub cannot read either, in one durable commit."""
    with journal.transaction() as connection:
        taken = ingest.ingest(connection, lines)
        journal.record(one for one in taken.revisions if one.erases)
    return taken


def held_by_hubs(journal: Journal) -> dict[str, int]:
    """Return up to which order number a hub held each audit: a hint."""
    return dict(journal.select(_HELD))


def lines_to_send(journal: Journal, audit: str, above: int = 0) -> Sequence[Keyed]:
    """Return the lines of an audit whose order number is above one.

    In the order in which a hub can take them whatever the cut: what the audit is
    about, then erasures, without which skeletons are refused, then the rest.
    """
    bounds = subjects.inside("erase")
    rows = journal.select(_LINES, [audit, above, subjects.SUBJECT, *bounds])
    return [Keyed(key, body.encode("utf-8")) for key, body in rows]


@contextmanager
def still(journal: Journal) -> Iterator[None]:
    """Read one state of the journal, whatever others write meanwhile."""
    journal.connection.execute("begin")
    try:
        journal.select("select count(*) from audit")
        yield
    finally:
        journal.connection.execute("rollback")


# Rows: what the second protocol compares.

DIGEST = 16
"""Bytes of a digest of ids, and of a root."""

_SUM = 8
"""Bytes of the sum of a part."""

_PART = 12
"""Audits of a part, about."""

_MOST_BITS = 16

_ROW = Struct(f">16sII{DIGEST}s")

WEEK = 7
"""One audit in so many is counted again each day, changed or not."""

_OWN = """
select a.id, a.n, coalesce(t.revisions, 0), t.digest, o.revisions, o.ids, o.digest
from audit a left join tally t on t.audit = a.n left join own_sum o on o.audit = a.n
"""

_IDS = "select id from rev where audit = ?"
_SET_ASIDE = "select audit, id from opaque"
_KEEP_OWN = "insert or replace into own_sum values (?, ?, ?, ?)"
_FORGET_OWN = "delete from own_sum where audit = (select n from audit where id = ?)"
_HUB_ROWS = "select audit, revisions, unread, digest from hub_row where hub = ?"
_KEEP_ROW = "insert or replace into hub_row values (?, ?, ?, ?, ?)"
_DROP_ROW = "delete from hub_row where hub = ? and audit = ?"

_KEEP_AFTER = """
insert into sync_state(hub, audit, after, lam) select ?, n, ?, 0 from audit where id = ?
on conflict(hub, audit) do update set after = excluded.after
"""

_KEEP_EQUAL = """
insert or replace into sync_state(hub, audit, after, lam)
select ?, a.n, ?, coalesce(t.lam, 0)
from audit a left join tally t on t.audit = a.n where a.id = ?
"""


class Holding(NamedTuple):
    """What one side holds of an audit."""

    revisions: int
    unread: int
    """Lines of a newer version, numbered apart."""
    digest: bytes
    """Of the ids of both, in order."""


def sum_ids(ids: Iterable[bytes]) -> bytes:
    """Return the digest of ids, whatever their order."""
    return sha256(b"".join(sorted(ids))).digest()[:DIGEST]


def pack(rows: Mapping[str, Holding]) -> bytes:
    """Write rows one after the other, by audit."""
    return b"".join(_pack_row(audit, rows[audit]) for audit in sorted(rows))


def _pack_row(audit: str, row: Holding) -> bytes:
    return _ROW.pack(bytes.fromhex(audit.replace("-", "")), *row)


def unpack(content: bytes) -> dict[str, Holding]:
    """Read rows.

    Raises:
        ValueError: when it is not what `pack` writes.
    """
    if len(content) % _ROW.size:
        raise ValueError(len(content))
    return {
        str(UUID(bytes=audit)): Holding(*row)
        for audit, *row in _ROW.iter_unpack(content)
    }


def find_root(rows: Mapping[str, Holding]) -> str:
    """Return the digest of all rows, hex."""
    return sha256(pack(rows)).hexdigest()[: 2 * DIGEST]


def count_bits(rows: Sized) -> int:
    """Return by how many bits of their ids audits are parted, a dozen to a part."""
    return min(_MOST_BITS, max(0, (len(rows) // _PART).bit_length()))


def find_part(audit: str, bits: int) -> int:
    """Return the part where an audit is."""
    return int(audit[:4], 16) >> (_MOST_BITS - bits)


def sum_parts(rows: Mapping[str, Holding], bits: int) -> bytes:
    """Return the sums of all parts, one after the other."""
    parts: list[list[bytes]] = [[] for _ in range(1 << bits)]
    for audit in sorted(rows):
        parts[find_part(audit, bits)].append(_pack_row(audit, rows[audit]))
    return b"".join(sha256(b"".join(part)).digest()[:_SUM] for part in parts)


def find_differing(ours: bytes, theirs: bytes) -> set[int]:
    """Return the numbers of the parts whose sums are not the same."""
    starts = range(0, len(ours), _SUM)
    return {
        start // _SUM
        for start in starts
        if ours[start : start + _SUM] != theirs[start : start + _SUM]
    }


def own_holdings(
    journal: Journal, day: int = 0, *, counted: bool = False
) -> dict[str, Holding]:
    """Return what is held of each audit.

    Ids are read again where something changed, and in a seventh of all audits. `day`:
    any number that follows days; `counted`: that seventh was read today already.
    """
    unread: dict[str, list[bytes]] = {}
    for audit, key in journal.select(_SET_ASIDE):
        unread.setdefault(audit, []).append(key)
    found, fresh = {}, []
    for audit, number, revisions, ids, *kept in journal.select(_OWN):
        others = unread.pop(audit, [])
        is_due = not counted and number % WEEK == day % WEEK
        if others or is_due or kept[:2] != [revisions, ids]:
            keys = [key for (key,) in journal.select(_IDS, [number])]
            digest = sum_ids([*keys, *others])
            found[audit] = Holding(len(keys), len(others), digest)
            if not others and ids and [len(keys), ids, digest] != kept:
                fresh.append((number, len(keys), ids, digest))
        else:
            found[audit] = Holding(revisions, 0, kept[2])
    for audit, keys in unread.items():
        found[audit] = Holding(0, len(keys), sum_ids(keys))
    if fresh:
        with journal.transaction() as connection:
            connection.executemany(_KEEP_OWN, fresh)
    return {audit: row for audit, row in found.items() if row.revisions + row.unread}


def forget_sums(journal: Journal, audits: Iterable[str]) -> None:
    """Have the ids of audits be read again: what is kept of them may be wrong."""
    with journal.transaction() as connection:
        connection.executemany(_FORGET_OWN, [(audit,) for audit in audits])


def rows_of(journal: Journal, hub: str) -> dict[str, Holding]:
    """Return what a hub held at its last answer, as far as is remembered."""
    return {audit: Holding(*row) for audit, *row in journal.select(_HUB_ROWS, [hub])}


def keep_rows(
    journal: Journal,
    hub: str,
    rows: Mapping[str, Holding],
    equal: Iterable[str],
) -> None:
    """Remember what a hub holds, and which audits are the same on both sides."""
    before, marks = rows_of(journal, hub), marks_of(journal, hub)
    changed = [(hub, audit, *row) for audit, row in rows.items() - before.items()]
    gone = [(hub, audit) for audit in before.keys() - rows.keys()]
    reached = [
        (hub, rows[audit].revisions, audit)
        for audit in equal
        if (mark := marks.get(audit))
        and (mark.after, mark.lam) != (rows[audit].revisions, mark.greatest)
    ]
    if changed or gone or reached:
        with journal.transaction() as connection:
            connection.executemany(_KEEP_ROW, changed)
            connection.executemany(_DROP_ROW, gone)
            connection.executemany(_KEEP_EQUAL, reached)


def take_pulled(
    journal: Journal,
    hub: str,
    lines: Sequence[bytes],
    reached: Mapping[str, int],
    most: int,
) -> tuple[int, int]:
    """Take in what came of several audits; return how many lines are new.

    Those that hold something, seals left out, and those of a newer version. By `most`
    lines in a durable commit, so that who writes meanwhile does not wait; cursors move
    with the last.
    """
    said = new = unread = 0
    parts = [lines[start : start + most] for start in range(0, len(lines), most)]
    for at, part in enumerate(parts or [()], 1):
        with journal.transaction() as connection:
            taken: Ingested = ingest.ingest(connection, part)
            if at >= len(parts):
                marks = [(hub, after, audit) for audit, after in reached.items()]
                connection.executemany(_KEEP_AFTER, marks)
            journal.record(one for one in taken.revisions if one.erases)
        said += taken.without_seals
        new += taken.new
        unread += len(taken.unread)
    if journal.recorder and new:
        journal.recorder.add_event("pull", hub=hub, audits=len(reached), new=new)
    return said, unread
