"""Decisions: noted, read; the programme adopted by one."""

from textual import work

from diag.programme import adopting
from diag.programme.words import adopting_words
from diag.tui.dialogs import ChooseDialog, Confirm, ListChoice, Notice
from diag.tui.programme import decisions
from diag.tui.programme.faces import ProgrammeFaces
from diag.tui.programme.forms import (
    DecisionForm,
)


class DecisionActs(ProgrammeFaces):
    """What one does with what bodies said."""

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
        words = "\n".join(adopting_words(board, found))
        asked = Confirm(f"{words}\n\nArrêter ?", yes="Arrêter", grave=True)
        if await self.app.push_screen_wait(asked):
            self.call_later(self._adopt, found)

    def _adopt(self, found: adopting.Adopting) -> None:
        self.keep(*found.drafts)
        self.diag.inform("Arrêté.")
