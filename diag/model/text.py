"""What may enter as text or number: NFC, no control or bidi character, bounded.

With the digits that an AZERTY keyboard gives without Shift; exact numbers, kept as an
`int` or a decimal string without exponent, `+`, trailing zeros or `-0`, never a float;
and codes: UAI, SIREN, INSEE, e-mail addresses, how a campaign is named.

And a search by the words one types: ranked, by ear, and one letter off. Every word must
be found. A word weighs what the text that it stands in weighs, times its rarity, times
how well it is found: as it is, begun, as it sounds, or mistyped.
"""

import math
import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID, uuid5

from diag.model.errors import UNSHOWN, DiagError, shown

MAX_TEXT = 20_000
"""Longest free text kept, in characters."""


def clean_text(raw: str) -> str:
    """Return `raw` normalised (NFC), without control or bidi-override characters.

    Every line end becomes a line feed; the rest comes out letter for letter.

    Raises:
        ValueError: on a lone surrogate, or past `MAX_TEXT` characters.
    """
    text = raw
    if not (raw.isascii() and raw.isprintable()):  # else nothing is to be cleaned
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        text = UNSHOWN.sub("", text)
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


def file_words(path: Path | str) -> str:
    """Return a file's name, or its path, as it can be shown and kept on one line.

    A name that is no UTF-8 comes from an old stick: its letters are then « ? ».
    """
    return shown(str(path)).replace("\n", " ")


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
    """Return a text with every twin read as its digit, save those to be kept.

    As it is where a letter or a digit shows that these keys do type it: « 2-3 » is no
    263, and « 5ème » is named as typed.
    """
    if any(char.isascii() and char.isalnum() for char in text):
        return text
    return "".join(char if char in kept else TWINS.get(char, char) for char in text)


Number = int | str
"""A canonical number: an integer, or a decimal string such as `"0.5"`."""

MAX_DIGITS = 30
"""Longest number accepted, in digits: what a person may type, not a bomb."""

_GROUPED = re.compile(r"(?<=\d)\s+(?=\d{3}(?!\d))|(?<=^[+-])\s+")
_CURRENCY = re.compile(r"\s*€?\s*(?:HT)?$", re.IGNORECASE)
_THOUSANDTHS = re.compile(r"[.,]\d{3}")
_DECIMAL = re.compile(r"[+-]?\d+(?:[.,]\d+)?|[+-]?[.,]\d+")


class Bounds(NamedTuple):
    """An exact interval of ratios, 0 to 1: every completion of the facts lies in it."""

    low: Fraction
    high: Fraction


class Quantity(NamedTuple):
    """How many, exactly; `high` is None when nothing bounds it."""

    low: Fraction | int
    high: Fraction | int | None


def canonical_number(raw: object) -> Number:
    """Return the canonical form of an int, a Decimal, a Fraction or a typed text.

    A French comma and the spaces that group thousands are understood: « 2 6 » is two
    numbers.

    Raises:
        ValueError: when `raw` is no finite decimal number of a sane length.
    """
    if isinstance(raw, int) and not isinstance(raw, bool):
        return _bounded(raw)
    if isinstance(raw, Fraction):
        raw = Decimal(raw.numerator) / Decimal(raw.denominator)
    text = format(raw, "f") if isinstance(raw, Decimal) else str(raw)
    text = _GROUPED.sub("", text.strip())
    if len(text) > MAX_DIGITS or not _DECIMAL.fullmatch(text):
        raise ValueError(_problem(raw))
    value = Decimal(text.replace(",", "."))
    if value == value.to_integral_value():
        return _bounded(int(value))
    return format(value.normalize(), "f")


def cents_typed(text: str) -> int:
    """Return an amount in cents, typed in euros: « 1 234,50 € HT ».

    Raises:
        ValueError: it is none, or « 1.200 », which is 1200 to some and 1,20 to others.
    """
    figures = _CURRENCY.sub("", text.strip())
    cents = exact(canonical_number(figures)) * 100
    if _THOUSANDTHS.search(figures):
        raise ValueError(
            f"« {text.strip()[:40]} » a plus de deux décimales : sans point entre "
            "les milliers, s'il en sépare"
        )
    return int(cents)


