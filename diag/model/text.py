"""What may enter as text: NFC, no control or bidi-override character, bounded.

With the digits that an AZERTY keyboard gives without Shift.
"""

import re
import unicodedata

from diag.model.errors import DiagError

MAX_TEXT = 20_000
"""Longest free text kept, in characters."""

_DROPPED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters but tab and line feed, bidi overrides, byte-order marks."""


def clean_text(raw: str) -> str:
    """Return `raw` normalised (NFC), without control or bidi-override characters.

    Every line end becomes a line feed; the rest comes out letter for letter.

    Raises:
        ValueError: on a lone surrogate, or past `MAX_TEXT` characters.
    """
    text = raw
    if not (raw.isascii() and raw.isprintable()):  # else nothing is to be cleaned
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        text = _DROPPED.sub("", text)
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


def accept(typed: str, about: str = "", *, line: bool = False) -> str:
    """Return what was typed, cleaned and stripped, on one `line` if asked.

    Raises:
        DiagError: when it cannot enter.
    """
    try:
        return clean_line(typed) if line else clean_text(typed).strip()
    except ValueError as error:
        raise DiagError(f"Texte refusé : {error}.", about=about) from error


_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00-\ufe0f]")
"""Fillers and variation selectors; most other unseen letters are of category Cf."""


def clean_name(raw: str) -> str:
    """Return a line without unseen letters: two names must differ to the eye."""
    line = clean_line(_UNSEEN.sub("", raw))
    return clean_line("".join(x for x in line if unicodedata.category(x) != "Cf"))


_BARE_SCHOOL = re.compile(r"\bE(cole|COLE)(?=\b|s\b|S\b)")


def accented(name: str) -> str:
    """Return an official name with the accent that its register leaves out."""
    return _BARE_SCHOOL.sub(lambda bare: "É" + bare[1], name)


_WORD = re.compile(r"[^\W_]+")
_MARKS = re.compile(r"[\u0300-\u036f]")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
_SHORT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}


def fold(text: str) -> str:
    """Return the words of `text` as they are compared, one space between.

    `fold("STE-SUZANNE d'Œuilly")` is `"sainte suzanne d oeuilly"`.
    """
    return " ".join(_SHORT.get(word, word) for word in _words(text))


def readings(query: str) -> tuple[tuple[str, ...], ...]:
    """Return what each typed word may stand for: `st` is itself and `saint`.

    A word still being typed must find both « Stade » and « Saint-Jean ».
    """
    return tuple(
        (word, _SHORT[word]) if word in _SHORT else (word,) for word in _words(query)
    )


def _words(text: str) -> list[str]:
    plain = text.casefold().translate(_LIGATURES)
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain).casefold().translate(_LIGATURES)
        plain = _MARKS.sub("", unicodedata.normalize("NFKD", plain))
    return _WORD.findall(plain)


TWINS = {
    "&": "1",
    "é": "2",
    '"': "3",
    "'": "4",
    "(": "5",
    "-": "6",
    "è": "7",
    "_": "8",
    "ç": "9",
    "à": "0",
}
"""Character → the digit on the same key."""


def digit_of(character: str) -> str:
    """Return the digit that a key stands for, or an empty text."""
    if len(character) == 1 and character in "0123456789":
        return character
    return TWINS.get(character, "")


def as_digits(text: str, kept: str = "") -> str:
    """Return a text with every twin read as its digit, save those to be kept."""
    return "".join(char if char in kept else TWINS.get(char, char) for char in text)
