"""Bilan as it is seen: its commands, its three sides, what is under the cursor."""

from pathlib import Path

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from diag.assess.words import filled_words, score_words, short_cost, spent
from diag.audit.answer import Key
from diag.audit.bilan import danger_counts, findings
from diag.audit.counsel import counsel, evolution
from diag.audit.follow import digest_to_accept
from diag.audit.report import Report, report_of
from diag.audit.session import AuditSession
from diag.journal.signatures import standing_word
from diag.model.enums import AuditStatus, Compliance, Standing
from diag.office.supervision import stand_of
from diag.tui.commands import (
    AUDIT_GROUP,
    Command,
    ListNoted,
    OpenDebrief,
    ShowPlaces,
    Undo,
    WriteNote,
    key_now,
)
from diag.tui.lists import Tabs
from diag.tui.outline import Outline
from diag.tui.place import PlaceScreen
from diag.tui.text import Sentence, content
from diag.words.sentences import counted, sentence
from diag.words.vocabulary import SOCLES

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


class OpenFact(Command, keys="right", title="Question", group=_SHOW, footer=True):
    """Ouvrir la question du fait sous le curseur, là où elle a été répondue."""


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
    OpenFact,
    OpenDebrief,
    FollowUpCommand,
    WriteReports,
    WriteNote,
    ShowPlaces,
    Suppose,
    Reword,
    GoAdvice,
    NextFace,
    SetAside,
    HandleVote,
    MoveUp,
    MoveDown,
    GoVisit,
    Advance,
    AddAdvice,
    OpenWritten,
    Undo,
    RemoveAdvice,
    ShowFindings,
    ShowCounsel,
    ShowEvolution,
    ComputedOrder,
    DraftPaper,
    NewEdition,
    ListNoted,
)
"""All of them, in order of use."""

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
    """One audit judged, side by side; `BilanScreen` acts on what is shown."""

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
        self.catch_up()
        self.show_all()

    def catch_up(self) -> None:
        """Show what another window wrote, once one comes back to this one."""
        if self.session.catch_up() and self._read_at:
            self._read_at = ()
            self.show_all()

    def on_resize(self, event: events.Resize) -> None:
        self._arrange(event.size.width)

    def show_all(self) -> None:
        """Read everything again; the sides that are not seen wait.

        Nothing is read where nothing was written since: a dialog that was left, or
        whose answer was shown when it closed.
        """
        session = self.session
        workspace, journal = session.workspace, session.workspace.journal
        now = journal, journal.written, workspace.settings, workspace.world.today()
        if self._read_at == now:
            return
        self._read_at = now
        report = self._report = report_of(session)
        overall = session.assessment.overall
        remarks = filled_words(overall), score_words(overall)
        self.set_title(f"Bilan : {session.about.title}", *remarks)
        self.show_written()
        self._seen = digest_to_accept(session)
        self.query_one("#counts", Static).update(_counts(session))
        left = (*report.plan.actions, *report.plan.to_confirm)
        costs = [one.advice.cost for one in left]
        is_priced = any(one.most for one in spent(costs))
        socle = SOCLES[session.assessment.socle]
        words = [cost_line(socle, short_cost(*costs), is_priced=is_priced)]
        # What unseals an audit, or why it was given back; nothing as a rule.
        signature = session.signature
        is_whole = signature is None or signature.intact
        is_returned = session.status is AuditStatus.RETOURNE
        if (is_returned or not is_whole) and (stand := stand_of(session)):
            words.append(sentence(stand.words))
        self.query_one("#summary", Sentence).show("\n".join(words))
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
            if not outline.display or name not in self._stale:
                continue
            self._stale.discard(name)
            if name == "findings":
                outline.show(findings(self.session))
            elif name == "counsel":
                outline.show(counsel(self.session, self.report))
            else:
                outline.show(evolution(self.session))

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
