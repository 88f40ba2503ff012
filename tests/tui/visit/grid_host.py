"""A school of twelve rooms, and an app that shows nothing but its grid."""

from pathlib import Path
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from diag.audit.answer import NewAnswer, record_answer
from diag.audit.places import add_place
from diag.audit.session import AuditSession
from diag.model.audit import Place
from diag.model.enums import PlaceKind
from diag.tui.commands import Trouble
from diag.tui.text import DIAG_LIGHT
from diag.tui.visit.grid import Grid

ROOMS = (
    *(f"Classe {number}" for number in range(1, 7)),
    "Bureau",
    "Salle des maîtres",
    "BCD",
    "Motricité",
    "Garderie",
    "Réserve",
)


class Host(App[None]):
    """The grid alone."""

    CSS_PATH = str(Path(__file__).parents[3] / "diag" / "tui" / "app.tcss")
    ENABLE_COMMAND_PALETTE: ClassVar[bool] = False

    def __init__(
        self, session: AuditSession, kind: PlaceKind = PlaceKind.SALLE
    ) -> None:
        super().__init__()
        self.animation_level = "none"
        self.register_theme(DIAG_LIGHT)
        self.theme = DIAG_LIGHT.name
        self.grid = Grid(session, kind)
        self.keys: dict[str, str] = {}
        self.troubles: list[str] = []
        self.heard: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.grid

    def on_mount(self) -> None:
        self.grid.focus()

    def on_trouble(self, trouble: Trouble) -> None:
        self.troubles.append(trouble.sentence)

    def on_grid_moved(self, message: Grid.Moved) -> None:
        self.heard.append(message)

    def on_grid_answered(self, message: Grid.Answered) -> None:
        self.heard.append(message)


def twelve_rooms(session: AuditSession) -> tuple[Place, ...]:
    """Add the rooms, and what makes their questions apply."""
    record_answer(session, NewAnswer("type_ecole", "elementaire"))
    record_answer(session, NewAnswer("wifi_present", True))
    return tuple(add_place(session, PlaceKind.SALLE, name)[0] for name in ROOMS)


async def type_keys(pilot: Pilot[None], keys: str) -> int:
    """Press keys, parted by spaces; return how many."""
    pressed = keys.split()
    await pilot.press(*pressed)
    await pilot.pause()
    return len(pressed)
