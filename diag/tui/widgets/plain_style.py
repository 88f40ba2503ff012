"""A widget drawn by line that keeps its own style until the theme changes."""

from rich.style import Style
from textual.widget import Widget


class PlainStyle(Widget):
    """Textual blends the backgrounds of every ancestor each time it is asked.

    Named after the base that scrolls, whose style sheet is that of the first base only.
    """

    _plain_style: Style | None = None

    @property
    def plain_style(self) -> Style:
        """The style of its plain text."""
        if self._plain_style is None:
            self._plain_style = self.rich_style
        return self._plain_style

    def notify_style_update(self) -> None:
        """Look for the style again."""
        self._plain_style = None
        super().notify_style_update()
