"""Proofs: what is read of a journal is what was written, found again, or refused.

A revision is proven by its id. What is computed from the log, and what no id names, has
sums next to it: a disk that changes a row changes no sum with it.
"""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from enum import Enum, auto
from hashlib import blake2b, sha256
from types import MappingProxyType
from typing import Any, NamedTuple

from diag.journal.connection import is_of_sqlite
from diag.journal.errors import DamagedError, damaged
from diag.journal.ingest import (
    SUM_BYTES,
    Tally,
    head_row,
    mark_of,
    parent_rows,
    sum_of,
)
from diag.journal.revision import Revision, read
from diag.journal.schema import applied, m007_sums

_ROWS = "select subject, id, lam, body, erased from rev where audit = ?"
_IDS = """
select id, subject is body ->> '$.subject' and lam is body ->> '$.lam'
from rev where audit = ?
"""

_STANDING = """
select subject, rev, op, value, lam, at, author, device from head where audit = ?
"""

_PARENTS = "select subject, id from parent where audit = ?"
_ERASED = "select id, by_rev from erased where audit = ?"
_KEPT = "select revisions, lam, digest, heads from tally where audit = ?"
_SKELETONS = "select id, sum from skeleton where audit = ?"

_FOUND_AGAIN = ("parent", "head", "tally", "erased")
"""Tables that the log gives again."""

NONE: Mapping[bytes, bytes] = MappingProxyType({})

NOT_FOUND_AGAIN = "les réponses courantes ne sont plus celles du journal."
"""What is said when what follows from the log cannot be written again."""


class _ProvenLog(NamedTuple):
    """The log of one audit, every line of it checked, and what follows from it."""

    tally: Tally
    heads: list[tuple[Any, ...]]
    """As the table gives them, in order."""
    parents: list[tuple[str, bytes]]
    erased: list[tuple[bytes, bytes]]
    """What is erased, and the erasure."""

    @property
    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """The rows that each table must hold of the audit."""
        return {
            _STANDING: self.heads,
            _PARENTS: self.parents,
            _ERASED: self.erased,
            _KEPT: [self.tally.cells()] if self.tally.revisions else [],
        }


def _read_log(connection: sqlite3.Connection, number: int, audit: str) -> _ProvenLog:
    """Read the log of an audit, and check every line of it.

    Raises:
        DamagedError: at the first line that is not what was written.
    """
    skeletons = dict(connection.execute(_SKELETONS, (number,)))
    tally, revisions = Tally(audit, number), []
    last = ("", b"")
    for subject, key, lam, body, is_erased in connection.execute(_ROWS, (number,)):
        revision = line_of(key, body, skeletons)
        place = (audit, subject, lam, bool(is_erased))
        if (
            revision is None
            or place
            != (revision.audit, revision.subject, revision.lam, revision.erased)
            or (subject, key) <= last
        ):
            raise changed_line(subject, key)
        last = (subject, key)
        revisions.append(revision)
        tally.add(key, lam)
    named = {target for each in revisions if (target := each.erases)}
    for each in revisions if mark_of(audit) not in named else ():
        if each.erased and each.id not in named:
            raise damaged(
                f"l'effacement de la modification {each.id} ({each.subject}) n'est "
                "plus dans le journal."
            )
    parents = {row[1:] for each in revisions for row in parent_rows(number, each)}
    heads = [
        head_row(number, each)[1:9]
        for each in revisions
        if (each.subject, each.key) not in parents
    ]
    for head in heads:
        tally.turn(head)
    erased = [
        (bytes.fromhex(target), each.key)
        for each in revisions
        if (target := each.erases)
    ]
    return _ProvenLog(tally, heads, sorted(parents), sorted(erased))


def changed_line(subject: str, key: bytes, where: str = "") -> DamagedError:
    """Return why a line that is not what was written is not read."""
    return damaged(
        f"{where}la modification {key.hex()} ({subject}) n'est plus ce qui avait été "
        "écrit."
    )


def line_of(
    key: bytes, body: str, skeletons: Mapping[bytes, bytes] = NONE
) -> Revision | None:
    """Return the revision that a line is; None when it is not what was written.

    `skeletons`: the sums of lines that were erased, which no id proves any more.
    """
    is_whole = sha256(body.encode("utf-8")).digest() == key
    if not is_whole and skeletons.get(key, sum_of(body)) != sum_of(body):
        return None
    try:
        revision = read(body)
    except (AssertionError, AttributeError, KeyError, TypeError, ValueError):
        return None
    return revision if revision.key == key else None


