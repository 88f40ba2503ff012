"""Free text: kept letter for letter, cleaned."""

from diag.answers.answer_type import AnswerType, Refused
from diag.model.checklist import Question
from diag.model.fact import Value
from diag.model.text import clean_text


class FreeText(AnswerType):
    """A remark, a name, an address."""

    is_text = True
    is_readable = False
    cell_width = None

    def read(self, question: Question, raw: object) -> Value:
        try:
            return clean_text(str(raw)).strip()
        except ValueError as error:
            raise Refused(question, str(error)) from error
