"""The face of a grid: a table of cells over the lines that tell the current one.

`grid_entry` types in it, `grid` does things to many cells at once.
"""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message

from diag.desk.session import Session
from diag.desk.visit.filling import Filled
from diag.desk.visit.sheet import Sheet, domains_of, sheet_kinds
from diag.model.checklist import Question
from diag.model.enums import PlaceKind, Provenance
from diag.tui.commands import CommandType, bindings_of
from diag.tui.sturdy import Sturdy
from diag.tui.widgets.grid_commands import GRID_COMMANDS
from diag.tui.widgets.grid_moves import RIGHT
from diag.tui.widgets.grid_status import (
    GridStatus,
    current_line,
    expected_lines,
    heading_line,
    provenance_note,
    with_said,
)
from diag.tui.widgets.grid_table import At, Table


class GridFace(Sturdy, Vertical):
    """A table of cells, and a few lines that say what is expected."""

    OFFERS: ClassVar[tuple[CommandType, ...]] = GRID_COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of(*GRID_COMMANDS)]
    DEFAULT_CSS = """
    GridFace { height: 1fr; }
    GridFace > Table { height: 1fr; }
    """

    class Moved(Message, namespace="grid"):
        """The cursor went to another cell."""

        def __init__(self, place: str, question: str) -> None:
            super().__init__()
            self.place = place
            """Id of the place."""
            self.question = question
            """Id of the question."""

    class Answered(Message, namespace="grid"):
        """Something was said, durably, at a place; of several, the first."""

        def __init__(self, place: str, question: str) -> None:
            super().__init__()
            self.place = place
            """Id of the place."""
            self.question = question
            """Id of the question; empty when it is the place itself, or the list."""

    def __init__(
        self,
        session: Session,
        kind: PlaceKind = PlaceKind.SALLE,
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(id=id)
        self.session = session
        """The audit shown."""
        self.provenance: Provenance | None = None
        """How what is typed next is known; None: as each question foresees first."""
        self.table = Table(Sheet(session, kind))
        """The cells."""
        self.status = GridStatus()
        """The lines under them."""
        self.step = RIGHT
        """Where one goes on to, once a cell is answered."""
        self._said = ""

    def compose(self) -> ComposeResult:
        """Lay the table over its lines."""
        yield self.table
        yield self.status

    def on_resize(self) -> None:
        """Say the same in the new width."""
        self._tell()

    @property
    def sheet(self) -> Sheet:
        """What the table shows."""
        return self.table.sheet

    @property
    def cursor_place(self) -> str | None:
        """Id of the current row's place."""
        if not self.sheet.places:
            return None
        return self.sheet.places[self.table.cursor.row].id

    @property
    def cursor_question(self) -> str | None:
        """Id of the current column's question."""
        return self.question.id if self.sheet.questions else None

    @property
    def question(self) -> Question:
        """The current column's question."""
        return self.sheet.questions[self.table.cursor.column]

    @property
    def is_empty(self) -> bool:
        """Say whether there is no cell."""
        return not (self.sheet.places and self.sheet.questions)

    def goto(self, place: str, question: str | None = None) -> bool:
        """Go to a cell, of another kind if needed; return whether the grid has it."""
        there = self.session.facts.places.get(place)
        asked = self.session.checklist.questions.get(question or "")
        if there is None or there.kind not in sheet_kinds(self.session):
            return False
        hidden = asked is not None and asked.id not in self.sheet.columns
        if there.kind is not self.sheet.kind or hidden:
            found = Sheet(self.session, there.kind)
            if asked is not None and asked.id not in found.columns:
                return False
            self.show(found)
        row = self.sheet.rows.get(place)
        if row is None or not self.settle():
            return False
        column = self.table.cursor.column
        self._go(At(row, self.sheet.columns.get(question or "", column)))
        return True

    def refresh_from(self, session: Session) -> None:
        """Show what the session says now."""
        self.session = session
        place, question = self.cursor_place, self.cursor_question
        sheet = Sheet(session, self.sheet.kind, self.sheet.domain)
        self.show(sheet)
        at = self.table.cursor
        row = sheet.rows.get(place or "", at.row)
        column = sheet.columns.get(question or "", at.column)
        if (row, column) != at and not self.is_empty:
            self.table.place_cursor(At(row, column))
        self._tell()

    def show(self, sheet: Sheet) -> None:
        """Show another sheet."""
        self.table.chosen = (
            None if sheet.places != self.sheet.places else (self.table.chosen)
        )
        self.table.show_sheet(sheet)

    def say(self, sentence: str) -> None:
        """Say what was done, or refused, until the next key."""
        self._said = sentence
        self._tell()

    def focus(self, scroll_visible: bool = True) -> "GridFace":  # noqa: FBT001, FBT002 - Textual's signature
        """Give the focus to the cells."""
        self.table.focus(scroll_visible)
        return self

    def settle(self) -> bool:
        """Return whether nothing typed is left to record, and there are cells."""
        return not self.is_empty

    def rows_chosen(self) -> range:
        """Return the rows of the selection, or the current one."""
        one, other = self.table.chosen or (self.table.cursor, self.table.cursor)
        return range(min(one.row, other.row), max(one.row, other.row) + 1)

    def columns_chosen(self) -> range:
        """Return the columns of the selection, or the current one."""
        one, other = self.table.chosen or (self.table.cursor, self.table.cursor)
        first, last = sorted((one.column, other.column))
        return range(first, last + 1)

    def after(self, filled: Filled, sentence: str) -> None:
        """Show and tell what a gesture did."""
        self.refresh_from(self.session)
        self.say(sentence)
        if filled.written:
            self.tell_answered(*filled.written[0])

    def tell_answered(self, place: str, question: str) -> None:
        """Say that something was recorded, once it is seen: judging takes time."""
        self.call_after_refresh(self.post_message, self.Answered(place, question))

    def _go(self, at: At, *, chosen: tuple[At, At] | None = None) -> None:
        """Go to a cell and say so, once."""
        if self.is_empty:
            return
        old = self.table.cursor
        if at == old and chosen == self.table.chosen:
            return
        self.table.place_cursor(at, chosen=chosen)
        if not self._said.startswith("Enregistré"):
            self._said = ""
        self._tell()
        self._said = ""
        if self.table.cursor != old:
            place, question = self.cursor_place, self.cursor_question
            self.post_message(self.Moved(place or "", question or ""))

    def _tell(self) -> None:
        if self.is_empty:
            self.status.tell([])
            return
        width = max(self.status.size.width, 20)
        question, at = self.question, self.table.cursor
        place = self.sheet.places[at.row].name
        lines = expected_lines(question, self.table.text, width)
        current = current_line(question, self.sheet.cell(*at))
        heading = heading_line(place, question, self._position(), width)
        self.status.tell([heading, *with_said(lines, self._said, current, width)])

    def _position(self) -> str:
        rows, columns = self.rows_chosen(), self.columns_chosen()
        if len(rows) * len(columns) > 1:
            return f"sélection : {len(rows)} × {len(columns)}"
        note = provenance_note(self.provenance)
        domain, shown = self.sheet.domain, ""
        if domain:
            shown = dict(domains_of(self.session, self.sheet.kind)).get(domain, "")
        onward = "puis à droite" if self.step == RIGHT else "puis en dessous"
        column = f"{self.table.cursor.column + 1}/{len(self.sheet.questions)}, {onward}"
        return "  ".join(filter(None, [note, shown, column]))
