"""Lines that unfold in place, wrapped whole, drawn as they scroll into view."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from diag.audit.bilan import OutlineLine
from diag.model.text import Bounds
from diag.tui.text import line as one_line
from diag.tui.text import wrapped

SCALE = 14
"""Width of a scale."""

_NOTE = 17
_MARKS = {True: "- ", False: "+ ", None: "  "}
_LEAST_TEXT = 24


@dataclass(frozen=True, slots=True)
class OutlineRow:
    """A line drawn: how deep, where, and the texts that it takes."""

    line: OutlineLine
    depth: int
    y: int
    texts: tuple[tuple[str, str], ...]
    """Left and right, screen line by screen line."""


class Outline(ScrollView, can_focus=True):
    """An outline; the cursor stands on one line, Enter unfolds it in place."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "outline--heading",
        "outline--plain",
        "outline--quiet",
        "outline--alert",
        "outline--cursor",
    }
    DEFAULT_CSS = """
    Outline {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        background: $background;
        color: $foreground;
        & > .outline--heading { text-style: bold; }
        & > .outline--quiet { color: $text-muted; }
        & > .outline--alert { color: $text-error; }
        & > .outline--cursor {
            background: $block-cursor-blurred-background;
            color: $block-cursor-blurred-foreground;
        }
        &:focus > .outline--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
        }
    }
    """
    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]  # narrower than Textual's
        Binding("up", "move(-1)", "Ligne précédente", show=False),
        Binding("down", "move(1)", "Ligne suivante", show=False),
        Binding("pageup", "page(-1)", "Page précédente", show=False),
        Binding("pagedown", "page(1)", "Page suivante", show=False),
        Binding("home", "move(-1000000)", "Première ligne", show=False),
        Binding("end", "move(1000000)", "Dernière ligne", show=False),
        Binding("enter,space", "turn", "Déplier ou replier", show=False),
        Binding("left", "fold", "Replier", show=False),
    ]

    class Moved(Message):
        """The cursor stands on another line."""

        def __init__(self, outline: "Outline") -> None:
            super().__init__()
            self.outline = outline
            """The outline."""

        @property
        def control(self) -> "Outline":
            """The outline."""
            return self.outline

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._lines: Sequence[OutlineLine] = ()
        self._opened: set[str] = set()
        self._inside: dict[str, Sequence[OutlineLine]] = {}
        self._rows: list[OutlineRow] = []
        self._tops: list[int] = []
        self._at = 0
        self._width_drawn = -1

    @property
    def line(self) -> OutlineLine | None:
        """The line under the cursor."""
        return self._rows[self._at].line if self._rows else None

    @property
    def path(self) -> tuple[str, ...]:
        """Keys of the line under the cursor and of all that it unfolds from."""
        found: list[str] = []
        depth: int | None = None
        for row in reversed(self._rows[: self._at + 1]):
            if depth is None or row.depth < depth:
                found.append(row.line.key)
                depth = row.depth
        return tuple(found)

    def show(self, lines: Sequence[OutlineLine]) -> None:
        """Show other lines; what was unfolded stays so, the cursor keeps its line."""
        self._lines = lines
        self._inside.clear()
        self._lay()

    def go_to(self, key: str) -> None:
        """Put the cursor on a line, when it is shown."""
        for at, row in enumerate(self._rows):
            if row.line.key == key:
                self._stand(at)
                return

    def on_resize(self) -> None:
        if self._width != self._width_drawn:
            self._lay()

    def action_move(self, by: int) -> None:
        self._stand(min(max(self._at + by, 0), len(self._rows) - 1))

    def action_page(self, way: int) -> None:
        if not self._rows:
            return
        height = max(self.scrollable_content_region.height - 1, 1)
        y = self._rows[self._at].y + way * height
        at = min(max(bisect_right(self._tops, y) - 1, 0), len(self._rows) - 1)
        self._stand(
            at if at != self._at else min(max(at + way, 0), len(self._rows) - 1)
        )

    def action_turn(self) -> None:
        found = self.line
        if found is None:
            return
        if found.key in self._opened:
            self.action_fold()
        else:
            self.action_unfold()

    def action_unfold(self) -> None:
        """Unfold the line; unfolded already, go to what is inside."""
        found = self.line
        if found is None or found.inner is None:
            return
        if found.key in self._opened:
            self.action_move(1)
            return
        self._opened.add(found.key)
        self._lay()
        # What was just unfolded is seen, its own line first.
        row, height = self._rows[self._at], self.scrollable_content_region.height
        last = self._at
        while last + 1 < len(self._rows) and self._rows[last + 1].depth > row.depth:
            last += 1
        bottom = self._rows[last].y + len(self._rows[last].texts)
        if bottom > self.scroll_offset.y + height > 0:
            self._scroll(min(bottom - height, row.y))

    def action_fold(self) -> None:
        """Fold the line; folded already, go to what it unfolds from."""
        found = self.line
        if found is None:
            return
        if found.key in self._opened:
            self._opened.discard(found.key)
            self._lay()
            return
        depth = self._rows[self._at].depth
        for at in range(self._at - 1, -1, -1):
            if self._rows[at].depth < depth:
                self._stand(at)
                return

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to a line clicked; unfold it when it was there already."""
        y = event.y + self.scroll_offset.y
        if not self._rows or y >= self.virtual_size.height:
            return
        at = bisect_right(self._tops, y) - 1
        if at == self._at:
            self.action_turn()
        else:
            self._stand(at)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        y += self.scroll_offset.y
        if not self._rows or y >= self.virtual_size.height:
            return Strip.blank(width, self.rich_style)
        at = bisect_right(self._tops, y) - 1
        row = self._rows[at]
        left, right = row.texts[y - row.y]
        blank = " " * max(self._width - cell_len(left) - cell_len(right) - 1, 0)
        text = set_cell_size(f"{left}{blank}{right} ", width)
        style = self.get_component_rich_style(f"outline--{row.line.tone}")
        if at == self._at:
            style += self.get_component_rich_style("outline--cursor")
        return Strip([Segment(text, style)], width)

    @property
    def _width(self) -> int:
        # Painted before it hears of its size, it is as wide as the terminal.
        own = self.scrollable_content_region.width
        return own if self.size else self.app.size.width

    def _stand(self, at: int) -> None:
        if not self._rows:
            return
        old, self._at = self._at, at
        for each in {old, at}:
            row = self._rows[each]
            y = row.y - self.scroll_offset.y
            self.refresh(Region(0, y, self.size.width, len(row.texts)))
        self._reveal()
        self.post_message(self.Moved(self))

    def _reveal(self) -> None:
        """Scroll so that the line under the cursor is whole, its top first."""
        row, height = self._rows[self._at], self.scrollable_content_region.height
        top, bottom = self.scroll_offset.y, row.y + len(row.texts)
        if row.y < top:
            self._scroll(row.y)
        elif bottom > top + height > 0:
            self._scroll(min(bottom - height, row.y))

    def _scroll(self, y: int) -> None:
        self.scroll_to(y=y, animate=False, immediate=True)

    def _lay(self) -> None:
        """Wrap every line shown, and keep the cursor on its own."""
        key = self.line.key if self.line else ""
        self._width_drawn = self._width
        self._rows = []
        y = 0
        for found, depth in self._shown(self._lines, 0):
            texts = _lay_line(found, depth, self._width, self._opened)
            self._rows.append(OutlineRow(found, depth, y, texts))
            y += len(texts)
        self._tops = [row.y for row in self._rows]
        self.virtual_size = Size(self._width, y)
        keys = [row.line.key for row in self._rows]
        # The first line that unfolds: there is nothing to do on a heading.
        unfold = (at for at, row in enumerate(self._rows) if row.line.inner is not None)
        if key in keys:
            self._at = keys.index(key)
        else:
            self._at = min(self._at, max(len(keys) - 1, 0)) if key else next(unfold, 0)
        if self._rows:
            self._reveal()
            self.post_message(self.Moved(self))
        self.refresh()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the right arrow to the screen: lines never go past the edge."""
        return action != "scroll_right" and super().check_action(action, parameters)

    def _shown(
        self, lines: Sequence[OutlineLine], depth: int
    ) -> Iterator[tuple[OutlineLine, int]]:
        for found in lines:
            yield found, depth
            if found.inner is not None and found.key in self._opened:
                if found.key not in self._inside:
                    self._inside[found.key] = found.inner()
                yield from self._shown(self._inside[found.key], depth + 1)


