"""The revision: one immutable change, which is its bytes; its id is their SHA-256."""

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from os import urandom
from time import time_ns
from typing import Any, Literal, NamedTuple, NoReturn
from unicodedata import is_normalized

from diag.journal import subjects
from diag.journal.errors import RefusedError
from diag.model.errors import UNSHOWN
from diag.model.text import clean_text

MAX_NESTED = 64
"""Objects and lists within one another, in a line: what is written here has six."""

# Sorted keys, no spaces, UTF-8, NFC, and no floats: a quantity is an integer or a
# decimal text.
Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]
"""What a revision may carry."""

_encode = json.JSONEncoder(
    ensure_ascii=False,
    allow_nan=False,
    check_circular=False,  # a value that was read, or cleaned, is a tree
    sort_keys=True,
    separators=(",", ":"),
).encode


def dumps(value: Json) -> str:
    """Return the canonical text of a value."""
    return _encode(value)


def loads(text: str) -> Json:
    """Return the value of a text that is known to be canonical."""
    value: Json = _decode(text)
    return value


def strict_loads(line: bytes) -> Json:
    """Return the value of a line that comes from outside.

    Raises:
        RefusedError: when the line is not exactly the canonical form of its value.
    """
    try:
        text = line.decode("utf-8")
        value: Json = _decode(text)
        again = _encode(value).encode("utf-8")
    except UnicodeError as error:
        raise RefusedError("la ligne n'est pas un texte UTF-8 lisible") from error
    except (ValueError, RecursionError) as error:
        raise RefusedError("la ligne n'est pas un JSON lisible") from error
    if line.count(b"{") + line.count(b"[") > MAX_NESTED and not _is_flat(value):
        raise RefusedError(f"plus de {MAX_NESTED} objets ou listes l'un dans l'autre")
    if again != line:
        raise RefusedError(
            "la ligne n'est pas sous sa forme canonique "
            "(clés uniques et triées, sans espace)"
        )
    # A whole line in NFC holds only strings in NFC; the reverse fails after `\n`.
    if not (is_normalized("NFC", text) or _is_nfc(value)):
        raise RefusedError("un texte n'est pas normalisé (Unicode NFC)")
    return value


def clean(value: Json) -> Json:
    """Return `value` with every text as `clean_text` leaves it.

    Raises:
        ValueError: when a text may not enter.
    """
    if isinstance(value, str):
        plain = value.isascii() and value.isprintable()
        return value if plain else clean_text(value)
    if isinstance(value, Mapping):
        return {
            key if key.isascii() else clean_text(key): clean(item)
            for key, item in value.items()
        }
    if isinstance(value, Sequence):
        return [clean(item) for item in value]
    if value is None or isinstance(value, int):
        return value
    raise ValueError(f"« {value} » n'est ni un entier, ni un texte, ni un oui/non")


def _is_flat(value: Json, left: int = MAX_NESTED) -> bool:
    """Say whether a value nests no more than may be read again wherever one stands."""
    if isinstance(value, str) or not isinstance(value, Sequence | Mapping):
        return True
    parts = value.values() if isinstance(value, Mapping) else value
    return left > 0 and all(_is_flat(one, left - 1) for one in parts)


def _is_nfc(value: Json) -> bool:
    if isinstance(value, str):
        return is_normalized("NFC", value)
    if isinstance(value, Mapping):
        return all(_is_nfc(key) and _is_nfc(item) for key, item in value.items())
    if isinstance(value, Sequence):
        return all(_is_nfc(item) for item in value)
    return True


def _refuse_float(text: str) -> NoReturn:
    raise RefusedError(
        f"« {text[:40]} » est un nombre flottant : "
        "écrire un entier, ou un texte décimal entre guillemets"
    )


_decode = json.JSONDecoder(
    parse_float=_refuse_float, parse_constant=_refuse_float
).decode


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
    given: Json
    """The value that its line holds."""
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
    def value(self) -> Json:
        """Return its value, as it is read and shown."""
        return shown_value(self.given)

    @property
    def erases(self) -> str | None:
        """Return the id of the revision that this one erases, if it does."""
        return subjects.erased_by(self.subject) if self.op == "erase" else None


