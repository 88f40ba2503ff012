"""Synchronisation: what is not at the office yet, and bringing it there."""

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static
from textual.worker import get_current_worker

from diag.model.errors import DiagError
from diag.office import sync
from diag.sync.exchange import PAUSE, REVISIONS, SyncResult
from diag.tui.background import BackgroundSync
from diag.tui.commands import Command, CommandType, key_now
from diag.tui.dialogs import Ask, Dialog, Notice
from diag.tui.lists import TINY, Lines, ListColumn, ListLine
from diag.tui.place import EVERYWHERE, PlaceScreen
from diag.tui.text import Sentence, content
from diag.words.dates import moment_words
from diag.words.sentences import counted
from diag.workspace.subjects import title_shown
from diag.workspace.workspace import Workspace


class Synchronise(Command, keys="s,enter", title="Synchroniser", footer=True):
    """Synchroniser : les réponses d'abord, les photos ensuite."""


class SendAll(Command, keys="t", title="Photos aussi", footer=True):
    """Passer aussi les photos, bien que la connexion soit payée au volume."""


class StopSync(Command, keys="x", title="Arrêter", footer=True):
    """Arrêter : ce qui est passé est gardé, le reste passera la prochaine fois."""


class Enrol(Command, keys="n", title="Inscrire ce poste", footer=True):
    """Inscrire ce poste auprès d'un serveur, avec l'invitation qu'il a donnée."""


_MEBIBYTE = 1 << 20
_LOOK = 0.2
"""Seconds between two looks at how far it is."""

_KEPT = "Rien ne vous retient : tout est enregistré, et partira la prochaine fois."

_ALONE = "Ce poste n'est encore connu d'aucun serveur : {key} pour l'inscrire."

_HOW = (
    "L'administrateur du serveur donne une invitation, une ligne à coller. Sans "
    "serveur, les audits s'échangent en ligne de commande : par fichier (diag bundle "
    "export), ou par un dossier partagé (diag sync --folder DOSSIER)."
)

_NOTHING = "Rien n'attend : tout ce qui est ici est au bureau."


