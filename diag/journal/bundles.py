"""Bundles that were read in: what each brought, what may be undone, what waits.

An undo deletes no revision: what the bundle was first to bring goes to quarantine, as
long as nothing came after it, and comes back if it is read in again. What is unproven,
or for a second person to confirm, waits there too: it is shown, and enters once a seal,
a card, or the end of a delay has come, with the next bundle or sync.
"""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

from diag.journal import ingest, seals, subjects
from diag.journal.asks import (
    SHORT_DELAY,
    TAKES_TWO,
    Asker,
    Confirmation,
    find_flaw,
    term_of,
)
from diag.journal.errors import JournalError, damaged
from diag.journal.exchange import proven_sum
from diag.journal.facts import audits, conflicts_of
from diag.journal.ingest import Ingested, Rejected, mark_of
from diag.journal.journal import Journal
from diag.journal.proof import rebuild_audit, seal
from diag.journal.revision import Revision, read
from diag.journal.seals import UNPROVEN, digest_of_content, without_marks
from diag.journal.subjects import Topic
from diag.model.audit import Audit
from diag.words.dates import day_of

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
  and not (r.subject = 'audit/subject' and r.audit in (select audit from erased))
"""
"""Less what opens an audit where an erasure stays: a hub takes none without it."""

_WAIT_NO_MORE = "delete from withheld where bundle = ?"
_SET_ASIDE = "insert or replace into quarantine values (?, ?, ?, null)"
_REMOVE = "delete from rev where audit = ? and subject = ? and id = ?"
_AUDIT = "select id from audit where n = ?"
_FORGET_MARKS = "delete from sync_state where audit = ?"

_AUTHORS = """
select distinct json_extract(body, '$.author') from rev
where audit = (select n from audit where id = ?)
"""

_BROUGHT_LINE = """
select distinct r.audit, r.subject, r.id, r.body from brought b
join rev r on r.audit = b.audit and r.subject = b.subject and r.id = b.id
where b.id = ?
"""

_ERASED_BY = """
select r.audit, r.subject, r.id, r.body from erased e
join rev b on b.audit = e.audit and b.id = e.by_rev
  and json_extract(b.body, '$.value.ask') is null
join rev r on r.audit = e.audit and r.id in (e.id, e.by_rev)
where e.by_rev = ?
"""

_UNDONE = "update bundle set undone_at = ? where name = ?"
_HOLD = "insert or replace into withheld values (?, ?, ?)"

_WAITING = """
select w.bundle, q.body, q.problem,
  coalesce(json_extract(b.detail, '$.sender'), w.bundle)
from withheld w join quarantine q on q.id = w.id left join bundle b on b.name = w.bundle
order by w.audit, w.bundle, w.id
"""

_CLEAN = "delete from withheld where id not in (select id from quarantine)"

_LINES = """
select audit, subject, id, body from rev
where audit = (select n from audit where id = ?)
"""

_RECEIVED = """
select r.body, r.erased, (
  select max(coalesce(b.at, ?3)) from brought x left join bundle b on b.name = x.bundle
  where x.audit = r.audit and x.subject = r.subject and x.id = r.id)
from rev r where r.audit = (select n from audit where id = ?1) and r.id = ?2
"""

_IS_BEGUN = """
select 1 from rev where audit = (select n from audit where id = ?) and erased = 0
  and not (subject >= ? and subject < ?)
"""

_IS_RETIRED = """
select 1 from erased where audit = (select n from audit where id = ?) and id = ?
"""

_IS_LEFT = "select 1 from quarantine where awaits = ?"
_IS_HELD = (
    "select 1 from rev where audit = (select n from audit where id = ?1) and id = ?2"
)
_IS_UNREAD = "select 1 from opaque where id = ?"
_AWAITS = "select awaits from quarantine where id = ?"
_RELAYED = "select id from relayed"


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


class Rules(NamedTuple):
    """What a laptop asks of what bundles bring."""

    at: int
    """This laptop's clock."""
    seen: Mapping[str, int] = {}
    """Ask of an erasure → when it was first seen here; now, when it was not yet."""
    hubs: Collection[str] = ()
    """The keys by which the hubs that know this laptop sign; empty for one that has
    never given any."""
    required: bool = False
    """One of them requires seals: nothing enters that it would refuse."""

    @property
    def is_lax(self) -> bool:
        """Say whether a hub judges, and has older laptops erase alone for now."""
        return bool(self.hubs) and not self.required


