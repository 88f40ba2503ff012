"""The one write path: a keystroke, a pull, a bundle and an import all enter here.

Idempotent and order-free: the same set of lines, in any order and any partition,
leaves the same journal. A bad line is refused alone and put in quarantine.
"""

import gc
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b, sha256
from typing import Any, NamedTuple, Self
from zlib import crc32

from diag.journal import subjects
from diag.journal.errors import RefusedError
from diag.journal.revision import (
    MAX_LAM_JUMP,
    MAX_LINE,
    MAX_PARENTS,
    NewRevision,
    Origin,
    Revision,
    Unread,
    compose,
    dumps,
    fields_of,
    parse,
    read,
    skeleton_of,
    unread,
    without_unread_value,
)

_LOAD = """
select a.n, coalesce(t.revisions, 0), coalesce(t.lam, 0),
  coalesce(t.digest, zeroblob(32)), iif(t.audit is null, zeroblob(20), t.heads),
  exists(select 1 from erased where audit = a.n)
from audit a left join tally t on t.audit = a.n where a.id = ?
"""

_KEEP_TALLY = """
insert or replace into tally(audit, revisions, lam, digest, heads)
values (?, ?, ?, ?, ?)
"""

_HEADS = (
    "select rev from head where audit = ? and subject = ? order by lam desc, rev desc"
)

SUM_BYTES = 16
"""How long the sum of rows is."""

_CRC = 0xFFFFFFFF


@dataclass(slots=True)
class Tally:
    """The sum of one audit's log."""

    audit: str
    number: int | None = None
    """Its row; none before its first revision."""
    revisions: int = 0
    lam: int = 0
    """Greatest order number known."""
    digest: int = 0
    """Exclusive or of the ids: equal on two sides that hold the same revisions."""
    heads: int | None = 0
    """Exclusive or of the hashes of the heads; None in a file that kept none yet."""
    has_erasures: bool = False
    changed: bool = False
    """Something was counted since it was read."""

    @classmethod
    def load(cls, connection: sqlite3.Connection, audit: str) -> Self:
        """Read the tally of an audit, empty when it is not known."""
        row = connection.execute(_LOAD, (audit,)).fetchone()
        if row is None:
            return cls(audit)
        number, revisions, lam, digest, kept, erased = row
        heads = None if kept is None else int.from_bytes(kept[:SUM_BYTES])
        ids = int.from_bytes(digest)
        return cls(audit, number, revisions, lam, ids, heads, bool(erased))

    def row(self, connection: sqlite3.Connection) -> int:
        """Return the audit's row number, created with its first revision."""
        if self.number is None:
            cursor = connection.execute(
                "insert into audit(id) values (?)", [self.audit]
            )
            self.number = cursor.lastrowid
        assert self.number is not None
        return self.number

    def add(self, key: bytes, lam: int) -> None:
        """Count a new revision."""
        self.revisions += 1
        self.lam = max(self.lam, lam)
        self.digest ^= int.from_bytes(key)
        self.changed = True

    def turn(self, head: tuple[Any, ...]) -> None:
        """Count a head that stands from now on, or count one no more."""
        if self.heads is not None:
            subject, key, op, value, lam, at, author, device = head
            text = f"{subject}\0{op}\0{value}\0{lam}\0{at}\0{author}\0{device}"
            content = blake2b(text.encode("utf-8") + key, digest_size=SUM_BYTES)
            self.heads ^= int.from_bytes(content.digest())

    def save(self, connection: sqlite3.Connection) -> None:
        """Keep what was counted, if anything was."""
        if not self.changed:
            return
        connection.execute(_KEEP_TALLY, (self.number, *self.cells()))

    def cells(self) -> tuple[int, int, bytes, bytes | None]:
        """Return what is kept of it; its own check ends the sum of the heads."""
        digest = self.digest.to_bytes(32)
        if self.heads is None:
            return self.revisions, self.lam, digest, None
        heads = self.heads.to_bytes(SUM_BYTES)
        check = crc32(digest + heads, (self.revisions << 16 ^ self.lam) & _CRC)
        return self.revisions, self.lam, digest, heads + check.to_bytes(4)


