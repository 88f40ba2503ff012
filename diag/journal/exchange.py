"""What syncs and bundles ask of the journal: sums, cursors, rehearsals, attachments.

Cursors are hints: losing them costs bytes on the wire, never a revision.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import groupby
from typing import Any, NamedTuple

from diag.journal import ingest, subjects
from diag.journal.attachments import THUMBNAIL, AttachmentStore, Editions
from diag.journal.conflicts import conflicts_of
from diag.journal.errors import JournalError, damaged
from diag.journal.facts import audits
from diag.journal.ingest import Ingested, Rejected
from diag.journal.journal import AuditSum, Journal
from diag.journal.proof import rebuild_audit, seal
from diag.journal.school_lines import stages
from diag.journal.seals import digest_of_content, without_seals
from diag.journal.subjects import Topic
from diag.model.audit import Audit
from diag.model.enums import AuditStatus

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
select a.id, count(*) from tally t join audit a on a.n = t.audit
left join sync_state s on s.audit = a.n and s.hub = ?
join rev r on r.audit = a.n and r.lam > coalesce(s.lam, 0)
where t.lam > coalesce(s.lam, 0) group by a.n order by a.n
"""

_HELD = """
select a.id, max(s.lam) from sync_state s join audit a on a.n = s.audit group by a.id
"""

_GREATEST = "select lam from tally where audit = (select n from audit where id = ?)"


class Cursor(NamedTuple):
    """How far a laptop and a hub went together on one audit: a hint."""

    after: int = 0
    """Number, at the hub, of the last revision read from it."""
    lam: int = 0
    """Greatest order number when both sides last held the same log."""


class Keyed(NamedTuple):
    """A line, and its id."""

    key: bytes
    line: bytes


def proven_sums(journal: Journal) -> dict[str, AuditSum]:
    """Return the sum of each audit, counted again from its rows."""
    found: dict[str, AuditSum] = {}
    for audit, rows in groupby(journal.select(_ROWS), key=lambda row: row[0]):
        digest = number = 0
        for _, key in rows:
            digest ^= int.from_bytes(key)
            number += 1
        found[audit] = AuditSum(audit, number, f"{digest:064x}")
    return found


def proven_sum(journal: Journal, audit: str) -> AuditSum:
    """Return the sum of one audit, counted again from its rows."""
    rows = journal.select(_KEYS, [audit])
    digest = 0
    for (key,) in rows:
        digest ^= int.from_bytes(key)
    return AuditSum(audit, len(rows), f"{digest:064x}")


def mark_of(journal: Journal, hub: str, audit: str) -> Cursor:
    """Return how far this audit went with a hub."""
    rows = journal.select(_MARK, [hub, audit])
    return Cursor(*rows[0]) if rows else Cursor()


def keep_equal(journal: Journal, hub: str, both: AuditSum) -> None:
    """Remember that both sides hold the same log, whose sum this is."""
    rows = journal.select(_GREATEST, [both.audit])
    reached = Cursor(both.revisions, rows[0][0] if rows else 0)
    if mark_of(journal, hub, both.audit) != reached:
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


def sum_unread(audit: str, lines: Iterable[Keyed]) -> AuditSum:
    """Return the sum of lines of a newer version."""
    digest = number = 0
    for keyed in lines:
        digest ^= int.from_bytes(keyed.key)
        number += 1
    return AuditSum(audit, number, f"{digest:064x}")


def whole_sum(journal: Journal, audit: str) -> AuditSum:
    """Return the sum of all that is kept of an audit, read here or not.

    What the second protocol compares; the first compares what the first reads.
    """
    read, others = proven_sum(journal, audit), unread_lines(journal).get(audit, [])
    unread = sum_unread(audit, others)
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


# An undo deletes no revision: what the bundle was first to bring goes to quarantine, as
# long as nothing came after it, and comes back if it is read in again.
_ALL = "select name, sha, at, undone_at, detail from bundle order by at, name"
_BY_NAME = "select name, sha, at, undone_at, detail from bundle where name = ?"
_BY_SHA = "select name, sha, at, undone_at, detail from bundle where sha = ?"
_KEEP = "insert or replace into bundle values (?, ?, ?, null, ?)"
_DETAIL = "update bundle set detail = ? where name = ?"

_BROUGHT = """
insert or ignore into brought select ?, n, ?, ? from audit where id = ?
"""

_FORGET_BUNDLE = "delete from brought where bundle = ?"

_TAKEN_BACK = """
select r.audit, r.subject, r.id, r.body from brought b
join rev r on r.audit = b.audit and r.subject = b.subject and r.id = b.id
where b.bundle = ? and r.erased = 0 and json_extract(r.body, '$.op') <> 'erase'
"""

_SET_ASIDE = "insert or replace into quarantine values (?, ?, ?, null)"
_REMOVE = "delete from rev where audit = ? and subject = ? and id = ?"
_AUDIT = "select id from audit where n = ?"
_FORGET_MARKS = "delete from sync_state where audit = ?"

