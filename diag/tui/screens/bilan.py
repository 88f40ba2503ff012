"""Bilan: what did we find, what do we recommend, to whom?"""

from collections.abc import Callable
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from diag.desk.bilan.advancing import WORDS
from diag.desk.bilan.counsel import counsel
from diag.desk.bilan.evolution import evolution
from diag.desk.bilan.findings import findings
from diag.desk.bilan.outline import Line
from diag.desk.bilan.score_words import SOCLE, firing, short_cost
from diag.desk.outputs.reporting import report_of
from diag.desk.session import Session
from diag.model.enums import Compliance
from diag.reports.report import Report
from diag.tui.commands import CommandType, Export, bindings_of, key_now
from diag.tui.plain import content
from diag.tui.screens.bilan_acts import ActingScreen
from diag.tui.screens.bilan_commands import BILAN_COMMANDS, ON_ADVICE, OpenWritten
from diag.tui.screens.place import EVERYWHERE
from diag.tui.widgets.interval import Interval
from diag.tui.widgets.outline import Outline
from diag.tui.widgets.tabs import Tabs
from diag.words.sentences import counted

FACES = {
    "constats": "Constats",
    "preconisations": "Préconisations",
    "evolution": "Évolution",
}
"""The three sides of a bilan."""

_LINES: dict[str, Callable[[Session], tuple[Line, ...]]] = {
    "constats": findings,
    "preconisations": counsel,
    "evolution": evolution,
}

WIDE = 150
"""From so many columns on, two sides stand beside each other."""


_LINE = 78
"""Columns of the summary, on a screen of 80."""


class BilanScreen(ActingScreen):
    """One audit judged: everything unfolds in place."""

    CSS_PATH = "bilan.tcss"
    OFFERS: ClassVar[tuple[CommandType, ...]] = (*BILAN_COMMANDS, Export, *EVERYWHERE)
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
        self._stale: set[str] = set()

    def body(self) -> ComposeResult:
        """Lay the whole over its sides."""
        yield Interval("Ensemble", id="overall")
        yield Static(id="summary")
        with Horizontal(id="faces"):
            yield Tabs(FACES.items(), id="sides")
            yield Static(id="status")
        with Horizontal(id="panes"):
            for name in FACES:
                yield Outline(id=name)

    def on_mount(self) -> None:
        """Show the findings first."""
        self._show_face("constats")

    def on_screen_resume(self) -> None:
        """Judge, each time: something may have been said elsewhere."""
        self.show_all()

    def on_resize(self, event: events.Resize) -> None:
        """Show one side or two."""
        self._arrange(event.size.width)

    def show_all(self) -> None:
        """Read everything again; the sides that are not seen wait."""
        session = self.session
        report = report_of(session)
        self.tell(f"Bilan : {session.about.title}")
        self.show_written()
        self.query_one(Interval).tell(session.assessment.overall)
        self.query_one("#summary", Static).update(content(_summary(session, report)))
        self._stale = set(FACES)
        self._freshen()

    def show_written(self) -> None:
        """Show where the audit stands, and the key of what was written, if any."""
        session = self.session
        status = f"{session.audit.campaign}, {WORDS[session.status]}"
        if self.written:
            status = f"documents : {key_now(self.app, OpenWritten)} · {status}"
        self.query_one("#status", Static).update(content(status))
        self.refresh_bindings()

    def _freshen(self) -> None:
        """Read the sides that are seen; the others when one goes there."""
        for name in FACES:
            outline = self._outline(name)
            if outline.display and name in self._stale:
                self._stale.discard(name)
                outline.show(_LINES[name](self.session))

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
        self._freshen()
        self.query_one(Tabs).tell(self.face)
        self.refresh_bindings()

    @on(Tabs.Chosen)
    def _side_chosen(self, event: Tabs.Chosen) -> None:
        self._show_face(event.key)

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
        if command is OpenWritten and not self.written:
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

    def go_to_advice(self, ident: str) -> None:
        """Put the cursor on a recommendation."""
        self._show_face("preconisations")
        self._outline("preconisations").go_to(f"rec/{ident}")

    def on_export(self) -> None:
        """Choose which documents of this audit to write."""
        from diag.desk.supposing.scenarios import scenarios  # noqa: PLC0415 - as below
        from diag.tui.screens.export import ExportScreen, Scope  # noqa: PLC0415 - 30 ms

        session = self.session
        names = [one.name for one in scenarios(session)]
        scope = Scope(session.about.title, (session.audit,))
        self.app.push_screen(ExportScreen([scope], names))

    def on_go_advice(self) -> None:
        """Go from a criterion to the recommendation that cures it."""
        named = {
            part for key in self._outline(self.face).path for part in key.split("/")
        }
        for action in report_of(self.session).plan:
            if action.advice.recommendation.when.criterion in named:
                self.go_to_advice(action.id)
                return
        self.diag.say("Aucune préconisation ne corrige cette ligne.")


def _summary(session: Session, report: Report) -> str:
    """Return what presses and what it costs, on one line of 78."""
    assessment = session.assessment
    wrong = sum(one.compliance is Compliance.NON_CONFORME for one in assessment.alerts)
    unsure = len(assessment.alerts) - wrong
    presses = ""
    if wrong:
        presses = counted(wrong, "non conforme")
    elif unsure:
        presses = f"{counted(unsure, 'conformité')} à vérifier"
    cost = short_cost(*firing(one.advice for one in report.plan.actions))
    return summary_line(SOCLE[assessment.socle], presses, cost)


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
