"""The grille: rooms × questions, the second face of the fiche, as in a spreadsheet.

A whole answer is recorded at once. A gesture over many cells is one durable commit, and
one step of undo.
"""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from diag.answers.answer_type import Refused, SoFar
from diag.answers.types import TYPES, value_words
from diag.audit.answer import Key, NewAnswer, UnlikelyAnswer
from diag.audit.grid import (
    Filled,
    GestureError,
    GridSheet,
    as_block,
    clear,
    copy_down,
    domains_of,
    duplicate,
    empty_below,
    file_named,
    file_text,
    fill,
    like_previous,
    paste,
    sheet_kinds,
)
from diag.audit.memory import former_places, take_places_again
from diag.audit.places import close_list, closing_effect
from diag.audit.session import AuditSession
from diag.model.audit import Place
from diag.model.checklist import Question
from diag.model.enums import PlaceKind, Provenance, State
from diag.model.errors import DiagError
from diag.tui.commands import (
    CommandType,
    Help,
    ShowPlaces,
    Sturdy,
    TakeBack,
    Trouble,
    chosen_keys,
    key_now,
)
from diag.tui.dialogs import Ask, Confirm, Notice
from diag.tui.visit.commands import (
    GRID_COMMANDS,
    NOT_ASKED,
    LikePrevious,
    NextKind,
    NextRight,
)
from diag.tui.visit.grid_table import (
    DOWN,
    EXTENDS,
    MOVES,
    RIGHT,
    At,
    GridStatus,
    GridTable,
    current_line,
    expected_lines,
    following,
    heading_line,
    next_empty,
    past_column,
    provenance_note,
    with_notice,
)
from diag.words.sentences import counted
from diag.words.vocabulary import PLACES, STATES
from diag.workspace.disk import path_typed

_PROVENANCES = (None, Provenance.OBSERVED, Provenance.DECLARED, Provenance.MEASURED)
_SHOWN = 200  # refusals that one reads; more is a wrong paste
_HELP = "?"

_ENDS = {
    DOWN: "Rien d'autre à remplir en dessous : {right} passe à droite.",
    RIGHT: "Rien d'autre à remplir ensuite.",
}
"""What is shown where the user cannot go on; nothing of going back."""


class CellMessage(Message):
    """Something about a cell, by the ids of its place and of its question."""

    def __init__(self, place: str, question: str) -> None:
        super().__init__()
        self.place, self.question = place, question


