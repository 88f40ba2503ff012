"""Sentences: numbers, money, lists and plurals in French, blanks filled, typography.

Typography changes only spaces, and on paper apostrophes, so a user's own words stay
his. Times and addresses hold no space before their signs, hence are left alone.

An author's blanks are {quantite} {cout} {lieux} {echeance}.
`{quantite|salle|salles}` prints the number and the word that agrees with it;
`{quantite|une salle|salles}` also spells one in full: « dans une salle ».
`{echeance}` is a day (« 12 mars 2027 »): authors write « avant le {echeance} ».
"""

import errno
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache
from itertools import count, islice, product
from string import ascii_uppercase

from diag.model.text import Bounds, Number, Quantity, accented
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
    r"|(?:(?<=\barticle)|(?<=\barticles))[ \u202f](?=[\dA-Z])"
    r"|(?<=\d)[ \u202f](?=§|[IVX]+\b)|(?<=§)[ \u202f](?=\d)"
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
        units, hundredths = divmod(half_up(abs(value) * 100), 100)
        digits = f"{units}.{hundredths:02d}".rstrip("0").rstrip(".")
        value = f"-{digits}" if value < 0 else digits
    whole, _, decimals = str(value).lstrip("-").partition(".")
    sign = "−" if str(value).startswith("-") else ""
    return sign + _grouped(int(whole)) + ("," + decimals if decimals else "")


@lru_cache(maxsize=4096, typed=True)  # the same prices and figures come back
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


_PREPOSITIONS = {"de", "du", "des", "par", "à", "pour", "en"}


@lru_cache(maxsize=512)
def plural(unit: str) -> str:
    """Return the plural of a unit that is a word: « prises posées », « jours d'étude ».

    A symbol has none, and what follows a preposition stays as it is.
    """
    words = unit.split(" ")
    for rank, word in enumerate(words):
        if word in _PREPOSITIONS or word.startswith("d'"):
            break
        is_word = word.isalpha() and word.islower() and len(word) >= _SHORTEST_WORD
        if (is_word or word == "an") and word[-1] not in "sxz":
            end = "x" if word.endswith(("au", "eu")) else "s"
            words[rank] = f"{word[:-2]}aux" if word.endswith("al") else word + end
    return " ".join(words)


def _grouped(whole: int) -> str:
    return f"{whole:,}".replace(",", NNBSP)


NEXT_BUDGET = "prochain budget"
"""What {echeance} prints when no delay is set: « avant le prochain budget »."""

_BLANK = re.compile(
    r"(?:\b(?P<of>[Dd])e )?\{(?P<name>quantite|n|cout|lieux|echeance)"
    r"(?:\|(?P<one>[^{}|]+)\|(?P<many>[^{}|]+))?\}"
)

_BRACED = re.compile(r"\{\w+(?:\|[^{}]*)?\}")
_PREPOSITION = re.compile(r"(?i)\b(?:à|avec|dans|de|en|par|pour|sur)\s+$")
_ARTICLE = re.compile(r"une? ")

_SENTENCE_END = re.compile(  # but not after « art. » or « L. »
    r"(?<=[.!?…])(?<![Aa]rt\.)(?<!\b[A-Z]\.)\s+(?=[A-ZÀ-Ý«])"
)

_VOWELS = "aeiouàâäéèêëîïôöùûüœæ"
_PLURAL_FROM = 2

_REASONS: dict[type[OSError], str] = {
    FileNotFoundError: "fichier introuvable. Vérifiez le chemin.",
    PermissionError: "accès refusé. Vérifiez les droits du fichier ou du dossier.",
    IsADirectoryError: "c'est un dossier. Donnez un fichier.",
    NotADirectoryError: "ce n'est pas un dossier.",
    FileExistsError: "existe déjà. Choisissez un autre nom.",
}

_NUMBERS: dict[int, str] = {
    errno.ENOSPC: "le disque est plein. Libérez de la place, puis recommencez.",
    errno.EROFS: "le disque est en lecture seule. Choisissez un autre dossier.",
    errno.ENAMETOOLONG: "le nom est trop long. Choisissez un nom plus court.",
}


@dataclass(frozen=True, slots=True)
class Blanks:
    """What the placeholders of one recommendation stand for."""

    quantity: Quantity | None
    """None when it is withheld: it comes from a sensitive fact."""
    cost: str
    places: str
    due: str
    spots: Quantity | None = None
    """How many places, sure ones to those that may be too."""


