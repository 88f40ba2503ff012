"""Drafts: what an author is about to say, before the journal numbers and signs it."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from os import urandom
from time import time_ns
from typing import Literal

from diag.journal import canonical
from diag.journal.canonical import Json
from diag.journal.door import MAX_PARENTS
from diag.journal.errors import RefusedError
from diag.journal.ingest import append
from diag.journal.revision import Revision, compose
from diag.journal.tally import Tally

Op = Literal["set", "del", "erase"]

_HEADS = (
    "select rev from head where audit = ? and subject = ? order by lam desc, rev desc"
)


def now() -> int:
    """Return the wall clock, UTC milliseconds."""
    return time_ns() // 1_000_000


def fresh_nonce() -> bytes:
    """Return 8 random bytes."""
    return urandom(8)


@dataclass(frozen=True, slots=True)
class Origin:
    """Who writes, on which device; the clock and the nonces can be set."""

    author: str
    device: str
    clock: Callable[[], int] = now
    nonce: Callable[[], bytes] = fresh_nonce


@dataclass(frozen=True, slots=True)
class Draft:
    """A change of one subject of one audit."""

    audit: str
    subject: str
    value: Json = None
    op: Op = "set"
    parents: tuple[str, ...] | None = None
    """Ids of the heads that the author saw; None for all the current ones."""
    seen: tuple[str, ...] = ()
    """For the `del` of a place: heads of its fields that the author saw."""
    undoes: str = ""
    """Id of the revision that this one takes back; empty for a change."""


def write(connection: sqlite3.Connection, draft: Draft, origin: Origin) -> Revision:
    """Number a draft and take it in, inside the caller's transaction.

    Raises:
        RefusedError: when it may not enter.
    """
    tally = Tally.load(connection, draft.audit)
    parents = draft.parents
    if parents is None:
        heads = connection.execute(_HEADS, (tally.number, draft.subject))
        parents = tuple(key.hex() for (key,) in heads)[:MAX_PARENTS]
    fields = {**_said(draft), "lam": tally.lam + 1, "parents": sorted(set(parents))}
    fields |= {"at": origin.clock(), "author": origin.author, "device": origin.device}
    revision = compose(fields, origin.nonce())
    append(connection, tally, revision)
    return revision


def _said(draft: Draft) -> dict[str, Json]:
    """Return what a draft says, with every text clean."""
    fields: dict[str, Json] = {
        "audit": draft.audit,
        "op": draft.op,
        "subject": draft.subject,
    }
    if draft.op != "del":
        fields["value"] = _cleaned(draft.value)
    if draft.undoes:
        fields["undoes"] = draft.undoes
    if draft.seen:
        fields["seen"] = sorted(set(draft.seen))
    return fields


def _cleaned(value: Json) -> Json:
    try:
        return canonical.clean(value)
    except ValueError as error:
        raise RefusedError(str(error)) from error
