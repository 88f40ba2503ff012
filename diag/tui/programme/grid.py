"""A grid that one types in as in a spreadsheet, and the envelopes, typed in one."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from diag.model.base import Noun
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.model.programme import EnvelopeState, YearEnvelope
from diag.programme import setting
from diag.programme.assembling import Board
from diag.programme.container import Container, Record
from diag.programme.history import envelope_words, value_words
from diag.programme.terms import INVESTMENT, RUNNING, Purse
from diag.programme.words import purse_words
from diag.tui.commands import Command, CommandType, Sturdy
from diag.tui.place import EVERYWHERE, PlaceScreen
from diag.tui.programme.replaying import Changes, UndoEntry
from diag.tui.text import PlainStyle, Sentence, fitted, line
from diag.words.sentences import euros, number

_GAP = 1
"""Blanks before a column."""

_LONGEST = 40
"""Characters that a cell takes as they are typed."""


class GridRow(NamedTuple):
    """One row: what it stands for, its name, a text for each column."""

    key: str
    name: str
    cells: tuple[str, ...]


class CellGrid(Sturdy, ScrollView, PlainStyle, can_focus=True):
    """Rows of cells under titles; what is typed replaces the cell under the cursor.

    Enter or an arrow gives it; Escape forgets it. A table that is pasted fills cells
    from the cursor on. `along`: Enter goes to the right, then to the next row.
    """

    COMPONENT_CLASSES = {"grid--cursor", "grid--titles"}  # noqa: RUF012 - Textual's own type
    DEFAULT_CSS = """
    CellGrid {
        height: 1fr;
        background: $background;
        color: $foreground;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .grid--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
        }
        & > .grid--titles { color: $text-muted; }
    }
    """
    BINDINGS = [  # noqa: RUF012 - Textual's own type
        Binding("up", "go(-1, 0)", show=False),
        Binding("down", "go(1, 0)", show=False),
        Binding("left", "go(0, -1)", show=False),
        Binding("right", "go(0, 1)", show=False),
        Binding("pageup", "go(-10, 0)", show=False),
        Binding("pagedown", "go(10, 0)", show=False),
        Binding("home", "go(0, -99)", show=False),
        Binding("end", "go(0, 99)", show=False),
    ]

    row: var[int] = var(0)
    column: var[int] = var(0)
    typed: var[str | None] = var(None)
    """What is being typed in the cell; None while nothing is."""

    class Filled(Message):
        """Cells were typed or pasted: texts from one cell on, to the right and down."""

        def __init__(
            self, grid: "CellGrid", row: int, column: int, texts: list[list[str]]
        ) -> None:
            super().__init__()
            self.grid, self.row, self.column, self.texts = grid, row, column, texts

        @property
        def control(self) -> "CellGrid":
            """The grid."""
            return self.grid

        def placed(self, texts: list[str], columns: int) -> Iterator[tuple[int, str]]:
            """Give the texts of a row, each with its column.

            Raises:
                DiagError: there are more of them than columns left.
            """
            for column, text in enumerate(texts, self.column):
                if column >= columns:
                    raise DiagError(
                        f"Rien n'est écrit : le tableau collé a {len(texts)} colonnes, "
                        f"il en reste {columns - self.column} à partir d'ici."
                    )
                yield column, text

    class Moved(Message):
        """The cursor stands on another cell."""

    def __init__(
        self, *, least: int = 18, widest: int = 12, along: bool = False
    ) -> None:
        super().__init__()
        self._least, self._widest = least, widest
        self._along = along
        self._given: tuple[int, int, str] | None = None
        self.titles: Sequence[str] = ()
        """The title of each column."""
        self.rows: Sequence[GridRow] = ()

    def show(self, titles: Sequence[str], rows: Sequence[GridRow]) -> None:
        """Show other cells; the cursor stays where it can."""
        self.titles, self.rows, self._given = titles, rows, None
        self.set_reactive(CellGrid.row, max(min(self.row, len(rows) - 1), 0))
        self.set_reactive(CellGrid.column, max(min(self.column, len(titles) - 1), 0))
        self.virtual_size = Size(0, len(rows) + 1)
        self.refresh()
        self.post_message(self.Moved())

    @property
    def key(self) -> str:
        """What the row under the cursor stands for; empty when there is none."""
        return self.rows[self.row].key if self.rows else ""

    def watch_row(self) -> None:
        self._moved()

    def watch_column(self) -> None:
        self._moved()

    def watch_typed(self) -> None:
        self.refresh()

    def _moved(self) -> None:
        height = self.scrollable_content_region.height - 1
        top = self.scroll_offset.y
        if height > 0 and not top <= self.row < top + height:
            target = self.row if self.row < top else self.row - height + 1
            self.scroll_to(y=target, animate=False, immediate=True)
        self.refresh()
        self.post_message(self.Moved())

    def action_go(self, down: int, right: int) -> None:
        """Give what is typed, if anything is, then move."""
        self.give()
        self.row = max(min(self.row + down, len(self.rows) - 1), 0)
        self.column = max(min(self.column + right, len(self.titles) - 1), 0)

    def give(self) -> None:
        """Give what is typed in the cell; nothing where nothing is."""
        typed, self.typed = self.typed, None
        if typed is not None:
            self._given = self.row, self.column, typed
            self.post_message(self.Filled(self, self.row, self.column, [[typed]]))

    def take_again(self) -> None:
        """Stand on what was refused, as it was typed."""
        if self._given is not None:
            self.row, self.column, self.typed = self._given
            self._given = None

    def on_key(self, event: events.Key) -> None:
        """Type in the cell; letters that mean a command there are the screen's."""
        if not self.rows:
            return
        if event.key == "enter":
            is_last = self.column + 1 == len(self.titles)
            along = (1, -self.column) if is_last else (0, 1)
            self.action_go(*(along if self._along else (1, 0)))
        elif event.key == "escape" and self.typed is not None:
            self.typed = None
        elif event.key == "backspace":
            self.typed = (self.typed or "")[:-1]
        elif (
            event.character
            and (self.typed or event.character.isdigit())
            and (event.character.isdigit() or event.character in " ,.€")
        ):
            self.typed = ((self.typed or "") + event.character)[:_LONGEST]
        else:
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Fill cells with a table: tabs or semicolons between cells."""
        event.stop()
        lines = [one for one in event.text.splitlines() if one.strip()]
        texts = [
            [line(cell).strip() for cell in one.split("\t" if "\t" in one else ";")]
            for one in lines
        ]
        if texts and self.rows:
            self.typed = None
            self.post_message(self.Filled(self, self.row, self.column, texts))

    def on_click(self, event: events.Click) -> None:
        """Stand on the cell that is clicked."""
        name, size = self._sizes(self.size.width)
        row = event.y + self.scroll_offset.y - 1
        column = (event.x - name) // (size + _GAP) if size else 0
        if event.y and 0 <= row < len(self.rows) and 0 <= column < len(self.titles):
            self.give()
            self.row, self.column = row, column

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y == 0:
            style = self.component_style("grid--titles")
            return self._strip([("", style), *((one, style) for one in self.titles)])
        index = y - 1 + self.scroll_offset.y
        if index >= len(self.rows):
            return Strip.blank(width, self.plain_style)
        shown = self.rows[index]
        cells = [(shown.name, self.plain_style)]
        for at, text in enumerate(shown.cells):
            here = index == self.row and at == self.column
            style = self.component_style("grid--cursor") if here else self.plain_style
            typed = f"{self.typed}_" if here and self.typed is not None else text
            # Brackets show the cursor where there is no colour.
            cells.append((f"[{typed}]" if here else f"{typed} ", style))
        return self._strip(cells)

    def _sizes(self, width: int) -> tuple[int, int]:
        """Return the columns that names take, and each cell."""
        many = max(len(self.titles), 1)
        size = max(min((width - self._least) // many - _GAP, self._widest), 3)
        return width - many * (size + _GAP), size

    def _strip(self, cells: Sequence[tuple[str, Style]]) -> Strip:
        width = self.size.width
        name, size = self._sizes(width)
        (first, style), *rest = cells
        parts = [Segment(f" {fitted(first, name - 1)}", style)]
        for text, own in rest:
            parts.append(Segment(" " * _GAP, self.plain_style))
            parts.append(Segment(fitted(text, size, right=True), own))
        strip = Strip(parts)
        return strip.adjust_cell_length(width, self.plain_style)


class TurnVoted(Command, keys="v", title="Votée", footer=True):
    """Dire que le montant est voté, ou de nouveau une hypothèse."""


class TurnCarried(Command, keys="p", title="Reportable", footer=True):
    """Dire que ce qui reste d'une année sert les suivantes, ou non : toute la ligne."""


