"""Quitting while something is not at the office yet: it is sent, and nobody waits."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from diag.tui.commands import Command, CommandType, bindings_of
from diag.tui.place import KeyBar
from diag.tui.safe import Sturdy, content
from diag.tui.sync import progress_words
from diag.tui.text import Sentence
from diag.words.sentences import counted

if TYPE_CHECKING:
    from diag.tui.background import BackgroundSync

_LOOK = 0.2
"""Seconds between two looks at how far it is."""

_KEPT = "Rien ne vous retient : tout est enregistré, et partira la prochaine fois."


class LeaveNow(Command, keys="enter,q", title="Quitter sans attendre", footer=True):
    """Quitter tout de suite : le reste partira la prochaine fois."""


class Stay(Command, keys="escape", title="Rester", footer=True):
    """Revenir à l'écran ; ce qui part continue de partir."""


class QuittingScreen(Sturdy, ModalScreen[bool]):
    """How many modifications wait, how far they are; the app ends once they left.

    What is refused, or a line that is cut, is shown and read: Enter leaves at any time.
    """

    CSS_PATH = "dialogs.tcss"
    INTRODUCTION = "Ce qui attend part au bureau ; Entrée quitte sans attendre."
    OFFERS: ClassVar[tuple[CommandType, ...]] = (LeaveNow, Stay)
    BINDINGS = bindings_of(*OFFERS)

    def __init__(self, waiting: int, background: "BackgroundSync") -> None:
        super().__init__()
        self._waiting = waiting
        self._background = background

    def compose(self) -> ComposeResult:
        waiting = f"{counted(self._waiting, 'modification')} en attente"
        with Vertical(classes="dialog"):
            yield Static("Quitter", classes="title")
            yield Sentence(f"{waiting} pour le bureau.", classes="text")
            with VerticalScroll(classes="reading below", can_focus=False):
                yield Static(id="told")
        yield KeyBar()

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