def exact(number: Number) -> Fraction:
    """Return a canonical number as an exact fraction.

    Raises:
        ValueError: when a text is none: an exponent of some digits makes millions.
    """
    if isinstance(number, str) and not _DECIMAL.fullmatch(number):
        raise ValueError(_problem(number))
    return Fraction(number)


def _bounded(value: int) -> int:
    if abs(value) >= 10**MAX_DIGITS:
        raise ValueError(_problem("trop long"))
    return value


def _problem(raw: object) -> str:
    return f"« {str(raw)[:40]} » n'est pas un nombre"


_LOCAL = r"[A-Za-z0-9_%+'-]+(?:\.[A-Za-z0-9_%+'-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_LOCAL}@(?:{_LABEL}\.)+[A-Za-z]{{2,24}}")
_WEB = re.compile(r"(?:https?:)?//|www\.", re.IGNORECASE)
_NOTHING_KNOWN = {"inconnu", "inconnue", "néant", "aucun", "-"}

_CONSUMER = re.compile(
    r"(?:gmail|googlemail|outlook|hotmail|live|msn|yahoo|icloud|aol|gmx|proton(?:mail)?"
    r"|orange|wanadoo|free|sfr|neuf|bbox|laposte|numericable)\..+"
)

MAX_ADDRESS = 254
"""Longest address that a mail server accepts, in characters."""


def email_problem(text: str) -> str:
    """Return why `text` is no e-mail address, in French; empty when it is one."""
    if not text or text.casefold() in _NOTHING_KNOWN:
        return "adresse inconnue"
    if _WEB.match(text):
        return "page web"
    if text.count("@") > 1:
        return "plusieurs adresses"
    if len(text) > MAX_ADDRESS or not _ADDRESS.fullmatch(text):
        return "adresse mal formée"
    return ""


def is_consumer_mailbox(address: str) -> bool:
    """Say whether an address is at a public provider, so possibly someone's own."""
    domain = address.rpartition("@")[2].casefold()
    return _CONSUMER.fullmatch(domain) is not None


_INSEE = re.compile(r"(?:\d{2}|2[AB])\d{3}", re.ASCII)


def normal_insee(raw: str) -> str:
    """Return a typed INSEE code in capitals, without spaces.

    Raises:
        ValueError: when it is none; a postcode looks like one and is not.
    """
    text = "".join(raw.split()).upper()
    if not _INSEE.fullmatch(text):
        raise ValueError(
            f"« {raw[:20]} » n'est pas un code INSEE : cinq chiffres, par exemple "
            "80021, ou 2A004 en Corse"
        )
    return text


_SIREN = re.compile(r"\d{9}", re.ASCII)


def is_siren(text: str) -> bool:
    """Say whether `text` has the shape of a SIREN and the right check digit (Luhn)."""
    if not _SIREN.fullmatch(text):
        return False
    doubled = (int(digit) * (1 + rank % 2) for rank, digit in enumerate(text))
    return sum(each - 9 * (each > 9) for each in doubled) % 10 == 0  # noqa: PLR2004 - Luhn: the digits of what was doubled


def normal_siren(raw: str) -> str:
    """Return a typed SIREN without spaces.

    Raises:
        ValueError: when it is none, or one of its digits is wrong.
    """
    text = "".join(raw.split())
    if not _SIREN.fullmatch(text):
        raise ValueError(f"« {raw[:20]} » n'est pas un SIREN : neuf chiffres")
    if not is_siren(text):
        raise ValueError(
            f"SIREN {text} : la clé ne correspond pas, un chiffre est faux"
        )
    return text


_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_UAI = re.compile(r"\d{7}[A-Z]", re.ASCII)


def check_letter(digits: str) -> str:
    """Return the check letter of seven digits.

    Verified on 12,723 real numbers (annuaire de l'éducation and IPS files).
    """
    return _LETTERS[int(digits) % 23]


def is_uai(text: str) -> bool:
    """Say whether `text` has the shape of a UAI and the right check letter."""
    return bool(_UAI.fullmatch(text)) and text[7] == check_letter(text[:7])


def normal_uai(raw: str) -> str:
    """Return a typed UAI in capitals, without spaces.

    Raises:
        ValueError: when the shape or the check letter is wrong; gives the right letter.
    """
    text = "".join(raw.split()).upper()
    if not _UAI.fullmatch(text):
        raise ValueError(
            f"« {raw[:20]} » n'est pas un UAI : sept chiffres et une lettre"
        )
    expected = check_letter(text[:7])
    if text[7] != expected:
        raise ValueError(
            f"UAI {text} : la lettre-clé ne correspond pas ({expected} attendu) : "
            "un chiffre ou la lettre est faux"
        )
    return text