def sum_of(text: str) -> bytes:
    """Return the sum of a text that is no revision, and that no id proves."""
    return blake2b(text.encode("utf-8"), digest_size=SUM_BYTES).digest()


# In both orders of arrival: a new erasure on old rows, an old erasure on new rows.
_WHOLE = "select subject, body from rev where audit = ? and id = ? and erased = 0"

_STRIP = (
    "update rev set body = ?, erased = 1 where audit = ? and subject = ? and id = ?"
)

_BLANK = "update head set value = null where audit = ? and subject = ? and rev = ?"

_HEAD = """
select subject, rev, op, value, lam, at, author, device from head
where audit = ? and subject = ? and rev = ?
"""

_KEEP_SKELETON = "insert or replace into skeleton values (?, ?, ?)"
_LEAVE_QUARANTINE = "delete from quarantine where id = ?"
_ALL_WHOLE = "select id from rev where audit = ? and erased = 0"
_UNREAD = "select body from opaque where audit = ? and id = ?"
_ALL_UNREAD = "select body from opaque where audit = ?"
_HOLLOW = "update opaque set body = ? where id = ?"
_KEEP_UNREAD = "insert or ignore into opaque values (?, ?, ?)"
_NONE_IN_QUARANTINE = "delete from quarantine where instr(body, ?) > 0"


def mark_of(audit: str) -> str:
    """Return what an erasure names to retire a whole audit, as a revision's id."""
    return sha256(f"audit/{audit}".encode()).hexdigest()


def without_value(revision: Revision) -> Revision:
    """Return a revision as its skeleton."""
    return revision._replace(line=skeleton_of(revision), given=None, erased=True)


class Erasures:
    """What is erased in the audits of a batch, the batch itself included."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        tallies: Mapping[str, Tally],
        revisions: Sequence[Revision],
    ) -> None:
        self._connection = connection
        self._tallies = tallies
        self._named = {
            (tally.audit, key)
            for tally in tallies.values()
            if tally.has_erasures
            for (key,) in connection.execute(
                "select id from erased where audit = ?", (tally.number,)
            )
        }
        self._fresh = {
            (revision.audit, bytes.fromhex(target))
            for revision in revisions
            if (target := revision.erases)
        }
        self._named |= self._fresh
        self._retired = {
            audit
            for audit in {audit for audit, _ in self._named}
            if (audit, bytes.fromhex(mark_of(audit))) in self._named
        }

    def names(self, revision: Revision) -> bool:
        """Say whether a revision is erased; an erasure itself never is."""
        return revision.op != "erase" and (
            revision.audit in self._retired
            or (revision.audit, revision.key) in self._named
        )

    def names_unread(self, one: Unread) -> bool:
        """Say whether a line of a newer version is erased."""
        return one.audit in self._retired or (one.audit, one.key) in self._named

    def retires(self, audit: str) -> bool:
        """Say whether all of an audit is erased, what comes later included."""
        return audit in self._retired

    def freed_from_quarantine(self) -> list[Revision]:
        """Return the skeletons that waited for an erasure of this batch."""
        waiting = [
            read(body)
            for _, key in self._fresh
            for (body,) in self._connection.execute(
                "select body from quarantine where awaits = ?", (key,)
            )
        ]
        return [skeleton for skeleton in waiting if self.names(skeleton)]

    def apply(self, new: Iterable[tuple[int, Revision]]) -> None:
        """Record new erasures, each with its audit's row; strip what they name."""
        execute = self._connection.execute
        for number, revision in new:
            if not revision.erases:
                continue
            audit, target = revision.audit, bytes.fromhex(revision.erases)
            row = (number, target, revision.key)
            execute("insert or ignore into erased values (?, ?, ?)", row)
            execute(_LEAVE_QUARANTINE, (target,))
            self._strip(number, target)
            self._hollow(execute(_UNREAD, (audit, target)).fetchall())
            if revision.erases == mark_of(audit):  # the whole audit is retired
                execute(_NONE_IN_QUARANTINE, (audit,))
                for (key,) in execute(_ALL_WHOLE, (number,)).fetchall():
                    self._strip(number, key)
                self._hollow(execute(_ALL_UNREAD, (audit,)).fetchall())

    def _hollow(self, rows: Iterable[tuple[str]]) -> None:
        """Leave of lines of a newer version their place only."""
        for (body,) in rows:
            one = unread(body.encode("utf-8"))
            if one and not one.erased:
                line = without_unread_value(one).line.decode("utf-8")
                self._connection.execute(_HOLLOW, (line, one.key))

    def _strip(self, number: int, target: bytes) -> None:
        execute = self._connection.execute
        for subject, body in execute(_WHOLE, (number, target)).fetchall():
            whole = read(body)
            if self.names(whole):
                skeleton = skeleton_of(whole).decode("utf-8")
                execute(_STRIP, (skeleton, number, subject, target))
                execute(_KEEP_SKELETON, (number, target, sum_of(skeleton)))
                for head in execute(_HEAD, (number, subject, target)).fetchall():
                    execute(_BLANK, (number, subject, target))
                    tally = self._tallies[whole.audit]
                    tally.turn(head)
                    tally.turn((*head[:3], None, *head[4:]))


