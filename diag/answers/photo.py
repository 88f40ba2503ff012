"""A photo as the answer: a file is joined, nothing is typed."""

from diag.answers.answer_type import AnswerType, Refused
from diag.model.checklist import Question
from diag.model.fact import Value


class PhotoAnswer(AnswerType):
    """A picture of what is asked."""

    hint = "{photos} : une photo"
    is_photo = True
    is_readable = False

    def read(self, question: Question, raw: object) -> Value:
        raise Refused(
            question,
            "une photo ne se tape pas",
            "Joignez le fichier dans la visite, par « Photos »",
            command=f"diag audit photo UAI add FICHIER --question {question.id}",
        )

    def words(self, question: Question, value: Value) -> str:
        return "photo jointe"
