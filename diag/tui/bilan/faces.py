"""The three sides of a bilan, unfolded in place, and what is under the cursor."""

from collections.abc import Callable
from pathlib import Path

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from diag.assess.words import short_cost
from diag.audit.acceptance import (
    digest_to_accept,
)
from diag.audit.bilan import OutlineLine, findings
from diag.audit.counsel import counsel
from diag.audit.evolution import evolution
from diag.audit.report import Report, report_of
from diag.audit.session import AuditSession
from diag.audit.walk import Key
from diag.journal.signatures import standing_word
from diag.model.enums import AuditStatus, Compliance
from diag.office.supervision import stand_of
from diag.tui.audit_finds import find_in_audit
from diag.tui.bilan.commands import OpenWritten
from diag.tui.commands import (
    key_now,
)
from diag.tui.lists import Tabs
from diag.tui.outline import Interval, Outline
from diag.tui.palette import NearAndFar
from diag.tui.place import PlaceScreen
from diag.tui.safe import content
from diag.words.sentences import counted, sentence
from diag.words.vocabulary import (
    SOCLES,
)

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
