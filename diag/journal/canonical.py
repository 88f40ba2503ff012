"""Canonical JSON: one text for one value, so that a hash can stand for it.

Sorted keys, no spaces, UTF-8, NFC, and no floats: a quantity is an integer or a
decimal text.
"""

import json
from collections.abc import Mapping, Sequence
from typing import NoReturn
from unicodedata import is_normalized

from diag.journal.errors import RefusedError
from diag.model.text import clean_text

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
        return {_clean_key(key): clean(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [clean(item) for item in value]
    if value is None or isinstance(value, int):
        return value
    raise ValueError(f"« {value} » n'est ni un entier, ni un texte, ni un oui/non")


def _clean_key(key: str) -> str:
    if key.isascii():
        return key
    return clean_text(key)


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
