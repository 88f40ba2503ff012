"""Typing in a grid, and moving through it, as in a spreadsheet."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message

from diag.answers.answer_type import Refused, SoFar
from diag.answers.types import TYPES, value_words
from diag.audit.answer import Key, NewAnswer, UnlikelyAnswer
from diag.audit.grid import Filled, GridSheet, domains_of, fill, sheet_kinds
from diag.audit.session import AuditSession
from diag.model.checklist import Question
from diag.model.enums import PlaceKind, Provenance, State
from diag.tui.commands import (
    CommandType,
    Help,
    Sturdy,
    bindings_of,
    chosen_keys,
    key_now,
)
from diag.tui.dialogs import Ask
from diag.tui.visit.commands import GRID_COMMANDS, NextRight
from diag.tui.visit.grid_table import (
    At,
    GridStatus,
    GridTable,
    current_line,
    expected_lines,
    heading_line,
    provenance_note,
    with_notice,
)
from diag.words.vocabulary import PLACES, STATES


class GridFace(Sturdy, Vertical):
    """A table of cells over a few lines that show what is expected.

    `GridEntry` types in it; `Grid` does things to many cells at once.
    """

    OFFERS: ClassVar[tuple[CommandType, ...]] = GRID_COMMANDS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of(*GRID_COMMANDS)]
    DEFAULT_CSS = """
    GridFace { height: 1fr; }
    GridFace > GridTable { height: 1fr; }
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
        """Something was recorded, durably, at a place; of several, the first."""

        def __init__(self, place: str, question: str) -> None:
            super().__init__()
            self.place = place
            """Id of the place."""
            self.question = question
            """Id of the question; empty when it is the place itself, or the list."""

    def __init__(
        self,
        session: AuditSession,
        kind: PlaceKind = PlaceKind.SALLE,
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(id=id)
        self.session = session
        """The audit shown."""
        self.provenance: Provenance | None = None
        """How what is typed next is known; None: as each question foresees first."""
        self.table = GridTable(GridSheet(session, kind))
        """The cells."""
        self.status = GridStatus()
        """The lines under them."""
        self.step = RIGHT
        """Where the user goes on to, once a cell is answered."""
        self._notice = ""
        self._notice_stays = False

    def compose(self) -> ComposeResult:
        yield self.table
        yield self.status

    def on_resize(self) -> None:
        self._show_status()

    @property
    def sheet(self) -> GridSheet:
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
        """Return whether there is no cell."""
        return not (self.sheet.places and self.sheet.questions)

    def goto(self, place: str, question: str | None = None) -> bool:
        """Go to a cell, of another kind if needed; return whether the grid has it."""
        there = self.session.facts.places.get(place)
        asked = self.session.checklist.questions.get(question or "")
        if there is None or there.kind not in sheet_kinds(self.session):
            return False
        hidden = asked is not None and asked.id not in self.sheet.columns
        if there.kind is not self.sheet.kind or hidden:
            found = GridSheet(self.session, there.kind)
            if asked is not None and asked.id not in found.columns:
                return False
            self.show(found)
        row = self.sheet.rows.get(place)
        if row is None or not self.settle():
            return False
        column = self.table.cursor.column
        self._go(At(row, self.sheet.columns.get(question or "", column)))
        return True

    def refresh_from(self, session: AuditSession) -> None:
        """Show what the session holds now."""
        self.session = session
        place, question = self.cursor_place, self.cursor_question
        sheet = GridSheet(session, self.sheet.kind, self.sheet.domain)
        self.show(sheet)
        at = self.table.cursor
        row = sheet.rows.get(place or "", at.row)
        column = sheet.columns.get(question or "", at.column)
        if (row, column) != at and not self.is_empty:
            self.table.place_cursor(At(row, column))
        self._show_status()

    def show(self, sheet: GridSheet) -> None:
        """Show another sheet."""
        self.table.chosen = (
            None if sheet.places != self.sheet.places else (self.table.chosen)
        )
        self.table.show_sheet(sheet)

    def inform(self, sentence: str, *, stays: bool = False) -> None:
        """Show what was done, or refused, until the next key; or past one move."""
        self._notice, self._notice_stays = sentence, stays
        self._show_status()

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

    def after(self, filled: Filled, sentence: str, *, stays: bool = False) -> None:
        """Show what a gesture did."""
        self.refresh_from(self.session)
        self.inform(sentence, stays=stays)
        if filled.written:
            self.post_answered(*filled.written[0])

    def post_answered(self, place: str, question: str) -> None:
        """Show that something was recorded, once it is seen: judging takes time."""
        self.call_after_refresh(self.post_message, self.Answered(place, question))

    def _go(self, at: At, *, chosen: tuple[At, At] | None = None) -> None:
        """Go to a cell and show it, once."""
        if self.is_empty:
            return
        old = self.table.cursor
        if at == old and chosen == self.table.chosen:
            return
        self.table.place_cursor(at, chosen=chosen)
        if not self._notice_stays:
            self._notice = ""
        self._show_status()
        self._notice = ""
        if self.table.cursor != old:
            place, question = self.cursor_place, self.cursor_question
            self.post_message(self.Moved(place or "", question or ""))

    def read_so_far(self, typed: str) -> SoFar:
        """Return what keys typed in the cell mean so far."""
        today = self.session.workspace.world.today()
        return TYPES[self.question.type].so_far(self.question, typed, today)

    def _show_status(self) -> None:
        if self.is_empty:
            self.status.show([])
            return
        width = max(self.status.size.width, 20)
        question, at = self.question, self.table.cursor
        place = self.sheet.places[at.row].name
        lines = expected_lines(question, self.read_so_far(self.table.text), width)
        current = current_line(question, self.sheet.cell(*at))
        rows, columns = self.rows_chosen(), self.columns_chosen()
        if len(rows) * len(columns) > 1:
            where = f"sélection : {len(rows)} × {len(columns)}"
        else:
            domain = self.sheet.domain
            domains = domains_of(self.session, self.sheet.kind) if domain else ()
            shown = dict(domains).get(domain, "")
            onward = "puis à droite" if self.step == RIGHT else "puis en dessous"
            column = f"{at.column + 1}/{len(self.sheet.questions)}, {onward}"
            words = provenance_note(self.provenance), shown, column
            where = "  ".join(filter(None, words))
        heading = heading_line(place, question, where, width)
        self.status.show([heading, *with_notice(lines, self._notice, current, width)])


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


def beside(sheet: GridSheet, at: At, step: tuple[int, int]) -> At:
    """Return the cell so many rows and columns away, at the edge at most."""
    last = At(len(sheet.places) - 1, len(sheet.questions) - 1)
    return At(
        max(0, min(at.row + step[0], last.row)),
        max(0, min(at.column + step[1], last.column)),
    )


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
    for there in _ahead(sheet, at, step):
        cell = sheet.cell(*there)
        if not cell.is_inert and not cell.heads:
            return there
    return None


def _past_column(sheet: GridSheet, rows: range, column: int) -> At:
    """Return where the user goes on once these rows of a column are filled.

    That is the first of these rows where a question to the right is to be answered.
    """
    for right in range(column + 1, len(sheet.questions)):
        for row in rows:
            cell = sheet.cell(row, right)
            if not cell.is_inert and not cell.heads:
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


_HELP = "?"

_ENDS = {
    DOWN: "Rien d'autre à remplir en dessous : {right} passe à droite.",
    RIGHT: "Rien d'autre à remplir ensuite.",
}
"""What is shown where the user cannot go on; nothing of going back."""


class GridEntry(GridFace):
    """A grid to type in; a whole answer is recorded at once."""

    _doubted = ""
    typed: Callable[[], object] = staticmethod(lambda: None)
    """Takes note that something is typed, or erased."""
    resumed: Callable[[], str] = staticmethod(lambda: "")
    """Returns what was left half typed in this cell, to be typed on."""

    def on_key(self, event: events.Key) -> None:
        """Take every key of the grid here, in the order in which they came.

        A binding is looked for once its key has bubbled up to the app: by then the
        next keys of a burst would have been typed into the wrong cell.
        """
        if self._take(event):
            event.stop()
            event.prevent_default()

    def _take(self, event: events.Key) -> bool:
        key, character = event.key, event.character
        keys = chosen_keys(self.app)
        command = next((one for one in GRID_COMMANDS if key in one.keys_in(keys)), None)
        if command is not None:
            if self.can(command):
                getattr(self, command.handler_name)()
            return True
        if self.is_empty:
            return False
        if key in MOVES or key in EXTENDS:
            if self.settle():
                at, chosen = self.table.cursor, self.table.chosen
                there = beside(self.sheet, at, MOVES.get(key) or EXTENDS[key])
                anchor = chosen[0] if chosen else at
                self._go(there, chosen=(anchor, there) if key in EXTENDS else None)
        elif key == "shift+tab":
            self._next((0, -1))
        elif key == "backspace":
            self._text(self.table.text[:-1] if self.table.text else self.resumed())
        elif key == "escape":
            return self._abandon()
        elif character and event.is_printable:
            self._type(character)
        else:
            return False
        return True

    def on_next_below(self) -> None:
        self._next(DOWN)

    def on_next_right(self) -> None:
        self._next(RIGHT)

    def _next(self, step: tuple[int, int]) -> None:
        """Record, and go to the next cell that is asked in that direction."""
        self.step = DOWN if step[0] else RIGHT
        at, typed = self.table.cursor, bool(self.table.text)
        if self.settle() and self.table.cursor == at:
            there = following(self.sheet, at, step)
            self._go_on(there, step, self._notice if typed else "")

    def _go_on(self, there: At | None, step: tuple[int, int], done: str) -> None:
        """Go there, or stay and show, after what was done, that nothing is left."""
        if there is not None:
            self._go(there)
            return
        end = _ENDS.get(step, "").format(right=key_now(self.app, NextRight))
        self.inform(f"{done}. {end}" if done else end)

    def _abandon(self) -> bool:
        """Forget what is typed, else the selection; else Escape is the screen's."""
        if self.table.text:
            self._text("")
        elif self.table.chosen:
            self._go(self.table.cursor)
        else:
            return False
        return True

    @on(GridTable.Pointed)
    def _pointed(self, event: GridTable.Pointed) -> None:
        event.stop()
        if self.is_empty or not self.settle():
            return
        anchor = self.table.chosen[0] if self.table.chosen else self.table.cursor
        self._go(event.at, chosen=(anchor, event.at) if event.extends else None)

    def settle(self) -> bool:
        """Record what is typed, if anything; return whether nothing is left to do."""
        if self.is_empty:
            return False
        if not self.table.text:
            return True
        read = self.read_so_far(self.table.text)
        if not read.is_answer:
            problem = read.problem or f"« {read.text} » peut être : {read.words}"
            self.inform(problem)
            return False
        return self._record(read)

    def forget_typed(self) -> None:
        """Drop what is being typed."""
        self._text("")

    def _type(self, character: str) -> None:
        is_in_text = TYPES[self.question.type].is_text and bool(self.table.text)
        if character == _HELP and not is_in_text:
            self.app.post_message(Help())
            return
        at = self.table.cursor
        if self.sheet.cell(*at).is_inert and self.table.chosen is None:
            self.inform("Rien à répondre : la question ne se pose pas ici.")
            return
        if not self.table.text and character == " ":
            return
        question = self.question
        kind = TYPES[question.type]
        read = self.read_so_far(self.table.text + character)
        if kind.drops_last_key(question, read):
            self.inform(read.problem)
            return
        self._text(read.text)
        if read.is_complete and self._record(read) and self.table.cursor == at:
            there = next_empty(self.sheet, at, self.step)
            self._go_on(there, self.step, self._notice)

    def _record(self, read: SoFar, reason: str = "") -> bool:
        """Write what was typed in the cell, or in every row of the selection."""
        if read.state is State.NOT_APPLICABLE and not reason:
            self._ask_why(read)
            return False
        question, rows, known = self.question, self.rows_chosen(), self.provenance
        keys: list[Key] = [(self.sheet.places[row].id, question.id) for row in rows]
        entry = NewAnswer(
            question.id,
            read.parsed,
            state=read.state,
            reason=reason,
            provenance=known if known in question.provenance else None,
            sure=self._doubted == read.text,
        )
        try:
            filled = fill(self.session, self.sheet, keys, entry)
        except UnlikelyAnswer as doubt:
            self._doubted = read.text
            self.inform(f"{doubt.problem}. Entrée à nouveau pour confirmer.")
            return False
        except Refused as refused:
            self.inform(refused.plain)
            return False
        self._text("")
        where = self.sheet.places[rows[0]].name
        if len(rows) > 1:
            where = f"{len(filled.written)} {PLACES[self.sheet.kind][1]}"
        saved = f"Enregistré, {where} : {read_words(question, read)}"
        self.after(filled, saved, stays=True)
        if len(rows) > 1:
            self._go(_past_column(self.sheet, rows, self.table.cursor.column))
        return True

    def _ask_why(self, read: SoFar) -> None:
        """Ask the reason of « sans objet »: it is not recorded without one."""
        question = self.question
        check = partial(TYPES[question.type].check_state, question, read.state)

        def reasoned(reason: str | None) -> None:
            self._text("")
            if reason is not None:
                self._record(read, reason)

        asked = f"{question.label}\n{STATES[read.state].capitalize()} : pourquoi ?"
        self.app.push_screen(Ask(asked, keep=check), reasoned)

    def _text(self, text: str) -> None:
        self._doubted = self._doubted if text == self._doubted else ""
        if text != self.table.text:
            self.table.text = text
            self.typed()
            self._notice = ""
            self.table.draw_rows([self.table.cursor.row])
            self._show_status()


def read_words(question: Question, read: SoFar) -> str:
    """Return what was recorded, as a reader expects it."""
    if read.state is State.KNOWN:
        return value_words(question, read.value)
    return STATES[read.state]
