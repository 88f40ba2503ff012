"""Lists of thousands of lines, drawn by line; a field that searches them, tabs."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import ClassVar, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from diag.tui.commands import Sturdy
from diag.tui.text import PlainStyle, fitted, wrapped
from diag.tui.text import line as one_line


class ListLine(NamedTuple):
    """One line: its cells, and what it stands for."""

    key: str
    """What it stands for; empty for a heading, which the cursor steps over."""
    cells: tuple[str, ...]


class ListColumn(NamedTuple):
    """A column's title and width; a width of 0 takes what is left."""

    title: str = ""
    width: int = 0
    right: bool = False
    """Whether its text stands against the right edge: numbers do."""
    narrow: int = -1
    """Width when the list is narrower than 100 columns; -1: the same."""
    tiny: int = -1
    """Width when it is narrower than 50, half a screen or less; -1: as narrow."""
    least: int = 0
    """How wide the list is, for it to be shown."""

    def asked(self, width: int) -> int:
        """Return what it asks for in a list of that width; 0 stretches."""
        if width < TINY and self.tiny >= 0:
            return self.tiny
        return self.narrow if width < NARROW and self.narrow >= 0 else self.width


WIDE = 120
"""From so many columns, a list shows everything."""

NARROW = 100
"""Under so many columns, a list uses its narrow widths."""

TINY = 50
"""Under so many, its tiny ones: what names a line is all that is left."""

_GAP = 2
"""Blanks between two columns."""


class LineMessage(Message):
    """Something about a line of a list."""

    def __init__(self, lines: "Lines", key: str) -> None:
        super().__init__()
        self.lines = lines
        self.key = key

    @property
    def control(self) -> "Lines":
        """The list."""
        return self.lines


