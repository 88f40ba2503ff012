"""The one write path: a keystroke, a pull, a bundle and an import all enter here.

Idempotent and order-free: the same set of lines, in any order and any partition,
leaves the same journal. A bad line is refused alone and put in quarantine.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from diag.journal.canonical import dumps
from diag.journal.door import MAX_LAM_JUMP, MAX_LINE
from diag.journal.erasures import Erasures, without_value
from diag.journal.errors import RefusedError
from diag.journal.revision import Revision, parse
from diag.journal.tally import Tally

ADD_PARENT = "insert or ignore into parent values (?, ?, ?)"
ADD_HEAD = """
insert or ignore into head select ?, ?, ?, ?, ?, ?, ?, ?, ?
where not exists (select 1 from parent where audit = ? and subject = ? and id = ?)
"""
_ADD_REVISION = "insert or ignore into rev values (?, ?, ?, ?, ?, ?)"
_DROP_HEAD = "delete from head where audit = ? and subject = ? and rev = ?"


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


class _Refusal(NamedTuple):
    number: int
    line: bytes
    problem: str
    awaits: bytes | None = None
    """For a skeleton: the id whose erasure has not arrived yet."""


def ingest(connection: sqlite3.Connection, lines: Iterable[bytes]) -> Ingested:
    """Take lines in, inside the caller's transaction."""
    numbered, refusals = _parsed(lines)
    audits = {revision.audit for _, revision in numbered}
    tallies = {audit: Tally.load(connection, audit) for audit in audits}
    numbered = _without_leaps(numbered, tallies, refusals)
    erasures = Erasures(connection, tallies, [revision for _, revision in numbered])
    accepted = _without_orphans(numbered, erasures, refusals)
    accepted += erasures.freed_from_quarantine()
    new = _take(connection, tallies, accepted, erasures)
    _quarantine(connection, refusals, accepted)
    return Ingested(
        new=len(new),
        known=len(accepted) - len(new),
        rejected=tuple(
            Rejected(refusal.number, _name(refusal.line).hex(), refusal.problem)
            for refusal in refusals
        ),
        audits=frozenset(revision.audit for revision in new),
        revisions=tuple(new),
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


def head_row(number: int, revision: Revision) -> tuple[object, ...]:
    """Return the parameters of `ADD_HEAD`."""
    said = revision.op != "del" and not revision.erased
    value = dumps(revision.value) if said else None
    place = (number, revision.subject, revision.key)
    facts = (revision.lam, revision.at, revision.author, revision.device)
    return (*place, revision.op, value, *facts, *place)


def parent_rows(number: int, revision: Revision) -> list[tuple[int, str, bytes]]:
    """Return the parameters of `ADD_PARENT`, one for each parent."""
    subject = revision.subject
    return [(number, subject, bytes.fromhex(parent)) for parent in revision.parents]


_Numbered = list[tuple[int, Revision]]


def _parsed(lines: Iterable[bytes]) -> tuple[_Numbered, list[_Refusal]]:
    numbered: _Numbered = []
    refusals: list[_Refusal] = []
    for number, line in enumerate(lines, 1):
        try:
            numbered.append((number, parse(line)))
        except RefusedError as error:
            refusals.append(_Refusal(number, line, str(error)))
    return numbered, refusals


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
        problem = "squelette sans l'effacement qui le nomme"
        refusals.append(_Refusal(number, revision.line, problem, revision.key))
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
    _move_heads(connection, new)
    erasures.apply(new)
    for tally in tallies.values():
        tally.save(connection)
    return [revision for _, revision in new]


def _move_heads(
    connection: sqlite3.Connection, new: Sequence[tuple[int, Revision]]
) -> None:
    parents = [row for number, kept in new for row in parent_rows(number, kept)]
    if parents:
        connection.executemany(ADD_PARENT, parents)
    connection.executemany(ADD_HEAD, [head_row(number, kept) for number, kept in new])
    if parents:
        connection.executemany(_DROP_HEAD, parents)


def _quarantine(
    connection: sqlite3.Connection,
    refusals: Sequence[_Refusal],
    accepted: Sequence[Revision],
) -> None:
    """Keep what was refused, let go of what is now in, and of what is erased."""
    connection.executemany(
        "delete from quarantine where id = ?",
        [(_name(revision.line),) for revision in accepted],
    )
    connection.executemany(
        "insert or replace into quarantine values (?, ?, ?, ?)",
        [
            (_name(line), _readable(line), problem, awaits)
            for _, line, problem, awaits in refusals
        ],
    )
    if refusals:
        connection.execute("delete from quarantine where id in (select id from erased)")


def _name(line: bytes) -> bytes:
    return sha256(line).digest()


def _readable(line: bytes) -> str:
    return line[:MAX_LINE].decode("utf-8", errors="backslashreplace")