NS_DIAG = UUID("3b8f2a52-6f0d-5f5c-9d0e-6a1f7c1d2b90")
"""Namespace of every id that two laptops must find alike, apart."""

_CAMPAIGN = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")

_FIRST_MONTH = 8
"""A campaign opened from August on belongs to the school year that starts."""


def is_campaign(text: str) -> bool:
    """Say whether a text can name a campaign: it names folders too, so only a slug."""
    return bool(_CAMPAIGN.fullmatch(text))


PROGRAMMES = "programme-"
"""How the campaign of a programme begins: it holds no audit."""


def campaign_named(text: str) -> str:
    """Return a campaign's name as it is.

    Raises:
        DiagError: when it is no slug.
    """
    if not is_campaign(text):
        raise DiagError(
            f"Campagne « {text[:40]} » refusée : lettres minuscules sans accent, "
            "chiffres et tirets seulement, par exemple 2026-2027."
        )
    return text


def school_year(day: date) -> str:
    """Return the school year of a day: the default campaign, `2026-2027`."""
    start = day.year if day.month >= _FIRST_MONTH else day.year - 1
    return f"{start}-{start + 1}"


def is_school_year(text: str) -> bool:
    """Say whether a campaign is named after a school year, as they should be."""
    first, _, last = text.partition("-")
    is_years = re.fullmatch(r"[0-9]{4}-[0-9]{4}", text)
    return bool(is_years) and int(last) == int(first) + 1


def id_in_campaign(campaign: str, subject: str) -> str:
    """Return the id of the audit of a subject, `ecole:UAI`, in a campaign."""
    return str(uuid5(uuid5(NS_DIAG, campaign), subject))


Item = TypeVar("Item")

_EXACT, _LAST_BEGUN, _BEGUN, _BY_EAR, _ONE_OFF, _TWO_OFF = 1.0, 0.85, 0.7, 0.6, 0.5, 0.3
_WORTH = 0.22
"""Share of the best score under which nothing is shown."""

_EMPTY = (
    "le la les un une des de du au aux en et ou ce cette ces est sont que qui quoi "
    "dans sur par pour avec se sa son ses votre vos"
)
_EMPTY_WORDS = frozenset(_EMPTY.split())
_HYPHENED = re.compile(r"(?<![^\W_])([^\W_]+)-([^\W_]+)")
_MOST_WORDS = 24
"""Words of a free text that are looked for: 2 ms at most."""

_LEAST_TYPO, _LEAST_TWO, _MOST_TYPO = 4, 7, 24
"""Letters from which a word may be a letter off, and two; those of the longest one."""


class Text(NamedTuple):
    """A text that leads to an item, and what a word found in it weighs."""

    words: str
    weight: float


class Hit(NamedTuple, Generic[Item]):
    """Something found, the best first."""

    item: Item
    score: float


