"""The table of a grid: lines drawn on demand, only those that changed drawn again."""

from collections.abc import Iterable
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from diag.desk.visit.places import KIND_NAMES
from diag.desk.visit.sheet import Sheet
from diag.model.enums import PlaceKind
from diag.tui.commands import key_now
from diag.tui.screens.visit_commands import ShowPlaces
from diag.tui.widgets.grid_commands import DuplicatePlace, NextKind
from diag.tui.widgets.grid_layout import Layout, cell_text, name_text, typed_text
from diag.tui.widgets.plain_style import PlainStyle
from diag.tui.widgets.regions import regions_of

_SLACK = 24  # lets the last column scroll until it starts at the left edge


_NOTHING = {
    PlaceKind.BATIMENT: "Aucun bâtiment pour l'instant.",
    PlaceKind.SALLE: "Aucune salle pour l'instant.",
    PlaceKind.LOT: "Aucun lot de matériel pour l'instant.",
}


class At(NamedTuple):
    """A cell, by row and column."""

    row: int
    column: int


class Table(ScrollView, PlainStyle, can_focus=True, inherit_bindings=False):
    """Rooms down, questions across; titles, names and sums stay in sight."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--title",
        "table--title-here",
        "table--name-here",
        "table--cursor",
        "table--chosen",
        "table--sum",
    }
    DEFAULT_CSS = """
    Table {
        overflow-x: auto;
        overflow-y: auto;
        scrollbar-size-horizontal: 0;
        scrollbar-size-vertical: 1;
        background: $background;
        color: $foreground;
    }
    Table > .table--title { color: $text-muted; background: $surface; }
    Table > .table--title-here {
        color: $foreground; background: $surface; text-style: bold;
    }
    Table > .table--name-here { text-style: bold; }
    Table > .table--chosen { background: $panel; }
    Table > .table--sum { color: $text-muted; background: $surface; }
    Table > .table--cursor {
        color: $block-cursor-blurred-foreground;
        background: $block-cursor-blurred-background;
    }
    Table:focus > .table--cursor {
        color: $block-cursor-foreground;
        background: $block-cursor-background;
    }
    """

    class Pointed(Message):
        """A cell was pointed at with the mouse."""

        def __init__(self, at: At, *, extends: bool) -> None:
            super().__init__()
            self.at = at
            """Where."""
            self.extends = extends
            """Whether with Shift: the selection goes as far as there."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__()
        self.sheet = sheet
        """What is shown."""
        self.layout_of = Layout(sheet)
        """How it is laid out."""
        self.cursor = At(0, 0)
        """The current cell."""
        self.chosen: tuple[At, At] | None = None
        """Two opposite corners of the selection, the cursor being the second."""
        self.text = ""
        """What is being typed in the current cell."""
        self.offered = ""
        """What may be done in one key while there is nothing; empty as a rule."""
        self._measure()

    def show_sheet(self, sheet: Sheet) -> None:
        """Show another sheet; lines that read the same are not drawn again."""
        old, self.sheet = self.sheet, sheet
        if (old.places, old.questions) != (sheet.places, sheet.questions):
            self._lay_out()
            self.cursor = self._inside(self.cursor)
            self.refresh()
            return
        columns = self._columns()
        for row in self._rows():
            if any(old.cell(row, each) != sheet.cell(row, each) for each in columns):
                self.draw_rows([row])
        self._draw_lines([self.size.height - 1])

    def place_cursor(self, at: At, *, chosen: tuple[At, At] | None = None) -> None:
        """Go to a cell, in sight; `chosen` becomes the selection."""
        old_rows = {self.cursor.row, *self._chosen_rows()}
        old_column = self.cursor.column
        self.cursor, self.chosen = self._inside(at), chosen
        self.draw_rows({*old_rows, self.cursor.row, *self._chosen_rows()})
        if self.cursor.column != old_column:
            self._draw_lines(range(self.layout_of.height))
        self.show_cursor()

    def show_cursor(self) -> None:
        """Scroll as little as needed for the cursor to be in sight, without moving."""
        if not self.size.height or not self.sheet.questions:
            return
        row, column = self.cursor
        height = max(self.size.height - self.layout_of.height - 1, 1)
        top = min(max(self.scroll_offset.y, row - height + 1), row)
        starts, widths = self.layout_of.starts, self.layout_of.widths
        width = self.size.width - self.layout_of.names
        least = starts[column] + widths[column] - width
        left = next((x for x in starts if x >= least), starts[column])
        left = min(max(self.scroll_offset.x, left), starts[column])
        if (left, top) != self.scroll_offset:
            self.scroll_to(left, top, animate=False, immediate=True)

    def draw_rows(self, rows: Iterable[int]) -> None:
        """Draw some rows again."""
        top = self.layout_of.height - self.scroll_offset.y
        last = self.size.height - 1
        self._draw_lines(
            y for row in rows if self.layout_of.height <= (y := row + top) < last
        )

    def render_line(self, y: int) -> Strip:
        """Return one line of the screen: a title, a row, or the sums."""
        if not (self.sheet.places and self.sheet.questions):
            return self._nothing(y)
        names, width = self.layout_of.names, self.size.width
        head, body = self._segments(y)
        left = self.scroll_offset.x - self._left_edge()
        is_edge = y < self.layout_of.height or y == self.size.height - 1
        rest = head.style if is_edge else self.plain_style
        strip = Strip(body).crop_extend(left, left + width - names, rest)
        return Strip.join([Strip([head], names), strip]).simplify()

    def watch_scroll_x(self, old_value: float, new_value: float) -> None:
        """Draw again what scrolls sideways: neither the names nor the empty lines."""
        if self.show_horizontal_scrollbar:
            self.horizontal_scrollbar.position = new_value
        if round(old_value) == round(new_value):
            return
        names, last = self.layout_of.names, self.size.height - 1
        filled = self.layout_of.height + len(self._rows())
        width = self.size.width - names
        self.refresh(*regions_of((*range(filled), last), width, names))

    def on_resize(self) -> None:
        """Keep the cursor in sight; names take less room where there is little."""
        self._lay_out()
        self.show_cursor()

    def on_click(self, event: events.Click) -> None:
        """Say which cell was pointed at."""
        x = event.x - self.layout_of.names
        column = self.cursor.column
        if x >= 0:
            column_at = self.layout_of.column_at(x + self.scroll_offset.x)
            column = column if column_at is None else column_at
        row = event.y - self.layout_of.height + self.scroll_offset.y
        below = event.y >= self.size.height - 1
        if event.y < self.layout_of.height or below or row >= len(self.sheet.places):
            row = self.cursor.row
        self.post_message(self.Pointed(At(row, column), extends=event.shift))

    def is_chosen(self, row: int, column: int) -> bool:
        """Say whether a cell is in the selection."""
        if self.chosen is None:
            return False
        (top, left), (bottom, right) = _ordered(*self.chosen)
        return top <= row <= bottom and left <= column <= right

    def _segments(self, y: int) -> tuple[Segment, list[Segment]]:
        if y < self.layout_of.height:
            return self._title(y)
        if y == self.size.height - 1:
            return self._sums()
        row = y - self.layout_of.height + self.scroll_offset.y
        if row < len(self.sheet.places):
            return self._row(row)
        return Segment(" " * self.layout_of.names, self.plain_style), []

    def _nothing(self, y: int) -> Strip:
        add, twin, other = (
            key_now(self.app, each) for each in (ShowPlaces, DuplicatePlace, NextKind)
        )
        said = {
            1: _NOTHING.get(self.sheet.kind, "Rien de cette sorte."),
            2: self.offered,
            3: f"{add} en ajoute, {twin} duplique ensuite, réponses comprises.",
            4: f"{other} passe des salles aux lots de matériel, et retour.",
        }
        text = f"  {said.get(y, '')}"
        return Strip([Segment(text, self.plain_style)]).crop_extend(
            0, self.size.width, self.plain_style
        )

    def _title(self, y: int) -> tuple[Segment, list[Segment]]:
        plain = self._style("table--title")
        here = self._style("table--title-here")
        body = [
            Segment(
                self.layout_of.titles[column][y],
                here if column == self.cursor.column else plain,
            )
            for column in self._columns()
        ]
        corner = ""
        if y == self.layout_of.height - 1:
            count = len(self.sheet.places)
            corner = f"{count} {KIND_NAMES[self.sheet.kind]}{'s' if count > 1 else ''}"
        return Segment(name_text(corner, self.layout_of.names), plain), _joined(body)

    def _row(self, row: int) -> tuple[Segment, list[Segment]]:
        base = self.plain_style
        is_here = row == self.cursor.row
        name = name_text(self.sheet.places[row].name, self.layout_of.names)
        head = Segment(name, self._style("table--name-here") if is_here else base)
        return head, _joined([
            self._cell(row, column, base) for column in self._columns()
        ])

    def _cell(self, row: int, column: int, base: Style) -> Segment:
        question, width = self.sheet.questions[column], self.layout_of.widths[column]
        cell = self.sheet.cell(row, column)
        if (row, column) == self.cursor:
            shown = (
                typed_text(self.text, width)
                if self.text
                else cell_text(question, cell, width, "[]")
            )
            return Segment(shown, self._style("table--cursor"))
        if self.is_chosen(row, column):
            shown = cell_text(question, cell, width, "> ")
            return Segment(shown, self._style("table--chosen"))
        return Segment(cell_text(question, cell, width), base)

    def _sums(self) -> tuple[Segment, list[Segment]]:
        style = self._style("table--sum")
        body = [
            Segment(
                name_text(self.sheet.sum(column), self.layout_of.widths[column]),
                style,
            )
            for column in self._columns()
        ]
        return Segment(name_text("Ensemble", self.layout_of.names), style), _joined(
            body
        )

    def _style(self, name: str) -> Style:
        return self.component_style(name)

    def _draw_lines(self, lines: Iterable[int]) -> None:
        seen = [y for y in lines if y >= 0]
        if seen:
            self.refresh(*regions_of(seen, self.size.width))

    def _columns(self) -> range:
        """Return the columns that are in sight, whole unless there is only one."""
        left = self.scroll_offset.x
        right = left + self.size.width - self.layout_of.names
        starts, widths = self.layout_of.starts, self.layout_of.widths
        shown = [
            column
            for column, start in enumerate(starts)
            if start < right and start + widths[column] > left
        ]
        if len(shown) > 1 and starts[shown[-1]] + widths[shown[-1]] > right:
            shown.pop()
        return range(shown[0], shown[-1] + 1) if shown else range(0)

    def _left_edge(self) -> int:
        """Return where the first column in sight starts."""
        columns = self._columns()
        return self.layout_of.starts[columns[0]] if columns else self.scroll_offset.x

    def _rows(self) -> range:
        """Return the rows that are in sight."""
        top = self.scroll_offset.y
        height = max(self.size.height - self.layout_of.height - 1, 0)
        return range(top, min(top + height, len(self.sheet.places)))

    def _lay_out(self) -> None:
        self.layout_of = Layout(self.sheet, self.size.width)
        self._measure()

    def _measure(self) -> None:
        self.virtual_size = Size(
            self.layout_of.names + self.layout_of.total + _SLACK,
            self.layout_of.height + len(self.sheet.places) + 1,
        )

    def _chosen_rows(self) -> range:
        if self.chosen is None:
            return range(0)
        (top, _), (bottom, _) = _ordered(*self.chosen)
        return range(top, bottom + 1)

    def _inside(self, at: At) -> At:
        rows, columns = len(self.sheet.places), len(self.sheet.questions)
        return At(max(0, min(at.row, rows - 1)), max(0, min(at.column, columns - 1)))


def _ordered(one: At, other: At) -> tuple[At, At]:
    return (
        At(min(one.row, other.row), min(one.column, other.column)),
        At(max(one.row, other.row), max(one.column, other.column)),
    )


def _joined(segments: list[Segment]) -> list[Segment]:
    """Join neighbours of the same style: fewer bytes to write."""
    joined: list[Segment] = []
    for segment in segments:
        if joined and joined[-1].style == segment.style:
            joined[-1] = Segment(joined[-1].text + segment.text, segment.style)
        else:
            joined.append(segment)
    return joined
