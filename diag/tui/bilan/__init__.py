"""Bilan: what did we find, what do we recommend, to whom?"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work
from textual.widgets import Static

from diag.audit import advising
from diag.audit.answer import Key
from diag.audit.follow import (
    add_step,
    check_reason,
    left_to_check,
    relayed_words,
    standing_words,
    ways_on,
    wrote_in,
)
from diag.audit.hypotheses import scenarios
from diag.audit.memory import own_here
from diag.audit.photos import PhotoSubject
from diag.audit.remarks import (
    PUBLIC_READERS,
    Slip,
    question_of,
    slips_of,
    slips_typed,
)
from diag.audit.report import report_folder, report_of
from diag.audit.undo import undo
from diag.audit.upgrade import Upgrade, preview, upgrade, upgrade_summary
from diag.documents.formats import Format
from diag.documents.write import WrittenFile, write_paper, write_reports
from diag.journal.signatures import standing_word
from diag.model.audit import FollowUp
from diag.model.enums import READERS, AuditStatus, FollowUpState
from diag.model.votes import Vote, VoteHand
from diag.office.sealing import move_sealed
from diag.tui.audit_finds import AuditDoors, finds_of
from diag.tui.bilan.faces import (
    BILAN_COMMANDS,
    ON_ADVICE,
    Advance,
    BilanFaces,
    FollowUpCommand,
    GoAdvice,
    OpenWritten,
    SetAside,
)
from diag.tui.commands import (
    CommandType,
    Export,
    ShowPlaces,
    Undo,
    key_now,
)
from diag.tui.departure import DebriefScreen
from diag.tui.dialogs import Ask, ChooseDialog, Confirm, ListChoice
from diag.tui.export import ExportScope, ExportScreen, WrittenDialog, files_there
from diag.tui.noting import NotedAs, NotedScreen, note_at
from diag.tui.palette import FindsInAudit
from diag.tui.place import EVERYWHERE
from diag.tui.recommendation import (
    WHOLE_VOTE,
    DecisionDialog,
    FollowUpDialog,
    OwnAdviceDialog,
    RewordScreen,
    VoteDialog,
)
from diag.tui.suppose import SupposeScreen
from diag.tui.text import content
from diag.words.sentences import counted
from diag.words.vocabulary import STATUS_BUTTONS, STATUS_MOVES, STATUS_MOVES_ALONE

if TYPE_CHECKING:
    from diag.documents.drafts import DraftKind

_SIGNED = frozenset({AuditStatus.SOUMIS, AuditStatus.CLOS})
"""Where an audit goes only once the user read what is left."""

_REOPENED = (
    "Reprendre un audit clos ?\n\nSes documents redeviennent provisoires. Le clore de "
    "nouveau gèlera une autre liste de votes ; celle-ci est gardée."
)


class BilanScreen(BilanFaces):
    """One audit judged: everything unfolds in place."""

    CSS_PATH = "bilan.tcss"
    OFFERS = (*BILAN_COMMANDS, Export, *EVERYWHERE)
    INTRODUCTION = (
        "Qu'avons-nous constaté, que préconisons-nous, à qui ? Entrée déplie une ligne "
        "jusqu'aux faits, aux règles et aux sources ; la flèche gauche replie. La "
        "droite ouvre la question d'un fait, Échap ramène à lui."
    )

    _council = ""
    """Day of the last decision typed here: a council decides several votes at once."""

    def can(self, command: CommandType) -> bool | None:
        if command in ON_ADVICE and not (self.is_mounted and self.advice):
            is_asked = command is FollowUpCommand and self.face == "counsel"
            return True if is_asked else None
        if command is ShowPlaces:
            return self.session.about.school is not None
        is_vain = {
            OpenWritten: not self.written,
            GoAdvice: self.face == "counsel",  # nothing cures an advice
        }
        return None if is_vain.get(command) else True

    def go_to_advice(self, ident: str) -> None:
        """Put the cursor on a recommendation."""
        self._show_face("counsel")
        self._outline("counsel").go_to(f"rec/{ident}")

    def on_go_advice(self) -> None:
        named = {
            part for key in self._outline(self.face).path for part in key.split("/")
        }
        for action in self.report.plan:
            advice = action.advice
            cures = not named.isdisjoint({
                action.id,
                advice.recommendation.when.criterion,
            })
            if "danger" in named:
                at = {one.place for one in advice.targets}
                cures = advice.is_danger and not named.isdisjoint(at)
            if cures:
                self.go_to_advice(action.id)
                return
        self.diag.inform("Aucune préconisation ne corrige cette ligne.")

    def on_follow_up_command(self) -> None:
        if self.vote:
            self._ask_decision(advising.frozen_vote(self.session, self.vote))
        elif not self.advice:
            self.diag.inform(
                "Rien à suivre sur cette ligne : la suite se note sur une "
                "préconisation ou sur un vote."
            )
        else:
            self._ask_step(FollowUpState.DECIDEE)

    @work(description="aside")
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

    @work(description="aside")
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
        before, after = advising.preview_hand(session, ident, dialog.hand)
        changes = "\n".join(advising.changed_words(before, after))
        question = f"Ce qui change dans les votes :\n\n{changes}"
        hand = dialog.hand or VoteHand()
        if slips := slips_typed(session, hand.title, hand.otherwise):
            question = f"{question_of(slips)}\n\n{question}"
        if await self.app.push_screen_wait(Confirm(question, yes="Garder")):
            self.call_later(self._keep_vote, ident, dialog.hand)

    def _keep_vote(self, ident: str, hand: VoteHand | None) -> None:
        advising.record_hand(self.session, ident, hand)
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
        already = "L'ordre est déjà celui qui est calculé."
        self.diag.inform(f"Ordre calculé ; {ranks}." if forgotten else already)

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

    def on_export(self) -> None:
        session = self.session
        names = [one.name for one in scenarios(session)]
        scope = ExportScope(session.about.title, (session.audit,))
        self.app.push_screen(ExportScreen([scope], names))

    def on_write_note(self) -> None:
        of = [PhotoSubject(*self.fact)] if self.fact else []
        subjects = [*of, PhotoSubject(self.session.facts.root)]
        note_at(self.app, self.session, subjects, self._noted)

    def audit_finds(self) -> FindsInAudit:
        """Return what finds here, for the palette; a question opens in the visit."""

        def opened(key: Key) -> None:
            self.diag.go_visit(self.uai, *key)

        doors = AuditDoors(opened, opened, self.go_to_advice, self.on_list_noted)
        return finds_of(self.session, doors)

    def note_words(self, text: str) -> None:
        """Note words that nothing answers to."""
        subjects = [PhotoSubject(self.session.facts.root)]
        note_at(self.app, self.session, subjects, self._noted, text=text)

    def _noted(self, noted: NotedAs) -> None:
        if noted.opens:
            self.diag.look_at_visit(self.uai, *noted.opens)
        self.diag.inform(f"Noté : {noted.words}.")

    def on_show_places(self) -> None:
        from diag.tui.rooms import RoomsScreen  # noqa: PLC0415 - for few who look

        def opened(key: Key | None) -> None:
            if key:
                self.diag.look_at_visit(self.uai, *key)

        self.app.push_screen(RoomsScreen(self.session), opened)

    def on_list_noted(self) -> None:
        self.app.push_screen(NotedScreen(self.session, done=self.show_all))

    def on_open_debrief(self) -> None:
        self.app.push_screen(DebriefScreen(self.session))

    def on_suppose(self) -> None:
        self.app.push_screen(SupposeScreen(self.session))

    @work
    async def on_write_reports(self) -> None:
        if await self._may_go_out(slips_of(self.session)):
            self.call_later(self._write_all)

    async def _may_go_out(self, slips: Sequence[Slip]) -> bool:
        """Ask about what no paper should hold, if anything is found."""
        if not slips:
            return True
        asked = Confirm(question_of(slips), yes="Laisser sortir", grave=True)
        return await self.app.push_screen_wait(asked)

    def _write_all(self) -> None:
        self._show_progress(0, len(READERS) * len(Format))
        report = report_of(self.session).gathered()
        self._write(
            partial(write_reports, report, READERS, report_folder(self.session)),
            "Les quatre rapports sont écrits",
            len(READERS) * len(Format),
            provisional=report.provisional,
        )

    @work(thread=True, exclusive=True, group="reports", description="aside")
    def _write(
        self,
        write: Callable[[], Iterable[WrittenFile]],
        title: str,
        total: int,
        *,
        provisional: bool,
    ) -> None:
        app, shell = self.app, self.diag  # the user may leave meanwhile
        written: list[WrittenFile] = []
        for one in write():
            written.append(one)
            app.call_from_thread(self._show_progress, len(written), total)
        files = files_there(app, written)
        app.call_from_thread(self._keep_written, files, title, provisional=provisional)
        app.call_from_thread(shell.inform, f"{title} : {files[0].parent}")

    def _show_progress(self, many: int, total: int) -> None:
        if self.is_attached:
            words = content(f"fichiers écrits\u00a0: {many} sur {total}")
            self.query_one("#status", Static).update(words)

    def _keep_written(
        self, files: tuple[Path, ...], title: str, *, provisional: bool
    ) -> None:
        """Show that it is there, unless the user left; nothing opens over his work."""
        self.written = (files, title, provisional)
        if self.is_attached:
            self.show_written()

    def on_open_written(self) -> None:
        if self.written:
            files, title, provisional = self.written
            key = key_now(self.app, Advance) if provisional else ""
            self.app.push_screen(WrittenDialog(files, title, key))

    @work
    async def on_draft_paper(self) -> None:
        # With syntheses, tables and templates, 0.1 s: for those who draft.
        from diag.documents.drafts import DRAFTS, DraftKind, possible_drafts  # noqa: PLC0415
        from diag.documents.synthesis import slips_gathered  # noqa: PLC0415

        about = self.session.about
        choices = [
            ListChoice(str(one), DRAFTS[one].title)
            for one in possible_drafts(about.kind)
        ]
        if not choices:
            self.diag.inform("Ces projets concernent une école ou une commune.")
            return
        question = "Quel document préparer ? Vous y lirez ce qui reste à écrire."
        chosen = await self.app.push_screen_wait(ChooseDialog(question, choices))
        if chosen is None:
            return
        workspace, campaign = self.session.workspace, self.session.audit.campaign
        slips = tuple(slips_gathered(workspace, about.ref, campaign))
        if await self._may_go_out(slips):
            self.call_later(self._draft, DraftKind(chosen))

    def _draft(self, draft: "DraftKind") -> None:
        from diag.documents.drafts import drafted  # noqa: PLC0415 - loaded by then

        session = self.session
        workspace, campaign = session.workspace, session.audit.campaign
        made = drafted(workspace, draft, session.about.ref, campaign=campaign)
        self._write(
            partial(write_paper, made.paper, made.folder),
            "Le document est prêt à compléter",
            len(Format),
            provisional=made.provisional,
        )

    @work
    async def on_advance(self) -> None:
        session, seen = self.session, self._seen
        ways = ways_on(session)
        settings = session.workspace.settings
        words = standing_words(settings, session.status, session.signature)
        chosen = await self.app.push_screen_wait(
            ChooseDialog(
                f"L'audit est {words}.",
                [ListChoice(str(one), STATUS_MOVES[one]) for one in ways],
            )
        )
        if chosen is None:
            return
        wanted = AuditStatus(chosen)
        alone = wanted is AuditStatus.ACCEPTE and wrote_in(session)
        asked = self._asked_before(wanted, alone=alone)
        if asked and not await self.app.push_screen_wait(asked):
            return
        why = await self._reviewed(wanted)
        if why is not None:
            self.call_later(self._advance_to, wanted, why, seen, alone=alone)

    def _asked_before(self, wanted: AuditStatus, *, alone: bool) -> Confirm | None:
        """Return what is to be agreed to before a move that nothing takes back."""
        session, button = self.session, STATUS_BUTTONS[wanted]
        if session.status is AuditStatus.CLOS:
            return Confirm(_REOPENED, yes=button, grave=True)
        if not alone and wanted not in _SIGNED:
            return None
        left = "\n".join(f"- {one}" for one in left_to_check(session))
        rest = f"Reste à vérifier :\n{left}" if left else "Tout a été vérifié."
        move_words = STATUS_MOVES_ALONE if alone else f"{STATUS_MOVES[wanted]} ?"
        question = f"{move_words}\n\n{rest}"
        if wanted is AuditStatus.CLOS and (slips := slips_of(session, PUBLIC_READERS)):
            question = f"{move_words}\n\n{question_of(slips)}\n\n{rest}"
        return Confirm(question, yes=button, grave=alone or wanted is AuditStatus.CLOS)

    async def _reviewed(self, wanted: AuditStatus) -> str | None:
        """Ask what the engineer is to read, when an audit is judged; None: nothing."""
        if wanted is AuditStatus.RETOURNE:
            asked = "Que faut-il compléter ? L'ingénieur le lira."
            return await self.app.push_screen_wait(Ask(asked, keep=check_reason))
        if wanted is AuditStatus.ACCEPTE:
            relayed = relayed_words(self.session)
            asked = f"{relayed}\n\nUn mot pour l'ingénieur ?".strip()
            return await self.app.push_screen_wait(Ask(asked, hint="facultatif"))
        return ""

    def _advance_to(
        self, wanted: AuditStatus, comment: str, seen: str, *, alone: bool
    ) -> None:
        move_sealed(self.session, wanted, comment, seen=seen, alone=alone)
        self.show_all()
        word = standing_word(wanted, self.session.signature)
        self.diag.inform(f"Audit {word}.")

    @work
    async def on_new_edition(self) -> None:
        found = preview(self.session)
        words = "\n".join(upgrade_summary(self.session, found))
        if await self.app.push_screen_wait(Confirm(words, yes="Passer", grave=True)):
            self.call_later(self._upgrade, found)

    def _upgrade(self, found: Upgrade) -> None:
        upgrade(self.session, found)
        self.show_all()
        key = key_now(self.app, Undo)
        self.diag.inform(f"Édition {found.new.checklist.version} ; {key} y revient.")

    def on_undo(self) -> None:
        undone = undo(self.session)
        if self.session.is_older:
            self.diag.go_school(self.uai)
        else:
            self.show_all()
        self.diag.inform(f"Annulé : {undone}.")

    def on_go_visit(self) -> None:
        self.diag.go_visit(self.uai)