def filled(text: str, blanks: Blanks) -> str:
    """Return an author's sentence with its placeholders replaced.

    « de » agrees with what it rules: « d'au moins 3 salles », « de salles ».
    """

    def value(blank: re.Match[str]) -> str:
        one, many = blank["one"] or "", blank["many"] or ""
        match blank["name"]:
            case "quantite" if blank["of"] and many and blanks.quantity is None:
                return many
            case "quantite":
                ruled = bool(blank["of"] or _PREPOSITION.search(text[: blank.start()]))
                return count_range(blanks.quantity, one, many, ruled=ruled)
            case "n":
                return count_range(blanks.spots, one, many)
            case "cout":  # « de 100 à 200 € », perhaps
                return blanks.cost.removeprefix("de " if blank["of"] else "")
            case "lieux":
                return blanks.places
            case _:
                return blanks.due

    def agreed(blank: re.Match[str]) -> str:
        printed = value(blank)
        if not blank["of"]:
            return printed
        return blank["of"] + of(printed)[1:]

    printed = _BLANK.sub(agreed, text)
    return printed[:1].upper() + printed[1:] if _BLANK.match(text) else printed


def unknown_blanks(text: str) -> tuple[str, ...]:
    """Return what looks like a placeholder and would be printed as it stands."""
    return tuple(_BRACED.findall(_BLANK.sub(" ", text)))


def count_range(
    quantity: Quantity | None, one: str = "", many: str = "", *, ruled: bool = False
) -> str:
    """Return « 3 salles », « entre 3 et 5 salles », « au moins 3 salles ».

    `ruled` by a preposition, an interval is « 3 à 5 salles »: « dans 3 à 5 salles ».
    """
    if quantity is None:
        return f"des {many}" if many else "plusieurs"
    low, high = quantity.low, quantity.high
    if high is None and not low:
        return f"un nombre {of(many)} à préciser" if many else "un nombre à préciser"
    article = _ARTICLE.match(one)
    bare = _ARTICLE.sub("", one, count=1) if article else one
    is_many = abs(Fraction(low if high is None else high)) >= _PLURAL_FROM
    word = many if is_many else bare
    if high is None:
        amount = f"au moins {number(low)}"
    elif low == high:
        amount = number(low)
    elif not low:
        amount = f"au plus {number(high)}"
    else:
        ends = f"{number(low)} {'à' if ruled else 'et'} {number(high)}"
        amount = ends if ruled else f"entre {ends}"
    printed = f"{amount} {word}".rstrip()
    if article:
        return re.sub(r"^(au plus |au moins )?1 (?!à )", rf"\g<1>{article[0]}", printed)
    return printed


def counted(count: int, one: str, many: str = "") -> str:
    """Return a number with its noun: « 1 école », « 40 écoles »; `many` if not in s."""
    noun = one if abs(count) < _PLURAL_FROM else many or f"{one}s"
    return f"{number(count)} {noun}"


def letters() -> Iterator[str]:
    """Give A to Z, then AA, AB…: what the choices of a list are called."""
    for size in count(1):
        for name in product(ascii_uppercase, repeat=size):
            yield "".join(name)


def person_words(label: str, names: Mapping[str, str]) -> str:
    """Return a person's name, or that nobody here knows whose a label is."""
    return names.get(label) or (f"quelqu'un d'inconnu ici ({label})" if label else "")


def listed(names: Sequence[str], limit: int = 6) -> str:
    """Return « a, b et c », or « a, b et 4 autres » past `limit` names."""
    if len(names) > limit:
        names = [*names[: limit - 1], f"{len(names) - limit + 1} autres"]
    if len(names) <= 1:
        return "".join(names)
    return ", ".join(names[:-1]) + f" et {names[-1]}"


_FEW = 100


