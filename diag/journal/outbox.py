"""The outbox: messages to send from this laptop, each exactly once.

A message is marked `sending` before a byte of it leaves. If the program dies then, it
stays so: nobody can know whether it arrived, hence a person decides. One that the disk
changed does not leave, and is taken out by its number. This module keeps states; it
never opens a connection.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from diag.journal import changes, proof
from diag.journal.journal import Journal, get_setting, put_setting
from diag.journal.revision import Origin
from diag.model.audit import Dispatch

TABLE = proof.MESSAGES

_TAKEN = "outbox.taken_out"
_REMEMBERED = 20

_BITS = 63
"""A number that SQLite cannot hold is no message's."""

_COLUMNS = (
    "number, ident, audit, dispatch, sender, title, state, attempts, next_at, "
    "tried_at, problem"
)

_ADD = """
insert or ignore into outbox
  (ident, audit, dispatch, sender, title, body, state, attempts, queued_at, next_at,
   tried_at, problem)
values (?, ?, ?, ?, ?, ?, 'waiting', 0, ?, ?, 0, '')
"""


class MailState(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    SENDING = "sending"
    """Being sent, or interrupted while it was: a person decides."""
    SENT = "sent"
    FAILED = "failed"
    """The server does not want it."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A message of the outbox, without its body."""

    number: int
    ident: str
    """Message-ID."""
    audit: str
    dispatch: Dispatch
    """What the audit records once it has left."""
    sender: str
    title: str
    """Subject of the message."""
    state: MailState
    attempts: int
    next_at: int
    """Not before; milliseconds, UTC."""
    tried_at: int
    """Last attempt; 0 before any."""
    problem: str
    """Why the last attempt did not succeed, in French; else empty."""


class Outbox:
    """The messages of a workspace."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def add(
        self,
        audit: str,
        sent: Dispatch,
        body: bytes,
        *,
        sender: str,
        title: str,
        at: int,
    ) -> Posted | None:
        """Keep a message to send, durably; None when the very same is here already."""
        dispatch = sent.model_dump_json(exclude_defaults=True)
        row = (sent.message, audit, dispatch, sender, title, body, at, at)
        with self._writing() as connection:
            added = connection.execute(_ADD, row)
            if added.rowcount and added.lastrowid:
                proof.seal_message(connection, added.lastrowid)
        return self.by_ident(sent.message) if added.rowcount else None

    def all(self) -> tuple[Posted, ...]:
        """Return every message, the oldest first; warn when the disk changed some."""
        self._check()
        return self._where("1 order by number")

    def keeps(self, audit: str) -> bool:
        """Return whether messages of an audit are kept here, bodies included."""
        return any(
            one.audit == audit and one.state is not MailState.SENT for one in self.all()
        )

    def waiting(self) -> tuple[Posted, ...]:
        """Return the messages to send, the oldest first; warn as `all` does."""
        changed = self._check()
        found = self._where("state = 'waiting' order by number")
        return tuple(posted for posted in found if posted.number not in changed)

    def _check(self) -> frozenset[int]:
        """Return the numbers of those that the disk changed; warn of them."""
        with self._journal.looking() as connection:
            changed = proof.changed_messages(connection)
            if proof.has_one_sum(connection):
                is_right = proof.is_sealed(connection, TABLE)
            else:
                is_right = not changed and proof.is_indexed(connection, TABLE)
        if not is_right:
            self._journal.warn_of_change(TABLE)
        return changed

    def changed(self) -> frozenset[int]:
        """Return the numbers of those that the disk changed, or lost."""
        with self._journal.looking() as connection:
            return proof.changed_messages(connection)

    def is_changed(self, number: int) -> bool:
        """Say whether the disk changed a message, or lost it."""
        if number.bit_length() > _BITS:
            return False
        with self._journal.looking() as connection:
            return not (
                proof.has_one_sum(connection)
                or proof.is_message_sealed(connection, number)
            )

    def by_number(self, number: int) -> Posted | None:
        """Return one message, if there is such a one."""
        if number.bit_length() > _BITS:
            return None
        return next(iter(self._where("number = ?", number)), None)

    def by_ident(self, ident: str) -> Posted | None:
        """Return the message of an identifier, if it is here."""
        return next(iter(self._where("ident = ?", ident)), None)

    def body(self, number: int) -> bytes:
        """Return the bytes of a message; none once it has left."""
        rows = self._journal.select(
            "select body from outbox where number = ?", [number]
        )
        return bytes(rows[0][0] or b"") if rows else b""

    def begin(self, number: int, at: int) -> bool:
        """Mark a waiting message `sending`; False when another took it before."""
        return self._change(
            "state = 'sending', attempts = attempts + 1, tried_at = ?, problem = ''",
            [at],
            number,
            MailState.WAITING,
        )

    def delivered(self, posted: Posted, sent: Dispatch, origin: Origin) -> None:
        """Say, in one commit, that a message has left: here and in its audit."""
        with self._writing() as connection:
            connection.execute(
                "update outbox set state = 'sent', body = null, problem = '', "
                "dispatch = ? where number = ?",
                [sent.model_dump_json(exclude_defaults=True), posted.number],
            )
            proof.seal_message(connection, posted.number)
            self._journal.add(changes.dispatched(posted.audit, sent), origin)

    def postpone(self, number: int, until: int, problem: str) -> None:
        """Put a message that surely did not leave back among those that wait."""
        self._change(
            "state = 'waiting', next_at = ?, problem = ?",
            [until, problem],
            number,
            MailState.SENDING,
        )

    def refuse(self, number: int, problem: str) -> None:
        """Say that the server does not want a message."""
        self._change(
            "state = 'failed', problem = ?", [problem], number, MailState.SENDING
        )

    def doubt(self, number: int, problem: str) -> None:
        """Say why nobody knows whether a message arrived; it stays `sending`."""
        self._change("problem = ?", [problem], number, MailState.SENDING)

    def again(self, number: int, at: int) -> bool:
        """Have a message sent again, now; False when it has left or is unknown."""
        return self._change(
            "state = 'waiting', next_at = ?, problem = ''",
            [at],
            number,
            *(MailState.WAITING, MailState.SENDING, MailState.FAILED),
        )

    def cancel(self, number: int) -> bool:
        """Drop a message, body included; False when it has left or is unknown."""
        with self._writing() as connection:
            sql = "delete from outbox where number = ? and state <> 'sent'"
            dropped = connection.execute(sql, [number]).rowcount
            if dropped:
                proof.seal_message(connection, number)
        return bool(dropped)

    def cancel_changed(self, number: int, at: int) -> None:
        """Drop a message that the disk changed, or what is left of it; remember it."""
        with self._writing() as connection:
            connection.execute("delete from outbox where number = ?", [number])
            proof.seal_message(connection, number)
        taken = [*get_setting(self._journal, _TAKEN, []), [number, at]]
        put_setting(self._journal, _TAKEN, taken[-_REMEMBERED:])

    def taken_out(self) -> tuple[tuple[int, int], ...]:
        """Return the last messages that the disk changed, and when each was dropped."""
        taken = get_setting(self._journal, _TAKEN, [])
        return tuple((number, at) for number, at in taken)

    def forget(self, idents: Iterable[str]) -> None:
        """Drop messages whatever their state: whom they were for is forgotten."""
        with self._writing() as connection:
            for ident in idents:
                drop_messages(connection, "ident", ident)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._journal.looking() as connection:
            is_older = proof.has_one_sum(connection)
        if is_older:
            self._journal.check_table(TABLE)  # before other sums take the place
        with self._journal.transaction() as connection:
            if is_older:
                proof.seal_each_message(connection)
            yield connection

    def _change(
        self, change: str, values: Sequence[object], number: int, *states: MailState
    ) -> bool:
        marks = ", ".join("?" * len(states))
        sql = f"update outbox set {change} where number = ? and state in ({marks})"  # noqa: S608 -- our own text
        with self._writing() as connection:
            is_right = proof.is_message_sealed(connection, number)
            done = 0
            if is_right:
                done = connection.execute(sql, [*values, number, *states]).rowcount
                proof.seal_message(connection, number)
        if not is_right:
            self._journal.warn_of_change(TABLE)
        return bool(done)

    def _where(self, condition: str, *values: object) -> tuple[Posted, ...]:
        sql = f"select {_COLUMNS} from outbox where {condition}"  # noqa: S608 -- our own text
        rows = self._journal.select(sql, values)
        found = []
        for number, ident, audit, dispatch, sender, title, state, *others in rows:
            with suppress(ValueError):  # the disk made it unreadable
                sent, stands = Dispatch.model_validate_json(dispatch), MailState(state)
                given = (sent, sender, title, stands, *others)
                found.append(Posted(number, ident, audit, *given))
        if len(found) < len(rows):
            self._journal.warn_of_change(TABLE)
        return tuple(found)


def drop_messages(
    connection: sqlite3.Connection, column: Literal["ident", "audit"], value: str
) -> None:
    """Drop the messages of an identifier or of an audit, inside a transaction."""
    sql = f"delete from outbox where {column} = ? returning number"  # noqa: S608 -- our own text
    dropped = connection.execute(sql, (value,)).fetchall()
    if dropped and proof.has_one_sum(connection):
        proof.seal_each_message(connection)
    for (number,) in dropped:
        proof.seal_message(connection, number)
