"""What an audit's log adds up to: how many revisions, greatest order number, digest."""

import sqlite3
from dataclasses import dataclass
from typing import Self

_LOAD = """
select a.n, coalesce(t.revisions, 0), coalesce(t.lam, 0),
  coalesce(t.digest, zeroblob(32)), exists(select 1 from erased where audit = a.n)
from audit a left join tally t on t.audit = a.n where a.id = ?
"""


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
    has_erasures: bool = False
    changed: bool = False
    """Something was counted since it was read."""

    @classmethod
    def load(cls, connection: sqlite3.Connection, audit: str) -> Self:
        """Read the tally of an audit, empty when it is not known."""
        row = connection.execute(_LOAD, (audit,)).fetchone()
        if row is None:
            return cls(audit)
        number, revisions, lam, digest, erased = row
        return cls(audit, number, revisions, lam, int.from_bytes(digest), bool(erased))

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

    def save(self, connection: sqlite3.Connection) -> None:
        """Keep what was counted, if anything was."""
        if not self.changed:
            return
        connection.execute(
            "insert or replace into tally values (?, ?, ?, ?)",
            (self.number, self.revisions, self.lam, self.digest.to_bytes(32)),
        )
