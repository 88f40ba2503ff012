"""The door: what a line must be to enter the journal, whoever wrote it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from diag.journal import subjects
from diag.journal.errors import RefusedError

ENVELOPE = 1
"""Version of the envelope, `v` in the body."""

MAX_LINE = 65_536
"""Longest line, in bytes."""

MAX_PARENTS = 16
"""Most revisions that one revision may supersede."""

MAX_LAM_JUMP = 1_000_000
"""How far above the greatest known order number a revision may stand."""

SKELETON = frozenset({
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

_MAX_LABEL = 400
_MAX_INTEGER = 2**53 - 1
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HASH = re.compile(r"[0-9a-f]{64}")


def check_length(line: bytes) -> None:
    """Refuse a line that is too long, before it is read.

    Raises:
        RefusedError: when it is.
    """
    if len(line) > MAX_LINE:
        raise RefusedError(f"ligne de {len(line)} octets, {MAX_LINE} admis")


def check(body: Mapping[str, Any]) -> None:
    """Refuse a body that is no revision's; what is not known is left alone.

    Raises:
        RefusedError: says why, in French.
    """
    for name, is_right in _CHECKS.items():
        if not is_right(body.get(name)):
            raise RefusedError(f"champ « {name} » absent ou mal formé")
    if (body["op"] == "erase") != _is_hash(subjects.erased_by(body["subject"])):
        raise RefusedError("un effacement doit nommer la modification qu'il efface")
    if "erased" in body:
        _check_skeleton(body)
    elif not _is_label(body.get("nonce")):
        raise RefusedError("champ « nonce » absent ou mal formé")
    elif body["op"] == "set" and "value" not in body:
        raise RefusedError("champ « value » absent")


def _check_skeleton(body: Mapping[str, Any]) -> None:
    if body["erased"] is not True or not _is_hash(body.get("id")):
        raise RefusedError("squelette sans identifiant")
    if body["op"] == "erase":
        raise RefusedError("un effacement ne s'efface pas")
    extra = set(body) - SKELETON - {"id", "erased"}
    if extra:
        raise RefusedError(f"un squelette ne porte pas « {min(extra)} »")


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and bool(_HASH.fullmatch(value))


def _is_label(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _MAX_LABEL


def _are_hashes(value: Any) -> bool:
    return isinstance(value, list) and all(_is_hash(item) for item in value)


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
    "op": lambda value: value in ("set", "del", "erase"),
    "parents": _are_parents,
    "seen": lambda value: value is None or _are_hashes(value),
    "undoes": lambda value: value is None or _is_hash(value),
    "lam": lambda value: _is_natural(value) and value > 0,
    "at": _is_natural,
    "author": _is_label,
    "device": _is_label,
}
