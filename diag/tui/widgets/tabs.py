"""Words in a row, one of them chosen; a click chooses another."""

from collections.abc import Iterable

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

_GAP = 2
"""Blanks between two words."""


class Tabs(Widget):
    """One line of words; the screen says which one is chosen."""

    DEFAULT_CSS = "Tabs { height: 1; color: $accent; text-wrap: nowrap; }"

    class Chosen(Message):
        """A word was clicked."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key
            """What it stands for."""

    def __init__(
        self,
        words: Iterable[tuple[str, str]],
        before: str = "",
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id)
        self._words = dict(words)
        self._before = before
        self._chosen = ""

    def tell(self, chosen: str) -> None:
        """Show which word is chosen."""
        self._chosen = chosen
        self.refresh()

    def render(self) -> Content:
        """Draw the line: the chosen word stands between brackets."""
        told = [
            f"[{word}]" if key == self._chosen else f" {word} "
            for key, word in self._words.items()
        ]
        return Content(self._before + (" " * _GAP).join(told))

    def on_click(self, event: events.Click) -> None:
        """Choose the word clicked."""
        x = event.x - self.gutter.left - len(self._before)
        for key, word in self._words.items():
            if 0 <= x < len(word) + _GAP:
                self.post_message(self.Chosen(key))
            x -= len(word) + 2 + _GAP
