"""The journal of a workspace: one SQLite file, one way in; editions and settings."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from datetime import date
from functools import reduce
from hashlib import sha256
from operator import xor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from diag.journal import connection as keys
from diag.journal import ingest, proof, subjects
from diag.journal.asks import masked_in, masked_text
from diag.journal.connection import in_french
from diag.journal.errors import (
    DamagedError,
    DiskFullError,
    JournalError,
    LockedError,
    RefusedError,
    damaged,
)
from diag.journal.file import PATIENCE, JournalFile, Recorder, open_file, open_in_memory
from diag.journal.ingest import Ingested, Tally, write
from diag.journal.revision import (
    Json,
    NewRevision,
    Origin,
    Revision,
    loads,
    parse,
    shown_value,
)

if TYPE_CHECKING:
    from diag.model.checklist import Checklist

FILE = "diag.db"
"""Name of the journal's file in a workspace."""

_HEADS = """
select subject, rev, op, value, lam, at, author, device from head
where audit = (select n from audit where id = ?) order by subject, lam, rev
"""

_CURRENT = """
select subject, rev, op, value, lam, at, author, device from head
where audit = (select n from audit where id = ?) and subject = ? order by lam, rev
"""

_HEADS_INSIDE = """
select subject, rev, op, value, lam, at, author, device from head
where audit = (select n from audit where id = ?) and subject >= ? and subject < ?
order by subject, lam, rev
"""

_HISTORY = """
select subject, id, body from rev
where audit = (select n from audit where id = ?) and subject = ? order by lam, id
"""

_INSIDE = """
select subject, id, body from rev
where audit = (select n from audit where id = ?) and subject >= ? and subject < ?
order by lam, id
"""

_LINES = """
select subject, id, body from rev
where audit = (select n from audit where id = ?) order by lam, id
"""

_MANIFEST = """
select a.id, t.revisions, t.digest from audit a join tally t on t.audit = a.n
order by a.id
"""


_NUMBER = "select n from audit where id = ?"
_NUMBER_UNINDEXED = "select n from audit not indexed where id = ?"

_FOUND_AGAIN = (
    "Des réponses courantes avaient changé sur le disque : elles ont été retrouvées "
    "dans le journal. Ce disque vieillit peut-être : copiez l'espace de travail "
    "ailleurs."
)


_CHECKED = 100
"""Audits checked in one reading, when all are waited for."""

_CHANGED = {
    "setting": "Vos réglages ont changé sur le disque. Vérifiez, dans les "
    "réglages, votre nom, celui du syndicat et la campagne.",
    "edition": "Les grilles gardées ici ont changé sur le disque. Restaurez une "
    "copie du dossier « backups », ou synchronisez.",
    "school": "La liste des écoles a changé sur le disque. Réimportez l'annuaire.",
    "commune": "La liste des communes a changé sur le disque. Réimportez-la.",
    "access": "La liste des communes raccordables a changé sur le disque. "
    "Réimportez-la.",
    "town_hall": "La liste des mairies a changé sur le disque. Réimportez-la.",
    "outbox": "La boîte d'envoi a changé sur le disque : un message peut manquer, ou "
    "ne plus être ce que vous avez écrit. Comparez-la à une copie du dossier "
    "« backups » avant d'envoyer.",
    "bundle": "La liste des paquets lus ici a changé sur le disque. Comparez-la à une "
    "copie du dossier « backups » avant d'en annuler un.",
    "card": "Les clés de vos collègues ont changé sur le disque : « scellé » et "
    "« poste » ne prouvent plus rien. Restaurez une copie du dossier "
    "« backups ».",
    "relayed": "La liste des modifications relayées a changé sur le disque : ne vous "
    "fiez pas à « poste » ni à « relayé par ». Restaurez une copie du dossier "
    "« backups ».",
}
"""What is shown of each small table whose sum is no longer its own."""