_ATTACHMENTS = """
select coalesce(json_extract(body, '$.value.sha'), json_extract(body, '$.value.digest'))
from rev where audit = (select n from audit where id = ?1) and erased = 0
  and (subject = ?2 or (subject >= ?3 and subject < ?4))
union
select f.value from rev r, json_each(r.body, '$.value.files') f
where r.audit = (select n from audit where id = ?1) and r.erased = 0
  and (r.subject >= ?3 and r.subject < ?4 or r.subject >= ?5 and r.subject < ?6)
"""

_AUTHORS = """
select distinct json_extract(body, '$.author') from rev
where audit = (select n from audit where id = ?)
"""

_BROUGHT_LINE = """
select distinct r.audit, r.subject, r.id, r.body from brought b
join rev r on r.audit = b.audit and r.subject = b.subject and r.id = b.id
where b.id = ?
"""

_UNDONE = "update bundle set undone_at = ? where name = ?"


class BuiltUponError(JournalError):
    """Something came after what a bundle brought."""

    def __init__(self, name: str, changed: Sequence[str]) -> None:
        self.audits = tuple(changed)
        """The audits that are no longer as the bundle left them."""
        many = len(changed) > 1
        super().__init__(
            f"Le paquet « {name} » n'a pas été annulé : "
            + (f"{len(changed)} audits ont" if many else "un audit a")
            + " changé depuis (réponse, synchronisation ou autre paquet). Annulez "
            "d'abord le paquet lu après lui ; sinon, corrigez les réponses une à une."
        )


class Brought(NamedTuple):
    """A bundle that was read in."""

    name: str
    sha: str
    """SHA-256 of its file."""
    at: int
    """When, by this laptop's clock."""
    undone_at: int | None
    detail: dict[str, Any]
    """What its reader keeps about it; `sums`: audit → digest once it was in."""

    @property
    def is_settled(self) -> bool:
        """Say whether nothing of it is to be read again: all came, or was undone."""
        return self.undone_at is not None or bool(self.detail.get("whole"))


@dataclass(slots=True)
class BundleIntake:
    """Lines on their way in, inside one transaction."""

    journal: Journal
    connection: sqlite3.Connection
    new: dict[str, int] = field(default_factory=dict)
    """Audit → how many revisions came that were not here."""
    known: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    _name: str = ""
    _is_first: bool = True

    def begin(self, name: str, sha: str) -> None:
        """Say under which name what comes is kept."""
        before = find_bundle(self.journal, sha)
        self._name = name
        self._is_first = before is None or before.undone_at is not None
        if self._is_first:
            self.connection.execute(_FORGET_BUNDLE, [name])

    def take(self, lines: Iterable[bytes]) -> None:
        """Take some lines in; a bad one is refused alone."""
        taken = ingest.ingest(self.connection, lines)
        self.journal.record((*taken.revisions, *taken.unread))
        self.known += taken.known
        self.rejected += taken.rejected
        for audit in [
            *(one.audit for one in taken.revisions),
            *(one.audit for one in taken.unread),
        ]:
            self.new[audit] = self.new.get(audit, 0) + 1
        rows = [
            (self._name, one.subject, one.key, one.audit) for one in taken.revisions
        ]
        self.connection.executemany(_BROUGHT, rows)

    def record(self, sha: str, at: int, detail: dict[str, Any]) -> None:
        """Keep what is known of the bundle; one that is in stays as it was."""
        if self._is_first:
            sums = {one: digest_of_content(self.journal, one) for one in self.new}
            written = _written({**detail, "sums": sums})
            row = [self._name, bytes.fromhex(sha), at, written]
            _keep(self.connection, _KEEP, row)


class _RehearsedError(Exception):
    """Everything went in: now it goes out again."""


@contextmanager
def intake(journal: Journal) -> Iterator[BundleIntake]:
    """Take in all that is given inside, in one durable commit, or nothing."""
    journal.check_table("bundle")  # before another sum takes the place
    with journal.transaction() as connection:
        yield BundleIntake(journal, connection)


@contextmanager
def rehearsal(journal: Journal) -> Iterator[BundleIntake]:
    """Take in all that is given inside, look, and leave the journal as it was."""
    with suppress(_RehearsedError), journal.transaction() as connection:
        yield BundleIntake(journal, connection)
        raise _RehearsedError


@contextmanager
def still(journal: Journal) -> Iterator[None]:
    """Read one state of the journal, whatever others write meanwhile."""
    journal.connection.execute("begin")
    try:
        journal.select("select count(*) from audit")
        yield
    finally:
        journal.connection.execute("rollback")


def _keep(connection: sqlite3.Connection, sql: str, row: Sequence[object]) -> None:
    connection.execute(sql, row)
    seal(connection, "bundle")


def brought(journal: Journal) -> tuple[Brought, ...]:
    """Return the bundles that were read in, in order; warn when the disk changed some.

    Raises:
        DamagedError: when one can no longer be read.
    """
    journal.check_table("bundle")
    return tuple(map(_read, journal.select(_ALL)))


def find_bundle(journal: Journal, sha: str) -> Brought | None:
    """Return the bundle of a file, if it was read in."""
    rows = journal.select(_BY_SHA, [bytes.fromhex(sha)])
    return _read(rows[0]) if rows else None