_ADD_PARENT = "insert or ignore into parent values (?, ?, ?)"

ADD_HEAD = """
insert or ignore into head select ?, ?, ?, ?, ?, ?, ?, ?, ?
where not exists (select 1 from parent where audit = ? and subject = ? and id = ?)
"""

_ADD_REVISION = "insert or ignore into rev values (?, ?, ?, ?, ?, ?)"

_DROP_HEAD = """
delete from head where audit = ? and subject = ? and rev = ?
returning subject, rev, op, value, lam, at, author, device
"""


class Rejected(NamedTuple):
    """A line that was refused, alone."""

    line: int
    """Its number in the batch, from 1."""
    id: str
    """SHA-256 of its bytes: its name in quarantine."""
    problem: str
    """Why, in French."""


class Ingested(NamedTuple):
    """What became of a batch."""

    new: int
    known: int
    rejected: tuple[Rejected, ...]
    audits: frozenset[str]
    """Audits that have something new."""
    revisions: tuple[Revision, ...] = ()
    """What was new."""
    unread: tuple[Unread, ...] = ()
    """What was new and is of a newer version: none of the counts above."""

    @property
    def without_seals(self) -> int:
        """How many of the new ones hold something: a seal only proves others."""
        seals = f"{subjects.SEALS}/"
        return sum(not one.subject.startswith(seals) for one in self.revisions)


class _Refusal(NamedTuple):
    number: int
    line: bytes
    problem: str
    awaits: bytes | None = None
    """For a skeleton: the id whose erasure has not arrived yet."""


@contextmanager
def _pausing_collection() -> Iterator[None]:
    """Have nothing look for cycles: lines make none.

    The collector walks through all that a page holds, again and again: a fifth of the
    processor of a first sync.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_pausing_collection()
def ingest(connection: sqlite3.Connection, lines: Iterable[bytes]) -> Ingested:
    """Take lines in, inside the caller's transaction."""
    numbered: _Numbered = []
    newer: list[tuple[int, Unread]] = []
    refusals: list[_Refusal] = []
    for number, line in enumerate(lines, 1):
        try:
            numbered.append((number, parse(line)))
        except RefusedError as error:
            if one := unread(line):
                newer.append((number, one))
            else:
                refusals.append(_Refusal(number, line, str(error)))
    audits = {revision.audit for _, revision in numbered}
    audits |= {one.audit for _, one in newer}
    tallies = {audit: Tally.load(connection, audit) for audit in audits}
    numbered = _without_leaps(numbered, tallies, refusals)
    erasures = Erasures(connection, tallies, [revision for _, revision in numbered])
    accepted = _without_orphans(numbered, erasures, refusals)
    accepted += erasures.freed_from_quarantine()
    new = _take(connection, tallies, accepted, erasures)
    kept = _keep_unread(connection, newer, erasures, refusals)
    _quarantine(connection, refusals, [*accepted, *kept])
    return Ingested(
        new=len(new),
        known=len(accepted) - len(new),
        rejected=tuple(
            Rejected(refusal.number, name_of(refusal.line).hex(), refusal.problem)
            for refusal in refusals
        ),
        audits=frozenset(revision.audit for revision in new),
        revisions=tuple(new),
        unread=kept,
    )


