"""Figures: numbers, money, shares, and the typography of French around them.

Typography changes only spaces, and on paper apostrophes, so a user's own words stay
his. Times and addresses hold no space before their signs, hence are left alone.
"""

import re
from fractions import Fraction
from functools import lru_cache

from diag.model.number import Bounds, Number
from diag.words.dates import MONTHS

NNBSP = "\u202f"
"""Narrow no-break space: before ; ! ? and between thousands."""

NBSP = "\u00a0"
"""No-break space: before :, inside « », before % € and units, after n°."""

_UNITS = (
    "%|€|Mbit/s|Gbit/s|kbit/s|Mo|Go|To|GHz|MHz|dBm|dB|lux|lx|kWh|kW|W|V|A|VA|°C|"
    "mm|cm|m²|m|km|min|ms|s|h|ans?|mois|jours?|pouces?"
)

_ABBREVIATIONS = ("n°", "N°", "art.", "p.", "L.", "R.", "D.", "M.", "Mme")
_AFTER = "|".join(rf"(?<={re.escape(short)})" for short in _ABBREVIATIONS)
_NARROW = re.compile(r"[ \u00a0](?=[;!?])|(?<=\d)[ \u00a0](?=\d{3}(?!\d))")

_WIDE = re.compile(
    r"[ \u202f](?=:(?:[\s*]|$))"  # « : » may close a bold lead-in
    r"|(?<=«)[ \u202f]|[ \u202f](?=»)"
    rf"|(?<=\d)[ \u202f](?=(?:{_UNITS})(?![\w/]))"
    rf"|(?:{_AFTER})[ \u202f](?=[\dA-ZÀ-Ý])"
)


@lru_cache(maxsize=4096)
def french(text: str) -> str:
    """Return `text` with French spaces, letter for letter otherwise; idempotent."""
    if " " not in text and NBSP not in text and NNBSP not in text:
        return text
    return _WIDE.sub(NBSP, _NARROW.sub(NNBSP, text))


_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[\w«*]|$)")
_DAY = re.compile(rf"\b(?:1er|\d\d?) (?:{'|'.join(MONTHS)})(?: \d{{4}})?\b")


@lru_cache(maxsize=8192)
def typeset(text: str) -> str:
    """Return `text` as documents print it: French spaces, apostrophes, whole days.

    « l’école », « 9 février 2015 » on one line; idempotent.
    """
    whole = _DAY.sub(lambda day: day[0].replace(" ", NBSP), _APOSTROPHE.sub("’", text))
    return french(whole)


_SHORTEST_WORD = 4  # « jour » agrees, « min » does not


def number(value: Number | Fraction) -> str:
    """Return a number with a decimal comma and spaced thousands: « 1 240,5 ».

    A canonical number keeps its digits; a fraction without end keeps two decimals.
    """
    if isinstance(value, Fraction):
        value = _decimal(value)
    whole, _, decimals = str(value).lstrip("-").partition(".")
    sign = "−" if str(value).startswith("-") else ""
    return sign + _grouped(int(whole)) + ("," + decimals if decimals else "")


def measure(value: Number | Fraction, unit: str) -> str:
    """Return a number and its unit, never parted: « 12 Mbit/s », « 3 coupures »."""
    many = abs(Fraction(value)) >= 2  # noqa: PLR2004 - French plural begins at 2
    word = plural(unit) if many else unit
    return number(value) + (NBSP + word if unit else "")


def euros(amount: int) -> str:
    """Return whole euros: « 1 240 € »."""
    return measure(amount, "€")


def euros_between(low: int, high: int) -> str:
    """Return « 600 à 1 000 € », or « 600 € » where they are the same."""
    return f"{numbers_between(low, high)}{NBSP}€"


def numbers_between(low: int, high: int) -> str:
    """Return « 600 à 1 000 », or « 600 » where they are the same."""
    return number(high) if low == high else f"{number(low)} à {number(high)}"


def euros_and_cents(cents: Fraction | int) -> str:
    """Return exact cents, rounded to the cent: « 95,50 € »."""
    rounded = half_up(Fraction(cents))
    return f"{_grouped(rounded // 100)},{rounded % 100:02d}{NBSP}€"


def cents_words(cents: int) -> str:
    """Return an amount in whole euros, rounded up: what lacks is never understated."""
    return euros(-(-cents // 100))


def percent(ratio: Fraction) -> str:
    """Return a share: « 82 % »; what is not whole is never « 100 % »."""
    return f"{share(ratio)}{NBSP}%"


def share(ratio: Fraction) -> int:
    """Return a share out of 100; what is not whole is never 100."""
    shown = out_of_100(ratio)
    return 99 if shown == 100 and ratio < 1 else shown  # noqa: PLR2004 - the whole


def out_of_100(ratio: Fraction) -> int:
    """Return a ratio out of 100, rounded half up."""
    return (200 * ratio.numerator + ratio.denominator) // (2 * ratio.denominator)


def displayed(bounds: Bounds) -> tuple[int, int]:
    """Return both bounds out of 100, each rounded by itself."""
    return out_of_100(bounds.low), out_of_100(bounds.high)


WIDEST = 40
"""Points: an interval wider than that is printed in the technical annex only."""


def is_printed(bounds: Bounds) -> bool:
    """Return whether bounds are narrow enough to be printed for everyone."""
    low, high = displayed(bounds)
    return high - low <= WIDEST


def in_words(bounds: Bounds) -> str:
    """Return « 58 », or « entre 47 et 61 » when the rounded bounds differ."""
    low, high = displayed(bounds)
    return str(low) if low == high else f"entre {low} et {high}"


def in_cell(bounds: Bounds) -> str:
    """Return « 58 », or « 47 à 61 »: the same in a column."""
    low, high = displayed(bounds)
    return str(low) if low == high else f"{low} à {high}"


def half_up(amount: Fraction | int) -> int:
    """Return the nearest integer, halves upwards."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def plural(unit: str) -> str:
    """Return the plural of a unit that is a word: « prises posées », « jours d'étude ».

    A symbol has none, and what follows a preposition stays as it is.
    """
    words = unit.split(" ")
    rest = next((rank for rank, one in enumerate(words) if _stops(one)), len(words))
    return " ".join([*map(_plural_word, words[:rest]), *words[rest:]])


def _stops(word: str) -> bool:
    return word in {"de", "du", "des", "par", "à", "pour", "en"} or word.startswith(
        "d'"
    )


def _plural_word(word: str) -> str:
    is_word = word.isalpha() and word.islower() and len(word) >= _SHORTEST_WORD
    if not (is_word or word == "an") or word[-1] in "sxz":
        return word
    if word.endswith("al"):
        return word[:-2] + "aux"
    return word + ("x" if word.endswith(("au", "eu")) else "s")


def _decimal(value: Fraction) -> str:
    whole, hundredths = divmod(half_up(abs(value) * 100), 100)
    digits = f"{whole}.{hundredths:02d}".rstrip("0").rstrip(".")
    return f"-{digits}" if value < 0 else digits


def _grouped(whole: int) -> str:
    return f"{whole:,}".replace(",", NNBSP)