class Head(NamedTuple):
    """A revision that no other of its subject supersedes."""

    subject: str
    key: bytes
    op: str
    text: str | None
    """Canonical JSON of its value; None when withdrawn or erased."""
    lam: int
    at: int
    author: str
    device: str
    is_masked: bool = False
    """Somebody asks to erase it: an answer is judged still, its words are not shown."""

    @property
    def id(self) -> str:
        """Return the revision's id."""
        return self.key.hex()

    @property
    def value(self) -> Json:
        """Return its value, as it is read and shown."""
        return None if self.text is None else shown_value(loads(self.text))

    @property
    def has_value(self) -> bool:
        """Say whether it carries a value: neither withdrawn nor erased."""
        return self.text is not None

    @property
    def withdrawn(self) -> bool:
        """Say whether it takes its subject away."""
        return self.op == "del"


class AuditSum(NamedTuple):
    """One line of the manifest: two sides with the same digest hold the same log."""

    audit: str
    revisions: int
    digest: str

    @classmethod
    def of(cls, audit: str, keys: Iterable[bytes]) -> Self:
        """Return the sum of lines: how many, the exclusive or of their ids."""
        ids = [*map(int.from_bytes, keys)]
        return cls(audit, len(ids), f"{reduce(xor, ids, 0):064x}")


