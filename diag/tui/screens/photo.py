"""One photo, seen in the terminal: two pixels a character, enough to know it again.

Drawn here rather than by a library of images: those ask the terminal what it can do,
and read its answer from the keyboard that the app is reading.
"""

import io
from functools import lru_cache
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from diag.model.photo import Photo
from diag.tui.commands import CommandType, bindings_of
from diag.tui.dialogs import Close
from diag.tui.plain import content
from diag.tui.sturdy import Sturdy
from diag.tui.widgets.key_bar import KeyBar

Pixel = tuple[int, int, int]


class Pixels(Widget):
    """A picture as half characters, as large as there is room."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._data = data
        self._drawn = lru_cache(maxsize=1)(self._draw)

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen: two lines of the picture."""
        lines = self._drawn(*self.size)
        return lines[y] if y < len(lines) else Strip.blank(self.size.width)

    def _draw(self, width: int, height: int) -> list[Strip]:
        # 60 ms: only who looks at a photo pays for it.
        from PIL import Image  # noqa: PLC0415

        with Image.open(io.BytesIO(self._data)) as image:
            image.draft("RGB", (width, height * 2))
            small = image.convert("RGB")
        small.thumbnail((max(width, 1), max(height * 2, 2)))
        rows = [
            [_pixel(small.getpixel((x, y))) for x in range(small.width)]
            for y in range(small.height)
        ]
        below = [*rows[1:], [(0, 0, 0)] * small.width]
        pairs = zip(rows[::2], below[::2], strict=False)
        margin = Segment(" " * ((width - small.width) // 2))
        return [
            Strip([margin, *map(_half, upper, lower)]).adjust_cell_length(width)
            for upper, lower in pairs
        ]


class PhotoScreen(Sturdy, ModalScreen[None]):
    """A photo under its caption."""

    CSS_PATH = "photos.tcss"
    OFFERS: ClassVar[tuple[CommandType, ...]] = (Close,)
    BINDINGS = bindings_of(*OFFERS)

    def __init__(self, photo: Photo, data: bytes) -> None:
        super().__init__()
        self._photo = photo
        self._data = data

    def compose(self) -> ComposeResult:
        """Lay the picture under its caption."""
        with Vertical():
            yield Static(content(self._photo.caption or "sans légende"), id="caption")
            yield Pixels(self._data)
        yield KeyBar()

    def on_close(self) -> None:
        """Leave."""
        self.dismiss(None)


def _pixel(found: float | tuple[int, ...] | None) -> Pixel:
    red, green, blue = found if isinstance(found, tuple) else (0, 0, 0)
    return red, green, blue


def _half(upper: Pixel, lower: Pixel) -> Segment:
    return Segment("▀", Style.parse(f"{_hex(upper)} on {_hex(lower)}"))


def _hex(pixel: Pixel) -> str:
    return "#{:02x}{:02x}{:02x}".format(*pixel)
