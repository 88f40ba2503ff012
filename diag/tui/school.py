"""École: who are they, and what did we find before?"""

from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from diag.audit.answer import Key
from diag.audit.compare import keep_judged
from diag.audit.follow import claim, is_claimed, release
from diag.audit.proposals import waiting_words
from diag.audit.session import AuditSession, open_session
from diag.office.agenda import keep_tour, tour_of
from diag.office.supervision import AuditOverview, list_audits_of, who
from diag.tui.audit_finds import AuditDoors, finds_of
from diag.tui.commands import (
    Command,
    CommandType,
    SendForms,
    ShowMeasures,
    action_of,
    key_now,
)
from diag.tui.dialogs import ChooseDialog, ListChoice
from diag.tui.palette import FindsInAudit
from diag.tui.place import EVERYWHERE, PlaceScreen
from diag.tui.text import plain
from diag.workspace.subjects import auditee_named


class OpenVisit(Command, keys="enter,v", title="Visite", footer=True):
    """Ouvrir la visite, lieu par lieu ; l'audit commence s'il n'existe pas encore."""


class OpenBilan(Command, keys="b,f9", title="Bilan", footer=True):
    """Ouvrir le bilan : constats, préconisations, rapports."""


class OpenOther(Command, keys="o", title="Autre campagne"):
    """Ouvrir l'audit d'une autre campagne : son bilan, ou sa visite."""


class Compare(Command, keys="c", title="Comparer", footer=True):
    """Comparer cet audit au précédent de la même école."""


class OpenHistory(Command, keys="h", title="Historique", footer=True):
    """Lire tout ce qui a été dit dans l'audit : quand, par qui."""


class PickSchool(Command, keys="space", title="Tournée : choisir"):
    """Mettre l'école dans la tournée, ou l'en retirer."""


class OpenSchoolCommune(Command, keys="m", title="Commune"):
    """Ouvrir la commune de l'école : la mairie, et l'audit de la commune."""


class ClaimAudit(Command, keys="y", title="J'y suis"):
    """Dire aux autres que vous êtes sur l'audit jusqu'à ce soir, ou n'y êtes plus."""


class SchoolConflicts(Command, keys="k", title="À trancher", footer=True):
    """Voir les conflits de l'audit : ce que plusieurs ont dit, et trancher."""


class SchoolProposals(Command, keys="p", title="Proposées", footer=True):
    """Lire un formulaire revenu ; accepter les réponses proposées, ou les écarter."""


_LABELS = 12
"""Columns that labels take; the longest is « Regroupement »."""


