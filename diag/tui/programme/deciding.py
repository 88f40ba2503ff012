"""Decisions: noted, read; the programme adopted by one."""

from textual import work

from diag.model.enums import Outcome
from diag.programme import adopting
from diag.programme.container import Container
from diag.programme.words import adopting_words, body_words
from diag.tui.dialogs import ChooseDialog, Confirm, Field, ListChoice, Notice
from diag.tui.programme import decisions
from diag.tui.programme.faces import ProgrammeFaces
from diag.tui.programme.forms import ProgrammeForm
from diag.words.dates import day_typed, describe_day
from diag.words.vocabulary import OUTCOMES


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
            day_typed(self.value("on")),
            **{name: text for name, text in details.items() if text},
        )


class DecisionActs(ProgrammeFaces):
    """What one does with what bodies decided."""

    def on_see_decision(self) -> None:
        if self.container and self.board and self.key:
            words = decisions.decision_text(self.container, self.board, self.key)
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
        words = {one: decisions.body_words(container, board, one) for one in bodies}
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
