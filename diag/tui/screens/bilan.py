"""Bilan: what did we find, what do we recommend, to whom?"""

from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from diag.assess.costs import totals
from diag.assess.results import Compliance
from diag.desk import advising
from diag.desk.advancing import MOVES, WORDS, left_to_check, possible
from diag.desk.counsel import counsel
from diag.desk.evolution import evolution
from diag.desk.findings import findings
from diag.desk.follow import add_step, move
from diag.desk.history import changes_of
from diag.desk.previous import own_here
from diag.desk.reporting import report_folder, report_of, write_reports
from diag.desk.score_words import SOCLE, money_words
from diag.desk.session import Session
from diag.desk.undo import undo
from diag.model.audit import AuditStatus, FollowUp, FollowUpState
from diag.model.checklist import Audience
from diag.reports.report import Report
from diag.tui.commands import CommandType, bindings_of
from diag.tui.dialogs import Confirm
from diag.tui.plain import content
from diag.tui.screens.bilan_commands import BILAN_COMMANDS, ON_ADVICE
from diag.tui.screens.choose import Choice, Choose
from diag.tui.screens.follow_up import FollowUpDialog
from diag.tui.screens.own_advice import OwnAdviceDialog
from diag.tui.screens.place import EVERYWHERE, PlaceScreen
from diag.tui.screens.reword import RewordScreen
from diag.tui.screens.suppose import SupposeScreen
from diag.tui.screens.written import WrittenDialog
from diag.tui.sturdy import Trouble
from diag.tui.system_words import system_sentence
from diag.tui.widgets.interval import Interval
from diag.tui.widgets.outline import Outline

FACES = {
    "constats": "Constats",
    "preconisations": "Préconisations",
    "evolution": "Évolution",
}
"""The three sides of a bilan."""

WIDE = 150
"""From so many columns on, two sides stand beside each other."""


