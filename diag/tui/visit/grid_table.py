"""The table of a grid: its lines, drawn on demand; where one goes in it; its status.

Only the lines that changed are drawn again.
"""

from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import ClassVar, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from diag.answers.answer_type import SoFar, state_keys
from diag.answers.choice import keys_and_labels
from diag.answers.types import TYPES, heads_words
from diag.audit.grid import Cell, GridSheet
from diag.model.checklist import Question
from diag.model.enums import PlaceKind, Provenance, State
from diag.tui.commands import ShowPlaces, key_now
from diag.tui.lists import regions_of
from diag.tui.text import PlainStyle, cut, line
from diag.tui.visit.commands import DuplicatePlace, NextKind
from diag.words.sentences import NBSP
from diag.words.vocabulary import PLACE_NAMES, PROVENANCES

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


class GridTable(ScrollView, PlainStyle, can_focus=True, inherit_bindings=False):
    """Rooms down, questions across; titles, names and sums stay in sight."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--title",
        "table--title-here",
        "table--name-here",
        "table--cursor",
        "table--chosen",
        "table--sum",
        "table--empty",
        "table--below",
        "table--danger",
        "table--carried",
    }
    DEFAULT_CSS = """
    GridTable {
        overflow-x: auto;
        overflow-y: auto;
        scrollbar-size-horizontal: 0;
        scrollbar-size-vertical: 1;
        background: $background;
        color: $foreground;
    }
    GridTable > .table--title { color: $text-muted; background: $surface; }
    GridTable > .table--title-here {
        color: $foreground; background: $surface; text-style: bold;
    }
    GridTable > .table--name-here { text-style: bold; }
    GridTable > .table--chosen { background: $panel; }
    GridTable > .table--sum { color: $text-muted; background: $surface; }
    GridTable > .table--empty { color: $text-muted; background: $panel; }
    GridTable > .table--below { color: $text-error; text-style: bold; }
    GridTable > .table--danger {
        color: $background; background: $text-error; text-style: bold;
    }
    GridTable > .table--carried { color: $text-accent; text-style: italic; }
    GridTable > .table--cursor {
        color: $block-cursor-blurred-foreground;
        background: $block-cursor-blurred-background;
    }
    GridTable:focus > .table--cursor { color: #000000; background: #d9a441; }
    """

    class Pointed(Message):
        """A cell was pointed at with the mouse."""

        def __init__(self, at: At, *, extends: bool) -> None:
            super().__init__()
            self.at = at
            """Where."""
            self.extends = extends
            """Whether with Shift: the selection goes as far as there."""

    def __init__(self, sheet: GridSheet) -> None:
        super().__init__()
        self.sheet = sheet
        """What is shown."""
        self.layout_of = GridLayout(sheet)
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

    def show_sheet(self, sheet: GridSheet) -> None:
        """Show another sheet; lines that read the same are not drawn again."""
        old, self.sheet = self.sheet, sheet
        if (old.places, old.questions) != (sheet.places, sheet.questions):
            self._lay_out()
            self.cursor = self.inside(*self.cursor)
            self.refresh()
            return
        columns = self._columns()
        for row in self._rows():
            if any(old.cell(row, each) != sheet.cell(row, each) for each in columns):
                self.draw_rows([row])
        self._draw_lines([self.size.height - 1])

    def place_cursor(self, at: At, *, chosen: tuple[At, At] | None = None) -> None:
        """Go to a cell, in sight; `chosen` becomes the selection."""
        old_rows, old = {self.cursor.row, *self.rows_chosen}, self.cursor
        self.cursor, self.chosen = self.inside(*at), chosen
        names = 0 if self.cursor.row != old.row else self.layout_of.names
        self.draw_rows({*old_rows, self.cursor.row, *self.rows_chosen}, names)
        if self.cursor.column != old.column:
            self._draw_lines(range(self.layout_of.height), self.layout_of.names)
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

    def draw_rows(self, rows: Iterable[int], left: int = 0) -> None:
        """Draw some rows again, from some column of the screen on."""
        top = self.layout_of.height - self.scroll_offset.y
        last = self.size.height - 1
        self._draw_lines(
            (y for row in rows if self.layout_of.height <= (y := row + top) < last),
            left,
        )

    def render_line(self, y: int) -> Strip:
        """Return one line of the screen: a title, a row, or the sums."""
        if not (self.sheet.places and self.sheet.questions):
            return self._nothing(y)
        layout, width, columns = self.layout_of, self.size.width, self._columns()
        names = layout.names
        row = y - layout.height + self.scroll_offset.y
        rest = style = self.plain_style
        head, body = "", list[Segment]()
        if y < layout.height:
            rest = style = self.component_style("table--title")
            here = self.component_style("table--title-here")
            body = [
                Segment(
                    layout.titles[at][y], here if at == self.cursor.column else rest
                )
                for at in columns
            ]
            if y == layout.height - 1:
                count = len(self.sheet.places)
                head = (
                    f"{count} {PLACE_NAMES[self.sheet.kind]}{'s' if count > 1 else ''}"
                )
        elif y == self.size.height - 1:
            rest = style = self.component_style("table--sum")
            head = "Ensemble"
            sums = ((self.sheet.sum(at), layout.widths[at]) for at in columns)
            body = [Segment(_name_text(words, size), style) for words, size in sums]
        elif row < len(self.sheet.places):
            if row == self.cursor.row:
                style = self.component_style("table--name-here")
            head = self.sheet.places[row].name
            body = [self._cell(row, at) for at in columns]
        left = self.scroll_offset.x
        left -= layout.starts[columns[0]] if columns else left
        strip = Strip(body).crop_extend(left, left + width - names, rest)
        shown = Segment(_name_text(head, names), style)
        return Strip.join([Strip([shown], names), strip]).simplify()

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

    @property
    def rows_chosen(self) -> range:
        """The rows of the selection, or the current one."""
        rows = [at.row for at in self.chosen or (self.cursor,)]
        return range(min(rows), max(rows) + 1)

    @property
    def columns_chosen(self) -> range:
        """The columns of the selection, or the current one."""
        columns = [at.column for at in self.chosen or (self.cursor,)]
        return range(min(columns), max(columns) + 1)

    def inside(self, row: int, column: int) -> At:
        """Return the cell that is there, at the edge at most."""
        rows, columns = len(self.sheet.places), len(self.sheet.questions)
        return At(max(0, min(row, rows - 1)), max(0, min(column, columns - 1)))

    def _nothing(self, y: int) -> Strip:
        add, twin, other = (
            key_now(self.app, each) for each in (ShowPlaces, DuplicatePlace, NextKind)
        )
        words = {
            1: _NOTHING.get(self.sheet.kind, "Rien de cette sorte."),
            2: self.offered,
            3: f"{add} en ajoute, {twin} duplique ensuite, réponses comprises.",
            4: f"{other} passe des salles aux lots de matériel, et retour.",
        }
        text = f"  {words.get(y, '')}"
        return Strip([Segment(text, self.plain_style)]).crop_extend(
            0, self.size.width, self.plain_style
        )

    def _cell(self, row: int, column: int) -> Segment:
        question, width = self.sheet.questions[column], self.layout_of.widths[column]
        cell = self.sheet.cell(row, column)
        if (row, column) == self.cursor:
            if self.text:  # its end, where the next key goes
                kept, inside = f"{line(self.text)}_", width - 2
                while cell_len(kept) > inside:
                    kept = kept[1:]
                shown = f"[{set_cell_size(kept, inside)}]"
            else:
                shown = cell_text(question, cell, width, "[]")
            return Segment(shown, self.component_style("table--cursor"))
        if self.chosen and row in self.rows_chosen and column in self.columns_chosen:
            shown = cell_text(question, cell, width, "> ")
            return Segment(shown, self.component_style("table--chosen"))
        looks = {
            "danger": cell.is_danger,
            "empty": cell.is_empty,
            "below": cell.is_below,
            "carried": cell.is_carried,
        }
        # Its words are enough without colour.
        look = next((name for name, holds in looks.items() if holds), "")
        base = self.plain_style
        if look and not cell.is_inert:
            base += self.component_style(f"table--{look}")
        return Segment(cell_text(question, cell, width), base)

    def _draw_lines(self, lines: Iterable[int], left: int = 0) -> None:
        seen = [y for y in lines if y >= 0]
        if seen:
            self.refresh(*regions_of(seen, self.size.width - left, left))

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

    def _rows(self) -> range:
        top = self.scroll_offset.y
        height = max(self.size.height - self.layout_of.height - 1, 0)
        return range(top, min(top + height, len(self.sheet.places)))

    def _lay_out(self) -> None:
        self.layout_of = GridLayout(self.sheet, self.size.width)
        self._measure()

    def _measure(self) -> None:
        self.virtual_size = Size(
            self.layout_of.names + self.layout_of.total + _SLACK,
            self.layout_of.height + len(self.sheet.places) + 1,
        )


DOWN, RIGHT = (1, 0), (0, 1)
_FAR = 1_000_000

MOVES = {
    "up": (-1, 0),
    "down": DOWN,
    "left": (0, -1),
    "right": RIGHT,
    "pageup": (-10, 0),
    "pagedown": (10, 0),
    "home": (0, -_FAR),
    "end": (0, _FAR),
    "ctrl+home": (-_FAR, -_FAR),
    "ctrl+end": (_FAR, _FAR),
}
"""Key → so many rows and columns away."""

EXTENDS = {
    "shift+up": (-1, 0),
    "shift+down": DOWN,
    "shift+left": (0, -1),
    "shift+right": RIGHT,
    "shift+home": (-_FAR, 0),
    "shift+end": (_FAR, 0),
}
"""Key → how far the selection goes."""


def following(sheet: GridSheet, at: At, step: tuple[int, int]) -> At | None:
    """Return the next cell that is asked in a direction; None past the last.

    A column ends at its foot. Past the end of a row come the rows below, where one
    lands on no answer: the user went there to look at none.
    """
    for there in _ahead(sheet, at, step):
        cell = sheet.cell(*there)
        is_on_line = step != RIGHT or there.row == at.row
        if not cell.is_inert and (is_on_line or not cell.heads):
            return there
    return None


def next_empty(sheet: GridSheet, at: At, step: tuple[int, int]) -> At | None:
    """Return the next cell to answer in a direction; None when there is none left."""
    ahead = _ahead(sheet, at, step)
    return next((there for there in ahead if sheet.cell(*there).is_empty), None)


def past_column(sheet: GridSheet, rows: range, column: int) -> At:
    """Return where the user goes on once these rows of a column are filled.

    That is the first of these rows where a question to the right is to be answered.
    """
    for right in range(column + 1, len(sheet.questions)):
        for row in rows:
            if sheet.cell(row, right).is_empty:
                return At(row, right)
    return At(rows[0], column)


def _ahead(sheet: GridSheet, at: At, step: tuple[int, int]) -> Iterator[At]:
    """Give the cells below, or those after this one, row after row, either way."""
    rows, columns = len(sheet.places), len(sheet.questions)
    if step == DOWN:
        yield from (At(row, at.column) for row in range(at.row + 1, rows))
        return
    forward = sum(step)
    rank = at.row * columns + at.column + forward
    while 0 <= rank < rows * columns:
        yield At(*divmod(rank, columns))
        rank += forward


TITLE_LINES = 3
"""Lines that titles of columns may take, where their author gave no short one."""

_NARROWEST, _WIDEST, _TITLE_WIDEST = 12, 18, 14
_TIGHTEST = len(" 10/10 oui ")
_NAMES_NARROWEST, _NAMES_TIGHT, _NAMES_WIDEST = 12, 17, 24
_WIDE = 80
_MARK = 3
_AROUND = _MARK + 3


class GridLayout:
    """Where each column of a sheet stands, and what its title shows."""

    def __init__(self, sheet: GridSheet, width: int = 80) -> None:
        longest = max((cell_len(each.name) for each in sheet.places), default=0)
        widest = _NAMES_WIDEST if width >= _WIDE else _NAMES_TIGHT
        self.names = min(max(longest + 2, _NAMES_NARROWEST), widest)
        """Width of the frozen first column."""
        self.widths = tuple(map(_width, sheet.questions))
        """Width of each column."""
        self.starts = tuple(
            sum(self.widths[:column]) for column in range(len(self.widths))
        )
        """Where each column starts, the first at 0."""
        self.total = sum(self.widths)
        """Width of all the columns."""
        titles = list(map(_title, sheet.questions, self.widths))
        self.height = max(map(len, titles), default=1)
        """Lines that the titles take."""
        self.titles = tuple(
            [" " * width] * (self.height - len(each)) + each
            for each, width in zip(titles, self.widths, strict=True)
        )
        """Lines of each title, resting on the table."""

    def column_at(self, x: int) -> int | None:
        """Return the column at a distance from the start of the first."""
        for column, start in enumerate(self.starts):
            if start <= x < start + self.widths[column]:
                return column
        return None


def cell_text(question: Question, cell: Cell, width: int, around: str = "  ") -> str:
    """Return a cell in so many characters: its value, then how it became known.

    An answer whose question is no longer asked there stands between brackets. Before
    it, `!` is a danger, `?` « à revoir », `+` a note; after it, `<` is below base.
    """
    before, after = around[0], around[1]
    if not before.strip():
        before = "?" if cell.flagged else "+" if cell.notes else before
        before = "!" if cell.is_danger else before
    if not cell.heads:
        empty = "·" if cell.is_inert else "à voir" * (around == "  ")
        return set_cell_size(f"{before}{empty}", width - 1) + after
    inside = width - _AROUND
    text, mark = line(cell.words), cell.mark
    text = text.upper() if cell.is_danger else text
    between = "<" if cell.is_below and not cell.is_danger else " "
    if cell.is_inert:
        text, mark = f"({text})", "·"
    words = cut(text, inside)
    if TYPES[question.type].is_number and not cell.is_conflict:
        words = " " * (inside - cell_len(words)) + words
    value = f"{before}{set_cell_size(words, inside)}{between}"
    return f"{value}{set_cell_size(mark, _MARK)}{after}"


def _name_text(name: str, width: int) -> str:
    return set_cell_size(f" {cut(line(name), width - 2)}", width)


def _width(question: Question) -> int:
    least = TYPES[question.type].cell_width
    if least is None:
        return _WIDEST
    shown = (each.short or each.label for each in question.choices)
    longest = max((least, *map(cell_len, shown)))
    if question.heading:
        head = max(map(cell_len, question.heading)) + 1
        return min(max(longest + _AROUND, head, _TIGHTEST), _WIDEST)
    word = max(map(cell_len, question.label.split()), default=0) + 1
    title = min(max(word, _NARROWEST), _TITLE_WIDEST)
    return min(max(longest + _AROUND, title), _WIDEST)


def _title(question: Question, width: int) -> list[str]:
    inside = width - 1
    if question.heading:
        parts = map(line, question.heading)
        return [set_cell_size(f" {cut(each, inside)}", width) for each in parts]
    lines = wrap(line(question.label), inside, break_long_words=True) or [""]
    if len(lines) > TITLE_LINES:
        last = f"{lines[TITLE_LINES - 1]} {lines[TITLE_LINES]}"
        lines = [*lines[: TITLE_LINES - 1], cut(last, inside)]
    return [set_cell_size(f" {each}", width) for each in lines]


_EXPECTED_LINES = 3
_BETWEEN = "  "
_LABELS = (200, 40, 30, 24, 20, 16, 12)


class GridStatus(PlainStyle):
    """Five lines; only those that changed are drawn again."""

    DEFAULT_CSS = """
    GridStatus { height: 5; background: $panel; color: $foreground; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        """What it shows, a text a line."""

    def show(self, lines: list[str]) -> None:
        """Show something else."""
        old, self.lines = self.lines, [line(each) for each in lines]
        if len(old) != len(self.lines):
            self.refresh()
            return
        changed = [
            Region(0, rank, max(cell_len(was), cell_len(now)), 1)
            for rank, (was, now) in enumerate(zip(old, self.lines, strict=True))
            if was != now
        ]
        if changed:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        text = self.lines[y] if y < len(self.lines) else ""
        width = self.size.width
        return Strip([Segment(set_cell_size(text, width), self.plain_style)], width)


def heading_line(place: str, question: Question, where: str, width: int) -> str:
    """Return the place and the question on the left, the position on the right."""
    room = width - cell_len(where) - 2
    title = cut(f"{place} · {question.label}", room)
    return f"{set_cell_size(title, room)}  {where}"


def expected_lines(question: Question, read: SoFar, width: int) -> list[str]:
    """Return what an answer looks like, or what the keys typed so far may mean."""
    kind = TYPES[question.type]
    if read.text:
        words = f"Saisie : {read.text}  →  {read.words or read.problem or '…'}"
        lines = _wrapped(words, width)
    elif question.choices:
        several = " ou plusieurs" if kind.is_several else ""
        for longest in _LABELS:  # as long as the lines allow
            choices = keys_and_labels(question, question.choices, longest)
            whole = _BETWEEN.join(each.replace(" ", NBSP) for each in choices)
            lines = _wrapped(f"Un choix{several} : {whole}", width)
            if len(lines) <= _EXPECTED_LINES:
                break
    elif kind.is_yes_no:
        keys = "  ".join(f"{key} {label}" for key, label, _ in kind.options(question))
        lines = [keys, state_keys(question)]
    else:
        words = kind.expected(question)
        expected = _wrapped(words[:1].upper() + words[1:], width)
        lines = [*expected, state_keys(question)]
    return [*lines, "", ""][:_EXPECTED_LINES]


def with_notice(expected: list[str], text: str, current: str, width: int) -> list[str]:
    """Return what is expected, then what was done, whole; or what the cell holds.

    What was done may take the place of what is expected, until the next key.
    """
    room = _EXPECTED_LINES if text else 1 + sum(not each for each in expected)
    words = _wrapped(text or current, width)[:room]
    return [*expected[: len(expected) + 1 - len(words)], *words]


def _wrapped(text: str, width: int) -> list[str]:
    return wrap(text, max(width, 1)) or [""]


def current_line(question: Question, cell: Cell, before: str = "") -> str:
    """Return what the cell holds, whole: value, unit, state, provenance, note, flag.

    `before`: what was answered there last time, for a cell that holds nothing; it
    stands last, where a line is cut.
    """
    words, last = heads_words(question, cell.heads), ""
    if cell.is_inert:
        kept = f" Gardé sans compter : {words}." if cell.heads else ""
        shown = f"Ne se demande pas ici, d'après les autres réponses.{kept}"
    elif not cell.heads and before:
        shown = "Se demande peut-être" if cell.relevant is None else ""
        last = f"Avant\u00a0: {before}"
    elif not cell.heads:
        maybe = " (se demande peut-être : cela dépend d'autres réponses)"
        shown = f"Pas de réponse{maybe if cell.relevant is None else ''}"
    elif cell.is_conflict:
        shown = f"Réponses contradictoires : {words}. La réponse tapée ici tranchera."
    else:
        (answer,) = cell.heads
        known = answer.state is State.KNOWN
        how = f", {PROVENANCES[answer.provenance]}" if known else ""
        shown = f"Réponse : {words}{how}"
    beside = ["à revoir"] * cell.flagged + [f"note : {each}" for each in cell.notes]
    return " · ".join(filter(None, (shown, *beside, last)))


def provenance_note(provenance: Provenance | None) -> str:
    """Return how what is typed next is known, when it was chosen."""
    return f"saisie : {PROVENANCES[provenance]}" if provenance else ""
