"""What is typed beside one question, once it is whole: « f » for a choice, « 1Gbit/s ».

What the same keys may still become is `completing`'s; both read the same choices and
the same figures.
"""

from diag.desk.visit.choosing import key_of, named, only, several
from diag.desk.visit.entry import RefusedEntryError, value_of
from diag.desk.visit.figures_typed import day_meant, number_meant
from diag.model.checklist import Question
from diag.model.enums import QuestionType
from diag.model.fact import Value
from diag.reports.answers import value_words

_NUMBERS = {QuestionType.INTEGER, QuestionType.NUMBER}


_MOST = 4
"""Choices named in a refusal that asks which one."""


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
            chosen = [_choice(question, part) for part in several(question, text)]
            return value_of(question, chosen)
        case QuestionType.INTEGER | QuestionType.NUMBER:
            return value_of(question, number_meant(question, text))
        case QuestionType.DATE:
            return value_of(question, day_meant(text))
    return value_of(question, text)


def preview(question: Question, typed: str) -> str:
    """Return what a typed text will be read as; empty when it cannot be yet."""
    if not typed.strip():
        return ""
    try:
        return value_words(question, meant(question, typed))
    except RefusedEntryError:
        return " ou ".join(one.label for one in named(question, typed)[:3])


def editable(question: Question, value: Value) -> str:
    """Return a known value as one would type it."""
    match value:
        case None:
            return ""
        case bool():
            return "o" if value else "n"
        case tuple():
            keys = _keys(question)
            return ",".join(keys.get(str(one), str(one)) for one in value) or "0"
    if question.type is QuestionType.CHOICE:
        return _keys(question).get(str(value), str(value))
    if question.type is QuestionType.DATE and isinstance(value, str):
        return "/".join(reversed(value.split("-")))
    text = str(value)
    return text.replace(".", ",") if question.type in _NUMBERS else text


def _keys(question: Question) -> dict[str, str]:
    return {
        one.id: key_of(question, rank) for rank, one in enumerate(question.choices, 1)
    }


def _choice(question: Question, text: str) -> str:
    alone = only(question, text)
    if alone is not None:
        return alone.id
    found = named(question, text)
    if found:
        labels = ", ".join(f"« {one.label} »" for one in found[:_MOST])
        raise RefusedEntryError(
            f"« {text[:40]} » peut vouloir dire {labels}. "
            "Tapez une lettre de plus, ou le numéro."
        )
    return text
