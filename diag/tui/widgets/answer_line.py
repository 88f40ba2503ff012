"""The line where one answers: always there, always in the same place."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from diag.model.fact import State

_STATES = {"?": State.UNKNOWN, "/": State.NOT_APPLICABLE, "!": State.REFUSED}


class AnswerLine(Input):
    """Takes an answer; arrows walk; `?`, `/`, `!` typed first say there is none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "walk(-1)", "Question précédente", show=False),
        Binding("down", "walk(1)", "Question suivante", show=False),
        Binding("pageup", "read(-1)", "Lire plus haut", show=False),
        Binding("pagedown", "read(1)", "Lire plus bas", show=False),
        Binding("tab", "plan", "Aller au plan", show=False),
        Binding("shift+tab", "plan", "Aller au plan", show=False),
    ]

    class Walked(Message):
        """The question before or after is wanted."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step
            """1 onward, -1 back."""

    class Read(Message):
        """More of the fiche is to be read."""

        def __init__(self, way: int) -> None:
            super().__init__()
            self.way = way
            """1 down, -1 up."""

    class PlanWanted(Message):
        """One wants to walk in the plan."""

    class NoAnswer(Message):
        """There is no answer: unknown, without object or refused."""

        def __init__(self, state: State) -> None:
            super().__init__()
            self.state = state
            """Which."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, select_on_focus=False, max_length=4000)
        self.cursor_blink = False
        self.free_text = False
        """Whether any character may start the answer."""

    async def on_key(self, event: events.Key) -> None:
        """Take the marks of « no answer » before they are typed."""
        state = _STATES.get(event.character or "")
        if state and not self.value and not self.free_text:
            event.stop()
            event.prevent_default()
            self.post_message(self.NoAnswer(state))

    def action_walk(self, step: int) -> None:
        """Ask for the question before or after."""
        self.post_message(self.Walked(step))

    def action_read(self, way: int) -> None:
        """Ask to read more of the fiche."""
        self.post_message(self.Read(way))

    def action_plan(self) -> None:
        """Ask for the plan."""
        self.post_message(self.PlanWanted())
