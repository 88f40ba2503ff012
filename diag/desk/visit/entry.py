"""What a person typed, read as the canonical value of a question; or refused."""

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches

from diag.desk.visit.choosing import key_of, keys_and_labels
from diag.desk.visit.measures import in_unit
from diag.model.checklist import Question
from diag.model.enums import QuestionType
from diag.model.errors import DiagError
from diag.model.fact import Value
from diag.model.number import canonical_number, exact
from diag.model.text import clean_text, fold
from diag.words.dates import read_day
from diag.words.figures import measure, number

_YES = {"oui", "o", "true", "vrai", "1", "&"}


_NO = {"non", "n", "false", "faux", "0", "à"}


_LONGEST = 60
"""Letters of a label in a refusal: what tells it from the others."""


class RefusedEntryError(DiagError):
    """The text typed cannot be the answer of this question."""


def value_of(question: Question, raw: object) -> Value:
    """Return the canonical value of what was typed, or given as JSON.

    Raises:
        RefusedEntryError: names the question, what is wrong and what is expected.
    """
    if raw is None:
        raise _refuse(
            question,
            "aucune valeur",
            "Donnez-en une, ou dites pourquoi il n'y en a pas : inconnu, sans objet, "
            "non communiqué",
        )
    return _READERS[question.type](question, raw)


def doubt_about(question: Question, value: Value) -> str:
    """Return why a value should be confirmed (outside `likely`), or an empty text."""
    if question.likely is None or not _is_number(value):
        return ""
    low, high = question.likely
    found = exact(value)  # type: ignore[arg-type]  # _is_number checked it
    said = measure(found, question.unit)
    if low is not None and found < exact(low):
        return f"{said}, cela paraît bas (d'habitude à partir de {number(low)})"
    if high is not None and found > exact(high):
        return f"{said}, cela paraît élevé (d'habitude jusqu'à {number(high)})"
    return ""


def _is_number(value: Value) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool)


def _refuse(
    question: Question, problem: str, remedy: str = "", command: str = ""
) -> RefusedEntryError:
    sentence = f"{question.id} ({question.label}) : {problem}."
    told = f"{sentence} {remedy}." if remedy else sentence
    return RefusedEntryError(told, command=command)


def _boolean(question: Question, raw: object) -> Value:
    if isinstance(raw, bool):
        return raw
    typed = str(raw).strip().casefold()
    if typed in _YES:
        return True
    if typed in _NO:
        return False
    raise _refuse(question, f"« {str(raw)[:40]} » n'est ni oui ni non", "Tapez o ou n")


def _choice(question: Question, raw: object) -> Value:
    return _one_choice(question, raw)


def _one_choice(question: Question, raw: object) -> str:
    typed = str(raw).strip()
    for rank, choice in enumerate(question.choices, 1):
        if typed in {choice.id, str(rank), key_of(question, rank)}:
            return choice.id
    names = {fold(choice.label): choice for choice in question.choices}
    if fold(typed) in names:
        return names[fold(typed)].id
    names |= {fold(choice.id): choice for choice in question.choices}
    near = get_close_matches(fold(typed), names, n=1)
    hint = f", peut-être « {names[near[0]].label} »" if near else ""
    possible = ", ".join(keys_and_labels(question, question.choices, _LONGEST))
    raise _refuse(
        question,
        f"« {typed[:40]} » n'est pas un choix{hint}",
        f"Possibles : {possible}",
    )


def _choices(question: Question, raw: object) -> Value:
    items: Iterable[object]
    if isinstance(raw, list | tuple):
        items = raw
    else:
        items = [item for item in re.split(r"[,;]", str(raw)) if item.strip()]
    return tuple(sorted({_one_choice(question, item) for item in items}))


def _number(question: Question, raw: object) -> Value:
    try:
        value = (
            in_unit(raw, question.unit)
            if isinstance(raw, str)
            else canonical_number(raw)
        )
    except ValueError as error:
        expected = f"un nombre ({question.unit})" if question.unit else "un nombre"
        raise _refuse(question, str(error), f"Donnez {expected}") from error
    low, high = question.range or (None, None)
    below = low is not None and exact(value) < exact(low)
    if below or (high is not None and exact(value) > exact(high)):
        bounds = (None if bound is None else number(bound) for bound in (low, high))
        raise _refuse(question, f"{number(value)} est hors limites", _span(*bounds))
    return value


def _integer(question: Question, raw: object) -> Value:
    value = _number(question, raw)
    if not isinstance(value, int):
        problem = f"{str(value).replace('.', ',')} n'est pas entier"
        raise _refuse(question, problem, "Donnez un nombre entier")
    return value


def _date(question: Question, raw: object) -> Value:
    try:
        value = read_day(str(raw)).isoformat()
    except ValueError as error:
        raise _refuse(
            question,
            f"« {str(raw)[:40]} » n'est pas une date",
            "Écrivez par exemple 31/01/2026 ou 2026-01-31",
        ) from error
    low, high = question.date_range or (None, None)
    if (low and value < low) or (high and value > high):
        bounds = (None if bound is None else _spoken(bound) for bound in (low, high))
        raise _refuse(question, f"{_spoken(value)} est hors limites", _span(*bounds))
    return value


def _text(question: Question, raw: object) -> Value:
    try:
        return clean_text(str(raw)).strip()
    except ValueError as error:
        raise _refuse(question, str(error)) from error


def _photo(question: Question, _raw: object) -> Value:
    raise _refuse(
        question,
        "une photo ne se tape pas",
        "Joignez le fichier dans la visite, par « Photos »",
        command=f"diag audit photo UAI add FICHIER --question {question.id}",
    )


def _span(low: str | None, high: str | None) -> str:
    """Return what is admitted between two bounds; None where there is no bound."""
    if low is None:
        return f"Admis : jusqu'à {high}"
    return (
        f"Admis : à partir de {low}" if high is None else f"Admis : de {low} à {high}"
    )


def _spoken(day: str) -> str:
    return "/".join(reversed(day.split("-")))


_READERS: dict[QuestionType, Callable[[Question, object], Value]] = {
    QuestionType.BOOLEAN: _boolean,
    QuestionType.CHOICE: _choice,
    QuestionType.CHOICES: _choices,
    QuestionType.INTEGER: _integer,
    QuestionType.NUMBER: _number,
    QuestionType.DATE: _date,
    QuestionType.TEXT: _text,
    QuestionType.PHOTO: _photo,
}
