"""What one asks of an operation, and imposes on it."""

from functools import partial

from textual import on, work
from textual.message import Message

from diag.journal import subjects
from diag.model.enums import FollowUpState
from diag.programme import adopting, replay, setting
from diag.programme.assembling import Board
from diag.programme.replay import WhatIf
from diag.programme.words import theme_words, what_if_words
from diag.tui.dialogs import ChooseDialog, Confirm, ListChoice, Notice
from diag.tui.programme.faces import ProgrammeFaces
from diag.tui.programme.forms import (
    FollowForm,
    LockForm,
)
from diag.tui.programme.years import YearsView
from diag.words.vocabulary import FOLLOW_UPS


class Answered(Message):
    """What would be needed for a year was worked out."""

    def __init__(
        self, title: str, words: tuple[str, ...], found: WhatIf | None = None
    ) -> None:
        super().__init__()
        self.title, self.words, self.found = title, words, found


class OperationActs(ProgrammeFaces):
    """What one does to the operation under the cursor."""

    def on_see_why(self) -> None:
        """Give all there is to know of the operation, to be read."""
        if self.view and self.operation:
            self._explain(self.view, self.operation)
        elif self.view and self.key:
            self.app.push_screen(Notice(self.view.below(self.key), "Pourquoi"))

    @work(thread=True, exclusive=True, group="what-if")
    def _explain(self, view: YearsView, operation: str) -> None:
        """A theme's weight is explained by a replay without it."""
        words = (one.text.plain for one in view.detail(operation))
        weight = theme_words(view.board, operation)
        more = ("", weight) if weight else ()
        self.post_message(Answered("Pourquoi", (*words, *more)))

    @work
    async def on_ask_what_if(self) -> None:
        board, name = self.board, self.operation
        if board is None or not name:
            return
        placed = board.schedule.years.get(name, board.programme.years[-1] + 1)
        asked = [year for year in board.programme.years if year < placed]
        if not asked:
            self.diag.inform("Elle est déjà inscrite au premier budget.")
            return
        choices = [ListChoice(str(year), f"budget {year}") for year in asked]
        title = board.named(name).title
        chosen = await self.app.push_screen_wait(
            ChooseDialog(f"{title} : que faudrait-il, pour quel budget ?", choices)
        )
        if chosen is not None:
            self._what_if(board, name, int(chosen))

    @work(thread=True, exclusive=True, group="what-if")
    def _what_if(self, board: Board, name: str, year: int) -> None:
        found = replay.what_if(board.programme, board.schedule, name, year)
        title = f"Que faudrait-il pour {year} ?"
        words = (board.named(name).title, "", *what_if_words(board, found))
        self.post_message(Answered(title, words, found if found.lands else None))

    @on(Answered)
    def _show_answer(self, event: Answered) -> None:
        """Have the answer read; money that would suffice may be kept from there."""
        words, found = "\n".join(event.words), event.found
        if found is None or not found.money:
            self.app.push_screen(Notice(words, event.title))
            return
        asked = (
            f"{event.title} {words}\n\nRéserver ? Ce serait de l'argent en plus des "
            "enveloppes, pour cette seule opération."
        )
        question = Confirm(asked, yes="Réserver", no="Fermer", grave=True)
        self.app.push_screen(question, partial(self._reserve, found))

    def _reserve(self, found: WhatIf, confirmed: bool | None) -> None:  # noqa: FBT001 - Textual's
        if not confirmed or self.container is None:
            return
        container = self.container
        self.keep_changes({
            subjects.programme(subjects.EARMARKS, container.fresh()): setting.kept_for(
                container,
                one.operation,
                one.purse.payer,
                one.year,
                one.cents,
                section=str(one.purse.section),
                why=f"ce qu'il faut pour {found.year}",
            )
            for one in found.money
        })

    def on_free_money(self) -> None:
        """Take away what is kept for the operation: it goes back to its turn."""
        if self.board and self.operation:
            kept = self.board.record.earmarks.items()
            own = [one for one, money in kept if money.operation == self.operation]
            if not own:
                self.diag.inform("Aucune somme n'est réservée à cette opération.")
                return
            self.keep_changes({
                subjects.programme(subjects.EARMARKS, one): None for one in own
            })

    def on_lock_year(self) -> None:
        if self.board and self.operation:
            form = LockForm(self.board, self.operation, self.keep_changes)
            self.app.push_screen(form)

    def on_advance_operation(self) -> None:
        """Ask for the next step; it is kept in the audit of the school."""
        board, name = self.board, self.operation
        if board is None or self.container is None or not name:
            return

        def noted(state: str | None) -> None:
            if state:
                self.read()
                words = FOLLOW_UPS[FollowUpState(state)]
                self.diag.inform(f"Noté : {board.named(name).title}, {words}.")

        if name in board.gathered.candidates:
            self.app.push_screen(FollowForm(board, name), noted)
        else:
            self.diag.inform(
                "Une opération partagée n'a pas d'audit où noter sa suite."
            )

    def on_see_audit(self) -> None:
        """Show the bilan of the school over this, which one comes back to."""
        if self.board is None or self.container is None:
            return
        candidate = self.board.gathered.candidates.get(self.operation)
        if candidate is None:
            self.diag.inform("Une opération partagée ne vient d'aucun audit.")
            return
        campaign = adopting.session_of(self.container, candidate).audit.campaign
        self.diag.desk.choose(candidate.school, campaign)
        self.diag.look_at_bilan(candidate.school, candidate.actions[0])