class Journal(JournalFile):
    """Everything that was recorded in a workspace."""

    is_checked = False
    """Whether every audit was found as it was summed since the file was opened."""
    _unchecked: list[tuple[int, str]] | None = None
    """Audits left to check; None before any was."""

    @classmethod
    def open(cls, folder: Path, *, readonly: bool = False) -> Self:
        """Open the journal of a workspace, created or upgraded when needed.

        Raises:
            JournalError: when it cannot be opened; with why and the remedy.
        """
        path = folder / FILE
        opened = open_file(path, readonly=readonly)
        journal = cls(
            opened.connection, path, readonly=opened.readonly, notice=opened.notice
        )
        if not journal.readonly:
            journal.recorder = Recorder(folder, keys.key_of(path))
        return journal

    @classmethod
    def in_memory(cls) -> Self:
        """Return a journal that holds nothing and leaves nothing."""
        path = Path(":memory:")
        return cls(open_in_memory(), path, readonly=False, notice="")

    @contextmanager
    def holding(self, lines: Iterable[bytes]) -> Iterator[None]:
        """Hold lines for a moment, as if they had come."""
        self.connection.execute("begin")
        try:
            ingest.ingest(self.connection, lines)
            yield
        finally:
            self.connection.execute("rollback")

    def ingest(self, lines: Iterable[bytes]) -> Ingested:
        """Take lines in, in one durable commit; a bad line is refused alone."""
        with self.transaction() as connection:
            taken = ingest.ingest(connection, lines)
            self.record((*taken.revisions, *taken.unread))
            return taken

    def write(self, change: NewRevision, origin: Origin) -> Revision:
        """Say one thing, in one durable commit.

        Raises:
            RefusedError: when it may not enter.
            JournalError: when it could not be written.
        """
        with self.transaction():
            return self.add(change, origin)

    def add(self, change: NewRevision, origin: Origin) -> Revision:
        """Say one thing inside the transaction that is open.

        Raises:
            RefusedError: when it may not enter.
        """
        written = write(self.connection, change, origin)
        self.record(written)
        return written[-1]

    def write_many(
        self,
        changes: Iterable[NewRevision],
        origin: Origin,
        first: Callable[[], object] = lambda: None,
    ) -> tuple[Revision, ...]:
        """Say several things, in order, in one durable commit: all or nothing.

        `first` is called once nobody else can write any more; what it raises is
        raised, and nothing is recorded.
        """
        with self.transaction():
            first()
            return tuple(self.add(change, origin) for change in changes)

    def heads(self, audit: str) -> tuple[Head, ...]:
        """Return the current revisions of an audit, by subject, then in order."""
        return self._shown(audit, self.select(_HEADS, [audit]))

    def heads_inside(self, audit: str, prefix: str) -> tuple[Head, ...]:
        """Return the current revisions of the subjects under `prefix/`, in order."""
        bounds = subjects.inside(prefix)
        return self._shown(audit, self.select(_HEADS_INSIDE, [audit, *bounds]))

    def current(self, audit: str, subject: str) -> tuple[Head, ...]:
        """Return the current revisions of one subject, in order."""
        return self._shown(audit, self.select(_CURRENT, [audit, subject]))

    def _shown(self, audit: str, rows: list[Any]) -> tuple[Head, ...]:
        """Return heads, those that somebody asks to erase without their words."""
        heads = tuple(Head(*row) for row in rows)
        masked = masked_in(self, audit) if heads else frozenset()
        if not masked:
            return heads
        return tuple(
            head._replace(
                text=masked_text(head.subject, head.text) if head.text else None,
                is_masked=True,
            )
            if head.key in masked
            else head
            for head in heads
        )

    def history(self, audit: str, subject: str) -> tuple[Revision, ...]:
        """Return every revision of a subject, in order."""
        return tuple(self._proven(_HISTORY, [audit, subject]))

    def history_inside(self, audit: str, prefix: str) -> tuple[Revision, ...]:
        """Return every revision of the subjects under `prefix/`, in order."""
        bounds = subjects.inside(prefix)
        return tuple(self._proven(_INSIDE, [audit, *bounds]))

    def lines(self, audit: str) -> Iterator[bytes]:
        """Give the log of an audit in order: what another journal takes in."""
        for revision in self._proven(_LINES, [audit]):
            yield revision.line

    def _proven(self, sql: str, parameters: Sequence[object]) -> Iterator[Revision]:
        """Give revisions, each as its id shows that it was written.

        Raises:
            DamagedError: at the first that is not.
        """
        for subject, key, body in self.select(sql, parameters):
            revision = proof.line_of(key, body)
            if revision is None:
                raise proof.changed_line(subject, key, f"{self.path} : ")
            yield revision

    @property
    def version(self) -> int:
        """A number that another one replaces when another program has written."""
        ((number,),) = self.select("pragma data_version")
        return int(number)

    @property
    def written(self) -> tuple[int, int]:
        """Its version, and how many rows this program wrote: any write changes it."""
        return self.version, self.connection.total_changes

    def digest(self, audit: str) -> str:
        """Return the exclusive or of the ids of an audit, zero when it is empty."""
        with in_french(self.path):
            return f"{Tally.load(self.connection, audit).digest:064x}"

    def manifest(self) -> tuple[AuditSum, ...]:
        """Return how many revisions of which audits are here, and their digests."""
        return tuple(
            AuditSum(audit, revisions, digest.hex())
            for audit, revisions, digest in self.select(_MANIFEST)
        )

    def check(self, audit: str) -> None:
        """Have what stands in an audit be as it was summed, or found again.

        Raises:
            DamagedError: when it cannot be: what to do.
        """
        with self.looking() as connection:
            number = self._number_of(audit)
            if number is None or proof.is_as_summed(connection, number):
                return
        self.prove(audit)

    def prove(self, audit: str) -> None:
        """Check every line of an audit's log; find again what follows from it.

        Raises:
            DamagedError: when the log is not what was written: what to do.
        """
        with self.looking() as connection:
            number = self._number_of(audit)
            if number is None:
                return
            state = proof.state_of(connection, number, audit)
        if state is proof.LogState.SOUND:
            return
        if self.readonly:
            if state is proof.LogState.CHANGED:
                raise damaged(f"{self.path} : {proof.NOT_FOUND_AGAIN}")
            return
        inside = nullcontext(self.connection)
        with inside if self.connection.in_transaction else self.transaction():
            proof.find_again(self.connection, number, audit)
        if state is proof.LogState.CHANGED:
            if self.recorder:
                self.recorder.add_event("repair", audit=audit)
            self.on_change(_FOUND_AGAIN)

    def check_all(self) -> None:
        """Check every audit, once; those of a workspace are listed side by side.

        Raises:
            DamagedError: when one cannot be found again: what to do.
        """
        while not self.check_some(_CHECKED):
            pass

    def check_some(self, most: int) -> bool:
        """Check so many audits more, once each; return whether all are.

        Raises:
            DamagedError: when one cannot be found again: what to do.
        """
        if self.is_checked:
            return True
        with self.looking() as connection:
            if self._unchecked is None:
                self._unchecked = proof.audits_in(connection)
            now, self._unchecked = self._unchecked[:most], self._unchecked[most:]
            changed = [
                audit
                for number, audit in now
                if not proof.is_as_summed(connection, number)
            ]
        for audit in changed:
            self.prove(audit)
        self.is_checked = not self._unchecked
        return self.is_checked

    def prove_all(self) -> None:
        """Prove every audit, and the small tables: before a copy is made of them.

        Raises:
            DamagedError: when one cannot be found again: what to do.
        """
        with self.looking() as connection:
            numbered = proof.audits_in(connection)
        for _, audit in numbered:
            self.prove(audit)
        for table in _CHANGED:
            self.check_table(table)

    def check_table(self, name: str) -> None:
        """Show that a small table is no longer what was written, if so.

        Raises:
            DamagedError: when it cannot be read.
        """
        with self.looking() as connection:
            is_right = proof.is_sealed(connection, name)
        if not is_right:
            self.warn_of_change(name)

    def warn_of_change(self, name: str) -> None:
        """Show that the disk changed a small table, and what to do about it."""
        self.on_change(_CHANGED[name])

    def _number_of(self, audit: str) -> int | None:
        """Return the row of an audit, found without the index when it lies.

        Raises:
            DamagedError: when the index no longer gives it.
        """
        found = self.connection.execute(_NUMBER, [audit]).fetchall()
        if found != self.connection.execute(_NUMBER_UNINDEXED, [audit]).fetchall():
            raise DamagedError(DamagedError.sentence)
        return found[0][0] if found else None

    def compact(self) -> bool:
        """Give the file no page that is not in use, its log emptied.

        False when another program reads the file, or the disk has no room for another
        one: old pages may stay in the log until then.
        """
        try:
            with in_french(self.path):
                self.connection.execute("vacuum")
                sql = "pragma wal_checkpoint(truncate)"
                (busy, *_) = self.connection.execute(sql).fetchone()
        except (DiskFullError, LockedError):
            return False
        return not busy

    def rebuild(self) -> None:
        """Find the projections again from the log alone."""
        with self.transaction() as connection:
            proof.rebuild(connection)


