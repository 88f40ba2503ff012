"""Whole and decimal numbers, typed with their unit or another of the same kind."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import ceil, floor

from diag.answers.answer_type import (
    SHORT_BLANK,
    AnswerType,
    Meaning,
    Refused,
    SoFar,
    admitted,
)
from diag.model.audit import Value
from diag.model.checklist import EffectValue, Question
from diag.model.text import MAX_DIGITS, Number, as_digits, canonical_number, digit_of
from diag.model.text import exact as _exact
from diag.rules.expressions import Exact, Node, RuleValue, Span, plain, point
from diag.rules.language import Rule, thresholds
from diag.words.sentences import measure, number, plural

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
    {"mm": 1, "cm": 10, "m": 1000, "mètre": 1000, "mètres": 1000, "km": 10**6},
    {"m²": 1, "m2": 1},
    {"ms": 1, "s": 1000},
    {"h": 1, "heure": 1, "heures": 1},
    {"j": 1, "jour": 1, "semaine": 7, "semaines": 7},
    {"%": 1, "pour cent": 1},
    {"w": 1, "kw": 1000},
    {"€": 1, "euro": 1, "euros": 1, "k€": 1000},
    _RATES,
)
"""Units that measure the same thing: spelling in small letters → size."""

_CACHED_VALUES = 4096  # the numbers of a few audits
_MINUS = ("-", "−")

exact = lru_cache(_CACHED_VALUES)(_exact)
"""The bounds of a question are compared at every key."""

_ONE_DIGIT = 9


_YEARS = (1900, 2200)
"""Between these, a bare number is a year."""


def _is_year(question: Question) -> bool:
    """Say whether a number is a year: nothing parts its thousands."""
    low, high = question.range or (None, None)
    if question.unit or low is None or high is None:
        return False
    return _YEARS[0] <= exact(low) and exact(high) <= _YEARS[1]


def _figure(question: Question, value: Number) -> str:
    return str(value) if _is_year(question) else number(value)


class AnyNumber(AnswerType):
    """A number, in the unit of its question."""

    hint = "nombre"
    in_rules = ("un nombre", "comparez-le, par exemple « {0} >= 1 »")
    instead = "Répondez 0 s'il n'y en a pas, ou « inconnu » si personne ne le sait"
    is_number = True
    blank = SHORT_BLANK
    xlsform = ("decimal", "range")
    grid_words = r"decimal|reel|mesure|montant|pourcent"

    def read(self, question: Question, raw: object) -> Value:
        return _read_number(question, raw)

    def expand(self, question: Question, typed: str) -> object:
        """Return the figures that keys stand for, then the unit as typed.

        Where no value is negative `-` is the key of a 6; where all are, the sign may
        be left out.
        """
        return _digits(question, typed)

    def from_cell(self, text: str) -> str:
        return text.replace("−", "-")

    def partial(self, question: Question, text: str) -> SoFar:
        raw = _digits(question, text)
        if raw in {"", "-"}:
            return SoFar(text)
        return self.attempt(
            question, text, raw, is_complete=self.is_one_digit(question)
        )

    def is_one_digit(self, question: Question) -> bool:
        """Say whether every answer is a single digit."""
        return False

    def drops_last_key(self, question: Question, read: SoFar) -> bool:
        if not read.problem:
            return False
        letters = set("-−,. ").union(*_spellings(question.unit))
        return not all(
            digit_of(char) or char.casefold() in letters for char in read.text
        )

    def doubt(self, question: Question, value: Value) -> str:
        if question.likely is None or not is_number(value):
            return ""
        low, high = question.likely
        found = exact(value)
        if low is not None and found < exact(low):
            words, usual = "bas", f"à partir de {_figure(question, low)}"
        elif high is not None and found > exact(high):
            words, usual = "élevé", f"jusqu'à {_figure(question, high)}"
        else:
            return ""
        is_year = _is_year(question)
        measured = str(value) if is_year else measure(found, question.unit)
        return f"{measured}, cela paraît {words} (d'habitude {usual})"

    def input_attributes(self, question: Question) -> str:
        """Return those of a number between its bounds."""
        low, high = question.range or (None, None)
        bounds = "".join(
            f' {name}="{bound}"'
            for name, bound in (("min", low), ("max", high))
            if bound is not None
        )
        step = "1" if self.is_whole else "any"
        return f'type="number" step="{step}"{bounds}'

    def value_words(self, question: Question, value: int | str) -> str:
        try:
            canonical_number(value)
        except ValueError:
            return str(value)
        return str(value) if _is_year(question) else measure(value, question.unit)

    def cell_words(self, question: Question, value: Value) -> str:
        if is_number(value):
            return _figure(question, value)  # type: ignore[arg-type]  # is_number checked it
        return super().cell_words(question, value)

    def expected(self, question: Question) -> str:
        noun = "nombre entier" if self.is_whole else "nombre"
        unit = f" ({plural(question.unit)})" if question.unit else ""
        if question.range is None:
            return noun + unit
        ends = (
            "…" if end is None else _figure(question, end) for end in question.range
        )
        return "{}{}, de {} à {}".format(noun, unit, *ends)

    def wanted(self, question: Question) -> str:
        if not question.range:
            return self.expected(question)
        low, high = question.range
        ends = [] if low is None else [f"de {_figure(question, low)}"]
        ends += [] if high is None else [f"à {_figure(question, high)}"]
        return " ".join([*ends, plural(question.unit)]).strip()

    def instead_of_effect(self, question: Question, value: EffectValue) -> str:
        is_number = isinstance(value, int | str) and not isinstance(value, bool)
        return "" if is_number else "Écrivez un nombre, ou une règle qui en donne un."

    def total(self, question: Question, known: Sequence[Value]) -> str:
        numbers = [exact(value) for value in known if is_number(value)]
        if not numbers:
            return ""
        low = question.range[0] if question.range else None
        if self.is_whole and low is not None and exact(low) >= 0:
            return f"= {number(sum(numbers, Fraction()))}"
        least, most = number(min(numbers)), number(max(numbers))
        return least if least == most else f"{least} à {most}"

    def meaning(self, question: Question) -> Meaning:
        low, high = question.range or (None, None)
        return Meaning(Span(_end(low), _end(high)), _point)

    def candidates(
        self, question: Question, rules: Iterable[Rule], visit: date | None
    ) -> tuple[Value, ...]:
        found: set[Fraction] = set()
        for rule in rules:
            for threshold in thresholds(rule).get(question.id, ()):
                found |= self.steps(threshold)
        low, high = question.range or (None, None)
        ends = [exact(end) for end in (low, high) if end is not None]
        # A rule that only computes with the number has no threshold to try.
        found |= set(ends) if not found else set()
        return tuple(
            canonical_number(value)
            for value in sorted(found)
            if (low is None or value >= exact(low))
            and (high is None or value <= exact(high))
        )

    def steps(self, threshold: Fraction) -> set[Fraction]:
        """Return a threshold and one step either side: 1, or its last decimal."""
        step = Fraction(1)
        while (threshold / step).denominator > 1:
            step /= 10
        return {threshold - step, threshold, threshold + step}

    def present(
        self, question: Question, nodes: Sequence[Node], marks: Iterable[Exact]
    ) -> tuple[RuleValue, ...]:
        low, high = question.range or (None, None)
        span = Span(_end(low), _end(high))
        return tuple(map(point, around(marks, span, integral=self.is_whole)))


class Integer(AnyNumber):
    """A whole number."""

    is_whole = True
    xlsform = ("integer", "int")
    grid_words = r"entier|nombre|numeri|quantit"

    def read(self, question: Question, raw: object) -> Value:
        value = _read_number(question, raw)
        if not isinstance(value, int):
            problem = f"{value.replace('.', ',')} n'est pas entier"
            raise Refused(question, problem, "Donnez un nombre entier")
        return value

    def is_one_digit(self, question: Question) -> bool:
        """Say whether the range holds single digits alone."""
        low, high = question.range or (None, None)
        if low is None or high is None:
            return False
        return exact(low) >= 0 and exact(high) <= _ONE_DIGIT

    def steps(self, threshold: Fraction) -> set[Fraction]:
        """Return whole numbers around the threshold."""
        if threshold.denominator > 1:
            return {Fraction(floor(threshold)), Fraction(ceil(threshold))}
        return super().steps(threshold)


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


def is_number(value: Value) -> bool:
    """Say whether a kept value is one: a changed program may write anything."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return False
    if len(str(value)) > MAX_DIGITS:
        return False
    try:
        exact(value)
    except ValueError:
        return False
    return True


