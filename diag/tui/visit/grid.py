"""The grille: rooms × questions, the second face of the fiche.

Gestures over many cells; each is one durable commit, and one step of undo.
"""

from collections.abc import Callable

from textual import events

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
    like_previous,
    paste,
    sheet_kinds,
)
from diag.audit.memory import former_places, take_places_again
from diag.audit.photos import path_typed
from diag.audit.places import close_list, closing_effect
from diag.audit.session import AuditSession
from diag.model.enums import Provenance
from diag.model.errors import DiagError
from diag.tui.commands import CommandType, ShowPlaces, TakeBack, Trouble, key_now
from diag.tui.dialogs import Ask, Confirm, Notice
from diag.tui.visit.commands import LikePrevious, NextKind
from diag.tui.visit.grid_entry import DOWN, GridEntry, next_empty
from diag.tui.visit.grid_table import At
from diag.words.sentences import counted
from diag.words.vocabulary import PLACES

_PROVENANCES = (None, Provenance.OBSERVED, Provenance.DECLARED, Provenance.MEASURED)
_SHOWN = 200  # refusals that one reads; more is a wrong paste


class Grid(GridEntry):
    """Rooms × questions, with what a spreadsheet does to them."""

    def can(self, command: CommandType) -> bool | None:
        if not self.is_empty or command is NextKind:
            return True
        return True if command is LikePrevious and self.table.offered else None

    def refresh_from(self, session: AuditSession) -> None:
        """Show what the session holds now; offer places when it has none."""
        former = former_places(session)
        key = key_now(self.app, LikePrevious)
        self.table.offered = f"{key} reprend {former.words}." if former else ""
        super().refresh_from(session)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        if self.is_empty or not self.settle():
            return
        path = file_named(event.text)
        self.paste_text(event.text if path is None else file_text(path))

    def paste_text(self, text: str) -> None:
        """Fill cells from the cursor on; what was refused is shown, cell by cell."""
        filled = self._fill(paste, *self.table.cursor, text)
        if filled is None:
            return
        self.after(filled, _pasted(filled))
        if filled.refused:
            sentences = [f"· {each.sentence}" for each in filled.refused[:_SHOWN]]
            self.app.push_screen(Notice("\n".join(sentences), _pasted(filled)))

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
        at, columns, rows = self.table.cursor, self.columns_chosen(), self.rows_chosen()
        copied, moves_on = [*rows], False
        if len(rows) == 1 and self.sheet.cell(*at).heads:
            copied = [at.row, *empty_below(self.sheet, *at)]
        elif len(rows) == 1 and at.row:
            copied, moves_on = [at.row - 1, at.row], True
        elif len(rows) == 1:
            self.inform("Rien à recopier : pas de réponse ici, ni de ligne au-dessus.")
            return
        if not (filled := self._fill(copy_down, columns, copied)):
            return
        left = f", {len(filled.refused)} laissées" if filled.refused else ""
        words = counted(len(filled.written), "réponse recopiée", "réponses recopiées")
        self.after(filled, f"{words}{left}. {self._undone_by}")
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
            for row in self.rows_chosen()
            for column in self.columns_chosen()
        ]
        filled = clear(self.session, keys)
        count = len(filled.written)
        words = (
            f"{counted(count, 'réponse')} retirées" if count > 1 else "Réponse retirée"
        )
        done = f"{words}. {self._undone_by}" if count else "Rien à retirer."
        self.after(filled, done)

    def on_copy_cells(self) -> None:
        rows, columns = self.rows_chosen(), self.columns_chosen()
        self.app.copy_to_clipboard(as_block(self.sheet, rows, columns))
        self.inform(f"Copié : {len(rows)} × {len(columns)}, à coller dans un tableur.")

    def on_paste_file(self) -> None:
        question = "Fichier CSV à coller ici (avec ou sans ligne de titres)"
        self.app.push_screen(Ask(question, hint="chemin/du/fichier.csv"), self._file)

    def _file(self, path: str | None) -> None:
        if path and (named := path_typed(path)):
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
        asked = Confirm(sentence, yes="Confirmer")
        self.app.push_screen(asked, self._close_if_sure)

    def _close_if_sure(self, sure: bool | None) -> None:  # noqa: FBT001 - what a dialog gives
        if sure:
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
