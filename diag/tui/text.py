"""Text that is read: no sign that a terminal obeys, French spaces, French line ends."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rich._wrap import divide_line
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.text import Text
from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Static

from diag.tui.theme import PlainStyle
from diag.words.sentences import NBSP, NNBSP, french

_TURNING = (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF)

_UNSHOWN: dict[int, str | None] = {
    **dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " "),
    **dict.fromkeys(_TURNING),
}
"""Control characters become spaces; those that turn the writing round are dropped."""


def line(text: str) -> str:
    """Return `text` on one line, without a character that a terminal would obey."""
    return text.translate(_UNSHOWN)


def plain(text: str) -> Text:
    """Return `text` as it is, for the cells of tables and the leaves of trees."""
    return Text(line(text))


def content(text: str) -> Content:
    """Return `text` as it is, for options, tabs, titles and statics."""
    return Content("\n".join(map(line, text.split("\n"))))


def cut(text: str, width: int) -> str:
    """Return a text in so many columns at most; « … » ends one that was longer."""
    if cell_len(text) <= width:
        return text
    return f"{set_cell_size(text, max(width - 1, 0)).rstrip()}…"


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
        self._text = content(french(text))

    def show(self, text: str) -> None:
        """Show something else."""
        self._text = content(french(text))
        self.refresh(layout=True)

    def render(self) -> Content:
        if not self.size.width:
            return self._text
        return Content("\n").join(wrapped(self._text, self.size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - as Textual calls it
        return len(wrapped(self._text, width))


class DrawnLine(NamedTuple):
    """One line of the text, and what a click on it picks."""

    text: Content
    key: str = ""


Lay = Callable[[int], Sequence[DrawnLine]]
"""Gives the lines of a text for a width."""


class TextSheet(PlainStyle):
    """Lines of text; the last one shows how many are left to read, if any.

    It never asks for a new layout: its place is fixed, its text scrolls inside.
    """

    DEFAULT_CSS = "TextSheet { height: 1fr; width: 1fr; }"

    class Picked(Message):
        """A line that stands for something was clicked."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key
            """What it stands for."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._lay: Lay = lambda _width: ()
        self._lines: Sequence[DrawnLine] = ()
        self._strips: dict[int, Strip] = {}
        """Of the lines that were seen."""
        self._drawn: list[Strip] = []
        self._top = 0

    def show(self, lay: Lay, *, from_top: bool = True) -> None:
        """Show another text, or the same one otherwise."""
        self._lay = lay
        if from_top:
            self._top = 0
        self._draw()

    def scroll_by(self, step: int) -> None:
        """Show what is above or below."""
        self._top += step
        self._repaint()

    @property
    def height(self) -> int:
        """How many lines are seen at once."""
        return self.content_size.height

    def on_resize(self) -> None:
        self._draw()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._draw()

    def on_click(self, event: events.Click) -> None:
        at = self._top + event.y - self.gutter.top
        if 0 <= at < len(self._lines) and self._lines[at].key:
            self.post_message(self.Picked(self._lines[at].key))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll_by(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll_by(-3)

    def render_line(self, y: int) -> Strip:
        if y < len(self._drawn):
            return self._drawn[y]
        return Strip.blank(self.content_size.width, self.plain_style)

    def _draw(self) -> None:
        width = self.content_size.width
        if not self.is_attached or not width:
            return
        self._lines = self._lay(width)
        self._strips = {}
        self._repaint()

    def _repaint(self) -> None:
        """Draw the lines that differ from what is on screen, and only as far."""
        self._top = max(min(self._top, len(self._lines) - self.height + 1), 0)
        if len(self._lines) <= self.height:
            self._top = 0
        before, self._drawn = self._drawn, list(self._visible())
        if len(before) != len(self._drawn):
            self.refresh()
            return
        pairs = enumerate(zip(before, self._drawn, strict=True))
        changed = [
            Region(0, y, max(_extent(old), _extent(new)), 1)
            for y, (old, new) in pairs
            if old != new
        ]
        if changed:
            self.refresh(*changed)

    def _visible(self) -> Iterator[Strip]:
        width, height = self.content_size
        count = len(self._lines)
        hint = count > height > 1
        for at in range(self._top, self._top + height - hint):
            if at >= count:
                yield Strip.blank(width, self.plain_style)
                continue
            if at not in self._strips:
                self._strips[at] = self._strip(self._lines[at].text, width)
            yield self._strips[at]
        if hint:
            words = self.more_words(max(count - self._top - height + 1, 0))
            yield self._strip(Content.styled(words, "$text-muted"), width)

    def more_words(self, left: int) -> str:
        """Return how many lines are left to read, and what shows them."""
        if not left:
            return "Tout est lu : Page préc. pour revenir."
        return f"… {left} ligne{'s' * (left > 1)} de plus : Page suiv."

    def _strip(self, text: Content, width: int) -> Strip:
        """Draw a line that is wrapped already: Textual would wrap it once more."""
        base = self.visual_style
        segments = [
            Segment(part, style.rich_style)
            for part, style in text.render(base, "", self._get_style)
            if part
        ]
        strip = Strip(segments, text.cell_length)
        return strip.adjust_cell_length(width, base.rich_style).simplify()


def _extent(strip: Strip) -> int:
    """Return how far a line is more than blanks of the background."""
    text = strip.text
    return max(strip.cell_length - (len(text) - len(text.rstrip(" "))), 1)


GUTTER = 11
"""Where texts start, unless a row says otherwise."""

_LEAST = 12  # narrower texts go under their word rather than beside it


@dataclass(frozen=True, slots=True)
class NamedText:
    """One named text; without a name it takes the whole width."""

    name: str
    text: Content
    gutter: int = GUTTER
    """Where the text starts."""
    style: str = "$text-muted"
    """Style of the name."""


def lay_rows(rows: Iterable[NamedText], width: int) -> Iterator[DrawnLine]:
    """Give the lines of rows, as many as they need."""
    for row in rows:
        if not row.name:
            yield from map(DrawnLine, wrapped(row.text, width))
            continue
        name = Content.styled(row.name.ljust(row.gutter), row.style)
        blank = Content(" " * row.gutter)
        inside = max(width - row.gutter, _LEAST)
        for rank, line in enumerate(wrapped(row.text, inside)):
            yield DrawnLine((blank if rank else name) + line)


class RowsText(Static):
    """Rows of named texts, as high as they need."""

    DEFAULT_CSS = "RowsText { width: 1fr; height: auto; }"
    _rows: Sequence[NamedText] = ()

    def show(self, rows: Iterable[NamedText]) -> None:
        """Show other rows."""
        self._rows = tuple(rows)
        self.refresh(layout=True)

    def render(self) -> Content:
        return Content("\n").join(self._wrap(self.size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - as Textual calls it
        return len(self._wrap(width))

    def _wrap(self, width: int) -> list[Content]:
        return [each.text for each in lay_rows(self._rows, width)]


# A path too long for a line is cut after one of its folders.
_JOINED = {ord(NBSP): "\ufdd0", ord(NNBSP): "\ufdd1"}
"""No-break spaces stand in for characters that are no text, one for one."""


def wrapped(text: Content, width: int) -> list[Content]:
    """Return a text in lines of so many columns at most; one line at least."""
    width = max(width, 1)
    if text.cell_length <= width and "\n" not in text.plain:
        return [text]
    lines = text.split(allow_blank=True)
    parts = [
        part.rstrip()
        for line in lines
        for part in line.divide(_cuts(line.plain.translate(_JOINED), width))
    ]
    return parts or [Content("")]


@lru_cache(maxsize=2048)
def _cuts(text: str, width: int) -> list[int]:
    """Return where lines end; where a word is longer than one, after a slash of it.

    Kept: room after room, the same questions are read.
    """
    cuts = divide_line(text, width)
    start = 0
    for rank, cut in enumerate(cuts):
        after = max(text.rfind(sign, start, cut) for sign in "/\\") + 1
        in_word = not (text[cut - 1].isspace() or text[cut].isspace())
        if in_word and start < after < cut:
            rest = _cuts(text[after:], width)
            return [*cuts[:rank], after, *(after + each for each in rest)]
        start = cut
    return cuts
