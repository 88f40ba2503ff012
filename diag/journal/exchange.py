"""What syncs and bundles ask of the journal: sums, cursors, lines, attachments, rows.

Cursors are hints: losing them costs bytes on the wire, never a revision. A row, which
the second protocol compares, is how many lines an audit has, and a digest of their ids
in order. A laptop remembers the rows of each hub: hints too. The root of all rows shows
whether the hints are right; sums of parts of them show where they are not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from contextlib import contextmanager
from hashlib import blake2b, sha256
from itertools import groupby
from struct import Struct
from typing import NamedTuple
from uuid import UUID

from diag.journal import ingest, subjects
from diag.journal.attachments import THUMBNAIL, AttachmentStore
from diag.journal.errors import JournalError
from diag.journal.ingest import Ingested
from diag.journal.journal import AuditSum, Editions, Journal
from diag.journal.revision import Revision, is_hash
from diag.journal.school_lines import stages
from diag.model.enums import AuditStatus

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


# A compiled edition is one too: its digest names it, an audit cannot be read without.
_PHOTOS = f"""
select distinct json_extract(body, '$.value.sha'), json_extract(body, '$.value.size'),
  json_extract(body, '$.value.mime')
from rev where subject >= ?1 and subject < ?2 and erased = 0
  and json_type(body, '$.value.sha') = 'text'
union
select f.value,
  iif(r.subject < ?2 and r.subject >= ?1, 0, json_extract(r.body, '$.value.size')),
  iif(r.subject < ?2 and r.subject >= ?1, '{THUMBNAIL}',
    json_extract(r.body, '$.value.mime'))
from rev r, json_each(r.body, '$.value.files') f
where (r.subject >= ?1 and r.subject < ?2 or r.subject >= ?3 and r.subject < ?4
    or r.subject glob 'evidence/*')
  and r.erased = 0 and f.type = 'text'
"""  # noqa: S608 -- our own text

_ATTACHMENTS = """
select coalesce(json_extract(body, '$.value.sha'), json_extract(body, '$.value.digest'))
from rev where audit = (select n from audit where id = ?1) and erased = 0
  and (subject = ?2 or (subject >= ?3 and subject < ?4))
union
select f.value from rev r, json_each(r.body, '$.value.files') f
where r.audit = (select n from audit where id = ?1) and r.erased = 0
  and (r.subject >= ?3 and r.subject < ?4 or r.subject >= ?5 and r.subject < ?6)
"""

_SHOWN = f"""
select distinct json_extract(h.value, '$.sha'), json_extract(h.value, '$.size'),
  json_extract(h.value, '$.mime')
from head h where h.subject >= ?1 and h.subject < ?2 and h.value is not null
  and json_type(h.value, '$.sha') = 'text'
  and not exists (select 1 from head s where s.audit = h.audit and s.subject = ?5
    and json_extract(s.value, '$.status') = ?6)
union
select f.value,
  iif(h.subject < ?2 and h.subject >= ?1, 0, json_extract(h.value, '$.size')),
  iif(h.subject < ?2 and h.subject >= ?1, '{THUMBNAIL}',
    json_extract(h.value, '$.mime'))
from head h, json_each(h.value, '$.files') f
where (h.subject >= ?1 and h.subject < ?2 or h.subject >= ?3 and h.subject < ?4
    or h.subject glob 'evidence/*')
  and h.value is not null and f.type = 'text'
  and not exists (select 1 from head s where s.audit = h.audit and s.subject = ?5
    and json_extract(s.value, '$.status') = ?6)
"""  # noqa: S608 -- our own text

_NAMING = """
select distinct json_extract(r.body, '$.value.sha'), a.id
from rev r join audit a on a.n = r.audit
where r.subject >= ?1 and r.subject < ?2 and r.erased = 0
  and json_type(r.body, '$.value.sha') = 'text'
union
select f.value, a.id from rev r join audit a on a.n = r.audit,
  json_each(r.body, '$.value.files') f
where (r.subject >= ?3 and r.subject < ?4 or r.subject glob 'evidence/*')
  and r.erased = 0 and f.type = 'text'
"""

_EDITIONS = """
select distinct json_extract(body, '$.value.digest') from rev
where subject = ? and erased = 0 and json_type(body, '$.value.digest') = 'text'
"""

_SHOWING = (*subjects.inside(subjects.PHOTOS), *subjects.inside(subjects.OBSERVATIONS))
"""Bounds of what names pictures: one each for a photo, with its thumbnail in `files`;
`files` for an observation.

