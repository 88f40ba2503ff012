"""A widget drawn by line that keeps its own style until the theme changes."""

from rich.style import Style
from textual.widget import Widget


class PlainStyle(Widget):
    """Textual blends the backgrounds of every ancestor each time it is asked.

    Named after the base that scrolls, whose style sheet is that of the first base only.
    """

    _plain_style: Style | None = None
    _kept_styles: dict[str, Style] | None = None

    @property
    def plain_style(self) -> Style:
        """The style of its plain text."""
        if self._plain_style is None:
            self._plain_style = self.rich_style
        return self._plain_style

    def component_style(self, name: str) -> Style:
        """Return the style of a part: Textual forgets it at each line drawn again."""
        if self._kept_styles is None:
            self._kept_styles = {}
        if name not in self._kept_styles:
            self._kept_styles[name] = self.get_component_rich_style(name)
        return self._kept_styles[name]

    def notify_style_update(self) -> None:
        """Look for the styles again."""
        self._plain_style = self._kept_styles = None
        super().notify_style_update()
