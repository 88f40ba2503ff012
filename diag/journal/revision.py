"""The revision: one immutable change, which is its bytes; its id is their SHA-256."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from diag.journal import subjects
from diag.journal.canonical import Json, dumps, loads, strict_loads
from diag.journal.errors import RefusedError

ENVELOPE = 1
"""Version of the envelope, `v` in the body."""

MAX_LINE = 65_536
"""Longest line, in bytes."""

MAX_PARENTS = 16
"""Most revisions that one revision may supersede."""

MAX_LAM_JUMP = 1_000_000
"""How far above the greatest known order number a revision may stand."""

OPS = frozenset({"set", "del", "erase"})
"""What a revision does: say a value, take a thing away, remove bytes for ever."""

_MAX_INTEGER = 2**53 - 1
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HASH = re.compile(r"[0-9a-f]{64}")
_SKELETON = frozenset({
    "at",
    "audit",
    "author",
    "device",
    "lam",
    "op",
    "parents",
    "seen",
    "subject",
    "v",
})


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
    if len(line) > MAX_LINE:
        raise RefusedError(f"ligne de {len(line)} octets, {MAX_LINE} admis")
    body = strict_loads(line)
    if not isinstance(body, dict):
        raise RefusedError("la ligne n'est pas un objet JSON")
    for name, is_right in _CHECKS.items():
        if not is_right(body.get(name)):
            raise RefusedError(f"champ « {name} » absent ou mal formé")
    if (body["op"] == "erase") != is_hash(subjects.erased_by(body["subject"])):
        raise RefusedError("un effacement doit nommer la modification qu'il efface")
    erased = "erased" in body
    if erased:
        _check_skeleton(body)
    else:
        _check_whole(body)
    key = bytes.fromhex(body["id"]) if erased else sha256(line).digest()
    return _revision(key, line, body)


def read(key: bytes, line: str) -> Revision:
    """Read back a line that the journal holds."""
    body = loads(line)
    assert isinstance(body, dict)
    return _revision(key, line.encode(), body)


def line_of(fields: Mapping[str, Json], nonce: bytes) -> bytes:
    """Return the bytes of a revision; the nonce keeps its value from being guessed."""
    text = urlsafe_b64encode(nonce).decode("ascii").rstrip("=")
    return dumps({**fields, "nonce": text, "v": ENVELOPE}).encode("utf-8")


def skeleton_of(revision: Revision) -> bytes:
    """Return what remains of an erased revision: its place in the log, not its value.

    A skeleton cannot be hashed again, so it carries its id.
    """
    if revision.erased:
        return revision.line
    body = loads(revision.line.decode())
    assert isinstance(body, dict)
    kept = {name: value for name, value in body.items() if name in _SKELETON}
    return dumps({**kept, "id": revision.id, "erased": True}).encode("utf-8")


def is_hash(value: object) -> bool:
    """Say whether `value` has the shape of a revision's id."""
    return isinstance(value, str) and bool(_HASH.fullmatch(value))


def _revision(key: bytes, line: bytes, body: dict[str, Any]) -> Revision:
    return Revision(
        key=key,
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
        undoes=str(body.get("undoes", "")),
        erased="erased" in body,
    )


def _check_whole(body: dict[str, Any]) -> None:
    if not _is_label(body.get("nonce")):
        raise RefusedError("champ « nonce » absent ou mal formé")
    if body["op"] == "set" and "value" not in body:
        raise RefusedError("champ « value » absent")


def _check_skeleton(body: dict[str, Any]) -> None:
    if body["erased"] is not True or not is_hash(body.get("id")):
        raise RefusedError("squelette sans identifiant")
    if body["op"] == "erase":
        raise RefusedError("un effacement ne s'efface pas")
    extra = set(body) - _SKELETON - {"id", "erased"}
    if extra:
        raise RefusedError(f"un squelette ne porte pas « {min(extra)} »")


def _is_label(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 400  # noqa: PLR2004 -- a label


def _is_order(value: object) -> bool:
    return type(value) is int and 1 <= value <= _MAX_INTEGER


def _is_time(value: object) -> bool:
    return type(value) is int and 0 <= value <= _MAX_INTEGER


def _are_hashes(value: object) -> bool:
    return isinstance(value, list) and all(is_hash(item) for item in value)


def _are_parents(value: object) -> bool:
    if not isinstance(value, list) or len(value) > MAX_PARENTS:
        return False
    return _are_hashes(value) and value == sorted(set(value))


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "v": lambda value: type(value) is int and value == ENVELOPE,
    "audit": lambda value: isinstance(value, str) and bool(_UUID.fullmatch(value)),
    "subject": _is_label,
    "op": lambda value: isinstance(value, str) and value in OPS,
    "parents": _are_parents,
    "seen": lambda value: value is None or _are_hashes(value),
    "lam": _is_order,
    "at": _is_time,
    "author": _is_label,
    "device": _is_label,
}