class SearchIndex(Generic[Item]):
    """Items, found by the words of their texts."""

    def __init__(
        self,
        items: Iterable[tuple[Item, Sequence[Text]]],
        whole: Iterable[str] = (),
    ) -> None:
        """Read the items; `whole` are words that are never the beginning of others."""
        self._items: list[Item] = []
        self._found: dict[str, dict[int, float]] = defaultdict(dict)
        self._whole = {term for word in whole for term in terms(word)}
        for number, (item, texts) in enumerate(items):
            self._items.append(item)
            for text in texts:
                for term in terms(text.words):
                    weighs = self._found[term]
                    weighs[number] = max(weighs.get(number, 0.0), text.weight)
        self._sorted = sorted(self._found)
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        self._by_hole: dict[str, list[str]] = defaultdict(list)
        for term in self._sorted:
            if _may_be_mistyped(term):
                self._by_sound[_sound(term)].append(term)
                for holed in _holed(term):
                    self._by_hole[holed].append(term)

    def search(self, words: str) -> list[Hit[Item]]:
        """Return what every typed word finds, the best first."""
        typed = terms(words)
        scores: Mapping[int, float] | None = None
        for rank, word in enumerate(typed):
            found = self._scores(word, is_last=rank == len(typed) - 1)
            scores = (
                found
                if scores is None
                else {n: scores[n] + found[n] for n in scores.keys() & found.keys()}
            )
        return self._ranked(scores or {})

    def search_any(self, words: str) -> list[Hit[Item]]:
        """Return what some of the words find, the best first: a free text is one."""
        scores: dict[int, float] = defaultdict(float)
        for word in dict.fromkeys(terms(words)[:_MOST_WORDS]):
            for number, score in self._scores(word, is_last=False).items():
                scores[number] += score
        return self._ranked(scores)

    def _ranked(self, scores: Mapping[int, float]) -> list[Hit[Item]]:
        ranked = sorted(scores.items(), key=lambda each: (-each[1], each[0]))
        return [
            Hit(self._items[number], score)
            for number, score in ranked
            if score >= ranked[0][1] * _WORTH
        ]

    def _scores(self, word: str, *, is_last: bool) -> Mapping[int, float]:
        """Return how well a typed word finds each item: of all that it may be."""
        likely = {word: _EXACT} if word in self._found else {}
        if word not in self._whole and len(word) > 1:
            begun = self._sorted[bisect_left(self._sorted, word) :]
            for term in takewhile(lambda term: term.startswith(word), begun):
                likely.setdefault(term, _LAST_BEGUN if is_last else _BEGUN)
        if not likely and _may_be_mistyped(word):
            most_off = 2 if len(word) >= _LEAST_TWO else 1
            for holed in _holed(word):
                for term in self._by_hole.get(holed, ()):
                    if (off := _distance(word, term)) <= most_off:
                        likely[term] = _ONE_OFF if off == 1 else _TWO_OFF
            likely |= dict.fromkeys(self._by_sound.get(_sound(word), ()), _BY_EAR)
        best: dict[int, float] = {}
        for term, quality in likely.items():
            holders = self._found[term]
            rarity = math.log(1 + len(self._items) / len(holders))
            for number, weight in holders.items():
                score = weight * quality * rarity
                best[number] = max(best.get(number, 0.0), score)
        return best


def terms(text: str) -> list[str]:
    """Return the words that count, less their endings: « Wi-Fi » is also « wifi »."""
    joined = " ".join("".join(pair) for pair in _HYPHENED.findall(text))
    return [
        _stem(word)
        for word in fold(f"{text} {joined}").split()
        if word not in _EMPTY_WORDS and (len(word) > 1 or word.isdigit())
    ]


def _stem(word: str) -> str:
    """Drop the plural and the feminine, as who types in a hurry does."""
    if len(word) > 2 and word[-1] in "sx":  # noqa: PLR2004 - « os » stays
        word = word[:-1]
    return word[:-1] if len(word) > 5 and word.endswith("e") else word  # noqa: PLR2004


def _may_be_mistyped(word: str) -> bool:
    return _LEAST_TYPO <= len(word) <= _MOST_TYPO and not word.isdigit()


_SOUNDS = (
    *(("eau", "o"), ("au", "o"), ("ph", "f"), ("qu", "k"), ("ch", "S"), ("gn", "N")),
    *(("an", "a"), ("en", "a"), ("em", "a"), ("am", "a"), ("ain", "in"), ("ein", "in")),
    *(("ai", "e"), ("ei", "e"), ("y", "i"), ("h", ""), ("c", "k"), ("z", "s")),
)
_TWICE = re.compile(r"(.)\1+")


def _sound(word: str) -> str:
    """Return what a word sounds like: « tablo » is « tableau »."""
    for written, heard in _SOUNDS:
        word = word.replace(written, heard)
    return _TWICE.sub(r"\1", word)


@lru_cache(4096)
def _holed(word: str) -> frozenset[str]:
    """Return a word and the same with a letter out: what two near words share."""
    return frozenset({word, *(word[:n] + word[n + 1 :] for n in range(len(word)))})


def _distance(one: str, other: str) -> int:
    """Count letters added, left out, changed or swapped with the next."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for n, letter in enumerate(one, 1):
        following = [n]
        for m, facing in enumerate(other, 1):
            least = min(row[m] + 1, following[-1] + 1, row[m - 1] + (letter != facing))
            if before and m > 1 and (letter, one[n - 2]) == (other[m - 2], facing):
                least = min(least, before[m - 2] + 1)
            following.append(least)
        before, row = row, following
    return row[-1]