class Withheld(NamedTuple):
    """A line that waits."""

    revision: Revision
    bundle: str
    """The name of what brought it."""
    problem: str
    """Why, in French."""
    sender: str
    """Who gave that bundle; its name, where a repair left that alone."""


@dataclass(slots=True)
class BundleIntake:
    """Lines on their way in, inside one transaction."""

    journal: Journal
    connection: sqlite3.Connection
    new: dict[str, int] = field(default_factory=dict)
    """Audit → how many revisions came that were not here."""
    known: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    name: str = ""
    """Under which what comes is kept."""
    _is_first: bool = True

    def begin(self, name: str, sha: str) -> None:
        """Say under which name what comes is kept."""
        before = find_bundle(self.journal, sha)
        self.name = name
        self._is_first = before is None or before.undone_at is not None
        if self._is_first:
            self.connection.execute(_FORGET_BUNDLE, [name])

    def take(self, lines: Iterable[bytes]) -> Ingested:
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
        rows = [(self.name, one.subject, one.key, one.audit) for one in taken.revisions]
        self.connection.executemany(_BROUGHT, rows)
        return taken

    def leave(self, lines: Iterable[Revision]) -> None:
        """Count lines no more: they were taken out again."""
        gone = set()
        for one in lines:
            self.new[one.audit] -= 1
            gone.add(one.key)
        self.new = {audit: number for audit, number in self.new.items() if number}
        self.journal.record_not(gone)

    def record(self, sha: str, at: int, detail: dict[str, Any]) -> None:
        """Keep what is known of the bundle; one that is in stays as it was."""
        if self._is_first:
            sums = {one: digest_of_content(self.journal, one) for one in self.new}
            written = _written({**detail, "sums": sums})
            row = [self.name, bytes.fromhex(sha), at, written]
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


def authors_in(journal: Journal, which: Iterable[str]) -> set[str]:
    """Return the labels of those who wrote in some audits."""
    return {label for one in which for (label,) in journal.select(_AUTHORS, [one])}


