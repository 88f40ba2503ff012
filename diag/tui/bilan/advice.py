"""What one does to a recommendation or a vote: follow it up, reword, order, decide."""

from collections.abc import Container

from textual import work

from diag.assess.plan import Action
from diag.audit import advising, voting
from diag.audit.discretion import question_of, slips_typed
from diag.audit.follow import add_step
from diag.audit.memory import own_here
from diag.model.audit import FollowUp
from diag.model.enums import FollowUpState
from diag.model.votes import Vote, VoteHand
from diag.tui.bilan.commands import (
    ON_ADVICE,
    FollowUpCommand,
    OpenWritten,
    SetAside,
)
from diag.tui.bilan.faces import BilanFaces
from diag.tui.commands import (
    CommandType,
    ShowPlaces,
    Undo,
    key_now,
)
from diag.tui.dialogs import Confirm
from diag.tui.follow import (
    WHOLE_VOTE,
    DecisionDialog,
    FollowUpDialog,
    OwnAdviceDialog,
    VoteDialog,
)
from diag.tui.reword import RewordScreen
from diag.words.sentences import counted


class BilanAdvice(BilanFaces):
    """A bilan whose recommendations are followed up, reworded, ordered and voted."""

    _council = ""
    """Day of the last decision typed here: a council decides several votes at once."""

    def can(self, command: CommandType) -> bool | None:
        if command in ON_ADVICE and not (self.is_mounted and self.advice):
            is_asked = command is FollowUpCommand and self.face == "counsel"
            return True if is_asked else None
        if command is ShowPlaces:
            return self.session.about.school is not None
        if command is OpenWritten and not self.written:
            return None
        return True

    def go_to_advice(self, ident: str) -> None:
        """Put the cursor on a recommendation."""
        self._show_face("counsel")
        self._outline("counsel").go_to(f"rec/{ident}")

    def on_go_advice(self) -> None:
        named = {
            part for key in self._outline(self.face).path for part in key.split("/")
        }
        for action in self.report.plan:
            if _cures(action, named):
                self.go_to_advice(action.id)
                return
        self.diag.inform("Aucune préconisation ne corrige cette ligne.")

    def on_follow_up_command(self) -> None:
        if self.vote:
            self._ask_decision(voting.frozen_vote(self.session, self.vote))
        elif not self.advice:
            self.diag.inform(
                "Rien à suivre sur cette ligne : la suite se note sur une "
                "préconisation ou sur un vote."
            )
        else:
            self._ask_step(FollowUpState.DECIDEE)

    @work
    async def _ask_decision(self, vote: Vote) -> None:
        day = self._council or f"{self.session.workspace.world.today():%d/%m/%Y}"
        form = DecisionDialog(self.session, vote, day)
        if given := await self.app.push_screen_wait(form):
            self._council = given
            self.show_all()
            key = key_now(self.app, Undo)
            words = f"Décision du {given} notée pour tout le vote"
            self.diag.inform(f"{words} ; {key} y revient.")

    def on_set_aside(self) -> None:
        self._ask_step(FollowUpState.ECARTEE)

    @work
    async def _ask_step(self, state: FollowUpState) -> None:
        ident = self.advice
        title = self._title_of(ident)
        today = self.session.workspace.world.today()
        step = FollowUp(recommendation=ident, state=state, on=today.isoformat())
        frozen = self.report.frozen
        votes = (one for one in frozen.votes if ident in one.actions) if frozen else ()
        vote = next(iter(votes), None)
        kept = await self.app.push_screen_wait(
            FollowUpDialog(
                title, step, lambda words: add_step(self.session, words), vote
            )
        )
        if vote and kept == WHOLE_VOTE:
            self._ask_decision(vote)
        elif kept:
            self.show_all()
            self.diag.inform("Suite enregistrée.")

    def _title_of(self, ident: str) -> str:
        report = self.report
        action = report.plan.action(ident)
        return report.title(action) if action else ident

    def on_reword(self) -> None:
        self.app.push_screen(RewordScreen(self.session, self.advice))

    @work
    async def on_handle_vote(self) -> None:
        session, ident = self.session, self.advice
        dialog = VoteDialog(session, ident)
        if await self.app.push_screen_wait(dialog) is None:
            return
        before, after = voting.previewed(session, ident, dialog.hand)
        changes = "\n".join(voting.changed_words(before, after))
        question = f"Ce qui change dans les votes :\n\n{changes}"
        hand = dialog.hand or VoteHand()
        if slips := slips_typed(session, hand.title, hand.otherwise):
            question = f"{question_of(slips)}\n\n{question}"
        if await self.app.push_screen_wait(Confirm(question, yes="Garder")):
            self.call_later(self._keep_vote, ident, dialog.hand)

    def _keep_vote(self, ident: str, hand: VoteHand | None) -> None:
        voting.record(self.session, ident, hand)
        self.show_all()
        self.go_to_advice(ident)
        key = key_now(self.app, Undo)
        self.diag.inform(f"Vote noté ; {key} y revient.")

    def on_move_up(self) -> None:
        self._move(-1)

    def on_move_down(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        ident = self.advice
        if not advising.move(self.session, ident, by):
            self.diag.inform("Elle est déjà au bout de la liste.")
            return
        self.show_all()
        self.go_to_advice(ident)

    def on_computed_order(self) -> None:
        forgotten = advising.as_computed(self.session)
        ranks = counted(forgotten, "rang oublié", "rangs oubliés")
        self.show_all()
        self.diag.inform(f"Ordre calculé ; {ranks}.")

    @work
    async def on_add_advice(self) -> None:
        own = await self.app.push_screen_wait(OwnAdviceDialog(self.session))
        if own:
            self.show_all()
            self.go_to_advice(own)
            self.diag.inform("Préconisation ajoutée.")

    @work
    async def on_remove_advice(self) -> None:
        ident = self.advice
        if ident not in {one.id for one in own_here(self.session)}:
            key = key_now(self.app, SetAside)
            self.diag.inform(
                f"Elle n'est pas d'ici : écartez-la ({key}), avec un motif."
            )
            return
        question = f"Retirer « {self._title_of(ident)} » ? L'historique la garde."
        if await self.app.push_screen_wait(Confirm(question, yes="Retirer")):
            self.call_later(self._remove, ident)

    def _remove(self, ident: str) -> None:
        advising.remove_own(self.session, ident)
        self.show_all()


def _cures(action: Action, named: Container[str]) -> bool:
    """Return whether an action cures what a line names: a criterion, or a danger."""
    advice = action.advice
    if "danger" not in named:
        return advice.recommendation.when.criterion in named
    return advice.is_danger and any(one.place in named for one in advice.targets)
