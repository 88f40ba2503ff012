"""The revision: one immutable change, which is its bytes; its id is their SHA-256."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from diag.journal import subjects
from diag.journal.canonical import Json, dumps, loads, strict_loads
from diag.journal.door import ENVELOPE, SKELETON, check, check_length
from diag.journal.errors import RefusedError


class Revision(NamedTuple):
    """One change of one subject, by one author."""

    key: bytes
    """The 32 bytes of its id."""
    line: bytes
    """Itself: the bytes that are hashed, or a skeleton once erased."""
    audit: str
    subject: str
    op: str
    parents: tuple[str, ...]
    """Ids of the heads that its author had on screen."""
    lam: int
    """Order number in its audit: 1 + the greatest seen. For display and ties only."""
    at: int
    """Wall clock, UTC milliseconds: shown, never compared."""
    author: str
    device: str
    value: Json
    seen: tuple[str, ...]
    """For the `del` of a place: heads of its fields that the author saw."""
    undoes: str
    """Id of the revision that this one takes back; empty for a change."""
    erased: bool

    @property
    def id(self) -> str:
        """Return the id, 64 hexadecimal digits."""
        return self.key.hex()

    @property
    def erases(self) -> str | None:
        """Return the id of the revision that this one erases, if it does."""
        return subjects.erased_by(self.subject) if self.op == "erase" else None


def parse(line: bytes) -> Revision:
    """Read a line from outside, bytes kept, unknown fields included.

    Raises:
        RefusedError: when the line may not enter; says why, in French.
    """
    check_length(line)
    body = strict_loads(line)
    if not isinstance(body, dict):
        raise RefusedError("la ligne n'est pas un objet JSON")
    check(body)
    return _revision(line, body)


def compose(fields: dict[str, Json], nonce: bytes) -> Revision:
    """Make a revision of clean fields; the nonce keeps its value from being guessed.

    Raises:
        RefusedError: when it may not enter.
    """
    code = urlsafe_b64encode(nonce).decode("ascii").rstrip("=")
    body = {**fields, "nonce": code, "v": ENVELOPE}
    line = dumps(body).encode("utf-8")
    check_length(line)
    check(body)
    return _revision(line, body)


def read(line: str) -> Revision:
    """Read back a line that the journal holds."""
    body = loads(line)
    assert isinstance(body, dict)
    return _revision(line.encode("utf-8"), body)


def skeleton_of(revision: Revision) -> bytes:
    """Return what remains of an erased revision: its place in the log, not its value.

    A skeleton cannot be hashed again, so it carries its id.
    """
    if revision.erased:
        return revision.line
    body = loads(revision.line.decode("utf-8"))
    assert isinstance(body, dict)
    kept = {name: value for name, value in body.items() if name in SKELETON}
    return dumps({**kept, "id": revision.id, "erased": True}).encode("utf-8")


def _revision(line: bytes, body: Mapping[str, Any]) -> Revision:
    erased = "erased" in body
    return Revision(
        key=bytes.fromhex(body["id"]) if erased else sha256(line).digest(),
        line=line,
        audit=body["audit"],
        subject=body["subject"],
        op=body["op"],
        parents=tuple(body["parents"]),
        lam=body["lam"],
        at=body["at"],
        author=body["author"],
        device=body["device"],
        value=body.get("value"),
        seen=tuple(body.get("seen", ())),
        undoes=body.get("undoes", ""),
        erased=erased,
    )
