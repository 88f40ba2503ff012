"""How French names are compared: no accent, case, apostrophe or abbreviation counts."""

import re
import unicodedata

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