def bundle_named(journal: Journal, name: str) -> Brought | None:
    """Return a bundle by its name."""
    rows = journal.select(_BY_NAME, [name])
    return _read(rows[0]) if rows else None


def add_photos(
    journal: Journal, name: str, shas: Sequence[str], *, whole: bool
) -> None:
    """Say which attachments came with a bundle, and whether all of it was read."""
    with journal.transaction() as connection:
        found = bundle_named(journal, name)
        assert found is not None
        photos = sorted({*found.detail.get("photos", ()), *shas})
        written = _written({**found.detail, "photos": photos, "whole": whole})
        _keep(connection, _DETAIL, [written, name])


def audits_among(journal: Journal, which: Iterable[str]) -> dict[str, Audit]:
    """Return those of some audits whose subject is known."""
    wanted = set(which)
    return {audit.id: audit for audit in audits(journal) if audit.id in wanted}


def differences(journal: Journal, which: Iterable[str]) -> set[tuple[str, Topic]]:
    """Return what people differ about in some audits, those that are known."""
    return {
        (audit.id, conflict.topic)
        for audit in audits_among(journal, which).values()
        for conflict in conflicts_of(journal, audit)
    }


def attachments_in(journal: Journal, which: Iterable[str]) -> set[str]:
    """Return the SHA-256 of what some audits name, history included."""
    bounds = [subjects.EDITION, *_SHOWING]
    rows = [
        row for one in which for row in journal.select(_ATTACHMENTS, [one, *bounds])
    ]
    return {sha for (sha,) in rows if isinstance(sha, str)}


def authors_in(journal: Journal, which: Iterable[str]) -> set[str]:
    """Return the labels of those who wrote in some audits."""
    return {label for one in which for (label,) in journal.select(_AUTHORS, [one])}


def undo(journal: Journal, name: str, at: int) -> int:
    """Set aside what a bundle was first to bring; return how many revisions.

    Erasures stay, and so does what they erased.

    Raises:
        BuiltUponError: when one of its audits changed since; nothing is undone.
        JournalError: when no bundle of that name is in.
    """
    journal.check_table("bundle")
    with journal.transaction() as connection:
        found = bundle_named(journal, name)
        if found is None or found.undone_at is not None:
            raise JournalError(f"Aucun paquet « {name} » à annuler.")
        sums = found.detail.get("sums", {})
        changed = [
            audit
            for audit, digest in sums.items()
            if without_seals(journal, audit, proven_sum(journal, audit).digest)
            != digest
        ]
        if changed:
            raise BuiltUponError(name, changed)
        rows = connection.execute(_TAKEN_BACK, [name]).fetchall()
        reason = f"mise de côté : le paquet « {name} » a été annulé"
        for number, subject, key, body in rows:
            connection.execute(_SET_ASIDE, [key, body, reason])
            connection.execute(_REMOVE, [number, subject, key])
        for number in {row[0] for row in rows}:
            (audit,) = connection.execute(_AUDIT, [number]).fetchone()
            rebuild_audit(connection, number, audit)
            connection.execute(_FORGET_MARKS, [number])
        _keep(connection, _UNDONE, [at, name])
        if journal.recorder:
            journal.recorder.drop(row[2] for row in rows)
    return len(rows)


def withdraw(journal: Journal, refused: Mapping[str, str]) -> int:
    """Set aside what bundles brought and a hub refused, by id; return how many.

    What was written here, or came from a hub, stays: it is reported as refused.
    """
    with journal.transaction() as connection:
        rows = [
            row
            for ident in refused
            for row in connection.execute(_BROUGHT_LINE, [bytes.fromhex(ident)])
        ]
        for number, subject, key, body in rows:
            reason = f"retirée : {refused[key.hex()]}"
            connection.execute(_SET_ASIDE, [key, body, reason])
            connection.execute(_REMOVE, [number, subject, key])
        for number in {row[0] for row in rows}:
            (audit,) = connection.execute(_AUDIT, [number]).fetchone()
            rebuild_audit(connection, number, audit)
            connection.execute(_FORGET_MARKS, [number])
        if journal.recorder:
            journal.recorder.drop(row[2] for row in rows)
    return len(rows)


def _read(row: tuple[Any, ...]) -> Brought:
    name, sha, at, undone_at, detail = row
    try:
        return Brought(name, sha.hex(), at, undone_at, json.loads(detail))
    except ValueError as error:
        raise damaged("La liste des paquets lus ici est abîmée.") from error


def _written(detail: dict[str, Any]) -> str:
    return json.dumps(detail, ensure_ascii=False, sort_keys=True, allow_nan=False)


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
        if audits <= closed and _is_sha(sha)
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
        if _is_sha(sha) and not (sha in found and size is None):
            weighs = size if isinstance(size, int) else 0
            found[sha] = NamedAttachment(sha, weighs, str(mime or "image/jpeg"))
    return [*found.values()]


def _editions(journal: Journal) -> list[str]:
    rows = journal.select(_EDITIONS, [subjects.EDITION])
    return [sha for (sha,) in rows if _is_sha(sha)]


def _is_sha(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")  # noqa: PLR2004 -- SHA-256
