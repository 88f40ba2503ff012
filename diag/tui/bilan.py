"""Bilan: what did we find, what do we recommend, to whom?"""

from collections.abc import Callable, Container, Iterable
from functools import partial
from pathlib import Path

from rich.cells import cell_len
from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from diag.assess.plan import Action
from diag.assess.words import short_cost
from diag.audit import advising, voting
from diag.audit.acceptance import (
    digest_to_accept,
    standing_words,
    ways_on,
    wrote_in,
)
from diag.audit.bilan import OutlineLine, findings
from diag.audit.counsel import counsel
from diag.audit.evolution import evolution
from diag.audit.follow import add_step, check_reason, left_to_check, move
from diag.audit.hypotheses import scenarios
from diag.audit.memory import own_here
from diag.audit.report import Report, report_folder, report_of
from diag.audit.session import AuditSession
from diag.audit.undo import undo
from diag.audit.upgrade import Upgrade, preview, upgrade
from diag.audit.upgrade_preview import upgrade_summary
from diag.audit.walk import Key
from diag.documents.drafts import DRAFTS, DraftKind, drafted, possible_drafts
from diag.documents.write import WrittenFile, write_paper, write_reports
from diag.journal.signatures import standing_word
from diag.model.audit import FollowUp
from diag.model.enums import READERS, AuditStatus, Compliance, FollowUpState
from diag.model.votes import Vote, VoteHand
from diag.office.supervision import stand_of
from diag.tui.audit_finds import find_in_audit
from diag.tui.commands import (
    AUDIT_GROUP,
    Command,
    CommandType,
    Export,
    Undo,
    bindings_of,
    key_now,
)
from diag.tui.debrief import DebriefScreen
from diag.tui.dialogs import Ask, ChooseDialog, Confirm, ListChoice
from diag.tui.follow import (
    WHOLE_VOTE,
    DecisionDialog,
    FollowUpDialog,
    OwnAdviceDialog,
    VoteDialog,
    WrittenDialog,
)
from diag.tui.lists import Tabs
from diag.tui.outline import Interval, Outline
from diag.tui.palette import NearAndFar
from diag.tui.place import EVERYWHERE, PlaceScreen
from diag.tui.reword import RewordScreen
from diag.tui.safe import Trouble, content
from diag.tui.suppose import SupposeScreen
from diag.words.sentences import counted, sentence
from diag.words.vocabulary import (
    SOCLES,
    STATUS_BUTTONS,
    STATUS_MOVES,
    STATUS_MOVES_ALONE,
)

_SHOW, _ADVISE = "Voir", "Préconisation sous le curseur"


class NextFace(Command, keys="tab", title="Volet suivant", group=_SHOW, priority=True):
    """Passer des constats aux préconisations, puis à ce qui a changé."""


class ShowFindings(Command, keys="1", title="Constats", group=_SHOW):
    """Montrer les constats : alertes, domaines, critères."""


class ShowCounsel(Command, keys="2", title="Préconisations", group=_SHOW):
    """Montrer les préconisations, dans leur ordre."""


class ShowEvolution(Command, keys="3", title="Évolution", group=_SHOW):
    """Montrer ce qui a changé depuis le dernier audit."""


class FollowUpCommand(Command, keys="s", title="Suite", group=_ADVISE, footer=True):
    """Noter la suite d'une préconisation, ou ce que le conseil a décidé d'un vote."""


class SetAside(Command, keys="e", title="Écarter", group=_ADVISE):
    """Écarter la préconisation, avec un motif que la commune lira."""


class Reword(Command, keys="t", title="Texte", group=_ADVISE, footer=True):
    """Reformuler la préconisation pour un destinataire, en voyant le résultat."""


class HandleVote(Command, keys="g", title="Vote", group=_ADVISE):
    """Regrouper, reformuler ou dater le vote, en voyant ce qui change."""


class MoveUp(Command, keys="h", title="Plus haut", group=_ADVISE):
    """Monter la préconisation d'un rang."""


