"""Typing in a cell: what the keys typed so far mean, and whether they say it all.

A choice ends by itself at its number or at letters that only it begins with; yes and
no at their letter; a number when Enter or a move says so.
"""

from collections.abc import Callable
from dataclasses import dataclass

from diag.desk.azerty import as_digits, digit_of
from diag.desk.entry import RefusedEntryError, value_of
from diag.desk.sheet import STATE_WORDS
from diag.model.checklist import Choice, Question, QuestionType
from diag.model.fact import State, Value
from diag.model.folding import fold, readings
from diag.model.number import exact
from diag.reports.answers import value_words
from diag.reports.typography import NBSP

STATE_KEYS = {"?": State.UNKNOWN, "/": State.NOT_APPLICABLE, "!": State.REFUSED}
"""First key typed → a state instead of a value; the same for every question."""

_STATE_NAMES = {
    "inconnu": State.UNKNOWN,
    "inconnue": State.UNKNOWN,
    "sans objet": State.NOT_APPLICABLE,
    "refuse": State.REFUSED,
    "non communique": State.REFUSED,
}
_NUMBERS = {QuestionType.INTEGER, QuestionType.NUMBER}
_CLOSED = {QuestionType.BOOLEAN, QuestionType.CHOICE}
_ONE_DIGIT = 9
_SHORT = 24
_KEYS_OF_CHOICES = 10
_YES, _NO = frozenset("o1&"), frozenset("n0à")


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed so far, understood."""

    text: str
    """As typed."""
    state: State = State.KNOWN
    value: Value = None
    """Canonical; None while nothing is sure."""
    words: str = ""
    """What it will be, or what it may still become."""
    is_complete: bool = False
    """Nothing more can be typed: it may be recorded at once."""
    problem: str = ""
    """Why it can be nothing, in French."""

    @property
    def is_answer(self) -> bool:
        """Say whether it may be recorded as it is."""
        return not self.problem and (
            self.state is not State.KNOWN or self.value is not None
        )


def completed(question: Question, text: str) -> Typed:
    """Return what the keys typed in a cell mean so far."""
    if text in STATE_KEYS and question.type is not QuestionType.TEXT:
        return _stated(text, STATE_KEYS[text])
    return _READERS.get(question.type, _as_typed)(question, text)


def spelled_out(question: Question, text: str) -> Typed:
    """Return what a cell of a spreadsheet means; states are words there."""
    plain = text.strip()
    state = STATE_KEYS.get(plain) or _STATE_NAMES.get(fold(plain))
    if state and question.type is not QuestionType.TEXT:
        return _stated(plain, state)
    if question.type in _NUMBERS:
        number = _without_unit(question, plain).replace("−", "-")
        return _read(question, plain, number)
    if question.type is QuestionType.CHOICE and _by_number(question, plain):
        return _choice(question, plain)
    read = _read(question, plain, plain)
    if read.problem and question.choices:
        possible = choices_words(question, _SHORT)
        problem = f"« {plain[:40]} » n'est pas un choix. Possibles : {possible}."
        return Typed(plain, problem=problem)
    return read


def rest_of_word(question: Question, read: Typed) -> str:
    """Return what one may still be typing of a word whose first letters said it all."""
    is_yes_or_no = question.type is QuestionType.BOOLEAN
    words = fold(read.words if is_yes_or_no else _label(question, read))
    typed = fold(read.text)
    begin = f" {words}".find(f" {typed}") if typed and typed.isalpha() else -1
    return words[begin + len(typed) :] if begin >= 0 else ""


def _label(question: Question, read: Typed) -> str:
    return next((one.label for one in question.choices if one.id == read.value), "")


def is_refused_at_once(question: Question, read: Typed) -> bool:
    """Say whether the last key is to be dropped: no other would mend it."""
    if question.type in _CLOSED:
        return bool(read.problem)
    if not read.problem or question.type not in _NUMBERS | {QuestionType.DATE}:
        return False
    kept = "-−/." if question.type is QuestionType.DATE else "-−,. "
    letters = {*kept, *question.unit.casefold(), "s"}
    return not all(digit_of(char) or char.casefold() in letters for char in read.text)


def choices_words(question: Question, longest: int = 200) -> str:
    """Return the choices with the key of each: « 1 Classe  2 ULIS »."""
    return "  ".join(
        _keyed((rank, choice), longest)
        for rank, choice in enumerate(question.choices, 1)
    )


def plain_refusal(question: Question, error: RefusedEntryError) -> str:
    """Return a refusal without the name of the question, which is in sight."""
    sentence = str(error).removeprefix(f"{question.id} ({question.label}) : ")
    return sentence[:1].upper() + sentence[1:]


def _keyed(pair: tuple[int, Choice], longest: int = 200) -> str:
    rank, label = pair[0], pair[1].label
    if len(label) > longest:
        label = f"{label[: longest - 1].rstrip(' ,:')}…"
    return f"{0 if rank == _KEYS_OF_CHOICES else rank}{NBSP}{label}"


def _stated(text: str, state: State) -> Typed:
    return Typed(text, state=state, words=STATE_WORDS[state], is_complete=True)


def _read(question: Question, text: str, raw: object) -> Typed:
    try:
        value = value_of(question, raw)
    except RefusedEntryError as error:
        return Typed(text, problem=plain_refusal(question, error))
    return Typed(text, value=value, words=value_words(question, value))


def _as_typed(question: Question, text: str) -> Typed:
    return _read(question, text, text)


def _date(question: Question, text: str) -> Typed:
    return _read(question, text, as_digits(text, kept="-/."))


def _boolean(question: Question, text: str) -> Typed:
    letter = text[:1].casefold()
    if letter in _YES | _NO:
        value = letter in _YES
        words = value_words(question, value)
        return Typed(text, value=value, words=words, is_complete=True)
    return Typed(text, problem="Tapez o (oui) ou n (non).")


def _choice(question: Question, text: str) -> Typed:
    found = _by_number(question, text)
    if found is None:
        found = _beginning(question, text)
    if not found:
        return Typed(text, problem=f"Aucun choix ne commence par « {text[:40]} ».")
    words = "  ".join(
        _keyed((rank, choice))
        for rank, choice in enumerate(question.choices, 1)
        if choice in found
    )
    whole = [choice for choice in found if fold(choice.label) == fold(text)] or found
    if len(whole) == 1:
        alone = len(found) == 1
        return Typed(text, value=whole[0].id, words=words, is_complete=alone)
    return Typed(text, words=words)


def _by_number(question: Question, text: str) -> list[Choice] | None:
    """Return the choices whose number may begin so; None when it is no number."""
    digits = "".join(map(digit_of, text))
    count = len(question.choices)
    if not digits or len(digits) != len(text):
        return None
    if count <= _KEYS_OF_CHOICES:
        rank = int(digits) or _KEYS_OF_CHOICES
        return [question.choices[rank - 1]] if 0 < rank <= count else []
    return [
        choice
        for rank, choice in enumerate(question.choices, 1)
        if str(rank).startswith(digits)
    ]


def _beginning(question: Question, text: str) -> list[Choice]:
    """Return the choices that begin so; failing that, those with such a word."""
    begun = " ".join(words[0] for words in readings(text))
    if not begun:
        return []
    found = [one for one in question.choices if fold(one.label).startswith(begun)]
    return found or [
        one for one in question.choices if f" {begun}" in f" {fold(one.label)}"
    ]


def _choices(question: Question, text: str) -> Typed:
    """Several choices: their numbers in a row, or words between commas; 0 is none."""
    digits = [digit_of(char) for char in text if char not in ", "]
    if digits and all(digits):
        ranks = {int(digit) for digit in digits}
        if ranks == {0}:
            return Typed(text, value=(), words="aucun")
        if 0 in ranks or max(ranks) > len(question.choices):
            several = f"de 1 à {len(question.choices)}, 0 pour aucun"
            return Typed(text, problem=f"Les choix ont un numéro {several}.")
        chosen = [question.choices[rank - 1].id for rank in sorted(ranks)]
        return _read(question, text, chosen)
    found = [_beginning(question, part) for part in text.split(",") if part.strip()]
    if not found or not all(found):
        return Typed(text, problem=f"Aucun choix ne commence par « {text[:40]} ».")
    if any(len(each) > 1 for each in found):
        return Typed(text, words=choices_words(question))
    return _read(question, text, [each[0].id for each in found])


def _number(question: Question, text: str) -> Typed:
    raw = _meant(question, text)
    if raw in {"", "-"}:
        return Typed(text)
    read = _read(question, text, raw)
    if not read.problem and _is_one_digit(question):
        return Typed(text, value=read.value, words=read.words, is_complete=True)
    return read


def _meant(question: Question, text: str) -> str:
    """Return the digits meant: twins read, sign supplied where all is negative."""
    low, high = question.range or (None, None)
    sign, rest = "", text.strip()
    if (low is None or exact(low) < 0) and rest.startswith(("-", "−")):
        sign, rest = "-", rest[1:]
    rest = as_digits(_without_unit(question, rest))
    if high is not None and exact(high) < 0 and rest:
        sign = "-"
    return sign + rest


def _without_unit(question: Question, text: str) -> str:
    unit = question.unit.casefold()
    for ending in (f"{unit}s", unit):
        if unit and text.casefold().endswith(ending):
            return text[: -len(ending)].rstrip()
    return text


def _is_one_digit(question: Question) -> bool:
    """Say whether every answer is a single digit: then it ends by itself."""
    if question.type is not QuestionType.INTEGER or question.range is None:
        return False
    low, high = question.range
    if low is None or high is None:
        return False
    return exact(low) >= 0 and exact(high) <= _ONE_DIGIT


_READERS: dict[QuestionType, Callable[[Question, str], Typed]] = {
    QuestionType.BOOLEAN: _boolean,
    QuestionType.CHOICE: _choice,
    QuestionType.CHOICES: _choices,
    QuestionType.INTEGER: _number,
    QuestionType.NUMBER: _number,
    QuestionType.DATE: _date,
}
