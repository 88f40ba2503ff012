"""However the program ends, it resumes at the very question, in each audit."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from diag.audit import session as audits
from diag.audit.visit import VisitSession
from diag.workspace.workspace import Workspace
from tests.audit.builders import OTHER, SCHOOL
from tests.terminal.terminal import Terminal, program
from tests.terminal.visits import SIZE, begin, prepared, visit_in

pytestmark = pytest.mark.durable

ENDS: dict[str, Callable[[Terminal], object]] = {
    "killed": Terminal.kill,
    "terminal closed": Terminal.hang_up,
}
DOWN = "\x1b[B"
_WHERE = re.compile(r"([^│ ][^│]*, question \d+ sur)")


def resumes_at(folder: Path, ref: str) -> str:
    """Return the part of the visit, and the rank in it, where it would resume."""
    with Workspace.open(folder) as there:
        visiting = VisitSession(audits.open_session(there, ref))
        leg = visiting.walk.leg_of(visiting.key)
        assert leg is not None
        rank = [stop.key for stop in leg.stops].index(visiting.key) + 1
        return f"{leg.title}, question {rank} sur"


def walked(terminal: Terminal, folder: Path, ref: str, steps: int) -> str:
    """Walk so many questions down; return where one is, once the journal has it."""
    terminal.wait_for(lambda: shown(terminal), "a question")
    for _ in range(steps):
        before = shown(terminal)
        terminal.send(DOWN)
        terminal.wait_for(lambda: shown(terminal) not in {"", before}, "the next")  # noqa: B023 - called at once
    terminal.wait_for(lambda: resumes_at(folder, ref) == shown(terminal), "kept")
    return shown(terminal)


def is_kept(folder: Path, place: str) -> bool:
    """Say whether the journal has a place of the app as the last one shown."""
    with closing(sqlite3.connect(folder / "diag.db")) as connection:
        asked = "select value from setting where key = 'tui.here'"
        return any(place in value for (value,) in connection.execute(asked))


def shown(terminal: Terminal) -> str:
    """Return where the fiche says that one is; empty while it is drawn."""
    found = (_WHERE.search(line) for line in terminal.lines)
    return next((one[1] for one in found if one), "")


@pytest.mark.long  # without a terminal in `tests/tui/visit/test_visit.py`
@pytest.mark.parametrize("end", ENDS)
def test_a_question_reached_by_arrows_is_resumed(tmp_path: Path, end: str) -> None:
    prepared(tmp_path)
    with visit_in(tmp_path) as terminal:
        terminal.send("*motif\r")
        terminal.wait_for(lambda: terminal.shows("(motif)"), "answered")
        where = walked(terminal, tmp_path, SCHOOL, 7)
        ENDS[end](terminal)
        terminal.wait_for_end()

    assert resumes_at(tmp_path, SCHOOL) == where
    with visit_in(tmp_path) as terminal:
        terminal.wait_for(lambda: shown(terminal) == where, "the very question")


@pytest.mark.long  # without a terminal in `tests/tui/test_whereabouts.py`
@pytest.mark.parametrize("end", ENDS)
def test_the_bilan_is_resumed_over_the_visit(tmp_path: Path, end: str) -> None:
    prepared(tmp_path)
    with visit_in(tmp_path) as terminal:
        where = walked(terminal, tmp_path, SCHOOL, 4)
        terminal.send("\x1b[20~")
        terminal.wait_for(lambda: terminal.shows("Bilan :"), "the bilan")
        terminal.wait_for(lambda: is_kept(tmp_path, "bilan"), "kept")
        ENDS[end](terminal)
        terminal.wait_for_end()

    with Terminal(program(), tmp_path, SIZE) as terminal:
        terminal.wait_for(lambda: terminal.shows("Chantelombe"), "the schools")
        terminal.send("\x1bOR")
        terminal.wait_for(lambda: terminal.shows("Bilan :"), "the bilan")
        terminal.send("\x1b")
        terminal.wait_for(lambda: shown(terminal) == where, "the very question")


@pytest.mark.long  # without a terminal in `tests/tui/visit/test_visit.py`
@pytest.mark.parametrize("end", ENDS)
def test_two_audits_in_turn_are_each_resumed_at_their_question(
    tmp_path: Path, end: str
) -> None:
    prepared(tmp_path)
    with visit_in(tmp_path) as terminal:
        first = walked(terminal, tmp_path, SCHOOL, 4)
        terminal.send("\x1b")
        terminal.wait_for(lambda: terminal.shows("Audits"), "the school")
        terminal.send("\x1b")
        terminal.wait_for(lambda: terminal.shows("Chercher une école"), "the schools")
        terminal.send(f"/{OTHER}\rv")
        begin(terminal)
        second = walked(terminal, tmp_path, OTHER, 7)
        ENDS[end](terminal)
        terminal.wait_for_end()

    assert resumes_at(tmp_path, SCHOOL) == first
    assert resumes_at(tmp_path, OTHER) == second
    assert first != second
    with visit_in(tmp_path) as terminal:
        terminal.wait_for(lambda: shown(terminal) == second, "the very question")
