"""Named lines: a word on the left, a text that wraps under itself on the right."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

_LEAST = 12  # narrower texts go under their word rather than beside it


@dataclass(frozen=True, slots=True)
class Row:
    """One named text; without a name it takes the whole width."""

    name: str
    text: Content
    gutter: int = 0
    """Where the text starts; 0: where the others do."""
    style: str = "$text-muted"
    """Style of the name."""


class Told(Widget):
    """Rows of named texts, as high as they need."""

    DEFAULT_CSS = "Told { height: auto; width: 1fr; }"

    def __init__(self, *, gutter: int = 11, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._gutter = gutter
        self._rows: Sequence[Row] = ()

    def show(self, rows: Sequence[Row]) -> None:
        """Show other rows."""
        self._rows = tuple(rows)
        self.refresh(layout=True)

    def render(self) -> Content:
        """Draw the rows."""
        return Content("\n").join(self._lines(self.content_size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's signature
        """Return how many lines the rows take."""
        return len(self._lines(width))

    def _lines(self, width: int) -> list[Content]:
        lines: list[Content] = []
        for row in self._rows:
            lines += _laid(row, width, row.gutter or self._gutter)
        return lines


def _laid(row: Row, width: int, gutter: int) -> list[Content]:
    if not row.name:
        return row.text.wrap(max(width, 1)) or [Content("")]
    inside = max(width - gutter, _LEAST)
    name = Content.styled(row.name.ljust(gutter), row.style)
    blank = Content(" " * gutter)
    wrapped = row.text.wrap(inside) or [Content("")]
    return [(blank if rank else name) + line for rank, line in enumerate(wrapped)]