def is_as_summed(connection: sqlite3.Connection, number: int) -> bool:
    """Say whether the heads of an audit, and the ids of its log, are as summed."""
    try:
        kept = connection.execute(_KEPT, (number,)).fetchall()
        found = Tally("", number)
        last = ("", b"")
        for row in connection.execute(_STANDING, (number,)):
            if row[:2] <= last:
                return False
            last = row[:2]
            found.turn(row)
        for key, is_in_place in connection.execute(_IDS, (number,)):
            if not is_in_place:
                return False
            found.add(key, 0)
    except (TypeError, ValueError):
        return False
    except Exception as error:
        if is_of_sqlite(error):
            return False
        raise
    if kept:
        found.lam = kept[0][1]
    return kept == ([found.cells()] if found.revisions else [])


class LogState(Enum):
    """How what follows from a log was found."""

    SOUND = auto()
    UNSUMMED = auto()
    """Right, in an older file that kept no sum of it yet."""
    CHANGED = auto()


def state_of(connection: sqlite3.Connection, number: int, audit: str) -> LogState:
    """Check the log of an audit, and compare the tables with what it gives.

    Raises:
        DamagedError: when its log is not what was written, or has lost lines.
    """
    log = _whole_log(connection, number, audit)
    if _follows(connection, log):
        return LogState.SOUND
    kept = connection.execute(_KEPT, (number,)).fetchall()
    *sums, _ = log.tally.cells()
    if kept == [(*sums, None)] and _follows(connection, log, without=_KEPT):
        return LogState.UNSUMMED
    return LogState.CHANGED


def find_again(connection: sqlite3.Connection, number: int, audit: str) -> None:
    """Write again what the log of an audit gives, inside a transaction.

    Raises:
        DamagedError: when its log is not what was written, or has lost lines.
    """
    log = _whole_log(connection, number, audit)
    if _follows(connection, log, without=_KEPT):
        log.tally.save(connection)
    else:
        _write_again(connection, log)
    if not _follows(connection, log):
        raise damaged(NOT_FOUND_AGAIN)


def _whole_log(connection: sqlite3.Connection, number: int, audit: str) -> _ProvenLog:
    log = _read_log(connection, number, audit)
    kept = connection.execute(_KEPT, (number,)).fetchone()
    if kept and kept[3] is not None:
        revisions, lam, digest, heads = kept
        sums = int.from_bytes(digest), int.from_bytes(heads[:SUM_BYTES])
        is_whole = Tally("", number, revisions, lam, *sums).cells() == kept
        found = log.tally.revisions, log.tally.digest.to_bytes(32)
        if is_whole and (revisions, digest) != found:
            raise damaged(
                f"le journal a perdu des modifications : {revisions} enregistrées, "
                f"{log.tally.revisions} lisibles."
            )
    return log


def _follows(
    connection: sqlite3.Connection, log: _ProvenLog, without: str = ""
) -> bool:
    """Say whether the tables hold what the log of an audit gives."""
    number = log.tally.number
    try:
        return all(
            connection.execute(sql, (number,)).fetchall() == rows
            for sql, rows in log.tables.items()
            if sql != without
        )
    except Exception as error:
        if is_of_sqlite(error):
            return False
        raise


def _write_again(connection: sqlite3.Connection, log: _ProvenLog) -> None:
    number = log.tally.number
    rows = {"parent": log.parents, "head": log.heads, "erased": log.erased}
    try:
        for table in _FOUND_AGAIN:
            sql = f"delete from {table} where audit = ?"  # noqa: S608 -- names of this module
            connection.execute(sql, (number,))
        for table, wanted in rows.items():
            for row in wanted:
                marks = ", ".join("?" * (len(row) + 1))
                connection.execute(
                    f"insert into {table} values ({marks})",  # noqa: S608 -- names of this module
                    (number, *row),
                )
        log.tally.save(connection)
    except sqlite3.IntegrityError as error:  # a row that no search finds
        raise damaged(NOT_FOUND_AGAIN) from error


_JUDGED = """
select a.id, a.n, j.digest, j.sum, j.rest
from judged j join tally t on t.audit = j.audit and t.digest = j.digest
join audit a on a.n = j.audit where j.engine = ? and (? is null or a.id = ?)
"""

_SCORES = (
    "select audit, digest, edition, engine, conflicts, alerts, socle "  # noqa: ISC004
    "from judged where audit = ?",
    "select * from score where audit = ? order by dim",
)

