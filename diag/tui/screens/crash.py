"""After an unexpected error: what is safe, where the detail is, how to go on."""

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from diag.tui.commands import Command, CommandType, Quit, bindings_of
from diag.tui.plain import content
from diag.tui.screens.place import PlaceScreen


class Continue(Command):
    """Rouvrir à l'endroit où vous étiez."""

    KEYS = "enter,escape"
    TITLE = "Reprendre"
    IN_FOOTER = True


class CrashScreen(PlaceScreen):
    """Shown when the app comes back after an error that nobody had foreseen."""

    CSS_PATH = "school.tcss"
    OFFERS: ClassVar[tuple[CommandType, ...]] = (Continue, Quit)
    BINDINGS = bindings_of(*OFFERS)

    def __init__(self, log: Path) -> None:
        super().__init__()
        self._log = log

    def body(self) -> ComposeResult:
        """Say what matters, in this order."""
        detail = (
            f"Le détail est dans le fichier {self._log}\n"
            "Joignez-le si vous signalez le problème."
            if self._log.is_file()
            else f"Le détail n'a pas pu être écrit dans {self._log}"
        )
        yield Static(
            content(
                "Une erreur inattendue s'est produite.\n\n"
                "Tout ce que vous avez saisi est enregistré : rien n'est perdu.\n\n"
                f"{detail}\n\n"
                "Entrée : rouvrir à l'endroit où vous étiez."
            ),
            id="crash",
        )

    def on_mount(self) -> None:
        """Say where one is."""
        self.tell("Erreur inattendue")

    def on_continue(self) -> None:
        """Go where one was."""
        self.diag.whereabouts.recover()