class MoveDown(Command, keys="b", title="Plus bas", group=_ADVISE):
    """Descendre la préconisation d'un rang."""


class GoAdvice(Command, keys="p", title="Que faire ?", group=_SHOW):
    """Aller à la préconisation qui corrige le critère sous le curseur."""


class ComputedOrder(Command, title="Ordre calculé", group=_ADVISE):
    """Revenir à l'ordre calculé des préconisations."""


class AddAdvice(Command, keys="n", title="Nouvelle préconisation", group=AUDIT_GROUP):
    """Ajouter une préconisation de votre main ; les rapports la disent."""


class RemoveAdvice(Command, keys="delete", title="Retirer", group=_ADVISE):
    """Retirer la préconisation que vous aviez ajoutée."""


class Suppose(Command, keys="i", title="Et si…", group=AUDIT_GROUP, footer=True):
    """Essayer « et si… » : rien n'est enregistré."""


class OpenDebrief(Command, keys="c", title="À chaud", group=AUDIT_GROUP):
    """Montrer à la directrice, avant de partir, quelques faits et ce qui se décide."""


class WriteReports(Command, keys="r", title="Rapports", group=AUDIT_GROUP, footer=True):
    """Écrire les quatre rapports, et dire où ils sont."""


class OpenWritten(Command, keys="o", title="Documents écrits", group=AUDIT_GROUP):
    """Voir les documents écrits en dernier, leur dossier, et les ouvrir."""


class DraftPaper(Command, title="Projets à achever", group=AUDIT_GROUP):
    """Préparer un document que d'autres achèvent : délibération, projet, convention."""


class Advance(Command, keys="a", title="État de l'audit", group=AUDIT_GROUP):
    """Soumettre, accepter, retourner ou clore l'audit, en voyant ce qui reste."""


class NewEdition(Command, title="Passer à l'édition courante", group=AUDIT_GROUP):
    """Passer l'audit à l'édition courante des grilles, en voyant ce que cela change."""


class GoVisit(Command, keys="v", title="Visite", group=AUDIT_GROUP):
    """Aller à la visite."""


ON_ADVICE = (
    FollowUpCommand,
    SetAside,
    Reword,
    HandleVote,
    MoveUp,
    MoveDown,
    RemoveAdvice,
)
"""What needs a recommendation under the cursor."""

BILAN_COMMANDS = (
    FollowUpCommand,
    Reword,
    Suppose,
    WriteReports,
    NextFace,
    ShowFindings,
    ShowCounsel,
    ShowEvolution,
    GoAdvice,
    SetAside,
    HandleVote,
    MoveUp,
    MoveDown,
    ComputedOrder,
    RemoveAdvice,
    AddAdvice,
    OpenDebrief,
    OpenWritten,
    DraftPaper,
    Advance,
    NewEdition,
    Undo,
    GoVisit,
)
"""All of them, those of the footer first."""

FACES: dict[str, tuple[str, Callable[[AuditSession], tuple[OutlineLine, ...]]]] = {
    "findings": ("Constats", findings),
    "counsel": ("Préconisations", counsel),
    "evolution": ("Évolution", evolution),
}
"""The three sides of a bilan: what each is called, and what gives its lines."""

WIDE = 150
"""From so many columns on, two sides stand beside each other."""

_LINE = 78
"""Columns of the summary, on a screen of 80."""

_SIGNED = frozenset({AuditStatus.SOUMIS, AuditStatus.CLOS})
"""Where an audit goes only once the user read what is left."""


