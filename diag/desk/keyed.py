"""What is typed beside one question: « f » or « 3 » for a choice, « o », a number.

Values are read by `entry`; here a few letters are enough to name a choice, and the
unshifted keys of a French keyboard stand for their digits.
"""

from diag.desk.azerty import TWINS, as_digits, digit_of
from diag.desk.entry import RefusedEntryError, value_of
from diag.model.checklist import Choice, Question, QuestionType
from diag.model.fact import Value
from diag.model.folding import fold
from diag.reports.answers import value_words

_NUMBERS = {QuestionType.INTEGER, QuestionType.NUMBER}
_TEN = 10
"""What the key 0 stands for among choices: the tenth."""
_CHOICES = {QuestionType.CHOICE, QuestionType.CHOICES}


def meant(question: Question, typed: str) -> Value:
    """Return the canonical value of what was typed.

    Raises:
        RefusedEntryError: it is no answer, or it names several choices.
    """
    text = typed.strip()
    match question.type:
        case QuestionType.CHOICE:
            return value_of(question, _choice(question, text))
        case QuestionType.CHOICES:
            items = text.replace(";", ",").replace(" ", ",").split(",")
            parts = [_choice(question, item) for item in items if item]
            return value_of(question, parts)
        case QuestionType.INTEGER | QuestionType.NUMBER | QuestionType.DATE:
            return value_of(question, digits(text))
    return value_of(question, text)


def digits(text: str) -> str:
    """Return a number typed without Shift on a French keyboard: `&é"` is 123.

    A text that holds a digit already is left alone: its `-` is a minus.
    """
    body = text.replace(" ", "").replace(",", "").replace(".", "").replace(";", "")
    if body and set(body) <= TWINS.keys():
        return as_digits(text).replace(";", ",")
    return text


def candidates(question: Question, typed: str) -> tuple[Choice, ...]:
    """Return the choices that a few letters or a digit may mean, in order."""
    text = typed.strip()
    if not text or question.type not in _CHOICES:
        return ()
    text = digit_of(text) or text
    if text.isdecimal():
        rank = int(text) or _TEN
        return question.choices[rank - 1 : rank]
    wanted = fold(text)
    exact = [
        one for one in question.choices if wanted in {fold(one.label), fold(one.id)}
    ]
    starting = [
        one
        for one in question.choices
        if wanted and (fold(one.label).startswith(wanted) or one.id.startswith(wanted))
    ]
    inside = [one for one in question.choices if wanted and wanted in fold(one.label)]
    return tuple(exact or starting or inside)


def preview(question: Question, typed: str) -> str:
    """Return what a typed text will be read as; empty when it cannot be yet."""
    if not typed.strip():
        return ""
    try:
        return value_words(question, meant(question, typed))
    except RefusedEntryError:
        return " ou ".join(one.label for one in candidates(question, typed)[:3])


def editable(question: Question, value: Value) -> str:
    """Return a known value as one would type it."""
    match value:
        case None:
            return ""
        case bool():
            return "o" if value else "n"
        case tuple():
            ranks = _ranks(question)
            return ",".join(str(ranks.get(one, one)) for one in value)
    if question.type is QuestionType.CHOICE:
        return str(_ranks(question).get(str(value), value))
    if question.type is QuestionType.DATE and isinstance(value, str):
        return "/".join(reversed(value.split("-")))
    text = str(value)
    return text.replace(".", ",") if question.type in _NUMBERS else text


def _ranks(question: Question) -> dict[str, int]:
    return {one.id: rank for rank, one in enumerate(question.choices, 1)}


def _choice(question: Question, text: str) -> str:
    found = candidates(question, text)
    if len(found) == 1:
        return found[0].id
    if len(found) > 1:
        labels = ", ".join(f"« {one.label} »" for one in found[:4])
        raise RefusedEntryError(
            f"« {text[:40]} » peut vouloir dire {labels}. "
            "Tapez une lettre de plus, ou le numéro."
        )
    return text