def append(connection: sqlite3.Connection, tally: Tally, revision: Revision) -> None:
    """Take in a revision just numbered from `tally`: what a keystroke pays for.

    Raises:
        RefusedError: when its audit is retired.
    """
    tallies = {tally.audit: tally}
    erasures = Erasures(connection, tallies, [revision])
    if revision.op != "erase" and erasures.retires(tally.audit):
        raise RefusedError(
            "cet audit a été effacé au terme de sa durée de conservation : plus rien "
            "ne s'y écrit. Travaillez dans une autre campagne.",
            command="--campaign",
        )
    _take(connection, tallies, [revision, *erasures.freed_from_quarantine()], erasures)


def head_row(number: int, revision: Revision) -> tuple[Any, ...]:
    """Return the parameters of `ADD_HEAD`."""
    has_value = revision.op != "del" and not revision.erased
    value = dumps(revision.given) if has_value else None
    place = (number, revision.subject, revision.key)
    facts = (revision.lam, revision.at, revision.author, revision.device)
    return (*place, revision.op, value, *facts, *place)


def parent_rows(number: int, revision: Revision) -> list[tuple[int, str, bytes]]:
    """Return the parameters of `_ADD_PARENT`, one for each parent."""
    subject = revision.subject
    return [(number, subject, bytes.fromhex(parent)) for parent in revision.parents]


_Numbered = list[tuple[int, Revision]]


def _keep_unread(
    connection: sqlite3.Connection,
    newer: Iterable[tuple[int, Unread]],
    erasures: Erasures,
    refusals: list[_Refusal],
) -> tuple[Unread, ...]:
    """Keep the lines of a newer version; return those that were not here."""
    new = []
    for number, one in newer:
        is_named = erasures.names_unread(one)
        if one.erased and not is_named:
            refusals.append(_Refusal(number, one.line, _ORPHAN))
            continue
        kept = without_unread_value(one) if is_named else one
        row = (kept.key, kept.audit, kept.line.decode("utf-8"))
        if connection.execute(_KEEP_UNREAD, row).rowcount:
            new.append(kept)
    return tuple(new)


_ORPHAN = "squelette sans l'effacement qui le nomme"


def _without_leaps(
    numbered: _Numbered, tallies: dict[str, Tally], refusals: list[_Refusal]
) -> _Numbered:
    """Refuse order numbers far above what was known before the batch: poison."""
    kept: _Numbered = []
    for number, revision in numbered:
        greatest = tallies[revision.audit].lam + MAX_LAM_JUMP
        if revision.lam <= greatest:
            kept.append((number, revision))
            continue
        problem = f"numéro d'ordre {revision.lam} trop grand, {greatest} au plus"
        refusals.append(_Refusal(number, revision.line, problem))
    return kept


def _without_orphans(
    numbered: _Numbered, erasures: Erasures, refusals: list[_Refusal]
) -> list[Revision]:
    """Refuse the skeletons that no erasure names: they cannot be checked."""
    kept: list[Revision] = []
    for number, revision in numbered:
        if not revision.erased or erasures.names(revision):
            kept.append(revision)
            continue
        refusals.append(_Refusal(number, revision.line, _ORPHAN, revision.key))
    return kept