class BilanScreen(PlaceScreen):
    """One audit judged: everything unfolds in place."""

    CSS_PATH = "bilan.tcss"
    OFFERS = (*BILAN_COMMANDS, Export, *EVERYWHERE)
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "Qu'avons-nous constaté, que préconisons-nous, à qui ? Entrée déplie une ligne "
        "jusqu'aux faits, aux règles et aux sources ; la flèche gauche replie."
    )

    def __init__(self, uai: str) -> None:
        super().__init__()
        self.uai = uai
        """The school."""
        self.face = "findings"
        """The side that has the focus."""
        self._on = (False, False)
        """Whether the cursor is on a recommendation, on a vote."""
        self._stale: set[str] = set()
        self.written: tuple[tuple[Path, ...], str, bool] | None = None
        self._seen = ""
        """The documents written last, what they are, whether they are provisional."""

    def audit_finds(self, words: str) -> NearAndFar:
        """Find what was asked, for the palette; a question opens in the visit."""

        def opened(key: Key) -> None:
            self.diag.go_visit(self.uai, *key)

        return find_in_audit(self.session, words, opened, opened)

    @property
    def session(self) -> AuditSession:
        """The school's audit."""
        return self.diag.desk.session(self.uai)

    def body(self) -> ComposeResult:
        yield Interval("Ensemble", id="overall")
        yield Static(id="summary")
        with Horizontal(id="faces"):
            yield Tabs([(key, name) for key, (name, _) in FACES.items()], id="sides")
            yield Static(id="status")
        with Horizontal(id="panes"):
            for name in FACES:
                yield Outline(id=name)

    def on_mount(self) -> None:
        self._show_face("findings")

    def on_screen_resume(self) -> None:
        """Judge, each time: something may have been recorded elsewhere."""
        self.show_all()

    def on_resize(self, event: events.Resize) -> None:
        self._arrange(event.size.width)

    def show_all(self) -> None:
        """Read everything again; the sides that are not seen wait."""
        session = self.session
        report = report_of(session)
        self.set_title(f"Bilan : {session.about.title}")
        self.show_written()
        self.query_one(Interval).show(session.assessment.overall)
        self._seen = digest_to_accept(session)
        lines = (_summary(session, report), _to_know(session))
        summary = "\n".join(filter(None, lines))
        self.query_one("#summary", Static).update(content(summary))
        self._stale = set(FACES)
        self._freshen()

    def show_written(self) -> None:
        """Show where the audit stands, and the key of what was written, if any."""
        session = self.session
        word = standing_word(session.status, session.signature)
        status = f"{session.audit.campaign}, {word}"
        if self.written:
            status = f"documents : {key_now(self.app, OpenWritten)} · {status}"
        self.query_one("#status", Static).update(content(status))
        self.refresh_bindings()

    def _freshen(self) -> None:
        """Read the sides that are seen; the others when the user goes there."""
        for name in FACES:
            outline = self._outline(name)
            if outline.display and name in self._stale:
                self._stale.discard(name)
                outline.show(FACES[name][1](self.session))

    def _outline(self, name: str) -> Outline:
        return self.query_one(f"#{name}", Outline)

    def _show_face(self, name: str) -> None:
        self.face = name
        self._arrange(self.size.width)
        self._outline(name).focus()

    def _arrange(self, width: int) -> None:
        beside = {self.face}
        if width >= WIDE:
            beside |= {"findings"} if self.face != "findings" else {"counsel"}
        self.set_class(width >= WIDE, "-wide")
        for name in FACES:
            self._outline(name).display = name in beside
        self._freshen()
        self.query_one(Tabs).show(self.face)
        self.refresh_bindings()

    @on(Tabs.Chosen)
    def _side_chosen(self, event: Tabs.Chosen) -> None:
        self._show_face(event.key)

    @on(Outline.Moved)
    def _moved(self) -> None:
        """Light or grey keys, only when that changes: it repaints the footer."""
        if self._on != (on := (bool(self.advice), bool(self.vote))):
            self._on = on
            self.refresh_bindings()

    @on(events.DescendantFocus)
    def _focused(self, event: events.DescendantFocus) -> None:
        if event.widget.id in FACES and event.widget.id != self.face:
            self._show_face(event.widget.id)

    @property
    def advice(self) -> str:
        """Id of the recommendation under the cursor; empty when there is none."""
        if self.face != "counsel":
            return ""
        path = self._outline("counsel").path
        found = [key for key in path if key.startswith("rec/")]
        return found[-1].split("/")[1] if found else ""

    @property
    def vote(self) -> int:
        """Number of the vote under the cursor; 0 when there is none."""
        if self.face != "counsel":
            return 0
        parts = (key.split("/") for key in self._outline("counsel").path)
        found = [one[1] for one in parts if one[0] == "votes" and len(one) > 1]
        return int(found[0]) if found and found[0].isdecimal() else 0

    def can(self, command: CommandType) -> bool | None:
        if command in ON_ADVICE and not (self.is_mounted and self.advice):
            on_vote = command is FollowUpCommand and self.is_mounted and self.vote
            return True if on_vote else None
        if command is OpenWritten and not self.written:
            return None
        return True

    def on_next_face(self) -> None:
        names = list(FACES)
        self._show_face(names[(names.index(self.face) + 1) % len(names)])

    def on_show_findings(self) -> None:
        self._show_face("findings")

    def on_show_counsel(self) -> None:
        self._show_face("counsel")

    def on_show_evolution(self) -> None:
        self._show_face("evolution")

    def go_to_advice(self, ident: str) -> None:
        """Put the cursor on a recommendation."""
        self._show_face("counsel")
        self._outline("counsel").go_to(f"rec/{ident}")

    def on_export(self) -> None:
        from diag.tui.export import ExportScope, ExportScreen  # noqa: PLC0415 - 30 ms

        session = self.session
        names = [one.name for one in scenarios(session)]
        scope = ExportScope(session.about.title, (session.audit,))
        self.app.push_screen(ExportScreen([scope], names))

    def on_go_advice(self) -> None:
        named = {
            part for key in self._outline(self.face).path for part in key.split("/")
        }
        for action in report_of(self.session).plan:
            if _cures(action, named):
                self.go_to_advice(action.id)
                return
        self.diag.inform("Aucune préconisation ne corrige cette ligne.")

    def on_follow_up_command(self) -> None:
        if self.vote:
            self._ask_decision(voting.frozen_vote(self.session, self.vote))
        else:
            self._ask_step(FollowUpState.DECIDEE)

    @work
    async def _ask_decision(self, vote: Vote) -> None:
        if await self.app.push_screen_wait(DecisionDialog(self.session, vote)):
            self.show_all()
            key = key_now(self.app, Undo)
            self.diag.inform(f"Décision notée pour tout le vote ; {key} y revient.")

    def on_set_aside(self) -> None:
        self._ask_step(FollowUpState.ECARTEE)

    @work
    async def _ask_step(self, state: FollowUpState) -> None:
        ident = self.advice
        title = self._title_of(ident)
        today = self.session.workspace.world.today()
        step = FollowUp(recommendation=ident, state=state, on=today.isoformat())
        frozen = report_of(self.session).frozen
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
        report = report_of(self.session)
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

    def on_open_debrief(self) -> None:
        self.app.push_screen(DebriefScreen(self.session))

    def on_suppose(self) -> None:
        self.app.push_screen(SupposeScreen(self.session))

    def on_write_reports(self) -> None:
        self.diag.inform("Les quatre rapports s'écrivent…")
        report = report_of(self.session).gathered()
        self._write(
            partial(write_reports, report, READERS, report_folder(self.session)),
            "Les quatre rapports sont écrits",
            provisional=report.provisional,
        )

    @work(thread=True, exclusive=True, group="reports")
    def _write(
        self,
        write: Callable[[], Iterable[WrittenFile]],
        title: str,
        *,
        provisional: bool,
    ) -> None:
        app, shell = self.app, self.diag  # the user may leave meanwhile
        written = tuple(write())
        for words in {one.warning for one in written if one.warning}:
            app.post_message(Trouble(words))
        files = tuple(one.path for one in written if one.path)
        app.call_from_thread(self._keep_written, files, title, provisional=provisional)
        app.call_from_thread(shell.inform, f"{title} : {files[0].parent}")

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
        if chosen is not None:
            self.call_later(self._draft, DraftKind(chosen))

    def _draft(self, draft: DraftKind) -> None:
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
        left = "\n".join(f"- {one}" for one in left_to_check(self.session))
        rest = f"Reste à vérifier :\n{left}" if left else "Tout a été vérifié."
        alone = wanted is AuditStatus.ACCEPTE and wrote_in(session)
        move_words = STATUS_MOVES_ALONE if alone else f"{STATUS_MOVES[wanted]} ?"
        question = f"{move_words}\n\n{rest}"
        if (alone or wanted in _SIGNED) and not await self.app.push_screen_wait(
            Confirm(
                question,
                yes=STATUS_BUTTONS[wanted],
                grave=alone or wanted is AuditStatus.CLOS,
            )
        ):
            return
        why = await self._reviewed(wanted)
        if why is not None:
            self.call_later(self._advance_to, wanted, why, seen, alone=alone)

    async def _reviewed(self, wanted: AuditStatus) -> str | None:
        """Ask what the engineer is to read, when an audit is judged; None: nothing."""
        if wanted is AuditStatus.RETOURNE:
            asked = "Que faut-il compléter ? L'ingénieur le lira."
            return await self.app.push_screen_wait(Ask(asked, keep=check_reason))
        if wanted is AuditStatus.ACCEPTE:
            asked = "Un mot pour l'ingénieur ?"
            return await self.app.push_screen_wait(Ask(asked, hint="facultatif"))
        return ""

    def _advance_to(
        self, wanted: AuditStatus, comment: str, seen: str, *, alone: bool
    ) -> None:
        move(self.session, wanted, comment, seen=seen, alone=alone)
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


