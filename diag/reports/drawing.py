"""What every drawing of a document is: an SVG that is described, whose words decide.

A drawing says nothing that the table under it does not say in words.
"""

from dataclasses import dataclass
from html import escape

_FONT = "Inter, Arial, sans-serif"
"""Of the words of a drawing, for who has no style sheet."""
WIDTH = 640
"""Units across: about so many pixels on a screen."""
# Written in the drawing itself: a mail reader may drop the sheet, never these.
INK, SOFT, TRACK, LIGHT, FULL = "#1f2a33", "#55636d", "#e6ebed", "#86b4bd", "#1a5c6b"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing, and its words for who does not see it."""

    title: str
    """What it is about."""
    words: str
    """Every value that it shows."""
    legend: str
    """How it is read."""
    height: int
    body: str
    """Its shapes."""

    @property
    def alt(self) -> str:
        """All of it, in words."""
        return f"{self.title}. {self.words}"

    def svg(self, anchor: str) -> str:
        """Return it as one described SVG, whose ids begin with `anchor`."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" '
            f'viewBox="0 0 {WIDTH} {self.height}" font-family="{_FONT}" '
            f'role="img" aria-labelledby="{anchor}-titre {anchor}-texte">'
            f'<title id="{anchor}-titre">{escape(self.title)}</title>'
            f'<desc id="{anchor}-texte">{escape(self.words)}</desc>{self.body}</svg>'
        )


def text(
    words: str,
    x: int,
    y: int,
    *,
    anchor: str = "start",
    size: int = 15,
    fill: str = INK,
) -> str:
    """Return words at a point."""
    where = f'x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}"'
    return f'<text {where} fill="{fill}">{escape(words)}</text>'


def rect(fill: str, x: int, y: int, width: int, height: int) -> str:
    """Return a full rectangle."""
    size = f'width="{width}" height="{height}"'
    return f'<rect fill="{fill}" x="{x}" y="{y}" {size}/>'
