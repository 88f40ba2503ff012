"""Erasures: the bytes of a value leave for ever, its place in the log stays.

In both orders of arrival: a new erasure on old rows, an old erasure on new rows.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from diag.journal.revision import Revision, read, skeleton_of
from diag.journal.tally import Tally

_WHOLE = "select subject, body from rev where audit = ? and id = ? and erased = 0"
_STRIP = (
    "update rev set body = ?, erased = 1 where audit = ? and subject = ? and id = ?"
)
_BLANK = "update head set value = null where audit = ? and subject = ? and rev = ?"
_LEAVE_QUARANTINE = "delete from quarantine where id = ?"


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

    def names(self, revision: Revision) -> bool:
        """Say whether a revision is erased; an erasure itself never is."""
        return revision.op != "erase" and (revision.audit, revision.key) in self._named

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

    def _record(self, number: int, revision: Revision, target: bytes) -> None:
        execute = self._connection.execute
        row = (number, target, revision.key)
        execute("insert or ignore into erased values (?, ?, ?)", row)
        execute(_LEAVE_QUARANTINE, (target,))
        for subject, body in execute(_WHOLE, (number, target)).fetchall():
            whole = read(body)
            if self.names(whole):
                skeleton = skeleton_of(whole).decode("utf-8")
                execute(_STRIP, (skeleton, number, subject, target))
                execute(_BLANK, (number, subject, target))
