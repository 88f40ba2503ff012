"""Sentences that one reads: French spaces, and lines cut as French cuts them."""

from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from diag.tui.plain import content
from diag.tui.widgets.wrapping import wrapped
from diag.words.typography import french


class Sentence(Static):
    """Text on as many lines as it takes; no « » » nor « : » begins one."""

    DEFAULT_CSS = "Sentence { width: 1fr; height: auto; }"

    def __init__(
        self,
        text: str = "",
        *,
        id: str | None = None,  # noqa: A002 - as Textual calls it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._said = content(french(text))

    def say(self, text: str) -> None:
        """Say something else."""
        self._said = content(french(text))
        self.refresh(layout=True)

    def render(self) -> Content:
        """Return the lines that fit the width."""
        if not self.size.width:
            return self._said
        return Content("\n").join(wrapped(self._said, self.size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - as Textual calls it
        """Return how many lines are needed."""
        return len(wrapped(self._said, width))
