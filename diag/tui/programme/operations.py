"""Operations: why each is there, what would move it, its lock, what follows it."""

import asyncio

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import OptionList

from diag.journal import subjects
from diag.model.enums import FollowUpState
from diag.model.errors import DiagError
from diag.model.programme import OUT
from diag.programme import adopting, setting
from diag.programme.assembling import Board
from diag.programme.placing import WhatIf, what_if
from diag.programme.setting import lock_effect, lock_words
from diag.programme.words import theme_words, what_if_words
from diag.tui.commands import Command
from diag.tui.dialogs import ChooseDialog, Confirm, Field, ListChoice, Notice
from diag.tui.programme.replaying import ACT, Keep, ProgrammeForm, ProgrammeWork
from diag.tui.text import Sentence
from diag.words.dates import day_typed
from diag.words.vocabulary import FOLLOW_UPS


class SeeWhy(Command, keys="enter", title="Pourquoi", group=ACT, footer=True):
    """Dire pourquoi l'opération est là : sa raison, ce qu'elle attend, qui paie."""


class AskWhatIf(Command, keys="q", title="Que faudrait-il", group=ACT, footer=True):
    """Dire la somme qui manque pour une année, en refaisant le programme avec elle."""


class LockYear(Command, keys="v", title="Verrou", group=ACT, footer=True):
    """Imposer une année, ou aucune, avec un motif ; l'effet se voit avant d'écrire."""


class AdvanceOperation(Command, keys="s", title="Suite", group=ACT):
    """Noter la suite : financée, commandée à son prix, faite, vérifiée, écartée."""


class FreeMoney(Command, title="Libérer la somme", group=ACT):
    """Retirer la somme réservée à l'opération : elle reprend son tour."""


class SeeAudit(Command, keys="b", title="Bilan", group=ACT):
    """Ouvrir le bilan de l'école, sur la préconisation d'où vient l'opération."""


OPERATION_COMMANDS = (
    SeeWhy,
    AskWhatIf,
    LockYear,
    AdvanceOperation,
    FreeMoney,
    SeeAudit,
)
"""What one does to an operation, in the order of the help."""

_FREE = "libre"
"""Choice beside the years: no lock."""


class LockForm(ProgrammeForm):
    """Asks which year is imposed, by whom, why; its effect is seen first."""

    def __init__(self, board: Board, operation: str, keep: Keep) -> None:
        super().__init__(f"Verrou : {board.named(operation).title}")
        self._board, self._operation, self._keep = board, operation, keep
        self._locks = setting.locks_of(board, operation)
        self._lock = board.record.locks[self._locks[0]] if self._locks else None

    def options(self) -> tuple[tuple[str, str], ...]:
        years = ((str(one), f"imposer {one}") for one in self._board.programme.years)
        free = ((_FREE, "retirer le verrou : à son tour"),) if self._lock else ()
        return (*free, *years, (OUT, "laisser hors programme"))

    def chosen_first(self) -> str:
        if self._lock:
            return str(self._lock.year)
        year = self._board.schedule.years.get(self._operation)
        return str(year or self._board.programme.years[0])

    def fields(self) -> tuple[Field, ...]:
        by, why = (self._lock.by, self._lock.why) if self._lock else ("", "")
        return (
            Field("by", "Imposé par", by, "le maire, le comité de pilotage…"),
            Field("why", "Motif", why, "les communes le liront"),
        )

    def below(self) -> ComposeResult:
        yield Sentence("", id="effect", classes="below")

    @on(OptionList.OptionHighlighted)
    @work(exclusive=True, group="price")
    async def _stands(self) -> None:
        """Show what the choice would move, worked out aside."""
        board, operation, chosen = self._board, self._operation, self.chosen
        effect = self.query_one("#effect", Sentence)
        effect.show("Effet : calcul…")
        if chosen == _FREE:
            words = "Le programme se refera sans ce verrou."
        else:
            try:
                year = _year(chosen)
                found = await asyncio.to_thread(lock_effect, board, operation, year)
            except DiagError as error:
                words = str(error)
            else:
                words = "\n".join(lock_words(board, operation, found))
        effect.show(words)

    def keep(self) -> str:
        """Write the lock, or take it away.

        Raises:
            DiagError: nobody imposes it, no reason is given, or it is decided.
        """
        subject = setting.lock_subject(self._operation)
        if self.chosen == _FREE:
            self._keep({setting.lock_subject(one): None for one in self._locks})
            return subject
        lock_effect(self._board, self._operation, _year(self.chosen))
        value = setting.lock_of(_year(self.chosen), self.value("by"), self.value("why"))
        self._keep({subject: value})
        return subject


