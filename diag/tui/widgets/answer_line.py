"""The line where one answers: always there, always in the same place.

It takes its keys in the order in which they came: a binding is looked for once its key
has bubbled up to the app, when the next keys of a burst are typed already, beside
another question.
"""

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive

from diag.desk.visit.completing import STATE_KEYS
from diag.model.enums import State
from diag.model.folding import fold
from diag.tui.commands import Help
from diag.tui.sturdy import Sturdy
from diag.tui.widgets.line_field import LineField

_HELP = "?"
_WALKS = {"up": -1, "down": 1}
_SAME_WORD = 1.0
"""Seconds within which a letter still belongs to the word that was recorded."""


class AnswerLine(Sturdy, LineField):
    """Takes an answer; arrows walk; `*`, `/`, `!` typed first say there is none.

    `?` asks for help, save inside a text that was begun.
    """

    answers = True
    """Whether one letter may be a whole answer: the next is for another question."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "read(-1)", "Lire plus haut", show=False),
        Binding("pagedown", "read(1)", "Lire plus bas", show=False),
        Binding("tab", "plan", "Aller au plan", show=False),
        Binding("shift+tab", "plan", "Aller au plan", show=False),
    ]

    virtual_size = Reactive(Size(0, 0))
    """As long as its text: its place is fixed, no letter lays the screen out again."""

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
        self.entered: Callable[[], object] = lambda: None
        """Does what Enter asks for."""
        self.walked: Callable[[int], object] = lambda _step: None
        """Goes to the question before (-1) or after (1)."""
        self.said: Callable[[str], str | None] = lambda _text: None
        """Records a text that says it all, returns the rest of its word; else None."""
        self._rest = ""
        self._until = 0.0

    async def on_key(self, event: events.Key) -> None:
        """Take a key here, unless it is only typed."""
        if self._take(event):
            event.stop()
            event.prevent_default()

    def _take(self, event: events.Key) -> bool:
        if event.key == "enter":
            self.entered()
        elif event.key in _WALKS:
            self.walked(_WALKS[event.key])
        elif event.character == _HELP and not (self.free_text and self.value):
            self.app.post_message(Help())
        elif event.character and event.is_printable:
            return self._goes_on(event) or self._begins(event.character, event.time)
        else:
            return False
        return True

    def _goes_on(self, event: events.Key) -> bool:
        """Drop the letters of a word that its first ones have recorded already."""
        rest, self._rest = self._rest, ""
        typed = fold(event.character or "")
        if not typed or not rest.startswith(typed) or event.time > self._until:
            return False
        self._rest, self._until = rest[len(typed) :], event.time + _SAME_WORD
        return True

    def _begins(self, character: str, at: float) -> bool:
        state = STATE_KEYS.get(character)
        if state and not self.value and not self.free_text:
            self.post_message(self.NoAnswer(state))
            return True
        before, after = self.value[: self.cursor_position], self.value
        text = before + character + after[self.cursor_position :]
        rest = self.said(text) if self.selection.is_empty else None
        if rest is None:
            return False
        self._rest, self._until = rest, at + _SAME_WORD
        return True

    def action_read(self, way: int) -> None:
        """Ask to read more of the fiche."""
        self.post_message(self.Read(way))

    def action_plan(self) -> None:
        """Ask for the plan."""
        self.post_message(self.PlanWanted())