_DETAILS = (
    "select * from finding where audit = ? order by position",
    "select * from advice where audit = ? order by position",
)


def judgement_sums(connection: sqlite3.Connection, number: int) -> tuple[bytes, bytes]:
    """Return the sums of what was judged of an audit: of scores, and of the rest."""
    return _sum(connection, number, _SCORES), _sum(connection, number, _DETAILS)


def _sum(
    connection: sqlite3.Connection, number: int, queries: tuple[str, ...]
) -> bytes:
    rows = [connection.execute(sql, (number,)).fetchall() for sql in queries]
    return sum_of(repr(rows))


def sound_judgements(
    connection: sqlite3.Connection, engine: str, audit: str | None = None
) -> frozenset[str]:
    """Return the audits whose judgement is fresh, and is what was kept.

    One that the disk changed is to be judged again, as one that was written in since.
    """
    found = set()
    for ident, number, _, *kept in connection.execute(_JUDGED, (engine, audit, audit)):
        with suppress(sqlite3.Error):
            if tuple(kept) in {judgement_sums(connection, number), (None, None)}:
                found.add(ident)
    return frozenset(found)


def sound_scores(
    connection: sqlite3.Connection,
    engine: str,
    proven: dict[str, tuple[bytes, bytes | None]],
) -> frozenset[str]:
    """Return the audits whose scores are fresh, and are what was kept.

    `proven` holds the digest and the sum of those that were found sound, and is added
    to: they are summed once, until another program writes.
    """
    fresh = connection.execute(_JUDGED, (engine, None, None)).fetchall()
    for ident, number, digest, kept, _ in fresh:
        if proven.get(ident) == (digest, kept):
            continue
        with suppress(sqlite3.Error):
            if kept in {None, _sum(connection, number, _SCORES)}:
                proven[ident] = digest, kept
    return frozenset(
        ident for ident, _, *sums, _ in fresh if proven.get(ident) == tuple(sums)
    )


_NUMBERED = "select n, id from audit not indexed order by n"
_BY_ID = "select n, id from audit indexed by sqlite_autoindex_audit_1 where id > ''"
_SUMMED = "select audit from tally order by audit"

_LOGGED = """
with recursive logged(n) as (
  select min(audit) from rev
  union
  select (select min(audit) from rev where audit > n) from logged where n is not null)
select n from logged where n is not null order by n
"""
"""One search an audit: reading every line of every log would take a second.

Each number once: in a damaged file, the one above the text « 000 » is that text again.
"""


