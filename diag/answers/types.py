"""Every type of question, and the words of the answers to it.

`TYPES[question.type]` parses what is typed, once, into a `Parsed`, or raises `Refused`.
Screens, paste, paper, command line and JSON share it. To add a type: a member of
`QuestionType`, its class, its line here.
"""

from collections.abc import Sequence

from diag.answers.answer_type import AnswerType
from diag.answers.boolean import Boolean
from diag.answers.choice import OneChoice, SeveralChoices
from diag.answers.date import Date
from diag.answers.number import AnyNumber, Integer
from diag.answers.photo import PhotoAnswer
from diag.answers.text import FreeText
from diag.model.checklist import Question
from diag.model.enums import QuestionType, State
from diag.model.fact import Answer, Value
from diag.words.vocabulary import PROVENANCES, STATES

TYPES: dict[QuestionType, AnswerType] = {
    QuestionType.BOOLEAN: Boolean(),
    QuestionType.CHOICE: OneChoice(),
    QuestionType.CHOICES: SeveralChoices(),
    QuestionType.INTEGER: Integer(),
    QuestionType.NUMBER: AnyNumber(),
    QuestionType.DATE: Date(),
    QuestionType.TEXT: FreeText(),
    QuestionType.PHOTO: PhotoAnswer(),
}
"""How the answers of each type are parsed, worded and judged."""


def value_words(question: Question, value: Value) -> str:
    """Return a known value as a reader expects it: « 12 Mbit/s », « oui », a label."""
    return TYPES[question.type].words(question, value)


def answer_words(question: Question, answer: Answer) -> str:
    """Return one answer: its value, or why there is none."""
    if answer.state is State.KNOWN:
        return value_words(question, answer.value)
    why = f" ({answer.reason})" if answer.reason else ""
    return STATES[answer.state] + why


def heads_words(question: Question, heads: Sequence[Answer]) -> str:
    """Return a fact as it stands; both values when two people disagree."""
    words = " ou ".join(answer_words(question, head) for head in heads)
    return f"{words} (réponses contradictoires)" if len(heads) > 1 else words


def evidence(question: Question, heads: Sequence[Answer]) -> str:
    """Return a fact and how it became known: « 12 Mbit/s, mesuré »."""
    words = heads_words(question, heads)
    if len(heads) != 1 or heads[0].state is not State.KNOWN:
        return words
    return f"{words}, {PROVENANCES[heads[0].provenance]}"
