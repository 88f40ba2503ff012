"""What one does to decisions, to operations, to variants; the programme adopted."""

from functools import partial

from textual import on, work
from textual.message import Message

from diag.journal import subjects
from diag.model.enums import FollowUpState, Outcome
from diag.programme import adopting, replay, setting
from diag.programme.assembling import Board
from diag.programme.container import Container
from diag.programme.operations import Contenders
from diag.programme.replay import WhatIf
from diag.programme.words import adopting_words, body_words, theme_words, what_if_words
from diag.tui.dialogs import ChooseDialog, Confirm, Field, ListChoice, Notice
from diag.tui.programme.faces import ProgrammeFaces
from diag.tui.programme.forms import (
    FollowForm,
    LockForm,
    ProgrammeForm,
    VariantForm,
)
from diag.tui.programme.lines import (
    BASE,
    VariantFigures,
    decision_text,
    differences,
    figures_of,
    name_body,
)
from diag.tui.programme.years import YearsView
from diag.words.dates import day_typed, describe_day
from diag.words.vocabulary import FOLLOW_UPS, OUTCOMES


class DecisionForm(ProgrammeForm):
    """Asks what a body decided, when, of what; gives the id of the decision."""

    def __init__(self, container: Container, body: str, title: str) -> None:
        super().__init__(title)
        self._container, self._body = container, body

    def options(self) -> tuple[tuple[str, str], ...]:
        is_advice = self._body == adopting.PILOTAGE
        return tuple(
            (str(one), OUTCOMES[one])
            for one in Outcome
            if (one is Outcome.AVIS) is is_advice
        )

    def fields(self) -> tuple[Field, ...]:
        today = self._container.workspace.world.today()
        return (
            Field("on", "Jour", f"{today:%d/%m/%Y}", "31/01/2027"),
            Field("ref", "Délibération n°", "", "D-12"),
            Field("about", "Sur quoi", "", "le programme, les enveloppes…"),
            Field("votes", "Votes", "", "14 pour, 1 abstention"),
            Field("why", "Remarque"),
        )

    def keep(self) -> str:
        """Write it.

        Raises:
            DiagError: a day that is none or to come.
        """
        names = ("ref", "about", "votes", "why")
        details = {name: self.value(name).strip() for name in names}
        return adopting.decide(
            self._container,
            self._body,
            Outcome(self.chosen),
            day_typed(self.value("on"), until=self._container.workspace.world.today()),
            **{name: text for name, text in details.items() if text},
        )


class DecisionActs(ProgrammeFaces):
    """What one does with what bodies decided."""

    def on_see_decision(self) -> None:
        if self.container and self.board and self.key:
            words = decision_text(self.container, self.board, self.key)
            self.app.push_screen(Notice("\n".join(words), "Décision"))

    @work
    async def on_note_decision(self) -> None:
        container, board = self.container, self.board
        if container is None:
            return
        own = str(container.audit.subject)
        communes = board.gathered.communes if board else {}
        bodies = (
            *(own, adopting.PILOTAGE),
            *(f"commune:{insee}" for insee in communes),
        )
        words = {one: name_body(container, board, one) for one in bodies}
        choices = [ListChoice(one, name) for one, name in words.items()]
        chosen = await self.app.push_screen_wait(
            ChooseDialog("Quelle instance ?", choices)
        )
        if chosen is not None:
            form = DecisionForm(container, chosen, words[chosen])
            if await self.app.push_screen_wait(form):
                self.call_later(self.read)

    @work
    async def on_adopt_programme(self) -> None:
        board, decision = self.board, self.key
        if board is None or self.busy:
            self.diag.inform("Le calcul n'est pas fini : arrêtez ce que vous voyez.")
            return
        found = adopting.adopting(board, decision)
        said = board.record.decisions[decision]
        head = body_words(board, said), describe_day(said.on), said.ref, said.about
        words = "\n".join((
            ", ".join(filter(None, head)),
            *adopting_words(board, found),
        ))
        asked = Confirm(f"{words}\n\nArrêter ?", yes="Arrêter", grave=True)
        if await self.app.push_screen_wait(asked):
            self.call_later(self._adopt, found)

    def _adopt(self, found: adopting.Adopting) -> None:
        self.keep(*found.drafts)
        self.diag.inform("Arrêté.")


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


class Compared(Message):
    """Variants were worked out, beside a board."""

    def __init__(self, board: Board, figures: dict[str, VariantFigures]) -> None:
        super().__init__()
        self.board, self.figures = board, figures


class VariantActs(ProgrammeFaces):
    """What one does to variants."""

    def __init__(self) -> None:
        super().__init__()
        self._comparing: Board | None = None
        """The board that variants were set beside last."""

    def compare_soon(self) -> None:
        """Work variants out, unless they are: a second or two each at most."""
        board = self.board
        is_new = board is not None and board is not self._comparing
        if board and self.container and self._found and is_new:
            self._comparing = board
            self._compare(self.container, self._found, board)

    @work(thread=True, exclusive=True, group="compare")
    def _compare(self, container: Container, found: Contenders, board: Board) -> None:
        self.post_message(Compared(board, figures_of(container, found, board)))

    @on(Compared)
    def _show_compared(self, event: Compared) -> None:
        if event.board is self.board:
            self.figures = event.figures
            self.show_all()

    def on_retain_variant(self) -> None:
        """Work in the variant: the other faces, and what is typed, follow it."""
        chosen = "" if self.key == BASE else self.key
        if chosen != self.variant:
            self.variant = chosen
            self.replay()
        self.show_face("years")

    def on_see_differences(self) -> None:
        found, base = self.figures.get(self.key), self.figures.get(BASE)
        if self.container and found and base:
            words = differences(self.key, found, base.board)
            name = self.container.record().variants[self.key].name
            self.app.push_screen(Notice("\n".join(words), name))

    def on_new_variant(self) -> None:
        if self.container:
            self.app.push_screen(VariantForm(self.container, self.keep_own))

    def on_copy_variant(self) -> None:
        if self.container:
            copied = self.container.record().variants[self.key]
            form = VariantForm(self.container, self.keep_own, copied)
            self.app.push_screen(form)

    @work
    async def on_drop_variant(self) -> None:
        assert self.container is not None
        ident = self.key
        name = self.container.record().variants[ident].name
        asked = Confirm(f"Écarter la variante « {name} » ?", yes="Écarter", grave=True)
        if await self.app.push_screen_wait(asked):
            subject = subjects.programme(subjects.VARIANTS, ident)
            self.call_later(self.keep_own, {subject: None})