def first_few(lines: Iterable[str]) -> Iterator[str]:
    """Yield the first hundred lines, then « … et 4 autres »: a screen keeps no more."""
    rest = iter(lines)
    yield from islice(rest, _FEW)
    if left := sum(1 for _ in rest):
        yield f"… et {counted(left, 'autre')}."


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the known name that most resembles `name`, if one does."""
    close = get_close_matches(name, sorted(names), n=1, cutoff=0.72)
    return close[0] if close else None


def suggest(
    name: str, names: Iterable[str], *, quoted: bool = False, cutoff: float = 0.6
) -> str:
    """Return « Vouliez-vous dire x ? », a space before it; empty: no name is near."""
    near = get_close_matches(name, [*names], n=1, cutoff=cutoff)
    if not near:
        return ""
    return f" Vouliez-vous dire {f'« {near[0]} »' if quoted else near[0]} ?"


def write_instead(name: str, names: Iterable[str], otherwise: str) -> str:
    """Return a remedy: the nearest name, or what to do when none is near."""
    near = nearest(name, names)
    return f"Vouliez-vous écrire « {near} » ?" if near else otherwise


def either(names: Iterable[str]) -> str:
    """Return names as a French enumeration: « a », « b » ou « c »."""
    quoted = [f"« {name} »" for name in names]
    return " ou ".join([", ".join(quoted[:-1]), quoted[-1]] if quoted[1:] else quoted)


_ARTICLES = {"Le ": ("du ", "au "), "Les ": ("des ", "aux ")}
"""Article that a name starts with → contracted after « de », after « à »."""


def of(name: str) -> str:
    """Return a name after « de »: « d'Aubenas », « du Vivier », « de Vallombre »."""
    for article, (contracted, _) in _ARTICLES.items():
        if name.startswith(article):
            return contracted + name.removeprefix(article)
    first, second = name[:1].lower(), name[1:2].lower()
    # d'Yvetot, but de Yaoundé
    is_elided = second not in _VOWELS if first == "y" else first in tuple(_VOWELS)
    return f"d'{name}" if is_elided else f"de {name}"


def to(name: str) -> str:
    """Return a name after « à »: « au Vivier », « aux Essarts », « à Noirvaux »."""
    for article, (_, contracted) in _ARTICLES.items():
        if name.startswith(article):
            return contracted + name.removeprefix(article)
    return f"à {name}"


_SCHOOLS = {
    "École maternelle ": "Mat. ",
    "École élémentaire ": "Élém. ",
    "École primaire ": "",
}
"""What a school's official name starts with → what is left of it in a narrow column."""


def short_school(name: str) -> str:
    """Return a school's name without its generic words: « Élém. Jean Macé ».

    A school that takes all pupils is « Les Marronniers »; « École maternelle » alone
    has no other name.
    """
    shown = accented(name)
    for generic, short in _SCHOOLS.items():
        own = shown[len(generic) :]
        if own[:1].strip() and shown.lower().startswith(generic.lower()):
            return short + own
    return shown


def first_sentence(text: str, words: int) -> str:
    """Return the first sentence of so many words at most, else the shortest: whole."""
    sentences = _SENTENCE_END.split(text.strip())
    short = (one for one in sentences if len(one.split()) <= words)
    return next(short, min(sentences, key=lambda one: len(one.split())))


def phone_number(text: str) -> str:
    """Return « 01 99 00 12 34 » for ten digits in a row, other texts as they stand."""
    return " ".join(re.findall("..", text)) if re.fullmatch(r"\d{10}", text) else text


def with_detail(text: str, detail: str) -> str:
    """Return « text (detail) »; brackets are never nested."""
    if "(" in detail:
        return f"{text}, {detail}"
    return f"{text} ({detail})" if detail else text


def sentence(text: str) -> str:
    """Return `text` with a capital letter and a full stop."""
    text = text.strip()
    closed = text if not text or text[-1] in ".!?…" else text + "."
    return closed[:1].upper() + closed[1:]


def shortened(text: str, most: int = 40) -> str:
    """Return the beginning of a free text, on one line of so many characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1].rstrip()}…"


def uncapitalised(text: str) -> str:
    """Return `text` without its capital, unless an acronym or Wi-Fi begins it."""
    rest = text.partition(" ")[0][1:]
    is_word = text[1:2] == " " or (rest[:1].islower() and rest == rest.lower())
    return text[:1].lower() + text[1:] if is_word else text


def system_sentence(error: OSError) -> str:
    """Return what a system's error means, and what to do when that is known."""
    where = f"{error.filename} : " if error.filename else ""
    why = _NUMBERS.get(error.errno or 0) or _REASONS.get(type(error))
    return where + (why or f"{error.strerror or error}.")
