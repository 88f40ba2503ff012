"""The three sides of a bilan, unfolded in place, and what one does under the cursor."""

from collections.abc import Container
from pathlib import Path

from rich.cells import cell_len
from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from diag.assess.plan import Action
from diag.assess.words import filled_words, score_words, short_cost, spent
from diag.audit import advising, voting
from diag.audit.acceptance import (
    digest_to_accept,
)
from diag.audit.bilan import OutlineLine, danger_counts, findings
from diag.audit.counsel import counsel
from diag.audit.discretion import question_of, slips_typed
from diag.audit.evolution import evolution
from diag.audit.follow import add_step
from diag.audit.memory import own_here
from diag.audit.report import Report, report_of
from diag.audit.session import AuditSession
from diag.audit.walk import Key
from diag.journal.signatures import standing_word
from diag.model.audit import FollowUp
from diag.model.enums import AuditStatus, Compliance, FollowUpState, Standing
from diag.model.votes import Vote, VoteHand
from diag.office.supervision import stand_of
from diag.tui.bilan.commands import (
    ON_ADVICE,
    FollowUpCommand,
    OpenWritten,
    SetAside,
)
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
from diag.tui.lists import Tabs
from diag.tui.outline import Outline
from diag.tui.place import PlaceScreen
from diag.tui.reword import RewordScreen
from diag.tui.safe import content
from diag.tui.text import Sentence
from diag.words.sentences import counted, sentence
from diag.words.vocabulary import (
    SOCLES,
)

FACES = {
    "findings": "Constats",
    "counsel": "Préconisations",
    "evolution": "Évolution",
}
"""The three sides of a bilan, and what each is called."""

WIDE = 150
"""From so many columns on, two sides stand beside each other."""

_LINE = 78
"""Columns of the summary, on a screen of 80."""


class BilanFaces(PlaceScreen):
    """One audit judged, side by side; `BilanAdvice` acts on what is advised."""

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
        """The documents written last, what they are, whether they are provisional."""
        self._seen = ""
        self._report: Report | None = None
        self._read_at: tuple[object, ...] = ()

    @property
    def report(self) -> Report:
        """What all three sides show of it: judged when the screen was last read."""
        if self._report is None:
            self._report = report_of(self.session)
        return self._report

    @property
    def session(self) -> AuditSession:
        """The school's audit."""
        return self.diag.desk.session(self.uai)

    def body(self) -> ComposeResult:
        yield Static(id="counts")
        yield Sentence(id="summary")
        with Horizontal(id="faces"):
            yield Tabs([*FACES.items()], id="sides")
            yield Static(id="status")
        with Horizontal(id="panes"):
            for name in FACES:
                yield Outline(id=name)

    def on_mount(self) -> None:
        self._show_face("findings")

    def on_screen_resume(self) -> None:
        """Judge again: something may have been recorded elsewhere."""
        self.show_all()

    def on_resize(self, event: events.Resize) -> None:
        self._arrange(event.size.width)

    def show_all(self) -> None:
        """Read everything again; the sides that are not seen wait.

        Nothing is read where nothing was written since: a dialog that was left, or
        whose answer was shown when it closed.
        """
        if self._read_at == (now := self._moment()):
            return
        session, self._read_at = self.session, now
        report = self._report = report_of(session)
        overall = session.assessment.overall
        remarks = filled_words(overall), score_words(overall)
        self.set_title(f"Bilan : {session.about.title}", *remarks)
        self.show_written()
        self._seen = digest_to_accept(session)
        self.query_one("#counts", Static).update(_counts(session))
        words = filter(None, (_cost(session, report), _to_know(session)))
        self.query_one("#summary", Sentence).show("\n".join(words))
        self._stale = set(FACES)
        self._freshen()

    def _moment(self) -> tuple[object, ...]:
        """Return what changes when anything is written, in the journal or settings."""
        workspace = self.session.workspace
        journal, today = workspace.journal, workspace.world.today()
        written = journal.connection.total_changes
        return journal, journal.version, written, workspace.settings, today

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
                outline.show(self._lines_of(name))

    def _lines_of(self, face: str) -> tuple[OutlineLine, ...]:
        if face == "counsel":
            return counsel(self.session, self.report)
        return findings(self.session) if face == "findings" else evolution(self.session)

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

    @property
    def fact(self) -> Key | None:
        """The question of the line under the cursor, where it was answered."""
        line = self._outline(self.face).line
        return line.asks() if line and line.asks else None

    def on_open_fact(self) -> None:
        """Open the question; from a line that has none, what it unfolds."""
        if key := self.fact:
            self.diag.look_at_visit(self.uai, *key)
        else:
            self._outline(self.face).action_unfold()

    def on_next_face(self) -> None:
        names = list(FACES)
        self._show_face(names[(names.index(self.face) + 1) % len(names)])

    def on_show_findings(self) -> None:
        self._show_face("findings")

    def on_show_counsel(self) -> None:
        self._show_face("counsel")

    def on_show_evolution(self) -> None:
        self._show_face("evolution")


def _to_know(session: AuditSession) -> str:
    """Return what unseals an audit, or why it was given back; nothing as a rule."""
    signature = session.signature
    is_returned = session.status is AuditStatus.RETOURNE
    if not is_returned and (signature is None or signature.intact):
        return ""
    stand = stand_of(session)
    return sentence(stand.words) if stand else ""


def _counts(session: AuditSession) -> Content:
    """Return how many dangers there are, and how the law stands, in one line."""
    assessment = session.assessment
    stands = [
        one.compliance
        for one in assessment.criteria.values()
        if one.standing is not Standing.OUT
    ]
    dangers = danger_counts(session)
    style = "bold $text-error" if assessment.dangers else "$text-muted"
    law = ", ".join(
        counted(stands.count(each), one, many)
        for each, one, many in (
            (Compliance.NON_CONFORME, "non respecté", "non respectés"),
            (Compliance.A_VERIFIER, "à vérifier", "à vérifier"),
            (Compliance.CONFORME, "respecté", "respectés"),
        )
    )
    between = " · " if dangers else ""
    return Content.assemble((dangers, style), (f"{between}Loi : {law}", "$text-muted"))


def _cost(session: AuditSession, report: Report) -> str:
    left = (*report.plan.actions, *report.plan.to_confirm)
    costs = [one.advice.cost for one in left]
    is_priced = any(one.most for one in spent(costs))
    socle = SOCLES[session.assessment.socle]
    return cost_line(socle, short_cost(*costs), is_priced=is_priced)


def cost_line(socle: str, cost: str, *, is_priced: bool = True) -> str:
    """Return what is indispensable and what all costs, on one line of 80 columns.

    That prices are with tax goes first when it is too long; a price that takes the
    whole line is read where recommendations are.
    """
    least = f"Indispensable : {socle}"
    lines = [f"{least} · {cost}, TTC"] * (is_priced and bool(cost))
    if cost:
        lines.append(f"{least} · {cost}")
    return next((line for line in lines if cell_len(line) <= _LINE), least)


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