_AFTER = (
    FollowUpState.FINANCEE,
    FollowUpState.COMMANDEE,
    FollowUpState.FAITE,
    FollowUpState.VERIFIEE,
    FollowUpState.ECARTEE,
)
"""What follows a decision, in order."""


class FollowForm(ProgrammeForm):
    """Asks what became of an operation, when, at which price; gives the state."""

    def __init__(self, board: Board, operation: str) -> None:
        super().__init__(f"Suite : {board.named(operation).title}")
        self._board, self._operation = board, operation
        candidate = board.gathered.candidates.get(operation)
        self._step = candidate.step if candidate else None

    def options(self) -> tuple[tuple[str, str], ...]:
        return tuple((str(one), FOLLOW_UPS[one]) for one in _AFTER)

    def chosen_first(self) -> str:
        """Return the step that comes next, as a rule."""
        last = self._step.state if self._step else None
        at = _AFTER.index(last) + 1 if last in _AFTER else 0
        return str(_AFTER[min(at, len(_AFTER) - 1)])

    def fields(self) -> tuple[Field, ...]:
        today = self._board.container.workspace.world.today()
        return (
            Field("on", "Jour", f"{today:%d/%m/%Y}", "31/01/2027"),
            Field("price", "Prix réel TTC", "", "d'une commande, et d'elle seule"),
            Field("why", "Pourquoi", "", "obligatoire pour écarter"),
        )

    def keep(self) -> str:
        """Write it in the audit of the school, for all actions of the operation.

        Raises:
            DiagError: a day or a price that is none, or what the step needs.
        """
        price = self.value("price").strip()
        today = self._board.container.workspace.world.today()
        adopting.advance(
            self._board,
            self._operation,
            FollowUpState(self.chosen),
            day_typed(self.value("on"), until=today),
            cents=setting.cents_typed(price) if price else 0,
            why=self.value("why").strip(),
        )
        return self.chosen


def _year(chosen: str) -> int | None:
    return None if chosen == OUT else int(chosen)


class OperationActs(ProgrammeWork):
    """What one does to the operation under the cursor."""

    @work
    async def on_see_why(self) -> None:
        """Have all there is to know of the operation read."""
        view, operation = self.view, self.operation
        if view and operation:
            # A theme's weight is explained by a replay without it.
            weight = await asyncio.to_thread(theme_words, view.board, operation)
            words = [one.text.plain for one in view.detail(operation)]
            words += ["", weight] if weight else []
            self.app.push_screen(Notice("\n".join(words), "Pourquoi"))
        elif view and self.key:
            self.app.push_screen(Notice(view.below(self.key), "Pourquoi"))

    @work
    async def on_ask_what_if(self) -> None:
        """Have the money that would suffice read; it may be kept from there."""
        board, name = self.board, self.operation
        if board is None or not name:
            return
        placed = board.schedule.years.get(name, board.programme.years[-1] + 1)
        asked = [year for year in board.programme.years if year < placed]
        if not asked:
            self.diag.inform("Elle est déjà inscrite au premier budget.")
            return
        choices = [ListChoice(str(year), f"budget {year}") for year in asked]
        operation = board.named(name).title
        chosen = await self.app.push_screen_wait(
            ChooseDialog(f"{operation} : que faudrait-il, pour quel budget ?", choices)
        )
        if chosen is None:
            return
        found = await asyncio.to_thread(
            what_if, board.programme, board.schedule, name, int(chosen)
        )
        title = f"Que faudrait-il pour {chosen} ?"
        words = "\n".join((operation, "", *what_if_words(board, found)))
        if not found.lands or not found.money:
            self.app.push_screen(Notice(words, title))
            return
        reserving = (
            f"{title} {words}\n\nRéserver ? Ce serait de l'argent en plus des "
            "enveloppes, pour cette seule opération."
        )
        question = Confirm(reserving, yes="Réserver", no="Fermer", grave=True)
        if await self.app.push_screen_wait(question):
            self.call_later(self._reserve, found)

    def _reserve(self, found: WhatIf) -> None:
        if self.container is None:
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