class SchoolScreen(PlaceScreen):
    """One school, or its commune, or the syndicat: who they are, their audits."""

    CSS_PATH = "school.tcss"
    OFFERS = (
        OpenVisit,
        OpenBilan,
        SendForms,
        OpenOther,
        Compare,
        OpenHistory,
        ClaimAudit,
        PickSchool,
        OpenSchoolCommune,
        SchoolConflicts,
        SchoolProposals,
        ShowMeasures,
        *EVERYWHERE,
    )
    INTRODUCTION = "Qui sont-ils, et qu'avions-nous constaté ?"

    def __init__(self, ref: str) -> None:
        super().__init__()
        self.ref = ref
        """A school's UAI, or the ref of a commune or a syndicat."""
        self._insee = ""
        self._is_school = True
        self._now: list[AuditOverview] = []
        """The audit of this campaign, once it has begun."""
        self._others: list[AuditOverview] = []

    def body(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(id="who")
            yield Static(id="audits")

    def on_screen_resume(self) -> None:
        """Show what is known, read again: the user may come back from the visit.

        Whoever goes straight to the visit does not wait for what stands under it.
        """
        if self.app.screen is not self:
            return
        workspace = self.diag.desk.workspace
        about = auditee_named(workspace, self.ref)
        self._insee, self._is_school = about.insee, about.school is not None
        self.set_title(about.title, about.code)
        table = _grid()
        for label, text in who(workspace, about):
            table.add_row(label, plain(text))
        self.query_one("#who", Static).update(table)
        words = list_audits_of(workspace, about)
        campaign = workspace.settings.campaign
        self._now = [one for one in words if one.audit.campaign == campaign]
        self._others = [one for one in words if one.audit.campaign != campaign]
        self.query_one("#audits", Static).update(self._audits(words, campaign))
        self.refresh_bindings()
        if self._now:
            self.call_after_refresh(self._keep_judged)

    def _keep_judged(self) -> None:
        """Keep the score for the list of schools, once this screen is drawn."""
        keep_judged(open_session(self.diag.desk.workspace, self.ref))

    def _audits(self, words: list[AuditOverview], campaign: str) -> Table:
        table = _grid()
        table.add_row(Text("Audits", style="bold"), "")
        if not self._now:
            key = key_now(self.app, OpenVisit)
            begin = Text(f"à commencer\u00a0: {key} ouvre l'audit et la visite")
            table.add_row(campaign, begin)
        for one in words:
            table.add_row(plain(one.audit.campaign), one.words)
            now = one.audit.campaign == campaign
            if one.unsettled:
                left = f"à trancher\u00a0: {one.unsettled}"
                table.add_row("", self._way(left, SchoolConflicts) if now else left)
            if one.present:
                table.add_row("", plain(one.present))
            if one.offered and now:
                offered = waiting_words(one.offered)
                table.add_row("", self._way(offered, SchoolProposals))
            for sent in one.sent:
                table.add_row("", plain(sent))
        return table

    def _way(self, words: str, command: CommandType) -> Text:
        """Return words and the key that leads to what they are about; a click does."""
        style = Style.from_meta({"@click": f"screen.{action_of(command)}"})
        return Text(f"{words}, touche {key_now(self.app, command)}", style)

    def can(self, command: CommandType) -> bool | None:
        begun = bool(self._now)
        shown = {
            SchoolConflicts: any(one.unsettled for one in self._now),
            PickSchool: self._is_school,
            OpenSchoolCommune: self._is_school,
            Compare: any(
                one.audit.campaign < now.audit.campaign
                for now in self._now
                for one in self._others
            ),
        }
        ready = {
            OpenBilan: begun,
            OpenHistory: begun,
            SchoolProposals: begun,
            ShowMeasures: begun,
            ClaimAudit: begun,
            OpenOther: bool(self._others),
        }
        return shown.get(command, ready.get(command, True) or None)

    def audit_finds(self) -> FindsInAudit | None:
        """Return what finds in the audit begun here, for the palette; None before."""
        if not self._now:
            return None

        def opened(key: Key) -> None:
            self.diag.desk.choose(self.ref)
            self.diag.go_visit(self.ref, *key)

        session = open_session(self.diag.desk.workspace, self.ref)
        return finds_of(session, AuditDoors(opened, opened))

    def on_open_visit(self) -> None:
        """Open the visit; the audit starts when nobody has started it yet."""
        self.diag.desk.choose(self.ref)
        self.diag.go_visit(self.ref)

    def on_open_bilan(self) -> None:
        self.diag.desk.choose(self.ref)
        self.diag.go_bilan(self.ref)

    @work
    async def on_open_other(self) -> None:
        choices = [
            ListChoice(f"{key}/{campaign}", f"{campaign} : {name}", one.status)
            for one in self._others
            for campaign in (one.audit.campaign,)
            for key, name in (("bilan", "bilan"), ("visit", "visite"))
        ]
        question = "Quel audit ouvrir ?"
        chosen = await self.app.push_screen_wait(ChooseDialog(question, choices))
        if chosen is not None:
            key, _, campaign = chosen.partition("/")
            self.call_later(self._open_other, key, campaign)

    def _open_other(self, key: str, campaign: str) -> None:
        self.diag.desk.choose(self.ref, campaign)
        if key == "bilan":
            self.diag.go_bilan(self.ref)
        else:
            self.diag.go_visit(self.ref)
        status = next(
            one.status for one in self._others if one.audit.campaign == campaign
        )
        self.diag.inform(f"Audit de la campagne {campaign}, {status}.")

    def _open_audit(self) -> AuditSession:
        """Return its audit of this campaign, which the desk stays on."""
        self.diag.desk.choose(self.ref)
        return self.diag.desk.session(self.ref)

    def on_compare(self) -> None:
        # Judging words, loaded when one compares.
        from diag.tui.history import comparison_screen  # noqa: PLC0415

        self.app.push_screen(comparison_screen(self._open_audit()))

    def on_open_history(self) -> None:
        from diag.tui.history import HistoryScreen  # noqa: PLC0415 - judging

        self.app.push_screen(HistoryScreen(self._open_audit()))

    def on_school_conflicts(self) -> None:
        # Loaded when the user settles.
        from diag.tui.conflicts import ConflictsScreen  # noqa: PLC0415

        self.app.push_screen(ConflictsScreen(self.ref))

    def on_school_proposals(self) -> None:
        # Loaded when the user accepts.
        from diag.tui.proposals import ProposalsScreen  # noqa: PLC0415

        self.app.push_screen(ProposalsScreen(self._open_audit()))

    def on_send_forms(self) -> None:
        """Write them; the audit starts when nobody has started it yet."""
        from diag.tui.beginning import send_forms  # noqa: PLC0415 - documents write them

        send_forms(self, self._open_audit())
        self.on_screen_resume()

    def on_show_measures(self) -> None:
        from diag.tui.measures import measures_screen  # noqa: PLC0415 - when asked for

        self.app.push_screen(measures_screen(self._open_audit()))

    def on_claim_audit(self) -> None:
        session = self._open_audit()
        if is_claimed(session):
            release(session)
        else:
            claim(session, session.workspace.world.today())
        self.on_screen_resume()

    def on_open_school_commune(self) -> None:
        if self._insee:
            self.diag.go_school(f"commune:{self._insee}")
        else:
            self.diag.inform("La commune de cette école n'est pas connue.")

    def on_pick_school(self) -> None:
        workspace = self.diag.desk.workspace
        tour = tour_of(workspace).toggled(self.ref)
        keep_tour(workspace, tour)
        placed = self.ref in tour.uais
        verb = "ajoutée à" if placed else "retirée de"
        self.diag.inform(f"École {verb} la tournée du {tour.day:%d/%m/%Y}.")


def _grid() -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), expand=True)
    table.add_column(width=_LABELS)
    table.add_column(ratio=1, overflow="fold")
    return table