def _cures(action: Action, named: Container[str]) -> bool:
    """Return whether an action cures what a line names: a criterion, or a danger."""
    advice = action.advice
    if "danger" not in named:
        return advice.recommendation.when.criterion in named
    return advice.is_danger and any(one.place in named for one in advice.targets)


def _to_know(session: AuditSession) -> str:
    """Return what unseals an audit, or why it was given back; nothing as a rule."""
    signature = session.signature
    is_returned = session.status is AuditStatus.RETOURNE
    if not is_returned and (signature is None or signature.intact):
        return ""
    stand = stand_of(session)
    return sentence(stand.words) if stand else ""


def _summary(session: AuditSession, report: Report) -> str:
    """Return what presses and what it costs, on one line of 78."""
    assessment = session.assessment
    wrong = sum(one.compliance is Compliance.NON_CONFORME for one in assessment.alerts)
    unsure = len(assessment.alerts) - wrong
    presses = ""
    if assessment.dangers:
        presses = counted(len(assessment.dangers), "danger")
    elif wrong:
        presses = f"Loi : {counted(wrong, 'non respecté', 'non respectés')}"
    elif unsure:
        presses = f"Loi : {unsure} à vérifier"
    left = (*report.plan.actions, *report.plan.to_confirm)
    cost = short_cost(*(one.advice.cost for one in left))
    return summary_line(SOCLES[assessment.socle], presses, cost)


def summary_line(socle: str, presses: str, cost: str) -> str:
    """Return the line, less what is needed least when it is too long for 80 columns.

    That prices are with tax goes first, then what stands just below as alerts; a price
    that takes the whole line is read where recommendations are.
    """
    least = f"Indispensable : {socle}"
    taxed = f"{cost}, TTC" if "€" in cost else cost
    tries = (
        (least, presses, taxed),
        (least, presses, cost),
        (least, cost),
        (least, presses),
    )
    lines = [" · ".join(filter(None, parts)) for parts in tries]
    return next((line for line in lines if cell_len(line) <= _LINE), lines[-1])