def audits_in(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    """Return the row and the id of every audit.

    Raises:
        DamagedError: when the log holds others, or fewer, than the list and the sums.
    """
    numbered: list[tuple[int, str]] = connection.execute(_NUMBERED).fetchall()
    logged = [number for (number,) in connection.execute(_LOGGED)]
    summed = [number for (number,) in connection.execute(_SUMMED)]
    known = {number for number, _ in numbered}
    by_id = sorted(connection.execute(_BY_ID))
    if logged != summed or by_id != numbered or not known.issuperset(logged):
        raise damaged("la liste des audits n'est plus celle du journal.")
    return numbered


def seal(connection: sqlite3.Connection, table: str) -> None:
    """Keep the sum of a small table, inside the transaction that changed it."""
    row = (table, _sum_of_table(connection, table))
    connection.execute("insert or replace into proof values (?, ?)", row)


def doubt(connection: sqlite3.Connection, table: str) -> None:
    """Have a small table be shown as changed until it is written in again."""
    connection.execute("insert or replace into proof values (?, x'')", (table,))


def is_sealed(connection: sqlite3.Connection, table: str) -> bool:
    """Say whether a small table is what was written, its indexes too.

    Raises:
        DamagedError: when it cannot be read.
    """
    kept = connection.execute("select sum from proof where name = ?", (table,))
    sums = [found for (found,) in kept]
    if sums and sums != [_sum_of_table(connection, table)]:
        return False
    if table == MESSAGES and changed_messages(connection):
        return False
    return is_indexed(connection, table)


def is_indexed(connection: sqlite3.Connection, table: str) -> bool:
    """Say whether a small table and its indexes agree."""
    ((verdict, *_), *_) = connection.execute(f"pragma integrity_check({table})")
    return bool(verdict == "ok")


def _sum_of_table(connection: sqlite3.Connection, table: str) -> bytes:
    # The texts of editions are proven by their digests: 1 MB each.
    columns = "digest" if table == "edition" else "*"
    sql = f"select {columns} from {table} order by 1"  # noqa: S608 -- our own names
    rows = connection.execute(sql).fetchall()
    return sum_of(json.dumps(rows, default=bytes.hex))


MESSAGES = "outbox"
"""The table whose rows have each a sum: one may hold the whole of a document."""

_MESSAGE = "select * from outbox where number = ?"
_MESSAGE_SUMS = "select substr(name, 8), sum from proof where name glob 'outbox/[0-9]*'"
SUMS_OF_MESSAGES = "select * from proof where name glob 'outbox*'"
"""A sum each, or that of them all."""

_ONE_SUM = "select 1 from proof where name = 'outbox'"


def _sum_of_message(row: tuple[Any, ...]) -> bytes:
    body = next((cell for cell in row if isinstance(cell, bytes)), b"")
    rest = repr([cell for cell in row if not isinstance(cell, bytes)])
    return blake2b(body, digest_size=SUM_BYTES, salt=sum_of(rest)).digest()


def changed_messages(connection: sqlite3.Connection) -> frozenset[int]:
    """Return the numbers of the messages that are not what was written, or are gone.

    A file of an older diag has one sum for all, or none: then nobody knows which.
    """
    sums = {
        int(number): kept
        for number, kept in connection.execute(_MESSAGE_SUMS)
        if number.isdecimal()
    }
    if not sums or connection.execute(_ONE_SUM).fetchone():
        return frozenset()
    changed = set(sums)
    for row in connection.execute("select * from outbox"):
        if sums.get(row[0]) == _sum_of_message(row):
            changed.discard(row[0])
        else:
            changed.add(row[0])
    return frozenset(changed)


def has_one_sum(connection: sqlite3.Connection) -> bool:
    """Say whether messages have no sum each: the file is of an older diag."""
    has_each = connection.execute(_MESSAGE_SUMS).fetchone() is not None
    return not has_each or connection.execute(_ONE_SUM).fetchone() is not None


def seal_each_message(connection: sqlite3.Connection) -> None:
    """Give each message of an older file a sum, inside a transaction.

    Sums of messages that an older diag dropped since stay for none.
    """
    connection.execute("delete from proof where name glob 'outbox*'")
    for (number,) in connection.execute("select number from outbox").fetchall():
        seal_message(connection, number)


def is_message_sealed(connection: sqlite3.Connection, number: int) -> bool:
    """Say whether one message is what was written; of none, that there was none."""
    rows = connection.execute(_MESSAGE, (number,)).fetchall()
    kept = connection.execute(_SUM_OF_ONE, (f"{MESSAGES}/{number}",)).fetchall()
    return [(_sum_of_message(row),) for row in rows] == kept


_SUM_OF_ONE = "select sum from proof where name = ?"


def seal_message(connection: sqlite3.Connection, number: int) -> None:
    """Keep the sum of one message, or none when it is gone, inside a transaction."""
    name = f"{MESSAGES}/{number}"
    connection.execute("delete from proof where name = ?", (name,))
    for row in connection.execute(_MESSAGE, (number,)).fetchall():
        row_of_proof = (name, _sum_of_message(row))
        connection.execute("insert into proof values (?, ?)", row_of_proof)


def check_copy(connection: sqlite3.Connection, *, logs_alone: bool) -> None:
    """Check the logs of a file, and what follows from them.

    What was judged is a cache, which its own sums have judged again; small tables show
    by theirs that they changed, when they are read.

    Raises:
        DamagedError: at the first thing that is not what was written.
    """
    if m007_sums.__name__ not in applied(connection):  # only ids prove its log
        rows = connection.execute("select subject, id, body from rev where erased = 0")
        for subject, key, body in rows:
            if sha256(body.encode("utf-8")).digest() != key:
                raise changed_line(subject, key)
        return
    for number, audit in audits_in(connection):
        state = state_of(connection, number, audit)
        if state is LogState.CHANGED and not logs_alone:
            raise damaged(NOT_FOUND_AGAIN)


def rebuild(connection: sqlite3.Connection) -> None:
    """Find what follows from the log again, inside the caller's transaction."""
    for table in _FOUND_AGAIN:
        connection.execute(f"delete from {table}")  # noqa: S608 -- names of this module
    for number, audit in connection.execute("select n, id from audit").fetchall():
        rebuild_audit(connection, number, audit)


def rebuild_audit(connection: sqlite3.Connection, number: int, audit: str) -> None:
    """Find that of one audit again, inside the caller's transaction."""
    _write_again(connection, _read_log(connection, number, audit))