class BilanScreen(PlaceScreen):
    """One audit judged: everything unfolds in place."""

    CSS_PATH = "bilan.tcss"
    OFFERS: ClassVar[tuple[CommandType, ...]] = (*BILAN_COMMANDS, *EVERYWHERE)
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = (
        "Qu'avons-nous constaté, que préconisons-nous, à qui ? Entrée déplie une ligne "
        "jusqu'aux faits, aux règles et aux sources ; la flèche gauche replie."
    )

    def __init__(self, uai: str) -> None:
        super().__init__()
        self.uai = uai
        """The school."""
        self.face = "constats"
        """The side that has the focus."""
        self._on_advice = False

    @property
    def session(self) -> Session:
        """The school's audit."""
        return self.diag.desk.session(self.uai)

    def body(self) -> ComposeResult:
        """Lay the whole over its sides."""
        yield Interval("Ensemble", id="overall")
        yield Static(id="summary")
        with Horizontal(id="faces"):
            yield Static(id="sides")
            yield Static(id="status")
        with Horizontal(id="panes"):
            for name in FACES:
                yield Outline(id=name)

    def on_mount(self) -> None:
        """Judge, and show the findings first."""
        self._show_all()
        self._show_face("constats")

    def on_screen_resume(self) -> None:
        """Read again: something may have been said elsewhere."""
        if self.is_mounted:
            self._show_all()

    def on_resize(self, event: events.Resize) -> None:
        """Show one side or two."""
        self._arrange(event.size.width)

    def _show_all(self) -> None:
        session = self.session
        school, campaign = session.school, session.audit.campaign
        report = report_of(session)
        self.tell(f"Bilan : {school.name}, {school.commune}")
        status = f"{campaign}, {WORDS[session.status]}"
        self.query_one("#status", Static).update(content(status))
        self.query_one(Interval).tell(session.assessment.overall)
        self.query_one("#summary", Static).update(content(_summary(session, report)))
        self._outline("constats").show(findings(session))
        self._outline("preconisations").show(counsel(session))
        self._outline("evolution").show(evolution(session))

    def _outline(self, name: str) -> Outline:
        return self.query_one(f"#{name}", Outline)

    def _show_face(self, name: str) -> None:
        self.face = name
        self._arrange(self.size.width)
        self._outline(name).focus()

    def _arrange(self, width: int) -> None:
        beside = {self.face}
        if width >= WIDE:
            beside |= {"constats"} if self.face != "constats" else {"preconisations"}
        self.set_class(width >= WIDE, "-wide")
        for name in FACES:
            self._outline(name).display = name in beside
        told = [
            f"[{title}]" if name == self.face else f" {title} "
            for name, title in FACES.items()
        ]
        self.query_one("#sides", Static).update(content("  ".join(told)))
        self.refresh_bindings()

    @on(Outline.Moved)
    def _moved(self) -> None:
        """Light or grey keys, only when that changes: it repaints the footer."""
        if self._on_advice != bool(self.advice):
            self._on_advice = bool(self.advice)
            self.refresh_bindings()

    @on(events.DescendantFocus)
    def _focused(self, event: events.DescendantFocus) -> None:
        if event.widget.id in FACES and event.widget.id != self.face:
            self._show_face(event.widget.id)

    @property
    def advice(self) -> str:
        """Id of the recommendation under the cursor; empty when there is none."""
        if self.face != "preconisations":
            return ""
        path = self._outline("preconisations").path
        found = [key for key in path if key.startswith("rec/")]
        return found[-1].split("/")[1] if found else ""

    def can(self, command: CommandType) -> bool | None:
        """Grey what needs a recommendation when there is none under the cursor."""
        if command in ON_ADVICE and not (self.is_mounted and self.advice):
            return None
        return True

    def on_next_face(self) -> None:
        """Show the next side."""
        names = list(FACES)
        self._show_face(names[(names.index(self.face) + 1) % len(names)])

    def on_show_findings(self) -> None:
        """Show the findings."""
        self._show_face("constats")

    def on_show_counsel(self) -> None:
        """Show the recommendations."""
        self._show_face("preconisations")

    def on_show_evolution(self) -> None:
        """Show what changed."""
        self._show_face("evolution")

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
            self._show_all()
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
        self._show_all()
        self._outline("preconisations").go_to(f"rec/{ident}")

    def on_computed_order(self) -> None:
        """Forget the order by hand."""
        forgotten = advising.as_computed(self.session)
        self._show_all()
        self.diag.say(f"Ordre calculé ; {forgotten} rang(s) oublié(s).")

    @work
    async def on_add_advice(self) -> None:
        """Ask for a recommendation of the engineer's own."""
        own = await self.app.push_screen_wait(OwnAdviceDialog(self.session))
        if own:
            self._show_all()
            self._show_face("preconisations")
            self._outline("preconisations").go_to(f"rec/{own}")
            self.diag.say("Préconisation ajoutée.")

    @work
    async def on_remove_advice(self) -> None:
        """Take away a recommendation of the engineer's own."""
        ident = self.advice
        if ident not in {one.id for one in own_here(self.session)}:
            self.diag.say("Elle n'est pas d'ici : écartez-la (E), avec un motif.")
            return
        question = f"Retirer « {self._title_of(ident)} » ? L'historique la garde."
        if await self.app.push_screen_wait(Confirm(question, yes="Retirer")):
            self.call_later(self._remove, ident)

    def _remove(self, ident: str) -> None:
        advising.remove_own(self.session, ident)
        self._show_all()

    def on_suppose(self) -> None:
        """Go and suppose."""
        self.app.push_screen(SupposeScreen(self.session))

    def on_write_reports(self) -> None:
        """Write the four documents off the event loop."""
        self._write(report_of(self.session))

    @work(thread=True, exclusive=True, group="reports")
    def _write(self, report: Report) -> None:
        folder = report_folder(self.session)
        try:
            files = write_reports(report, Audience, folder)
        except OSError as error:
            self.app.post_message(Trouble(system_sentence(error)))
            return
        self.app.call_from_thread(
            self.app.push_screen, WrittenDialog(files, provisional=report.provisional)
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
        left = left_to_check(self.session)
        if wanted in {AuditStatus.SOUMIS, AuditStatus.CLOS} and left:
            told = "\n".join(f"- {one}" for one in left)
            question = f"{MOVES[wanted]} ?\n\nReste à vérifier :\n{told}"
            grave = wanted is AuditStatus.CLOS
            asked = Confirm(question, yes=MOVES[wanted].split(" :")[0], grave=grave)
            if not await self.app.push_screen_wait(asked):
                return
        self.call_later(self._advance_to, wanted)

    def _advance_to(self, wanted: AuditStatus) -> None:
        move(self.session, wanted)
        self._show_all()
        self.diag.say(f"Audit {WORDS[wanted]}.")

    def on_undo(self) -> None:
        """Take back the last thing said."""
        taken = undo(self.session)
        about = next(
            (one.about for one in changes_of(self.session) if one.id == taken.id), ""
        )
        self._show_all()
        self.diag.say(f"Annulé : {about}.")

    def on_go_visit(self) -> None:
        """Go to the visit."""
        self.diag.go_visit(self.uai)


def _summary(session: Session, report: Report) -> str:
    assessment = session.assessment
    wrong = sum(one.compliance is Compliance.NON_CONFORME for one in assessment.alerts)
    unsure = len(assessment.alerts) - wrong
    once, yearly = money_words(totals(one.advice for one in report.plan.actions))
    said = [f"Indispensable : {SOCLE[assessment.socle]}"]
    if wrong:
        said.append(f"{wrong} non conforme{'s' * (wrong > 1)}")
    if unsure:
        said.append(f"{unsure} à vérifier")
    said.append(f"{once} + {yearly} par an, TTC")
    return " · ".join(said)
