"""One class per question type: what is typed, kept, printed and read by rules.

To add a type: a member of `QuestionType`, its class, its line here.
"""

from diag.answers.boolean import Boolean
from diag.answers.choice import OneChoice, SeveralChoices
from diag.answers.date import Date
from diag.answers.number import AnyNumber, Integer
from diag.answers.photo import PhotoAnswer
from diag.answers.text import FreeText
from diag.answers.types import TYPES
from diag.model.enums import QuestionType

TYPES |= {
    QuestionType.BOOLEAN: Boolean(),
    QuestionType.CHOICE: OneChoice(),
    QuestionType.CHOICES: SeveralChoices(),
    QuestionType.INTEGER: Integer(),
    QuestionType.NUMBER: AnyNumber(),
    QuestionType.DATE: Date(),
    QuestionType.TEXT: FreeText(),
    QuestionType.PHOTO: PhotoAnswer(),
}
