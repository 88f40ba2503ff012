"""École: who are they, and what did we find before?"""

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from diag.desk.audits import school_of
from diag.tui.commands import Command, CommandType, bindings_of
from diag.tui.plain import content
from diag.tui.screens.place import EVERYWHERE, PlaceScreen


class OpenVisit(Command):
    """Ouvrir la visite : ce qu'il reste à constater, lieu par lieu."""

    KEYS = "enter,v"
    TITLE = "Visite"
    IN_FOOTER = True


class OpenBilan(Command):
    """Ouvrir le bilan : constats, préconisations, rapports."""

    KEYS = "b"
    TITLE = "Bilan"
    IN_FOOTER = True


class SchoolScreen(PlaceScreen):
    """One school: its address, its classes, its audits."""

    CSS_PATH = "school.tcss"
    OFFERS: ClassVar[tuple[CommandType, ...]] = (OpenVisit, OpenBilan, *EVERYWHERE)
    BINDINGS = bindings_of(*OFFERS)
    INTRODUCTION = "Qui sont-ils, et qu'avions-nous constaté ?"

    def __init__(self, uai: str) -> None:
        super().__init__()
        self.uai = uai
        """The school."""

    def body(self) -> ComposeResult:
        """Lay out what is known of the school."""
        with VerticalScroll():
            yield Static(id="who")

    def on_mount(self) -> None:
        """Tell what is known."""
        school = school_of(self.diag.desk.workspace, self.uai)
        self.tell(f"{school.name}, {school.commune}", school.uai)
        lines = (school.address, f"{school.postcode} {school.commune}", school.phone)
        self.query_one("#who", Static).update(content("\n".join(filter(None, lines))))

    def on_open_visit(self) -> None:
        """Open the visit; the audit starts when nobody has started it yet."""
        self.diag.go_visit(self.uai)

    def on_open_bilan(self) -> None:
        """Open what was found."""
        self.diag.go_bilan(self.uai)
