"""A transaction on a hub's SQLite file: the statements of a push."""

import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence

from diag.model.audit import Subject
from diag.sync.hub.store import AuditRow, Entry, Territory

AUDIT = "select n, id, department, insee, last_seq, lam, digest from audit"
"""The columns of `audit_row`, in order."""


_ADD_AUDIT = """
insert into audit(id, kind, code, department, insee) values (?, ?, ?, ?, ?)
on conflict do nothing
"""


_APPEND = "insert into rev values (?, ?, ?, ?, ?, ?, ?)"


_SAVE = "update audit set last_seq = ?, lam = ?, digest = ? where n = ?"


_NAME_ERASED = "insert into erased values (?, ?, ?) on conflict do nothing"


_WHOLE = "select body from rev where audit = ? and id = ? and erased = 0"


_ALL_WHOLE = "select id, body from rev where audit = ? and erased = 0"


_STRIP = "update rev set body = ?, erased = 1 where audit = ? and id = ?"


_REFER = "insert into blob_ref values (?, ?, ?) on conflict do nothing"


_NAMES = "select sha from blob_ref where audit = ? and rev = ?"


_UNREFER = "delete from blob_ref where audit = ? and rev = ?"


_STILL = "select 1 from blob_ref where sha = ? limit 1"


_TERRITORY = "select department, insee from directory where kind = ? and code = ?"


_LOG = "insert into access_log values (?, ?, ?, ?, ?)"


def audit_row(row: Sequence[object]) -> AuditRow:
    """Read a row of `AUDIT`."""
    number, ident, department, insee, revisions, lam, digest = row
    assert isinstance(number, int)
    assert isinstance(revisions, int)
    assert isinstance(lam, int)
    assert isinstance(digest, bytes)
    territory = Territory(str(department), str(insee))
    total = int.from_bytes(digest)
    return AuditRow(number, str(ident), territory, revisions, lam, total)


class SqliteWriting:
    """What happens inside `begin immediate`: nobody else writes."""

    def __init__(
        self, connection: sqlite3.Connection, forgets: Callable[[], None]
    ) -> None:
        self._connection = connection
        self._execute = connection.execute
        self._forgets = forgets

    def lock(self, audits: Collection[str]) -> dict[str, AuditRow]:
        """Return those that are known; the whole file is locked already."""
        found = (self._audit(audit) for audit in sorted(audits))
        return {row.id: row for row in found if row}

    def add_audit(self, audit: str, subject: Subject, territory: Territory) -> AuditRow:
        """Add an audit."""
        self._execute(_ADD_AUDIT, (audit, str(subject.kind), subject.code, *territory))
        row = self._audit(audit)
        assert row is not None
        return row

    def known(self, audit: AuditRow, keys: Collection[bytes]) -> set[bytes]:
        """Return which of these ids it holds."""
        return self._among("rev", audit, keys)

    def erased(self, audit: AuditRow, keys: Collection[bytes]) -> set[bytes]:
        """Return which of these ids an erasure names."""
        return self._among("erased", audit, keys)

    def append(
        self, audit: AuditRow, entries: Sequence[Entry], device: int, at: int
    ) -> None:
        """Add lines after those that are there."""
        rows = (
            (
                *(audit.number, entry.seq, entry.key, entry.line.decode("utf-8")),
                *(int(entry.erased), at, device),
            )
            for entry in entries
        )
        self._connection.executemany(_APPEND, rows)

    def save(self, audit: AuditRow) -> None:
        """Keep an audit's sum."""
        digest = audit.digest.to_bytes(32)
        self._execute(_SAVE, (audit.revisions, audit.lam, digest, audit.number))

    def name_erased(
        self, audit: AuditRow, pairs: Collection[tuple[bytes, bytes]]
    ) -> None:
        """Record what is erased, and by which revision."""
        rows = ((audit.number, *pair) for pair in pairs)
        self._connection.executemany(_NAME_ERASED, rows)

    def whole(self, audit: AuditRow, keys: Collection[bytes]) -> dict[bytes, bytes]:
        """Return the lines of these ids that still carry their value."""
        rows = ((key, self._one(_WHOLE, (audit.number, key))) for key in keys)
        return {key: str(row[0]).encode("utf-8") for key, row in rows if row}

    def all_whole(self, audit: AuditRow) -> dict[bytes, bytes]:
        """Return every line that still carries its value."""
        rows = self._execute(_ALL_WHOLE, (audit.number,))
        return {key: str(body).encode("utf-8") for key, body in rows}

    def strip(self, audit: AuditRow, skeletons: Mapping[bytes, bytes]) -> None:
        """Put skeletons in the place of lines, of which nothing stays on the disk."""
        if skeletons:
            self._forgets()
        rows = (
            (skeleton.decode("utf-8"), audit.number, key)
            for key, skeleton in skeletons.items()
        )
        self._connection.executemany(_STRIP, rows)

    def refer(self, audit: AuditRow, pairs: Collection[tuple[bytes, bytes]]) -> None:
        """Record which revision names which attachment."""
        rows = ((audit.number, *pair) for pair in pairs)
        self._connection.executemany(_REFER, rows)

    def unrefer(self, audit: AuditRow, keys: Collection[bytes]) -> set[bytes]:
        """Forget what these revisions name; return what nothing names any more."""
        named: set[bytes] = set()
        for key in keys:
            named |= {sha for (sha,) in self._execute(_NAMES, (audit.number, key))}
            self._execute(_UNREFER, (audit.number, key))
        return {sha for sha in named if not self._one(_STILL, (sha,))}

    def territory_of(self, subject: Subject) -> Territory | None:
        """Return where the office's directory says that a subject is."""
        row = self._one(_TERRITORY, (str(subject.kind), subject.code))
        return Territory(str(row[0]), str(row[1])) if row else None

    def log(self, at: int, device: int, verb: str, audit: str, number: int) -> None:
        """Add to the log of who did what."""
        self._execute(_LOG, (at, device, verb, audit, number))

    def _audit(self, audit: str) -> AuditRow | None:
        row = self._one(f"{AUDIT} where id = ?", (audit,))
        return audit_row(row) if row else None

    def _among(
        self, table: str, audit: AuditRow, keys: Collection[bytes]
    ) -> set[bytes]:
        """Return which ids a table holds: one look-up in its key for each.

        One statement over a list of ids is what SQLite plans badly (95 s for 600,000).
        """
        sql = f"select 1 from {table} where audit = ? and id = ?"  # noqa: S608 -- our own names
        return {key for key in keys if self._one(sql, (audit.number, key))}

    def _one(self, sql: str, parameters: Sequence[object]) -> tuple[object, ...] | None:
        row: tuple[object, ...] | None = self._execute(sql, parameters).fetchone()
        return row