def _take(
    connection: sqlite3.Connection,
    tallies: dict[str, Tally],
    accepted: Sequence[Revision],
    erasures: Erasures,
) -> list[Revision]:
    """Add to the log, and bring the projections along; return what was new."""
    new: list[tuple[int, Revision]] = []
    for revision in accepted:
        kept = without_value(revision) if erasures.names(revision) else revision
        tally = tallies[kept.audit]
        number, body = tally.row(connection), kept.line.decode("utf-8")
        row = (number, kept.subject, kept.key, kept.lam, body, int(kept.erased))
        if connection.execute(_ADD_REVISION, row).rowcount:
            tally.add(kept.key, kept.lam)
            new.append((number, kept))
            if kept.erased:
                skeleton = (number, kept.key, sum_of(body))
                connection.execute(_KEEP_SKELETON, skeleton)
    _move_heads(connection, tallies, new)
    erasures.apply(new)
    for tally in tallies.values():
        tally.save(connection)
    return [revision for _, revision in new]


def _move_heads(
    connection: sqlite3.Connection,
    tallies: Mapping[str, Tally],
    new: Sequence[tuple[int, Revision]],
) -> None:
    """Have the new revisions stand, and those that they supersede stand no more."""
    parents = [row for number, kept in new for row in parent_rows(number, kept)]
    if parents:
        connection.executemany(_ADD_PARENT, parents)
    for number, kept in new:
        row = head_row(number, kept)
        if connection.execute(ADD_HEAD, row).rowcount:
            tallies[kept.audit].turn(row[1:9])
    for number, kept in new if parents else ():
        for row in parent_rows(number, kept):
            for head in connection.execute(_DROP_HEAD, row).fetchall():
                tallies[kept.audit].turn(head)


def _quarantine(
    connection: sqlite3.Connection,
    refusals: Sequence[_Refusal],
    accepted: Sequence[Revision | Unread],
) -> None:
    """Keep what was refused, let go of what is now in, and of what is erased."""
    if connection.execute("select 1 from quarantine limit 1").fetchone():
        connection.executemany(
            "delete from quarantine where id = ?",
            [(name_of(revision.line),) for revision in accepted],
        )
    connection.executemany(
        "insert or replace into quarantine values (?, ?, ?, ?)",
        [
            (
                name_of(line),
                line[:MAX_LINE].decode("utf-8", errors="backslashreplace"),
                problem,
                awaits,
            )
            for _, line, problem, awaits in refusals
        ],
    )
    if refusals:
        connection.execute("delete from quarantine where id in (select id from erased)")


def name_of(line: bytes) -> bytes:
    """Return under what a line is known in quarantine: its own hash, even if erased."""
    return sha256(line).digest()


def write(
    connection: sqlite3.Connection, draft: NewRevision, origin: Origin
) -> list[Revision]:
    """Number a draft and take it in, inside the caller's transaction.

    Over more heads than one revision may supersede, it is written several times, each
    over the one before: the last one stands alone. Return them in order.

    Raises:
        RefusedError: when it may not enter.
    """
    tally = Tally.load(connection, draft.audit)
    parents = draft.parents
    if parents is None:
        heads = connection.execute(_HEADS, (tally.number, draft.subject))
        parents = tuple(key.hex() for (key,) in heads)
    named, written = sorted(set(parents)), list[Revision]()
    while named or not written:
        taken, named = named[:MAX_PARENTS], named[MAX_PARENTS:]
        fields = {**fields_of(draft), "lam": tally.lam + 1, "parents": sorted(taken)}
        fields |= {
            "at": origin.clock(),
            "author": origin.author,
            "device": origin.device,
        }
        revision = compose(fields, origin.nonce())
        append(connection, tally, revision)
        written.append(revision)
        if named:
            named.insert(0, revision.id)
    return written