def parse(line: bytes) -> Revision:
    """Read a line from outside, bytes kept, unknown fields included.

    Raises:
        RefusedError: when the line may not enter; the message is French.
    """
    _check_length(line)
    body = strict_loads(line)
    if not isinstance(body, dict):
        raise RefusedError("la ligne n'est pas un objet JSON")
    _validate_line(body)
    return _revision(line, body)


def compose(fields: dict[str, Json], nonce: bytes) -> Revision:
    """Make a revision of clean fields; the nonce keeps its value from being guessed.

    Raises:
        RefusedError: when it may not enter.
    """
    code = urlsafe_b64encode(nonce).decode("ascii").rstrip("=")
    body = {**fields, "nonce": code, "v": ENVELOPE}
    line = dumps(body).encode("utf-8")
    _check_length(line)
    _validate_line(body)
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
    return revision.line if revision.erased else _hollow(revision.line, revision.key)


def _hollow(line: bytes, key: bytes) -> bytes:
    body = loads(line.decode("utf-8"))
    assert isinstance(body, dict)
    kept = {name: value for name, value in body.items() if name in _SKELETON}
    return dumps({**kept, "id": key.hex(), "erased": True}).encode("utf-8")


class Unread(NamedTuple):
    """A line of a newer version: kept and relayed byte for byte, not shown."""

    key: bytes
    line: bytes
    """Itself, or a skeleton once erased."""
    audit: str
    erased: bool
    files: tuple[str, ...]
    """SHA-256 of the attachments that it names."""


def unread(line: bytes) -> Unread | None:
    """Return a line that is refused here, when a newer version may have written it.

    Another envelope, or another act than those of this one: canonical all the same,
    about a subject of an audit.
    """
    try:
        _check_length(line)
        body = strict_loads(line)
    except RefusedError:
        return None
    if not isinstance(body, dict):
        return None
    version, op = body.get("v"), body.get("op")
    is_other_act = _is_label(op) and op not in _OPS
    is_newer = type(version) is int and (
        version > ENVELOPE or (version == ENVELOPE and is_other_act)
    )
    is_placed = _is_uuid(body.get("audit")) and _is_label(body.get("subject"))
    if not (is_newer and is_placed):
        return None
    erased = body.get("erased") is True
    if erased and not is_hash(body.get("id")):
        return None
    key = bytes.fromhex(body["id"]) if erased else sha256(line).digest()
    files = () if erased else files_in(body.get("value"))
    return Unread(key, line, body["audit"], erased, files)


def read_any(line: bytes) -> Revision | Unread | None:
    """Return a line from outside, of a newer version too; None when it is refused."""
    try:
        return parse(line)
    except RefusedError:
        return unread(line)


def files_in(value: Any) -> tuple[str, ...]:
    """Return the attachments that a value names, whatever it is about: `files`."""
    named = value.get("files") if isinstance(value, Mapping) else None
    return tuple(filter(is_hash, named)) if isinstance(named, list) else ()


def without_unread_value(one: Unread) -> Unread:
    """Return a line of a newer version as its skeleton: what this version knows."""
    if one.erased:
        return one
    return one._replace(line=_hollow(one.line, one.key), erased=True, files=())


def shown_value(value: Any) -> Json:
    """Return a value without what commands a terminal: the journal keeps it as it came.

    What is written here holds none; a colleague's program may have been changed.
    """
    if isinstance(value, str):
        return value if value.isprintable() else UNSHOWN.sub("", value)
    if isinstance(value, dict):
        return {name: shown_value(one) for name, one in value.items()}
    return [*map(shown_value, value)] if isinstance(value, list) else value


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
        given=body.get("value"),
        seen=tuple(body.get("seen", ())),
        undoes=body.get("undoes", ""),
        erased=erased,
    )


ENVELOPE = 1
"""Version of the envelope, `v` in the body."""