def undo(journal: Journal, name: str, at: int) -> int:
    """Set aside what a bundle was first to bring; return how many revisions.

    Erasures stay, and so does what they erased, in an audit that is still opened.

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
            if without_marks(journal, audit, proven_sum(journal, audit).digest)
            != digest
        ]
        if changed:
            raise BuiltUponError(name, changed)
        rows = connection.execute(_TAKEN_BACK, [name]).fetchall()
        reason = f"mise de côté : le paquet « {name} » a été annulé"
        _set_aside(journal, rows, lambda _key: reason)
        connection.execute(_WAIT_NO_MORE, [name])
        _keep(connection, _UNDONE, [at, name])
        if journal.recorder:
            journal.recorder.drop(row[2] for row in rows)
    return len(rows)


def _set_aside(
    journal: Journal,
    rows: Sequence[tuple[int, str, bytes, str]],
    reason: Callable[[bytes], str],
) -> None:
    """Move lines from the log to the quarantine, inside a transaction.

    `rows`: row of the audit, subject, id, body; `reason`: why, by id, in French.
    """
    for number, subject, key, body in rows:
        name = ingest.name_of(body.encode("utf-8"))
        journal.connection.execute(_SET_ASIDE, [name, body, reason(key)])
        journal.connection.execute(_REMOVE, [number, subject, key])
    for number in {row[0] for row in rows}:
        ((audit,),) = journal.select(_AUDIT, [number])
        rebuild_audit(journal.connection, number, audit)
        journal.connection.execute(_FORGET_MARKS, [number])


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
        _set_aside(journal, rows, lambda key: f"retirée : {refused[key.hex()]}")
        if journal.recorder:
            journal.recorder.drop(row[2] for row in rows)
    return len(rows)


def give_back(journal: Journal, refused: Mapping[str, str]) -> int:
    """Set aside erasures of one person that a hub refused, and what they left.

    The hub has each line whole: the next sync brings it. Return how many erasures.
    """
    found = 0
    with journal.transaction():
        for ident, problem in refused.items():
            rows = journal.select(_ERASED_BY, [bytes.fromhex(ident)])
            reasons = {row[2]: f"retirée : {problem}" for row in rows}
            _set_aside(journal, rows, reasons.__getitem__)
            found += bool(rows)
            if journal.recorder:
                journal.recorder.drop(reasons)
    return found


def _read(row: tuple[Any, ...]) -> Brought:
    name, sha, at, undone_at, detail = row
    try:
        return Brought(name, sha.hex(), at, undone_at, json.loads(detail))
    except ValueError as error:
        raise damaged("La liste des paquets lus ici est abîmée.") from error


def _written(detail: dict[str, Any]) -> str:
    return json.dumps(detail, ensure_ascii=False, sort_keys=True, allow_nan=False)


def withheld(journal: Journal) -> list[Withheld]:
    """Return the lines that wait, by audit."""
    return [
        Withheld(read(body), bundle, problem, sender)
        for bundle, body, problem, sender in journal.select(_WAITING)
    ]


def hold_unproven(
    intake: BundleIntake, fresh: Mapping[str, Collection[bytes]], rules: Rules
) -> None:
    """Take out again, of the lines that came in just now, those that no seal covers.

    `fresh`: audit → those that their author did not give.
    """
    held = []
    for audit, keys in fresh.items():
        proven = _find_proven(intake.journal, audit, (), rules)
        rows = [
            row
            for row in intake.journal.select(_LINES, [audit])
            if row[2] in keys and row[2] not in proven
        ]
        held += [read(body) for *_, body in rows]
        _set_aside(intake.journal, rows, lambda _key: UNPROVEN)
    intake.leave(held)
    _have_wait(intake, held)


def take_erasures(
    intake: BundleIntake, erasures: Collection[Revision], rules: Rules
) -> None:
    """Take in the erasures that two persons agree on; the others wait.

    After all else of the bundle: what they name, and who asked for them, is here.
    """
    held = []
    relayed = {ident for (ident,) in intake.journal.select(_RELAYED)}
    # That of a whole audit goes before those of its lines, which it allows.
    ordered = sorted(
        erasures, key=lambda one: (one.audit, one.erases != mark_of(one.audit))
    )
    for audit, group in groupby(ordered, key=lambda one: one.audit):
        same = [*group]
        # Once an audit: a whole one that is erased brings an erasure a line.
        proven = _find_proven(intake.journal, audit, same, rules)
        doubtful = relayed - proven
        for one in same:
            is_held = bool(intake.journal.select(_IS_HELD, [audit, one.key]))
            if not is_held and (
                problem := _find_problem(intake.journal, one, doubtful, rules)
            ):
                row = (one.key, one.line.decode("utf-8"), problem)
                intake.connection.execute(_SET_ASIDE, row)
                held.append(one)
            else:
                intake.take([one.line])
    _have_wait(intake, held)


def find_refused(intake: BundleIntake) -> list[str]:
    """Return why lines of a bundle are refused, less what waits for an erasure."""
    waited = {one.revision.erases for one in withheld(intake.journal)}
    refused = []
    for one in intake.rejected:
        for (awaits,) in intake.journal.select(_AWAITS, [bytes.fromhex(one.id)]):
            if awaits is None or awaits.hex() not in waited:
                refused.append(one.problem)
    return refused


def admit(journal: Journal, rules: Rules) -> int:
    """Take in what waited and need not any more; return how many lines."""
    waiting = withheld(journal)
    if not waiting:
        return 0
    entered = 0
    with journal.transaction() as connection:
        for bundle, group in groupby(waiting, key=lambda one: one.bundle):
            lines = [one.revision for one in group]
            intake = BundleIntake(journal, connection, name=bundle)
            for audit in {one.audit for one in lines}:
                same = [one for one in lines if one.audit == audit]
                proven = _find_proven(journal, audit, same, rules)
                intake.take(
                    one.line for one in same if one.key in proven and not one.erases
                )
            take_erasures(intake, [one for one in lines if one.erases], rules)
            entered += sum(intake.new.values())
        connection.execute(_CLEAN)
    return entered


def _have_wait(intake: BundleIntake, held: Iterable[Revision]) -> None:
    """Have lines that are in quarantine wait for what they lack."""
    rows = [(ingest.name_of(one.line), one.audit, intake.name) for one in held]
    intake.connection.executemany(_HOLD, rows)


def _find_proven(
    journal: Journal, audit: str, waiting: Iterable[Revision], rules: Rules
) -> frozenset[bytes]:
    """Return the lines of an audit that a seal covers, `waiting` among them.

    Once seals are required, by a key that a hub carded. What only a revoked key covers
    comes from its hub alone.
    """
    authors: dict[str, set[bytes]] = {}
    for ident, author, _ in seals.authored_in(journal, audit):
        authors.setdefault(author, set()).add(ident)
    for one in waiting:
        authors.setdefault(one.author, set()).add(one.key)
    found, keys = seals.seals_of(journal, audit), seals.hub_keys(journal)
    everything = [ident for ids in authors.values() for ident in ids]
    old = seals.covered_by_hubs(found, keys, everything)
    owners = seals.owners(journal, carded=rules.required)
    return frozenset(old | seals.sealed_by(found, owners, authors))


def _find_problem(
    journal: Journal, erasure: Revision, doubtful: Collection[bytes], rules: Rules
) -> str:
    """Return why an erasure does not enter yet; empty when it may.

    `doubtful`: the lines that another than their author gave, and no seal covers.
    """
    value = erasure.value
    named = str(value.get("ask") or "") if isinstance(value, dict) else ""
    if rules.is_lax:
        return _find_flaw(journal, erasure, named, rules) if named else ""
    is_shown = erasure.key not in doubtful
    loses = _loses_something(journal, erasure)
    if not is_shown and (loses or rules.required):
        return "rien ne prouve qui l'a décidé : son sceau n'est pas arrivé"
    if not loses or _is_for_one(journal, erasure, rules):
        return ""
    if not named:
        return TAKES_TWO
    asked = bytes.fromhex(named)
    problems = {
        "rien ne prouve qui l'a demandé : son sceau n'est pas arrivé": (
            asked in doubtful
        ),
        "confirmer un effacement demande le droit « review »": (
            rules.required and erasure.author not in seals.reviewers(journal)
        ),
    }
    flaw = _find_flaw(journal, erasure, named, rules)
    return flaw or next((why for why, holds in problems.items() if holds), "")


def _loses_something(journal: Journal, erasure: Revision) -> bool:
    """Say whether what an erasure names is whole here, or came without what is left."""
    audit, target = erasure.audit, erasure.erases or ""
    mark, key = mark_of(audit), bytes.fromhex(target)
    if journal.select(_IS_RETIRED, [audit, bytes.fromhex(mark)]):
        return False
    if target == mark:
        return bool(
            journal.select(_IS_BEGUN, [audit, *subjects.inside(subjects.SEALS)])
        )
    if rows := journal.select(_RECEIVED, [audit, key, 0]):
        return not rows[0][1]
    return bool(journal.select(_IS_UNREAD, [key])) or not journal.select(
        _IS_LEFT, [key]
    )


def _is_for_one(journal: Journal, erasure: Revision, rules: Rules) -> bool:
    """Say whether one person may erase: what they have just given, or past its term."""
    if erasure.erases == mark_of(erasure.audit):
        if rules.hubs and erasure.author not in seals.administrators(journal):
            return False
        found = (one for one in audits(journal) if one.id == erasure.audit)
        terms = (term_of(one.campaign) for one in found)
        return any(term is not None and day_of(rules.at) > term for term in terms)
    key = bytes.fromhex(erasure.erases or "")
    return any(
        read(body).author == erasure.author
        and received is not None
        and rules.at - received < SHORT_DELAY
        for body, _, received in journal.select(
            _RECEIVED, [erasure.audit, key, rules.at]
        )
    )


def _find_flaw(journal: Journal, erasure: Revision, named: str, rules: Rules) -> str:
    """Return what lacks for a second person to confirm an erasure; empty if nothing."""
    audit, target = erasure.audit, erasure.erases or ""
    asks = {
        one.id: Asker(one.author, rules.seen.get(one.id, rules.at))
        for one in journal.history(audit, subjects.ask(target))
    }
    confirmed = Confirmation(erasure.author, target, named)
    # All that were ever said: nobody writes over what the author is opposed to.
    stops = {
        (target, str(one.value.get("ask")))
        for one in journal.history(audit, subjects.stop(target))
        if isinstance(one.value, dict)
    }
    admins = seals.administrators(journal)
    if not admins:  # nobody decides: another ask counts, as where it was confirmed
        stops &= {(target, named)}
    return find_flaw(confirmed, asks, stops, admins, rules.at)
