"""A transaction on a hub's database: the statements of a push.

Who creates audits does it alone, then everyone locks rows in the same order: no two
transactions can wait for each other. Laptops on different audits do not wait.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from psycopg import Connection

from diag.model.audit import Subject
from diag.sync.hub.store import AuditRow, Entry, Territory

AUDIT = "select n, id, department, insee, last_seq, lam, digest from audit"
"""The columns of `audit_row`, in order."""


CREATING = "select pg_advisory_xact_lock(1684627817)"
"""The lock of who adds or moves audits."""


_KNOWN_AUDITS = "select count(*) from audit where id = any(%s)"


_LOCK = f"{AUDIT} where id = any(%s) order by id for update"


_ADD_AUDIT = """
insert into audit(id, kind, code, department, insee) values (%s, %s, %s, %s, %s)
on conflict do nothing
"""


_LOCK_ONE = f"{AUDIT} where id = %s for update"


_KNOWN = "select id from rev where audit = %s and id = any(%s)"


_ERASED = "select distinct id from erased where audit = %s and id = any(%s)"


_APPEND = """
copy rev(audit, seq, id, body, erased, received_at, received_from)
from stdin (format binary)
"""


_TYPES = ("int8", "int8", "bytea", "bytea", "bool", "int8", "int8")


_SAVE = "update audit set last_seq = %s, lam = %s, digest = %s where n = %s"


_NAME_ERASED = "insert into erased values (%s, %s, %s) on conflict do nothing"


_WHOLE = """
select id, body from rev where audit = %s and id = any(%s) and not erased
"""


_ALL_WHOLE = "select id, body from rev where audit = %s and not erased"


_STRIP = "update rev set body = %s, erased = true where audit = %s and id = %s"


_REFER = "insert into blob_ref values (%s, %s, %s) on conflict do nothing"


_UNREFER = "delete from blob_ref where audit = %s and rev = any(%s) returning sha"


_STILL = "select distinct sha from blob_ref where sha = any(%s)"


_TERRITORY = "select department, insee from directory where kind = %s and code = %s"


_LOG = "insert into access_log values (%s, %s, %s, %s, %s)"


def audit_row(row: Sequence[Any]) -> AuditRow:
    """Read a row of `AUDIT`."""
    number, ident, department, insee, revisions, lam, digest = row
    territory = Territory(department, insee)
    return AuditRow(number, ident, territory, revisions, lam, int.from_bytes(digest))


class PostgresWriting:
    """What happens between `begin` and `commit`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lock(self, audits: Collection[str]) -> dict[str, AuditRow]:
        """Return those that are known, in sorted order, nobody else writing them."""
        asked = sorted(audits)
        ((known,),) = self._rows(_KNOWN_AUDITS, (asked,))
        if known < len(asked):
            self._connection.execute(CREATING)
        rows = map(audit_row, self._rows(_LOCK, (asked,)))
        return {row.id: row for row in rows}

    def add_audit(self, audit: str, subject: Subject, territory: Territory) -> AuditRow:
        """Add an audit, locked; one that another has just added is returned."""
        named = (audit, str(subject.kind), subject.code, *territory)
        self._connection.execute(_ADD_AUDIT, named)
        (row,) = self._rows(_LOCK_ONE, (audit,))
        return audit_row(row)

    def known(self, audit: AuditRow, keys: Collection[bytes]) -> set[bytes]:
        """Return which of these ids it holds."""
        return self._keys(_KNOWN, audit.number, keys)

    def erased(self, audit: AuditRow, keys: Collection[bytes]) -> set[bytes]:
        """Return which of these ids an erasure names."""
        return self._keys(_ERASED, audit.number, keys)

    def append(
        self, audit: AuditRow, entries: Sequence[Entry], device: int, at: int
    ) -> None:
        """Add lines after those that are there; none of them is: the row is locked."""
        with (
            self._connection.cursor() as cursor,
            cursor.copy(_APPEND) as copy,
        ):
            copy.set_types(_TYPES)
            for seq, key, line, erased in entries:
                copy.write_row((audit.number, seq, key, line, erased, at, device))

    def save(self, audit: AuditRow) -> None:
        """Keep an audit's sum."""
        digest = audit.digest.to_bytes(32)
        row = (audit.revisions, audit.lam, digest, audit.number)
        self._connection.execute(_SAVE, row)

    def name_erased(
        self, audit: AuditRow, pairs: Collection[tuple[bytes, bytes]]
    ) -> None:
        """Record what is erased, and by which revision."""
        self._many(_NAME_ERASED, [(audit.number, *pair) for pair in pairs])

    def whole(self, audit: AuditRow, keys: Collection[bytes]) -> dict[bytes, bytes]:
        """Return the lines of these ids that still carry their value."""
        return dict(self._rows(_WHOLE, (audit.number, list(keys))))

    def all_whole(self, audit: AuditRow) -> dict[bytes, bytes]:
        """Return every line that still carries its value."""
        return dict(self._rows(_ALL_WHOLE, (audit.number,)))

    def strip(self, audit: AuditRow, skeletons: Mapping[bytes, bytes]) -> None:
        """Put skeletons in the place of lines."""
        rows = [(body, audit.number, key) for key, body in skeletons.items()]
        self._many(_STRIP, rows)

    def refer(self, audit: AuditRow, pairs: Collection[tuple[bytes, bytes]]) -> None:
        """Record which revision names which attachment."""
        self._many(_REFER, [(audit.number, *pair) for pair in pairs])

    def unrefer(self, audit: AuditRow, keys: Collection[bytes]) -> set[bytes]:
        """Forget what these revisions name; return what nothing names any more."""
        named = self._keys(_UNREFER, audit.number, keys)
        still = {sha for (sha,) in self._rows(_STILL, (list(named),))}
        return named - still

    def territory_of(self, subject: Subject) -> Territory | None:
        """Return where the office's directory says that a subject is."""
        for row in self._rows(_TERRITORY, (str(subject.kind), subject.code)):
            return Territory(*row)
        return None

    def log(self, at: int, device: int, verb: str, audit: str, number: int) -> None:
        """Add to the log of who did what."""
        self._connection.execute(_LOG, (at, device, verb, audit, number))

    def _keys(self, sql: str, number: int, keys: Collection[bytes]) -> set[bytes]:
        return {key for (key,) in self._rows(sql, (number, list(keys)))}

    def _rows(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, parameters, binary=True).fetchall()

    def _many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(sql, rows)
