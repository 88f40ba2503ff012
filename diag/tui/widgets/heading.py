"""The first line of a screen: where one is, and what it is about."""

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.widget import Widget

from diag.tui.plain import line


class Heading(Widget):
    """A title on the left, a remark on the right when there is room."""

    def __init__(self, title: str = "", remark: str = "") -> None:
        super().__init__()
        self._title = title
        self._remark = remark

    def tell(self, title: str, remark: str = "") -> None:
        """Show another title."""
        self._title, self._remark = title, remark
        self.refresh()

    def render(self) -> Content:
        """Draw the line."""
        width = self.content_size.width
        title, remark = line(self._title), line(self._remark)
        room = width - cell_len(title) - cell_len(remark)
        if remark and room >= 2:  # noqa: PLR2004 - two blanks part them
            return Content(title + " " * room + remark)
        return Content(set_cell_size(title, width))
