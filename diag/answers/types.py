"""Every type of question, and the words of the answers to it.

`TYPES[question.type]` parses what is typed, once, into a `Parsed`, or raises `Refused`.
Screens, paste, paper, command line and JSON share it. To add a type: a member of
`QuestionType`, its class, its line here.
"""

from collections.abc import Sequence

from diag.answers.answer_type import AnswerType, Refused
from diag.answers.choice import Boolean, OneChoice, SeveralChoices
from diag.answers.date import Date
from diag.answers.number import AnyNumber, Integer
from diag.model.checklist import Question
from diag.model.enums import PlaceKind, QuestionType, State
from diag.model.fact import Answer, Value
from diag.model.text import clean_text
from diag.words.vocabulary import MASKED, PROVENANCES, STATES


class FreeText(AnswerType):
    """A remark, a name, an address."""

    is_text = True
    is_readable = False
    xlsform = ("text", "string")
    grid_words = r"texte|libre|commentaire"
    cell_width = None

    def read(self, question: Question, raw: object) -> Value:
        try:
            return clean_text(str(raw)).strip()
        except ValueError as error:
            raise Refused(question, str(error)) from error


class PhotoAnswer(AnswerType):
    """A picture of what is asked."""

    hint = "{photos} : une photo"
    in_rules = ("une photo", "posez une question à choix")
    is_photo = True
    is_readable = False
    xlsform = ("image", "photo")
    grid_words = r"photo|image"

    def read(self, question: Question, raw: object) -> Value:
        raise Refused(
            question,
            "une photo ne se tape pas",
            "Joignez le fichier dans la visite, par « Photos »",
            command=f"diag audit photo UAI add FICHIER --question {question.id}",
        )

    def words(self, question: Question, value: Value) -> str:
        return "photo jointe"


TYPES: dict[QuestionType, AnswerType] = {
    QuestionType.BOOLEAN: Boolean(),
    QuestionType.INTEGER: Integer(),
    QuestionType.NUMBER: AnyNumber(),
    QuestionType.DATE: Date(),
    QuestionType.PHOTO: PhotoAnswer(),
    QuestionType.CHOICES: SeveralChoices(),
    QuestionType.CHOICE: OneChoice(),
    QuestionType.TEXT: FreeText(),
}
"""How the answers of each type are parsed, worded and judged.

Their `grid_words` are tried in this order: « choix multiple » before « choix ».
"""


def retired_question(name: str, place: PlaceKind = PlaceKind.ECOLE) -> Question:
    """Return what stands for a question that the edition no longer asks."""
    label = f"{name} (retirée)"
    return Question(
        id=name, domain="", place=place, type=QuestionType.TEXT, label=label
    )


def value_words(question: Question, value: Value) -> str:
    """Return a known value as a reader expects it: « 12 Mbit/s », « oui », a label."""
    return TYPES[question.type].words(question, value)


def answer_words(question: Question, answer: Answer) -> str:
    """Return one answer: its value, or why there is none."""
    if answer.is_masked:
        return MASKED
    if answer.state is State.KNOWN:
        return value_words(question, answer.value)
    why = f" ({answer.reason})" if answer.reason else ""
    return STATES[answer.state] + why


def heads_words(question: Question, heads: Sequence[Answer]) -> str:
    """Return a fact as it stands; both values when two people disagree."""
    if len(heads) == 1:
        return answer_words(question, heads[0])
    words = " ou ".join(answer_words(question, head) for head in heads)
    return f"{words} (réponses contradictoires)" if heads else words


def evidence(question: Question, heads: Sequence[Answer]) -> str:
    """Return a fact and how it became known: « 12 Mbit/s, mesuré »."""
    words = heads_words(question, heads)
    if len(heads) != 1 or heads[0].state is not State.KNOWN:
        return words
    return f"{words}, {PROVENANCES[heads[0].provenance]}"
