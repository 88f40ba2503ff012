"""Typing in a cell: what the keys typed so far mean, and whether they say it all.

A choice ends by itself at its number or at letters that only it begins with; yes and
no at their letter; a number when Enter or a move says so.
"""

from collections.abc import Callable
from dataclasses import dataclass

from diag.desk.visit.azerty import digit_of
from diag.desk.visit.choosing import (
    choices_words,
    keys_and_labels,
    named,
    only,
    several,
)
from diag.desk.visit.entry import RefusedEntryError, value_of
from diag.desk.visit.figures_typed import day_meant, number_meant
from diag.desk.visit.measures import letters_of
from diag.model.checklist import Question
from diag.model.enums import QuestionType, State
from diag.model.fact import Value
from diag.model.number import exact
from diag.model.text import fold
from diag.reports.answers import value_words
from diag.words.vocabulary import STATES

STATE_KEYS = {"*": State.UNKNOWN, "/": State.NOT_APPLICABLE, "!": State.REFUSED}
"""First key typed → a state instead of a value; the same for every question."""


_STATE_NAMES = {
    "?": State.UNKNOWN,
    "inconnu": State.UNKNOWN,
    "inconnue": State.UNKNOWN,
    "sans objet": State.NOT_APPLICABLE,
    "refuse": State.REFUSED,
    "non communique": State.REFUSED,
}


_NUMBERS = {QuestionType.INTEGER, QuestionType.NUMBER}


_CLOSED = {QuestionType.BOOLEAN, QuestionType.CHOICE}


_ONE_DIGIT = 9


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
    state = STATE_KEYS.get(plain) or _STATE_NAMES.get(fold(plain) or plain)
    if state and question.type is not QuestionType.TEXT:
        return _stated(plain, state)
    if question.type in _NUMBERS:
        return _read(question, plain, plain.replace("−", "-"))
    return _read(question, plain, plain)


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
    letters = {*kept, *letters_of(question.unit)}
    return not all(digit_of(char) or char.casefold() in letters for char in read.text)


def plain_refusal(question: Question, error: RefusedEntryError) -> str:
    """Return a refusal without the name of the question, which is in sight."""
    sentence = str(error).removeprefix(f"{question.id} ({question.label}) : ")
    return sentence[:1].upper() + sentence[1:]


def _stated(text: str, state: State) -> Typed:
    return Typed(text, state=state, words=STATES[state], is_complete=True)


def _read(question: Question, text: str, raw: object) -> Typed:
    try:
        value = value_of(question, raw)
    except RefusedEntryError as error:
        return Typed(text, problem=plain_refusal(question, error))
    return Typed(text, value=value, words=value_words(question, value))


def _as_typed(question: Question, text: str) -> Typed:
    return _read(question, text, text)


def _date(question: Question, text: str) -> Typed:
    return _read(question, text, day_meant(text))


def _boolean(question: Question, text: str) -> Typed:
    letter = text[:1].casefold()
    if letter in _YES | _NO:
        value = letter in _YES
        words = value_words(question, value)
        return Typed(text, value=value, words=words, is_complete=True)
    return Typed(text, problem="Tapez o (oui) ou n (non).")


def _choice(question: Question, text: str) -> Typed:
    found, alone = named(question, text), only(question, text)
    if not found:
        return Typed(text, problem=f"Aucun choix ne commence par « {text[:40]} ».")
    words = "  ".join(keys_and_labels(question, found))
    value = alone.id if alone else None
    return Typed(text, value=value, words=words, is_complete=len(found) == 1)


def _choices(question: Question, text: str) -> Typed:
    """Several choices: their numbers in a row, or words between commas; 0 is none."""
    parts = several(question, text)
    if not parts:
        return Typed(text, value=(), words="aucun")
    if any(part == "0" or not named(question, part) for part in parts):
        several_ = f"de 1 à {len(question.choices)}, 0 pour aucun"
        return Typed(text, problem=f"Les choix ont un numéro {several_}.")
    chosen = [only(question, part) for part in parts]
    if not all(chosen):
        return Typed(text, words=choices_words(question))
    return _read(question, text, [one.id for one in chosen if one])


def _number(question: Question, text: str) -> Typed:
    raw = number_meant(question, text)
    if raw in {"", "-"}:
        return Typed(text)
    read = _read(question, text, raw)
    if not read.problem and _is_one_digit(question):
        return Typed(text, value=read.value, words=read.words, is_complete=True)
    return read


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
