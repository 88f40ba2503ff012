"""The answers that a question offers, each with the key that names it."""

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from diag.desk.keyed import candidates, preview
from diag.model.checklist import Question, QuestionType
from diag.model.fact import Value
from diag.tui.plain import line

_KEYS = 3


class Choices(Widget):
    """Choices one per line; what is typed and what is answered stand out."""

    DEFAULT_CSS = "Choices { height: auto; width: 1fr; margin-top: 1; }"

    class Picked(Message):
        """A choice was clicked."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key
            """What one would type for it."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._question: Question | None = None
        self._answered: Value = None
        self._typed = ""

    def show(self, question: Question, answered: Value) -> None:
        """Show a question's choices and today's answer."""
        self._question, self._answered, self._typed = question, answered, ""
        self.display = bool(self._options())
        self.refresh(layout=True)

    def type(self, typed: str) -> None:
        """Mark what a typed text means."""
        if typed != self._typed:
            self._typed = typed
            self.refresh()

    def render(self) -> Content:
        """Draw the choices."""
        width = self.content_size.width
        meant = self._meant()
        lines = [
            line_
            for key, label, value in self._options()
            for line_ in self._option(key, label, value, meant, width)
        ]
        return Content("\n").join(lines)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's signature
        """Return how many lines the choices take."""
        return sum(
            len(Content(line(label)).wrap(max(width - _KEYS - 3, 8)))
            for _, label, _ in self._options()
        )

    def on_click(self, event: events.Click) -> None:
        """Take a click as the key of the choice under it."""
        y = 0
        for key, label, _ in self._options():
            y += len(Content(line(label)).wrap(max(self.size.width - _KEYS - 3, 8)))
            if event.y < y:
                self.post_message(self.Picked(key))
                return

    def _options(self) -> list[tuple[str, str, Value]]:
        question = self._question
        if question is None:
            return []
        if question.type is QuestionType.BOOLEAN:
            return [("o", "oui", True), ("n", "non", False)]
        return [
            (str(rank), choice.label, choice.id)
            for rank, choice in enumerate(question.choices, 1)
        ]

    def _option(
        self, key: str, label: str, value: Value, meant: set[Value], width: int
    ) -> list[Content]:
        answered = self._answered
        is_answer = (
            value in answered
            if isinstance(answered, tuple)
            else value is answered or (answered == value and isinstance(value, str))
        )
        style = "bold $accent" if value in meant else "bold" if is_answer else ""
        mark = ">" if value in meant else "=" if is_answer else " "
        wrapped = Content(line(label)).wrap(max(width - _KEYS - 3, 8))
        return [
            Content.styled(
                f"{mark} {key.rjust(_KEYS - 1)}  " if rank == 0 else " " * (_KEYS + 3),
                style or "$text-muted",
            )
            + part.stylize(style)
            for rank, part in enumerate(wrapped)
        ]

    def _meant(self) -> set[Value]:
        question, typed = self._question, self._typed.strip()
        if question is None or not typed:
            return set()
        if question.type is QuestionType.BOOLEAN:
            said = preview(question, typed)
            return {said == "oui"} if said else set()
        items = [typed]
        if question.type is QuestionType.CHOICES:
            items = typed.replace(";", ",").replace(" ", ",").split(",")
        return {one.id for item in items for one in candidates(question, item)}
