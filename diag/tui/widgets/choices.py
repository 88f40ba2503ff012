"""The answers that a question offers, each with the key that names it."""

from collections.abc import Iterator

from textual.content import Content

from diag.desk.visit.choosing import key_of, named, several
from diag.desk.visit.keyed import preview
from diag.model.checklist import Question
from diag.model.enums import QuestionType
from diag.model.fact import Value
from diag.tui.plain import line
from diag.tui.widgets.sheet import Drawn
from diag.tui.widgets.wrapping import wrapped

_KEYS = 3


def choices(
    question: Question, answered: Value, typed: str, width: int
) -> Iterator[Drawn]:
    """Give the choices one per line; what is typed and what is answered stand out."""
    meant = _meant(question, typed.strip())
    for key, label, value in _options(question):
        is_answer = (
            value in answered
            if isinstance(answered, tuple)
            else value is answered or (answered == value and isinstance(value, str))
        )
        style = "bold $accent" if value in meant else "bold" if is_answer else ""
        mark = ">" if value in meant else "=" if is_answer else " "
        name = f"{mark} {key.rjust(_KEYS - 1)}  "
        for rank, part in enumerate(wrapped(Content(line(label)), _room(width))):
            before = " " * (_KEYS + 3) if rank else name
            styled = Content.styled(before, style or "$text-muted")
            yield Drawn(styled + part.stylize(style), key)


def _room(width: int) -> int:
    return max(width - _KEYS - 3, 8)


def _options(question: Question) -> list[tuple[str, str, Value]]:
    if question.type is QuestionType.BOOLEAN:
        return [("o", "oui", True), ("n", "non", False)]
    return [
        (key_of(question, rank), choice.label, choice.id)
        for rank, choice in enumerate(question.choices, 1)
    ]


def _meant(question: Question, typed: str) -> set[Value]:
    if not typed:
        return set()
    if question.type is QuestionType.BOOLEAN:
        said = preview(question, typed)
        return {said == "oui"} if said else set()
    items = [typed]
    if question.type is QuestionType.CHOICES:
        items = several(question, typed)
    return {one.id for item in items for one in named(question, item)}