The files of other tools are named as those of an observation are. A thumbnail weighs 0
before it is here: it travels first. It stays where the photo of a closed audit leaves.
"""

_SUMS = "select audit, digest from tally order by audit"
_KEPT = "select digest from edition order by digest"

_EDITION = ""
"""The type of a compiled edition: canonical JSON, kept with the journal."""


class NamedAttachment(NamedTuple):
    """An attachment that a revision names."""

    sha: str
    size: int
    """Bytes, as far as is known before it is here."""
    mime: str
    """Empty for a compiled edition."""

    @property
    def title(self) -> str:
        """Return what it is, for people."""
        if not self.mime:
            return f"Édition de grilles {self.sha[:12]}"
        is_photo = self.mime.startswith("image/")
        return f"{'Photo' if is_photo else 'Pièce'} {self.sha[:12]}"

    @property
    def order(self) -> tuple[bool, int, str]:
        """Return when it travels: editions first, then the smallest."""
        return (self.mime != _EDITION, self.size, self.sha)


def attachments_in(journal: Journal, which: Iterable[str]) -> set[str]:
    """Return the SHA-256 of what some audits name, history included."""
    bounds = [subjects.EDITION, *_SHOWING]
    rows = [
        row for one in which for row in journal.select(_ATTACHMENTS, [one, *bounds])
    ]
    return {sha for (sha,) in rows if isinstance(sha, str)}


def named_by(revision: Revision) -> list[NamedAttachment]:
    """Return the attachments that a line names, which may be of none of the log."""
    value = revision.value
    if not isinstance(value, dict):
        return []
    files = value.get("files")
    named = [value.get("sha"), *(files if isinstance(files, list) else ())]
    mime = str(value.get("mime") or THUMBNAIL)
    shas = [sha for sha in named if is_hash(sha)]
    return [NamedAttachment(sha, 0, mime) for sha in shas]


def held(journal: Journal) -> dict[str, NamedAttachment]:
    """Return what revisions name, history included, and this laptop holds."""
    kept, photos = Editions(journal), AttachmentStore(journal.path.parent)
    here = photos.sizes()
    found = {
        one.sha: one._replace(size=here[one.sha])
        for one in _photos(journal, _PHOTOS, [*_SHOWING])
        if one.sha in here
    }
    for sha in _editions(journal):
        if kept.holds(sha):
            found[sha] = NamedAttachment(sha, len(kept.read(sha)), _EDITION)
    return found


def wanted(journal: Journal) -> list[NamedAttachment]:
    """Return what is to come, in order: editions, and photos of audits not closed.

    The photos of a closed audit left the laptop: they come when asked for.
    """
    kept, photos = Editions(journal), AttachmentStore(journal.path.parent)
    here = photos.sizes()
    shown = [*_SHOWING, subjects.STATUS, str(AuditStatus.CLOS)]
    found = [one for one in _photos(journal, _SHOWN, shown) if one.sha not in here]
    found += [
        NamedAttachment(sha, 0, _EDITION)
        for sha in _editions(journal)
        if not kept.holds(sha)
    ]
    return sorted(found, key=lambda one: one.order)


def mark_attachments(journal: Journal) -> list[str]:
    """Return marks of all that names attachments, and of those that are here.

    As long as both are the same, what was to pass of them has passed.
    """
    named = [journal.select(_SUMS), journal.select(_KEPT)]
    here = sorted(AttachmentStore(journal.path.parent).sizes())
    return [blake2b(repr(one).encode()).hexdigest()[:32] for one in (named, here)]


def of_closed_audits(journal: Journal) -> dict[str, frozenset[str]]:
    """Return the photos that closed audits alone name, history included, and which."""
    found: dict[str, set[str]] = {}
    for sha, audit in journal.select(_NAMING, [*_SHOWING]):
        found.setdefault(sha, set()).add(audit)
    closed = {one.audit for one in stages(journal) if one.status is AuditStatus.CLOS}
    return {
        sha: frozenset(audits)
        for sha, audits in found.items()
        if audits <= closed and is_hash(sha)
    }


def content(journal: Journal, sha: str) -> bytes | None:
    """Return the bytes of an attachment; None when it is not here."""
    kept = Editions(journal)
    if kept.holds(sha):
        return kept.read(sha)
    return AttachmentStore(journal.path.parent).get(sha)


def keep(journal: Journal, one: NamedAttachment, received: bytes) -> None:
    """Keep what came, already checked against its name.

    Raises:
        JournalError: when it cannot be kept.
    """
    if one.mime == _EDITION:
        try:
            Editions(journal).keep(received)
        except UnicodeDecodeError as error:
            raise JournalError("ce n'est pas une édition de grilles.") from error
    else:
        AttachmentStore(journal.path.parent).put(received, one.mime)


def _photos(journal: Journal, sql: str, parameters: list[str]) -> list[NamedAttachment]:
    """Return what is named, once each: by its photo, which gives its size, if any."""
    rows = journal.select(sql, parameters)
    found: dict[str, NamedAttachment] = {}
    for sha, size, mime in rows:
        if is_hash(sha) and not (sha in found and size is None):
            weighs = size if isinstance(size, int) else 0
            found[sha] = NamedAttachment(sha, weighs, str(mime or "image/jpeg"))
    return [*found.values()]


def _editions(journal: Journal) -> list[str]:
    rows = journal.select(_EDITIONS, [subjects.EDITION])
    return [sha for (sha,) in rows if is_hash(sha)]


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