def around(marks: Iterable[Exact], span: Span, *, integral: bool) -> list[Exact]:
    """Return every mark within a span, its ends, and one number in each gap."""
    known = set(marks)
    if integral:
        known = {side for mark in known for side in (floor(mark), ceil(mark))}
    inside = {
        mark
        for mark in known
        if (span.low is None or span.low <= mark)
        and (span.high is None or mark <= span.high)
    }
    low = min(inside, default=0) - 1 if span.low is None else span.low
    high = max(inside, default=low) + 1 if span.high is None else span.high
    ends = sorted(inside | {low, high})
    found: set[Exact] = set(ends)
    for one, other in pairwise(ends):
        if not integral:
            found.add(Fraction(one + other) / 2)
        elif one + 1 < other:
            found.add(one + 1)
    return sorted(found)


def _read_number(question: Question, raw: object) -> Number:
    try:
        value = (
            in_unit(raw, question.unit)
            if isinstance(raw, str)
            else canonical_number(raw)
        )
    except ValueError as error:
        expected = f"un nombre ({question.unit})" if question.unit else "un nombre"
        raise Refused(question, str(error), f"Donnez {expected}") from error
    low, high = question.range or (None, None)
    below = low is not None and exact(value) < exact(low)
    if below or (high is not None and exact(value) > exact(high)):
        ends = (None if end is None else _figure(question, end) for end in (low, high))
        problem = f"{_figure(question, value)} est hors limites"
        raise Refused(question, problem, admitted(*ends))
    return value


def _digits(question: Question, text: str) -> str:
    low, high = question.range or (None, None)
    sign, rest = "", text.strip()
    if (low is None or exact(low) < 0) and rest.startswith(_MINUS):
        sign, rest = "-", rest[1:]
    figures, unit = apart(rest, question.unit)
    figures = as_digits(figures)
    if high is not None and exact(high) < 0 and figures:
        sign = "-"
    return f"{sign}{figures}{unit}"


@lru_cache(_CACHED_VALUES, typed=True)
@lru_cache(maxsize=1024, typed=True)  # the same few numbers answer most questions
def _point(value: Value) -> RuleValue | None:
    if not is_number(value):
        return None
    return point(plain(exact(value)))


def _end(end: Number | None) -> Exact | None:
    return None if end is None else plain(exact(end))