class Grid(Sturdy, Vertical):
    """Rooms × questions: a table of cells over lines that show what is expected."""

    OFFERS: ClassVar[tuple[CommandType, ...]] = GRID_COMMANDS
    DEFAULT_CSS = """
    Grid { height: 1fr; }
    Grid > GridTable { height: 1fr; }
    """

    typed: Callable[[], object] = staticmethod(lambda: None)
    """Takes note that something is typed, or erased."""
    resumed: Callable[[], str] = staticmethod(lambda: "")
    """Returns what was left half typed in this cell, to be typed on."""
    before: Callable[[Place, Question], str] = staticmethod(lambda *_: "")
    """Returns what was answered at a place last time, in words; empty: nothing."""

    class Moved(CellMessage):
        """The cursor went to another cell."""

    class Answered(CellMessage):
        """Something was recorded, durably, at a place; of several, the first.

        No question when it is the place itself, or the list.
        """

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
        self._notice = self._doubted = ""
        self._notice_stays = False

    def can(self, command: CommandType) -> bool | None:
        if not self.is_empty or command is NextKind:
            return True
        return True if command is LikePrevious and self.table.offered else None

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
        places = self.sheet.places
        return places[self.table.cursor.row].id if places else None

    @property
    def cursor_question(self) -> str | None:
        """Id of the current column's question."""
        return self.question.id if self.sheet.questions else None

    @property
    def question(self) -> Question:
        """The current column's question."""
        return self.sheet.questions[self.table.cursor.column]

    @property
    def is_inert(self) -> bool:
        """Whether the question of the current cell is not asked there."""
        return self.sheet.cell(*self.table.cursor).is_inert

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
        """Show what the session holds now; offer places when it has none."""
        former = former_places(session)
        key = key_now(self.app, LikePrevious)
        self.table.offered = f"{key} reprend {former.words}." if former else ""
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
        if sheet.places != self.sheet.places:
            self.table.chosen = None
        self.table.show_sheet(sheet)

    def inform(self, sentence: str, *, stays: bool = False) -> None:
        """Show what was done, or refused, until the next key; or past one move."""
        self._notice, self._notice_stays = sentence, stays
        self._show_status()

    def focus(self, scroll_visible: bool = True) -> "Grid":  # noqa: FBT001, FBT002 - Textual's signature
        """Give the focus to the cells."""
        self.table.focus(scroll_visible)
        return self

    def after(self, filled: Filled, sentence: str, *, stays: bool = False) -> None:
        """Show what a gesture did, and what it put out of sight."""
        self.refresh_from(self.session)
        if filled.replaced and len(filled.written) > 1:
            replaced = counted(
                filled.replaced, "réponse remplacée", "réponses remplacées"
            )
            sentence = f"{sentence.removesuffix('.')} · {replaced}"
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
        place = self.sheet.places[at.row]
        lines = expected_lines(question, self.read_so_far(self.table.text), width)
        before = self.before(place, question)
        current = current_line(question, self.sheet.cell(*at), before)
        rows, columns = self.table.rows_chosen, self.table.columns_chosen
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
        heading = heading_line(place.name, question, where, width)
        self.status.show([heading, *with_notice(lines, self._notice, current, width)])

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
                down, right = MOVES.get(key) or EXTENDS[key]
                there = self.table.inside(at.row + down, at.column + right)
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
        if read.is_answer:
            return self._record(read)
        self.inform(read.problem or f"« {read.text} » peut être : {read.words}")
        return False

    def forget_typed(self) -> None:
        """Drop what is being typed."""
        self._text("")

    def _type(self, character: str) -> None:
        question, at = self.question, self.table.cursor
        kind = TYPES[question.type]
        if character == _HELP and not (kind.is_text and self.table.text):
            self.app.post_message(Help())
            return
        if self.sheet.cell(*at).is_inert and self.table.chosen is None:
            self.inform(NOT_ASKED)
            return
        if not self.table.text and character == " ":
            return
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
        question, rows, known = self.question, self.table.rows_chosen, self.provenance
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
        is_known = read.state is State.KNOWN
        words = value_words(question, read.value) if is_known else STATES[read.state]
        saved = f"Enregistré, {where} : {words}"
        self.after(filled, saved, stays=True)
        if len(rows) > 1:
            self._go(past_column(self.sheet, rows, self.table.cursor.column))
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

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        if self.is_empty or not self.settle():
            return
        path = file_named(event.text)
        self.paste_text(event.text if path is None else file_text(path))

    def paste_text(self, text: str) -> None:
        """Fill cells from the cursor on; what was refused is shown, why by why."""
        filled = self._fill(paste, *self.table.cursor, text)
        if filled is None:
            return
        self.after(filled, _pasted(filled))
        if filled.refused:
            told = Counter(each.sentence for each in filled.refused)
            lines = [
                f"· {sentence}{f' ({many} cellules)' if many > 1 else ''}"
                for sentence, many in told.items()
            ]
            if left := lines[_SHOWN:]:
                lines[_SHOWN:] = [f"… et {counted(len(left), 'autre')}"]
            self.app.push_screen(Notice("\n".join(lines), _pasted(filled)))

    def _fill(self, gesture: Callable[..., Filled], *where: object) -> Filled | None:
        """Fill cells of the sheet by a gesture; what refuses it whole is shown."""
        try:
            return gesture(self.session, self.sheet, *where)
        except GestureError as error:
            self.inform(str(error))
            return None

    def on_like_previous(self) -> None:
        """Answer as in the row above, then go down; or take the audit's before."""
        if self.table.offered:
            former = take_places_again(self.session)
            self.refresh_from(self.session)
            self.screen.refresh_bindings()
            self.inform(f"Repris : {former.taken}. {self._undone_by}")
            self.post_answered(self.session.facts.root, "")
            return
        row, column = self.table.cursor
        if not self.settle() or not (filled := self._fill(like_previous, row)):
            return
        count = len(filled.written)
        above = self.sheet.places[row - 1].name
        words = "rien à reprendre."
        if count:
            words = f"{counted(count, 'réponse')} comme « {above} ». {self._undone_by}"
        here = self.sheet.places[row].name
        if row + 1 < len(self.sheet.places):
            self._go(At(row + 1, column))
        self.after(filled, f"« {here} » : {words}")

    def on_copy_down(self) -> None:
        """Copy down: the selection, the cell into the empty ones, or the one above."""
        if not self.settle():
            return
        at, rows = self.table.cursor, self.table.rows_chosen
        copied, moves_on = [*rows], False
        if len(rows) == 1 and self.sheet.cell(*at).heads:
            copied = [at.row, *empty_below(self.sheet, *at)]
        elif len(rows) == 1 and at.row:
            copied, moves_on = [at.row - 1, at.row], True
        elif len(rows) == 1:
            self.inform("Rien à recopier : pas de réponse ici, ni de ligne au-dessus.")
            return
        if not (filled := self._fill(copy_down, self.table.columns_chosen, copied)):
            return
        left = f", {len(filled.refused)} laissées" if filled.refused else ""
        words = counted(len(filled.written), "réponse recopiée", "réponses recopiées")
        undone = f" {self._undone_by}" if filled.written else ""
        self.after(filled, f"{words}{left}.{undone}")
        if moves_on and self.sheet.cell(*at).heads:
            self._go(next_empty(self.sheet, at, DOWN) or at)

    @property
    def _undone_by(self) -> str:
        return f"{key_now(self.app, TakeBack)} annule."

    def on_choose_column(self) -> None:
        if self.settle():
            last, column = len(self.sheet.places) - 1, self.table.cursor.column
            self._go(At(last, column), chosen=(At(0, column), At(last, column)))

    def on_clear_cells(self) -> None:
        self._text("")
        keys = [
            (self.sheet.places[row].id, self.sheet.questions[column].id)
            for row in self.table.rows_chosen
            for column in self.table.columns_chosen
        ]
        filled = clear(self.session, keys)
        count = len(filled.written)
        words = (
            f"{counted(count, 'réponse')} retirées" if count > 1 else "Réponse retirée"
        )
        done = f"{words}. {self._undone_by}" if count else "Rien à retirer."
        self.after(filled, done)

    def on_copy_cells(self) -> None:
        rows, columns = self.table.rows_chosen, self.table.columns_chosen
        self.app.copy_to_clipboard(as_block(self.sheet, rows, columns))
        self.inform(f"Copié : {len(rows)} × {len(columns)}, à coller dans un tableur.")

    def on_paste_file(self) -> None:
        question = "Fichier CSV à coller ici (avec ou sans ligne de titres)"
        self.ask(Ask(question, hint="chemin/du/fichier.csv"), self._file)

    def _file(self, path: str) -> None:
        if named := path_typed(path):
            try:
                self.paste_text(file_text(named))
            except DiagError as error:  # a dialog's answer comes past `Sturdy`
                self.app.post_message(Trouble(str(error)))

    def on_duplicate_place(self) -> None:
        if not self.settle():
            return
        row, column = self.table.cursor
        twin = duplicate(self.session, self.sheet.places[row])
        self.refresh_from(self.session)
        self._go(At(self.sheet.rows[twin.id], column))
        count = sum(place == twin.id for place, _ in self.session.facts.answers)
        key = key_now(self.app, ShowPlaces)
        self.inform(
            f"Ajouté : « {twin.name} », avec {counted(count, 'réponse')}. "
            f"{key} renomme."
        )
        self.post_answered(twin.id, "")

    def on_next_domain(self) -> None:
        if not self.settle():
            return
        kind, question = self.sheet.kind, self.cursor_question
        domains = ["", *(each for each, _ in domains_of(self.session, kind))]
        rank = (domains.index(self.sheet.domain) + 1) % len(domains)
        sheet = GridSheet(self.session, kind, domains[rank])
        self._change(sheet, sheet.columns.get(question or "", 0))

    def on_next_kind(self) -> None:
        if self.is_empty or self.settle():
            kinds = sheet_kinds(self.session)
            rank = (kinds.index(self.sheet.kind) + 1) % len(kinds)
            self._change(GridSheet(self.session, kinds[rank]), 0)

    def _change(self, sheet: GridSheet, column: int) -> None:
        self.table.chosen = None
        self.show(sheet)
        if not self.is_empty:
            self.table.place_cursor(At(self.table.cursor.row, column))
            self.post_message(
                self.Moved(self.cursor_place or "", self.cursor_question or "")
            )
        self._notice = ""
        self._show_status()

    def on_next_provenance(self) -> None:
        rank = (_PROVENANCES.index(self.provenance) + 1) % len(_PROVENANCES)
        self.provenance = _PROVENANCES[rank]
        self._show_status()

    def on_close_list(self) -> None:
        if not self.settle():
            return
        kind = self.sheet.kind
        if kind in self.session.facts.closed:
            key = key_now(self.app, TakeBack)
            self.inform(
                f"La liste est déjà close : {len(self.sheet.places)} "
                f"{PLACES[kind][1]}. {key} la rouvre si c'est votre dernier geste."
            )
            return
        sentence = closing_effect(self.session, kind).sentence
        self.ask(Confirm(sentence, yes="Confirmer"), self._close)

    def _close(self, _: object) -> None:
        closing = close_list(self.session, self.sheet.kind)
        self.refresh_from(self.session)
        self.inform(closing.sentence)
        self.post_answered(self.session.facts.root, "")


def _pasted(filled: Filled) -> str:
    pasted = f"Collé : {counted(len(filled.written), 'réponse')}"
    if not filled.refused:
        return pasted
    refused = counted(len(filled.refused), "cellule refusée", "cellules refusées")
    return f"{pasted}, {refused}"
