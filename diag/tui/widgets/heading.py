"""The first line of a screen: where one is, and what it is about."""

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.widget import Widget

from diag.tui.plain import line

_BETWEEN = " · "
_GAP = 2
"""Blanks that part the title from its remark."""


class Heading(Widget):
    """A title on the left, a remark on the right: as much of its end as there is room.

    Parts of a remark are told from the least to the most needed, with dots between.
    """

    def __init__(self, title: str = "", remark: str = "") -> None:
        super().__init__()
        self._title = title
        self._remark = remark

    def tell(self, title: str, remark: str = "") -> None:
        """Show another title."""
        if (title, remark) != (self._title, self._remark):
            self._title, self._remark = title, remark
            self.refresh()

    def render(self) -> Content:
        """Draw the line."""
        width = self.content_size.width
        title, remark = line(self._title), line(self._remark)
        while remark and cell_len(title) + _GAP + cell_len(remark) > width:
            remark = remark.partition(_BETWEEN)[2]
        if remark:
            room = width - cell_len(title) - cell_len(remark)
            return Content(title + " " * room + remark)
        if cell_len(title) > width > 1:
            title = f"{set_cell_size(title, width - 1).rstrip()}…"
        return Content(set_cell_size(title, width))
