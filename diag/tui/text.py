"""What is read on a screen: its text, its lines, its colours.

No sign that a terminal obeys, French spaces and line ends; two themes, one accent:
every pair of colours that is read reaches 4.5:1.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rich._wrap import divide_line
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.theme import Theme
from textual.widget import Widget
from textual.widgets import Static

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


def fitted(text: str, width: int, *, right: bool = False) -> str:
    """Return a text on one line of so many columns; « … » where it was longer."""
    short = cut(line(text), width)
    blank = " " * (width - cell_len(short))
    return set_cell_size(blank + short if right else short, max(width, 0))


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
