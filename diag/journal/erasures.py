"""Erasures: the bytes of a value leave for ever, its place in the log stays.

In both orders of arrival: a new erasure on old rows, an old erasure on new rows.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from diag.journal.revision import Revision, read, skeleton_of
from diag.journal.tally import Tally

_WHOLE = "select subject, body from rev where audit = ? and id = ? and erased = 0"
_STRIP = (
    "update rev set body = ?, erased = 1 where audit = ? and subject = ? and id = ?"
)
_BLANK = "update head set value = null where audit = ? and subject = ? and rev = ?"
_LEAVE_QUARANTINE = "delete from quarantine where id = ?"
_ALL_WHOLE = "select id from rev where audit = ? and erased = 0"
_NONE_IN_QUARANTINE = "delete from quarantine where instr(body, ?) > 0"


def mark_of(audit: str) -> str:
    """Return what an erasure names to retire a whole audit, as a revision's id."""
    return sha256(f"audit/{audit}".encode()).hexdigest()


def without_value(revision: Revision) -> Revision:
    """Return a revision as its skeleton."""
    return revision._replace(line=skeleton_of(revision), value=None, erased=True)


class Erasures:
    """What is erased in the audits of a batch, the batch itself included."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        tallies: Mapping[str, Tally],
        revisions: Sequence[Revision],
    ) -> None:
        self._connection = connection
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
        for number, revision in new:
            if target := revision.erases:
                self._record(number, revision, bytes.fromhex(target))
                if target == mark_of(revision.audit):
                    self._retire(number, revision.audit)

    def _retire(self, number: int, audit: str) -> None:
        execute = self._connection.execute
        execute(_NONE_IN_QUARANTINE, (audit,))
        for (key,) in execute(_ALL_WHOLE, (number,)).fetchall():
            self._strip(number, key)

    def _record(self, number: int, revision: Revision, target: bytes) -> None:
        execute = self._connection.execute
        row = (number, target, revision.key)
        execute("insert or ignore into erased values (?, ?, ?)", row)
        execute(_LEAVE_QUARANTINE, (target,))
        self._strip(number, target)

    def _strip(self, number: int, target: bytes) -> None:
        execute = self._connection.execute
        for subject, body in execute(_WHOLE, (number, target)).fetchall():
            whole = read(body)
            if self.names(whole):
                skeleton = skeleton_of(whole).decode("utf-8")
                execute(_STRIP, (skeleton, number, subject, target))
                execute(_BLANK, (number, subject, target))
