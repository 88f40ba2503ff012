"""A workspace to type in, and a visit opened in a real terminal."""

from pathlib import Path

from diag.audit.places import add_place
from diag.model.enums import PlaceKind
from diag.tui.state import OpenDesk, Recent
from tests.audit.builders import SCHOOL, started, workspace
from tests.terminal.terminal import Terminal, program

SIZE = (160, 30)
"""Wide enough for what is said to stand on one line."""

RESUME = "\x1bOR"
"""F3, among the schools."""


def prepared(folder: Path, rooms: int = 8, at: str | None = None) -> None:
    """Make a workspace where one was last in the visit of a school with rooms.

    `at` is the question of the school where one stopped.
    """
    with workspace(folder) as made:
        session = started(made)
        for number in range(1, rooms + 1):
            add_place(session, PlaceKind.SALLE, f"Salle {number}")
        school = session.facts.root
    desk = OpenDesk(folder)
    desk.recent = Recent(SCHOOL, school, at) if at else Recent(SCHOOL)
    desk.close()


def begin(terminal: Terminal) -> None:
    """Begin the visit that is planned first, unless its questions are there already."""
    planned, ready = "Commencer", ", question "
    terminal.wait_for(
        lambda: terminal.shows(planned) or terminal.shows(ready), "the visit"
    )
    if terminal.shows(planned):
        terminal.send("\r")
    terminal.wait_for(lambda: terminal.shows(ready), "a question")


def visit_in(folder: Path) -> Terminal:
    """Return a terminal where the visit is resumed and ready for an answer."""
    terminal = Terminal(program(), folder, SIZE)
    try:
        terminal.wait_for(lambda: terminal.shows("Chantelombe"), "the schools")
        terminal.send(RESUME)
        begin(terminal)
    except BaseException:
        terminal.__exit__(None, None, None)
        raise
    return terminal
