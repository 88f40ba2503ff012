"""What one does in a bilan: to a recommendation, to the audit, to its reports."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from textual import work

from diag.desk.bilan import advising
from diag.desk.bilan.advancing import MOVES, WORDS, left_to_check, possible
from diag.desk.bilan.follow import add_step, move
from diag.desk.bilan.previous import own_here
from diag.desk.checklists.upgrade_words import upgrade_summary
from diag.desk.checklists.upgrading import Upgrade, preview, upgrade
from diag.desk.outputs.documents import Written, write_reports
from diag.desk.outputs.draft_kinds import TITLES, Draft, possible_drafts
from diag.desk.outputs.papers import write_paper
from diag.desk.outputs.reporting import report_folder, report_of
from diag.desk.session import Session
from diag.desk.undo import undo
from diag.model.audit import FollowUp
from diag.model.enums import Audience, AuditStatus, FollowUpState
from diag.model.errors import DiagError
from diag.tui.commands import key_now
from diag.tui.dialogs import Ask, Confirm
from diag.tui.screens.bilan_commands import SetAside, Undo
from diag.tui.screens.choose import Choice, Choose
from diag.tui.screens.follow_up import FollowUpDialog
from diag.tui.screens.own_advice import OwnAdviceDialog
from diag.tui.screens.place import PlaceScreen
from diag.tui.screens.reword import RewordScreen
from diag.tui.screens.suppose import SupposeScreen
from diag.tui.screens.written import WrittenDialog
from diag.tui.sturdy import Trouble
from diag.words.sentences import counted

_SIGNED = frozenset({AuditStatus.SOUMIS, AuditStatus.CLOS})
"""Where one goes only after reading what is still to be checked."""


class ActingScreen(PlaceScreen):
    """A place where one acts on an audit that is judged; subclasses show it."""

    uai: str
    """The school."""
    written: tuple[tuple[Path, ...], str, bool] | None = None
    """The documents written last, what they are, and whether they are provisional."""

    @property
    def session(self) -> Session:
        """The school's audit."""
        return self.diag.desk.session(self.uai)

    @property
    def advice(self) -> str:
        """Id of the recommendation under the cursor; empty when there is none."""
        raise NotImplementedError

    def show_all(self) -> None:
        """Read everything again."""
        raise NotImplementedError

    def show_written(self) -> None:
        """Show that there are documents to open."""
        raise NotImplementedError

    def go_to_advice(self, ident: str) -> None:
        """Put the cursor on a recommendation."""
        raise NotImplementedError

    def on_follow_up_command(self) -> None:
        """Ask what became of the recommendation, and keep it."""
        self._ask_step(FollowUpState.DECIDEE)

    def on_set_aside(self) -> None:
        """Ask why, and set the recommendation aside."""
        self._ask_step(FollowUpState.ECARTEE)

    @work
    async def _ask_step(self, state: FollowUpState) -> None:
        ident = self.advice
        title = self._title_of(ident)
        today = self.session.workspace.world.today()
        step = FollowUp(recommendation=ident, state=state, on=today.isoformat())
        if await self.app.push_screen_wait(
            FollowUpDialog(title, step, lambda said: add_step(self.session, said))
        ):
            self.show_all()
            self.diag.say("Suite enregistrée.")

    def _title_of(self, ident: str) -> str:
        report = report_of(self.session)
        action = report.plan.action(ident)
        return report.title(action, Audience.MAIRIE) if action else ident

    def on_reword(self) -> None:
        """Open the words of the recommendation, reader by reader."""
        self.app.push_screen(RewordScreen(self.session, self.advice))

    def on_move_up(self) -> None:
        """Move the recommendation one rank up."""
        self._move(-1)

    def on_move_down(self) -> None:
        """Move the recommendation one rank down."""
        self._move(1)

    def _move(self, by: int) -> None:
        ident = self.advice
        if not advising.move(self.session, ident, by):
            self.diag.say("Elle est déjà au bout de la liste.")
            return
        self.show_all()
        self.go_to_advice(ident)

    def on_computed_order(self) -> None:
        """Forget the order by hand."""
        forgotten = advising.as_computed(self.session)
        ranks = counted(forgotten, "rang oublié", "rangs oubliés")
        self.show_all()
        self.diag.say(f"Ordre calculé ; {ranks}.")

    @work
    async def on_add_advice(self) -> None:
        """Ask for a recommendation of the engineer's own."""
        own = await self.app.push_screen_wait(OwnAdviceDialog(self.session))
        if own:
            self.show_all()
            self.go_to_advice(own)
            self.diag.say("Préconisation ajoutée.")

    @work
    async def on_remove_advice(self) -> None:
        """Take away a recommendation of the engineer's own."""
        ident = self.advice
        if ident not in {one.id for one in own_here(self.session)}:
            key = key_now(self.app, SetAside)
            self.diag.say(f"Elle n'est pas d'ici : écartez-la ({key}), avec un motif.")
            return
        question = f"Retirer « {self._title_of(ident)} » ? L'historique la garde."
        if await self.app.push_screen_wait(Confirm(question, yes="Retirer")):
            self.call_later(self._remove, ident)

    def _remove(self, ident: str) -> None:
        advising.remove_own(self.session, ident)
        self.show_all()

    def on_suppose(self) -> None:
        """Go and suppose."""
        self.app.push_screen(SupposeScreen(self.session))

    def on_write_reports(self) -> None:
        """Write the four documents off the event loop."""
        self.diag.say("Les quatre rapports s'écrivent…")
        report = report_of(self.session).gathered()
        self._write(
            partial(write_reports, report, Audience, report_folder(self.session)),
            "Les quatre rapports sont écrits",
            provisional=report.provisional,
        )

    @work(thread=True, exclusive=True, group="reports")
    def _write(
        self, write: Callable[[], Iterable[Written]], title: str, *, provisional: bool
    ) -> None:
        app = self.diag  # one may leave meanwhile
        written = tuple(write())
        for told in {one.warning for one in written if one.warning}:
            app.post_message(Trouble(told))
        files = tuple(one.path for one in written if one.path)
        app.call_from_thread(self._tell_written, files, title, provisional=provisional)
        app.call_from_thread(app.say, f"{title} : {files[0].parent}")

    def _tell_written(
        self, files: tuple[Path, ...], title: str, *, provisional: bool
    ) -> None:
        """Show that it is there, unless one left; nothing opens over what one does."""
        self.written = (files, title, provisional)
        if self.is_attached:
            self.show_written()

    def on_open_written(self) -> None:
        """Show which documents were written last, to open them."""
        if self.written:
            files, title, provisional = self.written
            self.app.push_screen(WrittenDialog(files, title, provisional=provisional))

    @work
    async def on_draft_paper(self) -> None:
        """Ask which draft to prepare, and write it."""
        about = self.session.about
        choices = [Choice(str(one), TITLES[one]) for one in possible_drafts(about.kind)]
        if not choices:
            self.diag.say("Ces projets concernent une école ou une commune.")
            return
        question = "Quel document préparer ? Vous y lirez ce qui reste à écrire."
        chosen = await self.app.push_screen_wait(Choose(question, choices))
        if chosen is not None:
            self.call_later(self._draft, Draft(chosen))

    def _draft(self, draft: Draft) -> None:
        # Templates and syntheses, 80 ms: only who drafts pays for them.
        from diag.desk.outputs.drafts import drafted  # noqa: PLC0415

        session = self.session
        workspace, campaign = session.workspace, session.audit.campaign
        made = drafted(workspace, draft, session.about.ref, campaign=campaign)
        self._write(
            partial(write_paper, made.paper, made.folder),
            "Le document est prêt à compléter",
            provisional=made.provisional,
        )

    @work
    async def on_advance(self) -> None:
        """Ask where the audit goes, telling what is still to be checked."""
        status = self.session.status
        choices = [Choice(str(one), MOVES[one]) for one in possible(status)]
        chosen = await self.app.push_screen_wait(
            Choose(f"L'audit est {WORDS[status]}.", choices)
        )
        if chosen is None:
            return
        wanted = AuditStatus(chosen)
        if wanted in _SIGNED and not await self.app.push_screen_wait(
            Confirm(
                _before(self.session, wanted),
                yes=MOVES[wanted].split(" :")[0],
                grave=wanted is AuditStatus.CLOS,
            )
        ):
            return
        why = await self._reviewed(wanted)
        if why is not None:
            self.call_later(self._advance_to, wanted, why)

    async def _reviewed(self, wanted: AuditStatus) -> str | None:
        """Ask what the engineer is to read, when an audit is judged; None: nothing."""
        if wanted is AuditStatus.RETOURNE:
            asked = "Que faut-il compléter ? L'ingénieur le lira."
            return await self.app.push_screen_wait(Ask(asked, keep=_some_words))
        if wanted is AuditStatus.ACCEPTE:
            asked = "Un mot pour l'ingénieur ?"
            return await self.app.push_screen_wait(Ask(asked, hint="facultatif"))
        return ""

    def _advance_to(self, wanted: AuditStatus, comment: str) -> None:
        move(self.session, wanted, comment)
        self.show_all()
        self.diag.say(f"Audit {WORDS[wanted]}.")

    @work
    async def on_new_edition(self) -> None:
        """Tell what passing to the checklists in use does, then do it when asked."""
        found = preview(self.session)
        told = "\n".join(upgrade_summary(self.session, found))
        if await self.app.push_screen_wait(Confirm(told, yes="Passer", grave=True)):
            self.call_later(self._upgrade, found)

    def _upgrade(self, found: Upgrade) -> None:
        upgrade(self.session, found)
        self.show_all()
        key = key_now(self.app, Undo)
        self.diag.say(f"Édition {found.new.checklist.version} ; {key} y revient.")

    def on_undo(self) -> None:
        """Take back the last thing said."""
        undone = undo(self.session)
        self.show_all()
        self.diag.say(f"Annulé : {undone}.")

    def on_go_visit(self) -> None:
        """Go to the visit."""
        self.diag.go_visit(self.uai)


def _some_words(typed: str) -> None:
    if not typed.strip():
        raise DiagError("Un audit se retourne avec un motif : l'ingénieur le lira.")


def _before(session: Session, wanted: AuditStatus) -> str:
    """Return what to read before an audit moves on."""
    left = left_to_check(session)
    told = "\n".join(f"- {one}" for one in left)
    rest = f"Reste à vérifier :\n{told}" if left else "Tout a été vérifié."
    return f"{MOVES[wanted]} ?\n\n{rest}"