class ClearCell(Command, keys="delete", title="Effacer", footer=True):
    """Effacer le montant : plus rien n'est connu de cette année-là."""


class EnvelopesScreen(PlaceScreen):
    """A row for each payer and section, a column for each budget."""

    CSS_PATH = "programme.tcss"
    OFFERS = (TurnVoted, TurnCarried, ClearCell, UndoEntry, *EVERYWHERE)
    INTRODUCTION = (
        "Ce que chacun peut dépenser, en euros TTC. Tapez un montant, Entrée ou une "
        "flèche le garde. Un tableau copié d'un tableur se colle à partir de la case. "
        "v : voté ; ! : deux postes ont écrit autre chose, la plus basse compte ; la "
        "taper de nouveau tranche."
    )

    def __init__(
        self,
        board: Board,
        container: Callable[[], Container],
        keep: Callable[[Changes], object],
        undo: Callable[[], str],
    ) -> None:
        super().__init__()
        self._board = board
        self._container = container
        self._keep, self._undo = keep, undo
        self._purses = tuple(_purses(board))

    def body(self) -> ComposeResult:
        yield CellGrid()
        yield Sentence(id="below")

    def on_mount(self) -> None:
        self.query_one(CellGrid).focus()
        self._fill()

    @property
    def _record(self) -> Record:
        return self._container().record(self._board.variant)

    def _fill(self) -> None:
        record, years = self._record, self._board.programme.years
        contested = self._container().contested
        rows = []
        for at, purse in enumerate(self._purses):
            name = self._board.payer_name(purse.payer)
            title = f"{name[:1].upper()}{name[1:]}"
            cells = []
            for year in years:
                one = record.envelopes.get((purse, year))
                mark = "!" * (setting.envelope_subject(purse, year) in contested)
                if one is None:
                    cells.append(mark or "–")
                    continue
                cents = f",{one.cents % 100:02d}" if one.cents % 100 else ""
                voted = "v" * (one.state is EnvelopeState.VOTE)
                cells.append(f"{number(one.cents // 100)}{cents}{voted}{mark}")
            if purse.section is RUNNING:
                title = "  fonctionnement"
            rows.append(GridRow(str(at), title, tuple(cells)))
        self.query_one(CellGrid).show([str(year) for year in years], rows)
        name = record.variants[self._board.variant].name if self._board.variant else ""
        self.set_title("Enveloppes, € TTC", name and f"variante {name}")

    @property
    def _here(self) -> tuple[Purse, int]:
        grid = self.query_one(CellGrid)
        return self._purses[grid.row], self._board.programme.years[grid.column]

    def can(self, command: CommandType) -> bool | None:
        if command in {TurnVoted, ClearCell, TurnCarried} and self.is_mounted:
            return True if self._here in self._record.envelopes else None
        return True

    @on(CellGrid.Moved)
    def _moved(self) -> None:
        purse, year = self._here
        subject = setting.envelope_subject(purse, year)
        known = self._record.envelopes.get((purse, year))
        words = envelope_words(known) if known else "rien n'est connu, donc 0 €"
        lines = [f"{purse_words(self._board, purse)}, budget {year} : {words}."]
        if rivals := self._container().contested.get(subject):
            name_of = self._container().workspace.settings.name_of
            said = (
                f"{name_of(author)} : {value_words(subject, value)}"
                for value, author in zip(rivals.values, rivals.authors, strict=True)
            )
            lines.append(f"À trancher : {' ; '.join(said)}. La plus basse compte.")
        whole = sum(
            one.cents
            for (own, _), one in self._record.envelopes.items()
            if own == purse
        )
        lines.append(f"Sur tous les budgets : {euros(whole // 100)}.")
        self.query_one("#below", Sentence).show("\n".join(lines))
        self.refresh_keys()

    @on(CellGrid.Filled)
    def _filled(self, event: CellGrid.Filled) -> None:
        """Keep what was typed or pasted, all of it or nothing."""
        years, known = self._board.programme.years, self._record.envelopes
        carrying = {purse for (purse, _), one in known.items() if one.carry}
        changes = dict[str, Noun | None]()
        for down, texts in enumerate(event.texts):
            if event.row + down >= len(self._purses):
                raise DiagError(
                    f"Rien n'est écrit : le tableau collé a {len(event.texts)} lignes, "
                    f"il en reste {len(self._purses) - event.row} à partir d'ici."
                )
            purse = self._purses[event.row + down]
            for at, text in event.placed(texts, len(years)):
                year = years[at]
                before, value = known.get((purse, year)), None
                if text.strip():
                    cents = setting.amount_typed(text)
                    # One that is new carries as the others of its row do.
                    like = before or YearEnvelope(cents=0, carry=purse in carrying)
                    value = like.model_copy(update={"cents": cents})
                subject = setting.envelope_subject(purse, year)
                if value != before or subject in self._container().contested:
                    changes[subject] = value
        if changes:
            self._keep(changes)
            self._fill()
            if len(changes) > 1:
                self.diag.inform(f"Enveloppes notées : {len(changes)}.")

    def refused(self, error: DiagError) -> None:  # noqa: ARG002 - as it is called
        """Stand on what was refused, as it was typed."""
        self.query_one(CellGrid).take_again()

    def on_turn_voted(self) -> None:
        purse, year = self._here
        before = self._record.envelopes[purse, year]
        is_voted = before.state is EnvelopeState.VOTE
        state = EnvelopeState.HYPOTHESE if is_voted else EnvelopeState.VOTE
        self._write({(purse, year): before.model_copy(update={"state": state})})

    def on_turn_carried(self) -> None:
        purse, year = self._here
        known = self._record.envelopes
        carry = not known[purse, year].carry
        self._write({
            (own, at): one.model_copy(update={"carry": carry})
            for (own, at), one in known.items()
            if own == purse
        })

    def on_clear_cell(self) -> None:
        self._write({self._here: None})

    def _write(self, values: dict[tuple[Purse, int], YearEnvelope | None]) -> None:
        self._keep({
            setting.envelope_subject(purse, year): value
            for (purse, year), value in values.items()
        })
        self._fill()

    def on_undo_entry(self) -> None:
        words = self._undo()
        self._fill()
        self.diag.inform(f"Annulé : {words}.")


def _purses(board: Board) -> Iterator[Purse]:
    """Give whose money there is to set: the syndicat's first, then by name."""
    known = {f"{PlaceKind.COMMUNE}:{insee}" for insee in board.gathered.communes}
    known |= {purse.payer for purse in board.programme.envelopes}
    known.discard(board.programme.syndicat)
    for payer in (board.programme.syndicat, *sorted(known, key=board.payer_name)):
        yield Purse(payer, INVESTMENT)
        yield Purse(payer, RUNNING)
