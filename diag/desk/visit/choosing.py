"""Choices as one names them: by their key, by the letters they begin with."""

from collections.abc import Iterator

from diag.desk.visit.azerty import digit_of
from diag.model.checklist import Choice, Question
from diag.model.text import fold, readings
from diag.words.typography import NBSP

_KEYS = 10
"""Choices that have a key each: 1 to 9, then 0 for the tenth."""


_BETWEEN = " ,;"


def key_of(question: Question, rank: int) -> str:
    """Return what names a choice, counted from 1: its digit, `0` for a tenth of ten."""
    return "0" if rank == _KEYS == len(question.choices) else str(rank)


def choices_words(question: Question, longest: int = 200) -> str:
    """Return the choices with the key of each: « 1 Classe  2 ULIS »."""
    return "  ".join(keys_and_labels(question, question.choices, longest))


def keys_and_labels(
    question: Question, some: tuple[Choice, ...], longest: int = 200
) -> Iterator[str]:
    """Give the key and the label of some of the choices."""
    for rank, choice in enumerate(question.choices, 1):
        label = choice.label
        if len(label) > longest:
            label = f"{label[: longest - 1].rstrip(' ,:')}…"
        if choice in some:
            yield f"{key_of(question, rank)}{NBSP}{label}"


def named(question: Question, text: str) -> tuple[Choice, ...]:
    """Return the choices that these keys may name, in order.

    Those of that number, or those that begin so, else those with a word that does.
    """
    typed = text.strip()
    digits = "".join(map(digit_of, typed))
    if digits and len(digits) == len(typed):
        return _numbered(question, digits)
    begun = " ".join(words[0] for words in readings(typed))
    if not begun:
        return ()
    labels = {one: f" {fold(one.label)}" for one in question.choices}
    starting = [one for one in labels if labels[one].startswith(f" {begun}")]
    inside = [one for one in labels if f" {begun}" in labels[one]]
    return tuple(starting or inside or _of_id(question, typed))


def only(question: Question, text: str) -> Choice | None:
    """Return the one choice that is named when nothing more is typed."""
    found = named(question, text)
    whole = [one for one in found if fold(one.label) == fold(text)]
    if len(found) > 1 and not whole:
        digits = "".join(map(digit_of, text.strip()))
        whole = list(question.choices[int(digits) - 1 :][:1]) if digits else []
    named_alone = whole or found
    return named_alone[0] if len(named_alone) == 1 else None


def several(question: Question, text: str) -> list[str]:
    """Return what was typed for several choices, one by one.

    Their digits in a row, or words between commas, else between blanks; `0` is none.
    """
    digits = "".join(digit_of(char) for char in text if char not in _BETWEEN)
    if digits and len(digits) == sum(char not in _BETWEEN for char in text):
        return [] if set(digits) == {"0"} else list(digits)
    parts = [part for part in text.replace(";", ",").split(",") if part.strip()]
    return [
        word
        for part in parts
        for word in ([part] if named(question, part) else part.split())
    ]


def _numbered(question: Question, digits: str) -> tuple[Choice, ...]:
    count = len(question.choices)
    if count <= _KEYS:
        rank = int(digits) or _KEYS
        return question.choices[rank - 1 : rank]
    return tuple(
        choice
        for rank, choice in enumerate(question.choices, 1)
        if str(rank).startswith(digits)
    )


def _of_id(question: Question, text: str) -> list[Choice]:
    return [one for one in question.choices if one.id == text]
