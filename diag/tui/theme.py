"""Two themes, one accent; every pair of colours that is read reaches 4.5:1."""

from rich.style import Style
from textual.theme import Theme
from textual.widget import Widget

DIAG_LIGHT = Theme(
    name="diag-clair",
    primary="#0b5394",
    secondary="#0b5394",
    accent="#0b5394",
    foreground="#1c1c1c",
    background="#ffffff",
    surface="#f6f6f2",
    panel="#e9e9e3",
    success="#1b6b32",
    warning="#7a4b00",
    error="#a3161f",
    dark=False,
    text_alpha=1.0,
    variables={
        "text": "#1c1c1c",
        "text-muted": "#56564f",
        "text-disabled": "#5f5f58",
        "foreground-muted": "#56564f",
        "foreground-disabled": "#5f5f58",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-background": "#0b5394",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-foreground": "#1c1c1c",
        "block-cursor-blurred-background": "#d6dde6",
        "block-cursor-blurred-text-style": "none",
        "input-cursor-background": "#1c1c1c",
        "input-cursor-foreground": "#ffffff",
        "input-cursor-text-style": "none",
        "input-selection-background": "#bcd3ea",
        "footer-foreground": "#1c1c1c",
        "footer-background": "#e9e9e3",
        "footer-key-foreground": "#0b5394",
        "footer-key-background": "#e9e9e3",
        "footer-description-foreground": "#1c1c1c",
        "footer-description-background": "#e9e9e3",
        "footer-item-background": "#e9e9e3",
        "border": "#8a8a82",
        "border-blurred": "#b9b9b0",
        "scrollbar": "#b9b9b0",
        "scrollbar-hover": "#8a8a82",
        "scrollbar-active": "#0b5394",
        "scrollbar-background": "#f6f6f2",
        "scrollbar-background-hover": "#f6f6f2",
        "scrollbar-background-active": "#f6f6f2",
        "scrollbar-corner-color": "#f6f6f2",
    },
)
"""Ink on paper."""

DIAG_DARK = Theme(
    name="diag-sombre",
    primary="#8fc1f2",
    secondary="#8fc1f2",
    accent="#8fc1f2",
    foreground="#e8e6e0",
    background="#16181a",
    surface="#1c1f22",
    panel="#272b2f",
    success="#8fd19e",
    warning="#f0c069",
    error="#ff9a94",
    dark=True,
    text_alpha=1.0,
    variables={
        "text": "#e8e6e0",
        "text-muted": "#aaa8a0",
        "text-disabled": "#9a9890",
        "foreground-muted": "#aaa8a0",
        "foreground-disabled": "#9a9890",
        "block-cursor-foreground": "#10151a",
        "block-cursor-background": "#8fc1f2",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-foreground": "#e8e6e0",
        "block-cursor-blurred-background": "#38434d",
        "block-cursor-blurred-text-style": "none",
        "input-cursor-background": "#e8e6e0",
        "input-cursor-foreground": "#16181a",
        "input-cursor-text-style": "none",
        "input-selection-background": "#2f5276",
        "footer-foreground": "#e8e6e0",
        "footer-background": "#272b2f",
        "footer-key-foreground": "#8fc1f2",
        "footer-key-background": "#272b2f",
        "footer-description-foreground": "#e8e6e0",
        "footer-description-background": "#272b2f",
        "footer-item-background": "#272b2f",
        "border": "#6b7278",
        "border-blurred": "#464c52",
        "scrollbar": "#464c52",
        "scrollbar-hover": "#6b7278",
        "scrollbar-active": "#8fc1f2",
        "scrollbar-background": "#1c1f22",
        "scrollbar-background-hover": "#1c1f22",
        "scrollbar-background-active": "#1c1f22",
        "scrollbar-corner-color": "#1c1f22",
    },
)
"""Chalk on slate."""

THEMES = (DIAG_LIGHT, DIAG_DARK)
"""Both; the app registers no other."""

ON_SCREEN = (
    ("#e05252", "#000000"),
    ("#d9a441", "#000000"),
    ("#3f7468", "#ffffff"),
    ("#2b4f47", "#ffffff"),
)
"""Ground and ink of each level on a dark screen, where brightness is attention; on
paper, and on a light screen, darkness is: `diag.documents.school_drawings.ON_PAPER`."""


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
        self._plain_style = self._kept_styles = None
        super().notify_style_update()