class SyncScreen(PlaceScreen):
    """What waits, audit by audit; how far it is; what happened last time."""

    CSS_PATH = "sync.tcss"
    OFFERS = (Synchronise, SendAll, StopSync, Enrol, *EVERYWHERE)
    INTRODUCTION = (
        "Ce qui n'est pas encore au bureau. Une synchronisation ne change aucune "
        "réponse : elle réunit les deux journaux, et montre ce qui se contredit."
    )

    def __init__(self) -> None:
        super().__init__()
        self._busy = False
        self._typed = ""
        self._waits_for_line = False

    def body(self) -> ComposeResult:
        yield Lines(
            (
                ListColumn("Serveur", 18, narrow=12, least=TINY),
                ListColumn("Audit"),
                ListColumn("Modifications", 14, right=True, tiny=6),
            ),
            empty=_NOTHING,
        )
        yield Static(id="progress")
        with VerticalScroll(id="last"):
            yield Static()

    def on_mount(self) -> None:
        """Show what waits; nobody is asked."""
        self._fill()

    def catch_up(self) -> None:
        """Show what waits now: a sync that nobody asked for may have taken some."""
        if not self._busy:
            self._fill()

    def _fill(self) -> None:
        workspace = self.diag.desk.workspace
        hubs = sync.hubs(workspace)
        names = sync.names_of(hubs)
        waiting = [(hub, one) for hub in hubs for one in sync.waiting(workspace, hub)]
        lines = self.query_one(Lines)
        lines.empty = _NOTHING if hubs else _ALONE.format(key=key_now(self.app, Enrol))
        lines.show([
            ListLine(
                f"{hub.hub}/{one.audit}",
                (
                    names[hub.hub],
                    title_shown(workspace.territory, one.about)
                    if one.about
                    else one.title,
                    str(one.revisions),
                ),
            )
            for hub, one in waiting
        ])
        number = sum(one.revisions for _, one in waiting)
        left = f"{counted(number, 'modification')} en attente" if hubs else ""
        self.set_title("Synchronisation", left)
        last = sync.last(workspace) if hubs else ()
        self._waits_for_line = any(outcome.deferred for outcome in last)
        done = [line for outcome in last for line in sync.words_of(outcome)]
        told = [f"Dernière fois, {moment_words(last[0].at)}", *done] if done else ()
        words = "\n".join(told) if hubs else _HOW
        self.query_one("#last > Static", Static).update(content(words))
        self.refresh_keys()

    def can(self, command: CommandType) -> bool | None:
        if command is SendAll:
            return self._waits_for_line and (None if self._busy else True)
        if command is StopSync:
            return True if self._busy else None
        if command in {Synchronise, Enrol}:
            return None if self._busy else True
        return True

    def on_synchronise(self) -> None:
        self._begin()

    def _begin(self, *, light: bool | None = None) -> None:
        if self._busy:
            return
        self._busy = True
        self._show_progress("On appelle le serveur…")
        self.refresh_keys()
        self._run(light=light)

    def on_send_all(self) -> None:
        self._begin(light=False)

    def on_stop_sync(self) -> None:
        self.workers.cancel_node(self)
        self._show_progress("On s'arrête après l'échange en cours…")

    @work(thread=True, exclusive=True, description="aside")
    def _run(self, *, light: bool | None) -> None:
        worker, desk = get_current_worker(), self.diag.desk
        seen: tuple[str, int] = ("", -1)

        def advance(phase: str, done: int, total: int) -> None:
            nonlocal seen
            step = (phase, total if phase == PAUSE else 100 * done // max(total, 1))
            if step != seen:
                seen = step
                words = progress_words(phase, done, total)
                self.call_later(self._show_progress, words)

        try:
            # A thread has a connection of its own.
            with Workspace.open(desk.folder, desk.world) as workspace:
                outcomes = sync.run(
                    workspace, advance, lambda: worker.is_cancelled, light=light
                )
        except DiagError as error:
            self.call_later(self._end, (), str(error))
        else:
            self.call_later(self._end, outcomes)

    def _show_progress(self, words: str) -> None:
        self.query_one("#progress", Static).update(content(words))

    def _end(self, outcomes: tuple[SyncResult, ...], problem: str = "") -> None:
        """Show what happened, or why nothing could begin."""
        self._busy = False
        self._show_progress("")
        self.diag.desk.forget_sessions()
        self._fill()
        if problem:
            self.app.push_screen(Notice(problem, "Ce n'est pas possible"))
        elif outcomes and all(outcome.is_whole for outcome in outcomes):
            self.diag.inform("Tout ce qui est ici est au bureau, et l'inverse.")

    def on_enrol(self) -> None:
        asked = "Invitation donnée par l'administrateur du serveur (une ligne) :"
        self.app.push_screen(Ask(asked, self._typed), self._invited)

    def _invited(self, invitation: str | None) -> None:
        if invitation and invitation.strip():
            self._typed, self._busy = invitation, True
            self._show_progress("On s'inscrit auprès du serveur…")
            self._enrol(invitation.strip())

    @work(thread=True, exclusive=True, description="aside")
    def _enrol(self, invitation: str) -> None:
        desk = self.diag.desk
        try:
            with Workspace.open(desk.folder, desk.world) as workspace:
                hub = sync.enrol(workspace, invitation)
        except DiagError as error:
            self.call_later(self._end, (), str(error))
        else:
            self.call_later(self._enrolled, hub.name)

    def _enrolled(self, name: str) -> None:
        self._typed, self._busy = "", False
        self._show_progress("")
        self._fill()
        self.diag.inform(f"Ce poste est inscrit : {name}.")


def progress_words(phase: str, done: int, total: int) -> str:
    """Return how far it is: answers first, then attachments."""
    if phase == PAUSE:
        return f"Liaison coupée : nouvel essai dans {total} s…"
    bar = "━" * (20 * done // max(total, 1))
    if phase == REVISIONS:
        return f"Réponses      {bar:<20} {done} sur {total}"
    return f"Pièces jointes {bar:<20} {_size(done)} sur {_size(total)} Mo"


def _size(number: int) -> str:
    return f"{number / _MEBIBYTE:.1f}".replace(".", ",")


class LeaveNow(Command, keys="enter,q", title="Quitter sans attendre", footer=True):
    """Quitter tout de suite : le reste partira la prochaine fois."""


class Stay(Command, keys="escape", title="Rester", footer=True):
    """Revenir à l'écran ; ce qui part continue de partir."""


class QuittingScreen(Dialog[bool]):
    """How many modifications wait, how far they are; the app ends once they left.

    What is refused, or a line that is cut, is shown and read: Enter leaves at any time.
    """

    INTRODUCTION = "Ce qui attend part au bureau ; Entrée quitte sans attendre."
    OFFERS: ClassVar[tuple[CommandType, ...]] = (LeaveNow, Stay)

    def __init__(self, waiting: int, background: "BackgroundSync") -> None:
        super().__init__()
        self._waiting = waiting
        self._background = background

    def body(self) -> ComposeResult:
        waiting = f"{counted(self._waiting, 'modification')} en attente"
        yield Static("Quitter", classes="title")
        yield Sentence(f"{waiting} pour le bureau.", classes="text")
        with VerticalScroll(classes="reading below", can_focus=False):
            yield Static(id="told")

    def on_mount(self) -> None:
        """Send, and look how far it is."""
        self._background.begin()
        self._looking = self.set_interval(_LOOK, self._look)

    def _look(self) -> None:
        if self._background.is_running:
            step = self._background.progress
            self._inform(progress_words(*step) if step else "On appelle le serveur…")
            return
        self._looking.stop()
        if self._background.problem:
            self._inform(f"{self._background.problem}\n\n{_KEPT}")
        else:
            self.dismiss(True)

    def _inform(self, words: str) -> None:
        self.query_one("#told", Static).update(content(words))

    def on_leave_now(self) -> None:
        self.dismiss(True)

    def on_stay(self) -> None:
        self.dismiss(False)
