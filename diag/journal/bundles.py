"""What a bundle asks of the journal: a rehearsal, one commit, its name, its undoing.

An undo deletes no revision: what the bundle was first to bring goes to quarantine, as
long as nothing came after it, and comes back if it is read in again.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from diag.journal import exchange, ingest, subjects
from diag.journal.audits import audits
from diag.journal.conflicts import conflicts_of
from diag.journal.errors import JournalError
from diag.journal.ingest import Rejected
from diag.journal.journal import Journal
from diag.journal.projections import rebuild_audit
from diag.journal.subjects import Topic
from diag.model.audit import Audit

_ALL = "select name, sha, at, undone_at, detail from bundle order by at, name"
_BY_NAME = "select name, sha, at, undone_at, detail from bundle where name = ?"
_BY_SHA = "select name, sha, at, undone_at, detail from bundle where sha = ?"
_KEEP = "insert or replace into bundle values (?, ?, ?, null, ?)"
_DETAIL = "update bundle set detail = ? where name = ?"
_BROUGHT = """
insert or ignore into brought select ?, n, ?, ? from audit where id = ?
"""
_FORGET = "delete from brought where bundle = ?"
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
from rev where audit = (select n from audit where id = ?) and erased = 0
  and (subject = ? or (subject >= ? and subject < ?))
"""
_AUTHORS = """
select distinct json_extract(body, '$.author') from rev
where audit = (select n from audit where id = ?)
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
class Intake:
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
            self.connection.execute(_FORGET, [name])

    def take(self, lines: Iterable[bytes]) -> None:
        """Take some lines in; a bad one is refused alone."""
        taken = ingest.ingest(self.connection, lines)
        self.known += taken.known
        self.rejected += taken.rejected
        for revision in taken.revisions:
            self.new[revision.audit] = self.new.get(revision.audit, 0) + 1
        rows = [
            (self._name, one.subject, one.key, one.audit) for one in taken.revisions
        ]
        self.connection.executemany(_BROUGHT, rows)

    def record(self, sha: str, at: int, detail: dict[str, Any]) -> None:
        """Keep what is known of the bundle; one that is in stays as it was."""
        if self._is_first:
            sums = {one: self.journal.digest(one) for one in self.new}
            told = _written({**detail, "sums": sums})
            self.connection.execute(_KEEP, [self._name, bytes.fromhex(sha), at, told])


class _RehearsedError(Exception):
    """Everything went in: now it goes out again."""


@contextmanager
def intake(journal: Journal) -> Iterator[Intake]:
    """Take in all that is given inside, in one durable commit, or nothing."""
    with journal.transaction() as connection:
        yield Intake(journal, connection)


@contextmanager
def rehearsal(journal: Journal) -> Iterator[Intake]:
    """Take in all that is given inside, look, and leave the journal as it was."""
    with suppress(_RehearsedError), journal.transaction() as connection:
        yield Intake(journal, connection)
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


def brought(journal: Journal) -> tuple[Brought, ...]:
    """Return the bundles that were read in, in order."""
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
        told = _written({**found.detail, "photos": photos, "whole": whole})
        connection.execute(_DETAIL, [told, name])


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
    bounds = [subjects.EDITION, *subjects.inside("photo")]
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
    with journal.transaction() as connection:
        found = bundle_named(journal, name)
        if found is None or found.undone_at is not None:
            raise JournalError(f"Aucun paquet « {name} » à annuler.")
        sums = found.detail.get("sums", {})
        changed = [
            audit
            for audit, digest in sums.items()
            if exchange.proven_sum(journal, audit).digest != digest
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
        connection.execute(_UNDONE, [at, name])
    return len(rows)


def _read(row: tuple[Any, ...]) -> Brought:
    name, sha, at, undone_at, detail = row
    return Brought(name, sha.hex(), at, undone_at, json.loads(detail))


def _written(detail: dict[str, Any]) -> str:
    return json.dumps(detail, ensure_ascii=False, sort_keys=True, allow_nan=False)
