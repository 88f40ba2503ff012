"""What may enter as text: NFC, no control or bidi-override character, bounded."""

import unicodedata

MAX_TEXT = 20_000
"""Longest free text kept, in characters."""

_KEPT = {"\n", "\t"}
_BIDI = {chr(c) for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF)}


def clean_text(raw: str) -> str:
    """Return `raw` normalised (NFC), without control or bidi-override characters.

    Every line end becomes a line feed; the rest comes out letter for letter.

    Raises:
        ValueError: on a lone surrogate, or past `MAX_TEXT` characters.
    """
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(char for char in text if _is_kept(char))
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError("le texte contient un caractère illisible") from error
    text = unicodedata.normalize("NFC", text)
    if len(text) > MAX_TEXT:
        raise ValueError(f"texte trop long : {len(text)} caractères, {MAX_TEXT} admis")
    return text


def clean_line(raw: str) -> str:
    """Return `raw` cleaned, on one line, with single spaces: a name, a title."""
    return " ".join(clean_text(raw).split())


def _is_kept(char: str) -> bool:
    if char in _KEPT:
        return True
    return unicodedata.category(char) != "Cc" and char not in _BIDI
