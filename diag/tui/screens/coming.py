"""A place that is not built yet, so that one can go there and come back."""

from textual.app import ComposeResult
from textual.widgets import Static

from diag.tui.plain import content
from diag.tui.screens.place import PlaceScreen


class ComingScreen(PlaceScreen):
    """Says its name, and that there is nothing yet."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def body(self) -> ComposeResult:
        """Say so."""
        yield Static(content("Cet écran n'existe pas encore."))

    def on_mount(self) -> None:
        """Say where one is."""
        self.tell(self._title)
