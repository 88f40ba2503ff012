"""Typing in a grid, and moving through it, as in a spreadsheet."""

from textual import events, on

from diag.desk.visit.answers import DoubtError, Entry
from diag.desk.visit.completing import (
    Typed,
    completed,
    is_refused_at_once,
    plain_refusal,
)
from diag.desk.visit.entry import RefusedEntryError, doubt_about
from diag.desk.visit.filling import Filled, Key, fill
from diag.desk.visit.sheet import STATE_WORDS
from diag.model.checklist import Question
from diag.model.enums import Provenance, QuestionType, State
from diag.reports.answers import value_words
from diag.tui.commands import CommandType, Help, chosen_keys, key_now
from diag.tui.widgets.grid_commands import GRID_COMMANDS, NextRight
from diag.tui.widgets.grid_face import GridFace
from diag.tui.widgets.grid_moves import (
    DOWN,
    EXTENDS,
    MOVES,
    NEXTS,
    RIGHT,
    beside,
    following,
    next_empty,
    past_column,
)
from diag.tui.widgets.grid_table import At, Table
from diag.words.vocabulary import PLACES

_HELP = "?"
_ENDS = {
    DOWN: "Rien d'autre à remplir en dessous : {right} passe à droite.",
    RIGHT: "Rien d'autre à remplir ensuite.",
}
"""What is said where one cannot go on; nothing of going back."""


class GridEntry(GridFace):
    """A grid that one types in; an answer that says it all is recorded at once."""

    _doubted = ""

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
        command = self._command(key)
        if command is not None:
            if self.can(command):
                getattr(self, command.handler())()
            return True
        if self.is_empty:
            return False
        if key in MOVES:
            self._move(MOVES[key])
        elif key in EXTENDS:
            self._extend(EXTENDS[key])
        elif key in NEXTS:
            self._next(NEXTS[key])
        elif key == "backspace":
            self._text(self.table.text[:-1])
        elif key == "escape":
            return self._abandon()
        elif character and event.is_printable:
            self._type(character)
        else:
            return False
        return True

    def _command(self, key: str) -> CommandType | None:
        chosen = chosen_keys(self.app)
        return next((one for one in GRID_COMMANDS if key in one.keys_in(chosen)), None)

    @property
    def _is_in_text(self) -> bool:
        return self.question.type is QuestionType.TEXT and bool(self.table.text)

    def on_next_below(self) -> None:
        """Record, and go down."""
        self._next(DOWN)

    def on_next_right(self) -> None:
        """Record, and go right."""
        self._next(RIGHT)

    def _move(self, step: tuple[int, int]) -> None:
        """Move, what was typed recorded first."""
        if self.settle():
            self._go(beside(self.sheet, self.table.cursor, step))

    def _extend(self, step: tuple[int, int]) -> None:
        """Extend the selection."""
        if self.settle():
            anchor = self.table.chosen[0] if self.table.chosen else self.table.cursor
            there = beside(self.sheet, self.table.cursor, step)
            self._go(there, chosen=(anchor, there))

    def _next(self, step: tuple[int, int]) -> None:
        """Record, and go to the next cell that is asked in that direction."""
        self.step = DOWN if step[0] else RIGHT
        at, typed = self.table.cursor, bool(self.table.text)
        if self.settle() and self.table.cursor == at:
            there = following(self.sheet, at, step)
            self._go_on(there, step, self._said if typed else "")

    def _go_on(self, there: At | None, step: tuple[int, int], done: str) -> None:
        """Go there, or stay and say, after what was done, that nothing is left."""
        if there is not None:
            self._go(there)
            return
        end = _ENDS.get(step, "").format(right=key_now(self.app, NextRight))
        self.say(f"{done}. {end}" if done else end)

    def _abandon(self) -> bool:
        """Forget what is typed, else the selection; else Escape is the screen's."""
        if self.table.text:
            self._text("")
        elif self.table.chosen:
            self._go(self.table.cursor)
        else:
            return False
        return True

    @on(Table.Pointed)
    def _pointed(self, event: Table.Pointed) -> None:
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
        read = completed(self.question, self.table.text)
        if not read.is_answer:
            problem = read.problem or f"« {read.text} » peut être : {read.words}"
            self.say(problem)
            return False
        return self._record(read)

    def forget_typed(self) -> None:
        """Drop what is being typed."""
        self._text("")

    def _type(self, character: str) -> None:
        if character == _HELP and not self._is_in_text:
            self.app.post_message(Help())
            return
        at = self.table.cursor
        if self.sheet.cell(*at).is_inert and self.table.chosen is None:
            self.say("Rien à répondre : la question ne se pose pas ici.")
            return
        if not self.table.text and character == " ":
            return
        read = completed(self.question, self.table.text + character)
        if is_refused_at_once(self.question, read):
            self.say(read.problem)
            return
        self._text(read.text)
        if read.is_complete and self._record(read) and self.table.cursor == at:
            there = next_empty(self.sheet, at, self.step)
            self._go_on(there, self.step, self._said)

    def _record(self, read: Typed) -> bool:
        """Write what was typed in the cell, or in every row of the selection."""
        question, rows = self.question, self.rows_chosen()
        keys: list[Key] = [(self.sheet.places[row].id, question.id) for row in rows]
        entry = Entry(
            question.id,
            read.value,
            state=read.state,
            provenance=self._provenance_for(question),
            sure=self._doubted == read.text,
        )
        try:
            filled = fill(self.session, self.sheet, keys, entry)
        except DoubtError:
            self._doubted = read.text
            doubt = doubt_about(question, read.value)
            self.say(f"{doubt}. Entrée à nouveau pour confirmer.")
            return False
        except RefusedEntryError as error:
            self.say(plain_refusal(question, error))
            return False
        self._text("")
        self._recorded(filled, read, rows)
        return True

    def _recorded(self, filled: Filled, read: Typed, rows: range) -> None:
        place = self.sheet.places[rows[0]].name
        count = len(filled.written)
        where = place if len(rows) == 1 else f"{count} {PLACES[self.sheet.kind][1]}"
        self.after(filled, f"Enregistré, {where} : {said_words(self.question, read)}")
        if len(rows) > 1:
            self._go(past_column(self.sheet, rows, self.table.cursor.column))

    def _provenance_for(self, question: Question) -> Provenance | None:
        return self.provenance if self.provenance in question.provenance else None

    def _text(self, text: str) -> None:
        """Show what is being typed."""
        self._doubted = self._doubted if text == self._doubted else ""
        if text != self.table.text:
            self.table.text = text
            self._said = ""
            self.table.draw_rows([self.table.cursor.row])
            self._tell()


def said_words(question: Question, read: Typed) -> str:
    """Return what was recorded, as a reader expects it."""
    if read.state is State.KNOWN:
        return value_words(question, read.value)
    return STATE_WORDS[read.state]