class Editions:
    """The compiled checklists of a journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._opened: dict[str, Checklist] = {}

    def keep(self, compiled: bytes) -> str:
        """Keep a compiled edition; return its digest. Keeping one twice is harmless."""
        digest = sha256(compiled).hexdigest()
        if not self.holds(digest):
            with self._journal.transaction() as connection:
                connection.execute(
                    "insert or ignore into edition values (?, ?)",
                    [digest, compiled.decode("utf-8")],
                )
                proof.seal(connection, "edition")
        return digest

    def holds(self, digest: str) -> bool:
        """Say whether an edition is here."""
        sql = "select 1 from edition not indexed where digest = ?"
        return bool(self._journal.select(sql, [digest]))

    def digests(self) -> Sequence[str]:
        """Return the digests of all editions, in the order in which they came.

        Tell when the disk changed the list.
        """
        self._journal.check_table("edition")
        rows = self._journal.select("select digest from edition order by rowid")
        return [digest for (digest,) in rows]

    def read(self, digest: str) -> bytes:
        """Return a compiled edition, as it was kept.

        Raises:
            JournalError: when it is not here, or no longer what was kept.
        """
        sql = "select body from edition not indexed where digest = ?"
        rows = self._journal.select(sql, [digest])
        if not rows:
            self._journal.check_table("edition")
            raise JournalError(
                f"L'édition de grilles {digest[:12]} n'est pas sur cet ordinateur : "
                "synchronisez avec le poste qui a ouvert l'audit."
            )
        body: bytes = rows[0][0].encode("utf-8")
        if sha256(body).hexdigest() != digest:
            raise damaged(f"L'édition de grilles {digest[:12]} est abîmée.")
        return body

    def open(self, digest: str) -> "Checklist":
        """Return the checklists of an edition, ready to judge.

        The same object each time: an edition never changes, and its rules are
        compiled once.

        Raises:
            JournalError: when it is not here, or no longer what was kept.
        """
        # Only who judges pays for the reading of checklists.
        from diag.checklist.edition import EditionError, open_edition  # noqa: PLC0415

        try:
            if digest not in self._opened:
                self._opened[digest] = open_edition(self.read(digest))
            return self._opened[digest]
        except EditionError as error:
            raise JournalError(f"Édition {digest[:12]} : {error}") from error


_LATEST = """
select date(max(at) / 1000, 'unixepoch') from head
where audit = (select max(audit) from head)
"""


def latest_day(journal: Journal) -> date | None:
    """Return the day, UTC, when the newest audit was last written, by some clock.

    None where nothing was, or beyond every calendar.
    """
    ((day,),) = journal.select(_LATEST)
    return date.fromisoformat(day) if day else None


_HOLDS = """
select 1 from audit a cross join rev r
  on r.audit = a.n and r.subject = ? and r.id = ? where a.id = ?