def _lay_line(
    found: OutlineLine, depth: int, width: int, opened: set[str]
) -> tuple[tuple[str, str], ...]:
    """Return the texts of a line: what is too long goes on under its own text."""
    folds = None if found.inner is None else found.key in opened
    margin = "  " * depth + _MARKS[folds] + found.lead
    right, note = one_line(found.aside), one_line(found.note)
    if found.bounds is not None:
        scale = SCALE if width < 100 else 2 * SCALE  # noqa: PLR2004 - the wide breakpoint
        bounds = drawn(found.bounds, scale)
        right = f"{right.rjust(14)}  {bounds}  {note.rjust(_NOTE)}"
    elif found.note:
        right = f"{right}  {note}".rstrip()
    room = width - len(margin) - cell_len(right) - 3
    below = ""
    if right and room < min(_LEAST_TEXT, cell_len(one_line(found.text))):
        right, below, room = "", one_line(found.aside), width - len(margin) - 1
    pieces = _wrapped(found.text, max(room, 8))
    pieces = [*pieces, *_wrapped(below, width - len(margin) - 3)] if below else pieces
    pad = " " * len(margin)
    first, *rest = pieces or [""]
    return ((f"{margin}{first}", right), *((f"{pad}{each}", "") for each in rest))


def _wrapped(text: str, width: int) -> list[str]:
    return [each.plain for each in wrapped(Content(one_line(text)), width)]


def drawn(bounds: Bounds, width: int) -> str:
    """Return a scale from 0 to 100: « ──┣━━━┫───── », « ───╋────── » for one number.

    Its ends and its middle are what a character can show: the numbers are next to it.
    """
    low, high = _at(bounds.low, width), _at(bounds.high, width)
    if low == high:
        return "─" * low + "╋" + "─" * (width - low - 1)
    inside = "┣" + "━" * (high - low - 1) + "┫"
    return "─" * low + inside + "─" * (width - high - 1)


def _at(ratio: Fraction, width: int) -> int:
    return int(ratio * (width - 1) + Fraction(1, 2))