class Lines(ScrollView, PlainStyle, can_focus=True):
    """Lines under the titles of their columns, one of them under the cursor."""

    COMPONENT_CLASSES = {"lines--cursor", "lines--heading", "lines--titles"}  # noqa: RUF012 - Textual's own type
    DEFAULT_CSS = """
    Lines {
        height: 1fr;
        background: $background;
        color: $foreground;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .lines--cursor {
            background: $block-cursor-blurred-background;
            color: $block-cursor-blurred-foreground;
        }
        &:focus > .lines--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
        }
        & > .lines--heading { color: $accent; text-style: bold; }
        & > .lines--titles { color: $text-muted; }
    }
    """
    BINDINGS = [  # noqa: RUF012 - Textual's own type
        Binding("up", "move(-1)", "Ligne précédente", show=False),
        Binding("down", "move(1)", "Ligne suivante", show=False),
        Binding("pageup", "page(-1)", "Page précédente", show=False),
        Binding("pagedown", "page(1)", "Page suivante", show=False),
        Binding("home", "edge(0)", "Première ligne", show=False),
        Binding("end", "edge(1)", "Dernière ligne", show=False),
    ]

    AT_ONCE: ClassVar[bool] = False
    """Whether one click chooses a line: what it does is only to lead somewhere."""

    cursor: var[int] = var(0)
    """Index of the line under the cursor."""

    class Chosen(LineMessage):
        """The line under the cursor was chosen: Enter, or a click on it."""

    class Moved(LineMessage):
        """The cursor stands on another line."""

    def __init__(
        self,
        columns: Sequence[ListColumn],
        *,
        empty: str = "",
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id)
        self.columns = tuple(columns)
        """The columns, left to right."""
        self.empty = empty
        """What to show, and what to do, when there is no line."""
        self.lines: Sequence[ListLine] = ()
        """Every line, visible or not."""
        self._sized: tuple[int, list[int]] | None = None
        self._titled = any(each.title for each in columns)

    def show(self, lines: Sequence[ListLine], key: str | None = None) -> None:
        """Show other lines; the cursor stays on its key, or goes to the one given."""
        kept = self.key if key is None else key
        before, stood, top = self.lines, self.cursor, self.scroll_offset.y
        sizes, width = self._widths(self.size.width), self.size.width
        self.lines, self._sized = lines, None
        self.virtual_size = Size(0, len(lines) + self._titled)
        found = next((n for n, one in enumerate(lines) if kept and one.key == kept), -1)
        self.set_reactive(Lines.cursor, found if found >= 0 else self._next(-1, 1))
        self._reveal()
        is_alike = len(before) == len(lines) > 0 and self._widths(width) == sizes
        if is_alike and top == self.scroll_offset.y:
            for index in range(top, min(top + self.size.height, len(lines))):
                is_same = before[index] == lines[index]
                if not is_same or index in {stood, self.cursor}:
                    self._repaint(index)
        else:
            self.refresh()
        self.post_message(self.Moved(self, self.key))

    @property
    def key(self) -> str:
        """What the line under the cursor stands for; empty when there is none."""
        return self.lines[self.cursor].key if self.cursor < len(self.lines) else ""

    def watch_cursor(self, old: int, new: int) -> None:
        for index in (old, new):
            self._repaint(index)
        self._reveal()
        self.post_message(self.Moved(self, self.key))

    def action_move(self, step: int) -> None:
        self.cursor = self._next(self.cursor, step)

    def action_page(self, way: int) -> None:
        step = max(1, self.scrollable_content_region.height - self._titled - 1)
        target = min(max(self.cursor + way * step, 0), max(len(self.lines) - 1, 0))
        if target < len(self.lines) and not self.lines[target].key:  # a heading
            near = self._next(target, way)
            target = near if self.lines[near].key else self._next(target, -way)
        self.cursor = target

    def action_edge(self, last: int) -> None:
        end = len(self.lines)
        self.cursor = self._next(end, -1) if last else self._next(-1, 1)

    def action_choose(self) -> None:
        if self.key:
            self.post_message(self.Chosen(self, self.key))

    def key_enter(self, event: events.Key) -> None:
        """Choose; no binding, so that a screen may show Enter in its footer."""
        event.stop()
        self.action_choose()

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to a line clicked; choose it at once, or a click later."""
        index = event.y + self.scroll_offset.y - self._titled
        if event.y < self._titled or not 0 <= index < len(self.lines):
            return
        if not self.lines[index].key:
            return
        chosen = self.AT_ONCE or index == self.cursor
        self.cursor = index
        if chosen:
            self.action_choose()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if self._titled and y == 0:
            titles = [each.title for each in self.columns]
            return self._strip(titles, width, self._style("lines--titles"))
        index = y + self.scroll_offset.y - self._titled
        if not 0 <= index < len(self.lines):
            rank, text = y - self._titled - 1, ""
            if not self.lines and rank >= 0:
                words = wrapped(Content(one_line(self.empty)), width - 2)
                text = words[rank].plain if rank < len(words) else ""
            return self._text(f" {text}", width, self._style("lines--titles"))
        shown = self.lines[index]
        if not shown.key:
            return self._text(shown.cells[0], width, self._style("lines--heading"))
        name = "lines--cursor" if index == self.cursor else ""
        return self._strip(shown.cells, width, self._style(name))

    def _style(self, component: str) -> Style:
        return self.component_style(component) if component else self.plain_style

    def _strip(self, cells: Sequence[str], width: int, style: Style) -> Strip:
        sizes = self._widths(width)
        shown = [
            (cell, size, column.right)
            for cell, size, column in zip(cells, sizes, self.columns, strict=False)
            if size
        ]
        if len(shown) > 1 and not shown[-1][0]:  # an empty end is room for its left
            *shown, (text, size, right), (_, more, _) = shown
            shown.append((text, size + (0 if right else more + _GAP), right))
        parts = [fitted(text, size, right=right) for text, size, right in shown]
        return self._text(" " + "  ".join(parts), width, style)

    @staticmethod
    def _text(text: str, width: int, style: Style) -> Strip:
        return Strip([Segment(set_cell_size(one_line(text), width), style)], width)

    def _widths(self, width: int) -> list[int]:
        """Return the width of each column, 0 for one not shown; the lines keep them."""
        if self._sized is None or self._sized[0] != width:
            shown = [each for each in self.columns if width >= each.least]
            needs = [need for each, need in self._needs() if each in shown]
            asked = [each.asked(width) for each in shown]
            gaps = _GAP * (len(shown) - 1) + 2
            shared = iter(shared_widths(asked, needs, width - gaps))
            sizes = [next(shared) if each in shown else 0 for each in self.columns]
            self._sized = width, sizes
        return self._sized[1]

    def _needs(self) -> Iterator[tuple[ListColumn, int]]:
        """Yield each column, and how wide its longest cell is, its title included."""
        held = zip_longest(
            (each.title for each in self.columns),
            *(one.cells for one in self.lines if one.key),
            fillvalue="",
        )
        for column, cells in zip(self.columns, held, strict=False):
            if all(cell_len(each) == 1 for each in {*"".join(cells)}):
                yield column, max(map(len, cells))  # of thousands, at once
            else:
                yield column, max(cell_len(one_line(each)) for each in cells)

    def _next(self, index: int, step: int) -> int:
        """Return the nearest line that way that is no heading, else the same."""
        found = index + step
        while 0 <= found < len(self.lines) and not self.lines[found].key:
            found += step
        return (
            found
            if 0 <= found < len(self.lines)
            else min(max(index, 0), max(len(self.lines) - 1, 0))
        )

    def _repaint(self, index: int) -> None:
        y = index - self.scroll_offset.y + self._titled
        self.refresh(Region(0, y, self.size.width, 1))

    def _reveal(self) -> None:
        height = self.scrollable_content_region.height - self._titled
        if height <= 0:
            return
        top = self.scroll_offset.y
        if self.cursor < top:
            # The heading above the first line is worth seeing.
            target = self.cursor - 1 if self.cursor <= 1 else self.cursor
            self.scroll_to(y=max(target, 0), animate=False, immediate=True)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, immediate=True)


def shared_widths(asked: Sequence[int], needs: Sequence[int], room: int) -> list[int]:
    """Return the widths of columns that ask for some, 0 for a share of what is left.

    No column keeps more than it needs while another is cut; those that lack least are
    served first, that most be whole. Widths never take more than `room`.
    """
    rest = max(room - sum(asked), 0) // max(asked.count(0), 1)
    widths = [size or rest for size in asked]
    spare = [max(size - need, 0) for size, need in zip(widths, needs, strict=True)]
    lacks = [max(need - size, 0) for size, need in zip(widths, needs, strict=True)]
    free = max(room - sum(widths) + sum(spare), 0)
    for index in sorted(range(len(widths)), key=lacks.__getitem__):
        more = min(lacks[index], free)
        widths[index] += more
        free -= more
    for index in sorted(range(len(widths)), key=spare.__getitem__, reverse=True):
        widths[index] -= min(spare[index], max(sum(widths) - room, 0))
    return widths


def regions_of(lines: Iterable[int], width: int, x: int = 0) -> list[Region]:
    """Return whole lines as regions, those that follow each other together."""
    found: list[Region] = []
    for y in sorted(set(lines)):
        if found and found[-1].bottom == y:
            found[-1] = found[-1].grow((0, 0, 1, 0))
        else:
            found.append(Region(x, y, width, 1))
    return found


# Both take their keys in the order in which they came, so that a name typed in one go,
# Enter included, opens what it names.
_MOVES = {"up": -1, "down": 1}
_PAGES = {"pageup": -1, "pagedown": 1}
_EDGES = {"home": 0, "end": 1}


class SearchField(Sturdy, Input):
    """A search over a list: what is typed searches, the arrows move in the list.

    Keys are taken in the order in which they came, so that a name typed in one go,
    Enter included, opens what it names.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "screen.command('OpenSchool')", "École", key_display="Entrée"),
        Binding("space", "screen.command('Pick')", "Choisir", key_display="Espace"),
    ]
    """Shown in the footer, and clicked there: their keys are taken as they come."""

    def __init__(
        self, lines: Lines, placeholder: str, keys: Mapping[str, Callable[[], object]]
    ) -> None:
        super().__init__(placeholder=placeholder, select_on_focus=False)
        self.cursor_blink = False
        self._lines = lines
        self._keys = keys

    def on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            self._keys["enter"]()
        elif event.key in _MOVES:
            self._lines.action_move(_MOVES[event.key])
        elif event.key in _PAGES:
            self._lines.action_page(_PAGES[event.key])
        elif self.value:
            return
        elif event.key in _EDGES:
            self._lines.action_edge(_EDGES[event.key])
        elif event.key in self._keys:
            self._keys[event.key]()
        elif event.character != "/":  # that begins a search, as in other programs
            return
        event.stop()
        event.prevent_default()


class Tabs(Widget):
    """One line of words; the screen decides which one is chosen."""

    DEFAULT_CSS = "Tabs { height: 1; color: $accent; text-wrap: nowrap; }"

    class Chosen(Message):
        """A word was clicked."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key
            """What it stands for."""

    def __init__(
        self,
        words: Iterable[tuple[str, str]],
        before: str = "",
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id)
        self._words = dict(words)
        self._before = before
        self._chosen = ""

    def show(self, chosen: str) -> None:
        """Show which word is chosen."""
        self._chosen = chosen
        self.refresh()

    def render(self) -> Content:
        """Draw the line: the chosen word stands between brackets."""
        words = [
            f"[{word}]" if key == self._chosen else f" {word} "
            for key, word in self._words.items()
        ]
        return Content(self._before + (" " * _GAP).join(words))

    def on_click(self, event: events.Click) -> None:
        x = event.x - self.gutter.left - len(self._before)
        for key, word in self._words.items():
            if 0 <= x < len(word) + _GAP:
                self.post_message(self.Chosen(key))
            x -= len(word) + 2 + _GAP