"""
BEHIND = "recorder.behind"
"""What names the line that the journal lacks, until it is back: none of its content."""


def notice_older(journal: Journal) -> str:
    """Return the id of a line that was committed and is no longer there.

    An old copy was put back; empty when none was. It is looked for until it is there.
    """
    if journal.recorder is None:
        return ""
    kept = list(get_setting(journal, BEHIND, []))
    named = kept
    if not named:
        with suppress(RefusedError):
            one = parse(journal.recorder.last())
            named = [one.audit, one.subject, one.id]
    is_here = not named or bool(
        journal.select(_HOLDS, [named[1], bytes.fromhex(named[2]), named[0]])
    )
    wanted = [] if is_here else named
    if wanted != kept and not journal.readonly:
        put_setting(journal, BEHIND, wanted)
    return "" if is_here else str(named[2])


def get_setting(journal: Journal, key: str, default: Any = None) -> Any:
    """Return a setting, or `default` when nobody has set it."""
    rows = journal.select("select value from setting where key = ?", [key])
    try:
        return json.loads(rows[0][0]) if rows else default
    except ValueError as error:
        raise damaged_setting(journal, key) from error


def damaged_setting(journal: Journal, key: str) -> DamagedError:
    """Return why a setting that the disk changed cannot be read."""
    return damaged(f"{journal.path} : le réglage « {key} » est abîmé.")


def put_setting(
    journal: Journal, key: str, value: Any, *, patience: float = PATIENCE
) -> None:
    """Keep a setting, durably."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False)
    with journal.transaction(patience) as connection:
        connection.execute("insert or replace into setting values (?, ?)", [key, text])
        proof.seal(connection, "setting")


def jot_setting(journal: Journal, key: str, value: Any) -> None:
    """Keep a setting without waiting for the disk.

    The system holds it when the program is killed; only a power cut may lose it. What
    cannot be written is not: it is no word of anybody's.
    """
    if journal.readonly:
        return
    with suppress(JournalError):
        journal.connection.execute("pragma synchronous = normal")
        try:
            put_setting(journal, key, value, patience=0)
        finally:
            journal.connection.execute("pragma synchronous = full")
