"""Every place of the app, and how one goes there; the tests of all places use it."""

from collections.abc import Callable
from pathlib import Path

from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input

from diag.tui.app import DiagApp
from diag.tui.measures import measures_screen
from diag.tui.palette import Palette
from diag.tui.state import built
from tests.tui.builders import SCHOOL, audited_app
from tests.tui.waiting import shows, wait_for

ROUTES: dict[str, tuple[Callable[[DiagApp], object], str]] = {
    "territoire": (lambda app: app.go_territory(), "Commune"),
    "ecole": (lambda app: app.go_school(SCHOOL), "Audits"),
    "tournee": (lambda app: app.go_tour(), "Tournée du"),
    "programme": (
        lambda app: app.push_screen(built("programme", "ProgrammeScreen")),
        "Aucun programme",
    ),
    "importer": (lambda app: app.go_import(), "jamais"),
    "visite": (lambda app: app.go_visit(SCHOOL), "Direction"),
    "bilan": (lambda app: app.go_bilan(SCHOOL), "Bilan"),
    "mesures": (
        lambda app: app.push_screen(measures_screen(app.desk.session(SCHOOL))),
        "Rien n'est encore mesuré",
    ),
    "aide": (lambda app: app.on_help(), "ce qui est possible ici"),
    "palette": (lambda app: app.on_open_palette(), "commande"),
}
"""Place → how one goes there, and what it shows once there."""


async def go(pilot: Pilot[None], app: DiagApp, place: str) -> None:
    """Go to a place and wait until it is drawn."""
    await wait_for(pilot, lambda: shows(pilot, "Marronniers"), "the schools")
    way, seen = ROUTES[place]
    way(app)
    await wait_for(pilot, lambda: shows(pilot, seen), place)


async def choose(pilot: Pilot[None], words: str) -> None:
    """Find a command by its name."""
    await look_for(pilot, words)
    await pilot.press("enter")


async def look_for(pilot: Pilot[None], words: str) -> None:
    """Search the palette, the words pasted: typed, every letter would search."""
    await pilot.press("ctrl+u" if isinstance(pilot.app.screen, Palette) else "ctrl+p")
    pilot.app.post_message(Paste(words))
    await wait_for(pilot, lambda: pilot.app.screen.query_one(Input).value == words)


def audited(folder: Path) -> DiagApp:
    """Return the app that the routes are walked in."""
    return audited_app(folder)
