"""How one answer reads: its value and unit, its state, both sides of a conflict."""

from collections.abc import Sequence

from diag.model.checklist import Question
from diag.model.enums import QuestionType, State
from diag.model.fact import Answer, Value
from diag.model.number import canonical_number
from diag.words.dates import describe_day
from diag.words.figures import measure
from diag.words.vocabulary import PROVENANCES, STATES


def value_words(question: Question, value: Value) -> str:
    """Return a known value as a reader expects it: « 12 Mbit/s », « oui », a label."""
    match question.type, value:
        case QuestionType.PHOTO, _:
            said = "photo jointe"
        case _, bool():
            said = "oui" if value else "non"
        case _, tuple():
            said = ", ".join(_label(question, one) for one in value) or "aucun"
        case QuestionType.CHOICE, str():
            said = _label(question, value)
        case QuestionType.DATE, str():
            said = describe_day(value)
        case QuestionType.INTEGER | QuestionType.NUMBER, int() | str() if _is_number(
            value
        ):
            said = measure(value, question.unit)
        case _:
            said = "" if value is None else str(value)
    return said


def answer_words(question: Question, answer: Answer) -> str:
    """Return one answer: its value, or why there is none."""
    if answer.state is State.KNOWN:
        return value_words(question, answer.value)
    why = f" ({answer.reason})" if answer.reason else ""
    return STATES[answer.state] + why


def heads_words(question: Question, heads: Sequence[Answer]) -> str:
    """Return a fact as it stands; both values when two people disagree."""
    said = " ou ".join(answer_words(question, head) for head in heads)
    return f"{said} (réponses contradictoires)" if len(heads) > 1 else said


def evidence(question: Question, heads: Sequence[Answer]) -> str:
    """Return a fact and how it became known: « 12 Mbit/s, mesuré »."""
    said = heads_words(question, heads)
    if len(heads) != 1 or heads[0].state is not State.KNOWN:
        return said
    return f"{said}, {PROVENANCES[heads[0].provenance]}"


def _is_number(value: int | str) -> bool:
    """Say whether a value is one: an older edition may have asked for a text."""
    try:
        canonical_number(value)
    except ValueError:
        return False
    return True


def _label(question: Question, choice: str) -> str:
    labels = (one.label for one in question.choices if one.id == choice)
    return next(labels, choice)
