"""Choosing one thing among many: type a few letters, arrows, Enter."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import ClassVar, NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from diag.model.folding import fold
from diag.tui.commands import CommandType, bindings_of
from diag.tui.dialogs import Cancel
from diag.tui.sturdy import Sturdy
from diag.tui.widgets.key_bar import KeyBar
from diag.tui.widgets.lines import Column, Line, Lines
from diag.tui.widgets.sentence import Sentence


class Choice(NamedTuple):
    """Something that may be chosen."""

    key: str
    text: str
    aside: str = ""


_MOST = 12
"""Lines shown at once; the list scrolls beyond."""


class Choose(Sturdy, ModalScreen[str | None]):
    """Asks which one; gives its key, or None on Escape."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../dialogs.tcss", "choose.tcss"]
    OFFERS: ClassVar[tuple[CommandType, ...]] = (Cancel,)
    BINDINGS = bindings_of(*OFFERS)

    def __init__(self, question: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._question = question
        self._choices = choices

    def compose(self) -> ComposeResult:
        """Lay the question over a field and what it finds."""
        with Vertical(classes="dialog choosing"):
            yield Sentence(self._question, classes="said")
            field = Input(placeholder="Tapez quelques lettres")
            field.cursor_blink = False
            yield field
            yield Lines(
                (Column(), Column(width=24, tiny=8)),
                empty="Rien ne s'appelle ainsi. Effacez quelques lettres.",
            )
        yield KeyBar()

    def on_mount(self) -> None:
        """Show everything, in no more lines than it takes."""
        self.query_one(Lines).styles.height = min(max(len(self._choices), 1), _MOST)
        self._find("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._find(event.value)

    def _find(self, typed: str) -> None:
        words = fold(typed).split()
        found = [
            Line(one.key, (one.text, one.aside))
            for one in self._choices
            if all(word in fold(f"{one.text} {one.aside}") for word in words)
        ]
        self.query_one(Lines).show(found)

    def on_key(self, event: events.Key) -> None:
        """Let arrows move in the list while one types."""
        found = self.query_one(Lines)
        moves = {"up": -1, "down": 1}
        if event.key in moves and self.focused is not found:
            found.action_move(moves[event.key])
            event.stop()
            event.prevent_default()

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.query_one(Lines).action_choose()

    @on(Lines.Chosen)
    def _chosen(self, event: Lines.Chosen) -> None:
        self.dismiss(event.key)

    def on_cancel(self) -> None:
        """Choose nothing."""
        self.dismiss(None)
