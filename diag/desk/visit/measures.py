"""Numbers typed with their unit: dropped when it is the question's, else converted."""

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

from diag.model.number import Number, canonical_number, exact
from diag.words.figures import plural

_PREFIXES = {"k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


_BITS = ("bit/s", "bits/s", "bit", "bits", "bps", "b/s", "b", "")


_OCTET = 8


_WORD = 4
"""Letters from which a unit is a word, that may be typed in the plural."""


_RATES = {
    **{f"{one}{bits}": many for one, many in _PREFIXES.items() for bits in _BITS},
    **{f"{one}o/s": many * _OCTET for one, many in _PREFIXES.items()},
    "méga": 10**6,
    "giga": 10**9,
}


_SIZES = {f"{one}o": many for one, many in _PREFIXES.items()}


_FAMILIES: tuple[Mapping[str, int], ...] = (
    _SIZES,
    {"mm": 1, "cm": 10, "m": 1000},
    {"ms": 1, "s": 1000},
    {"w": 1, "kw": 1000},
    {"€": 1, "euro": 1, "euros": 1, "k€": 1000},
    _RATES,
)
"""Units that measure the same thing: spelling in small letters → size."""


def in_unit(typed: str, unit: str) -> Number:
    """Return a typed number in a unit: « 1Gbit/s » is 1000 in Mbit/s.

    Raises:
        ValueError: when it is no number.
    """
    figures, spelled = apart(typed, unit)
    number = canonical_number(figures or typed)
    size = _spellings(unit).get(spelled.casefold(), Fraction(1))
    return number if size == 1 else canonical_number(exact(number) * size)


def apart(typed: str, unit: str) -> tuple[str, str]:
    """Return the figures and the unit after them, as typed; no unit: an empty text."""
    text = typed.strip()
    small = text.casefold()
    for spelled in _spellings(unit):
        if small.endswith(spelled):
            return text[: -len(spelled)].rstrip(), text[-len(spelled) :]
    return text, ""


def letters_of(unit: str) -> frozenset[str]:
    """Return every character that a unit may be typed with, in small letters."""
    return frozenset("".join(_spellings(unit)))


@lru_cache(maxsize=256)
def _spellings(unit: str) -> Mapping[str, Fraction]:
    """Return spelling → how many of the unit it makes, the longest first."""
    if not unit:
        return {}
    own = unit.casefold()
    family = next((one for one in _FAMILIES if own in one), {own: 1})
    found = {spelled: Fraction(size, family[own]) for spelled, size in family.items()}
    words = (own, plural(own), f"{own}s" if len(own) >= _WORD else own)
    found |= dict.fromkeys(words, Fraction(1))
    return dict(sorted(found.items(), key=lambda one: -len(one[0])))