MAX_LINE = 65_536
"""Longest line, in bytes."""

MAX_PARENTS = 16
"""Most revisions that one revision may supersede."""

MAX_LAM_JUMP = 1_000_000
"""How far above the greatest known order number a revision may stand."""

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
    "undoes",
    "v",
})
"""What remains of a revision once erased, beside its id: neither value nor nonce."""

_OPS = ("set", "del", "erase")
_MAX_LABEL = 400
_MAX_INTEGER = 2**53 - 1
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HASH = re.compile(r"[0-9a-f]{64}")


def _check_length(line: bytes) -> None:
    """Refuse a line that is too long, before it is read.

    Raises:
        RefusedError: when it is.
    """
    if len(line) > MAX_LINE:
        raise RefusedError(f"ligne de {len(line)} octets, {MAX_LINE} admis")


def _validate_line(body: Mapping[str, Any]) -> None:
    """Refuse a body that is no revision's; what is not known is left alone.

    Raises:
        RefusedError: the message is French.
    """
    for name, is_right in _CHECKS.items():
        if not is_right(body.get(name)):
            raise RefusedError(f"champ « {name} » absent ou mal formé")
    if (body["op"] == "erase") != is_hash(subjects.erased_by(body["subject"])):
        raise RefusedError("un effacement doit nommer la modification qu'il efface")
    if "erased" in body:
        if body["erased"] is not True or not is_hash(body.get("id")):
            raise RefusedError("squelette sans identifiant")
        if body["op"] == "erase":
            raise RefusedError("un effacement ne s'efface pas")
        extra = set(body) - _SKELETON - {"id", "erased"}
        if extra:
            raise RefusedError(f"un squelette ne porte pas « {min(extra)} »")
    elif not _is_label(body.get("nonce")):
        raise RefusedError("champ « nonce » absent ou mal formé")
    elif body["op"] == "set" and "value" not in body:
        raise RefusedError("champ « value » absent")


def is_hash(value: Any) -> bool:
    """Say whether a value is a SHA-256 in hexadecimal: an id, the name of a file."""
    return isinstance(value, str) and bool(_HASH.fullmatch(value))


def _is_label(value: Any) -> bool:
    is_short = isinstance(value, str) and 0 < len(value) <= _MAX_LABEL
    return is_short and not UNSHOWN.search(value)


def _are_hashes(value: Any) -> bool:
    return isinstance(value, list) and all(is_hash(item) for item in value)


def _are_parents(value: Any) -> bool:
    if not _are_hashes(value) or len(value) > MAX_PARENTS:
        return False
    return len(value) < 2 or value == sorted(set(value))  # noqa: PLR2004 -- one is sorted


def _is_uuid(value: Any) -> bool:
    return isinstance(value, str) and bool(_UUID.fullmatch(value))


def _is_natural(value: Any) -> bool:
    return type(value) is int and 0 <= value <= _MAX_INTEGER


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "v": lambda value: type(value) is int and value == ENVELOPE,
    "audit": _is_uuid,
    "subject": _is_label,
    "op": lambda value: value in _OPS,
    "parents": _are_parents,
    "seen": lambda value: value is None or _are_hashes(value),
    "undoes": lambda value: value is None or is_hash(value),
    "lam": lambda value: _is_natural(value) and value > 0,
    "at": _is_natural,
    "author": _is_label,
    "device": _is_label,
}

Op = Literal["set", "del", "erase"]


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
class NewRevision:
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


def fields_of(draft: NewRevision) -> dict[str, Json]:
    """Return the fields that a draft gives to its revision."""
    fields: dict[str, Json] = {
        "audit": draft.audit,
        "op": draft.op,
        "subject": draft.subject,
    }
    if draft.op != "del":
        try:
            fields["value"] = clean(draft.value)
        except ValueError as error:
            raise RefusedError(str(error)) from error
    if draft.undoes:
        fields["undoes"] = draft.undoes
    if draft.seen:
        fields["seen"] = sorted(set(draft.seen))
    return fields
