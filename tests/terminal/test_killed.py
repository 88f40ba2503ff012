"""The app killed while answers are typed: what the screen said saved is there."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from diag.audit import session as audits
from diag.workspace.workspace import Workspace
from tests.audit.builders import SCHOOL
from tests.terminal.terminal import Terminal, program
from tests.terminal.visits import RESUME, SIZE, prepared, visit_in

pytestmark = pytest.mark.durable

_SAVED = re.compile(r"\((motif_\d+)\)")


class Typist:
    """Someone who answers until the power goes, and remembers what the screen said."""

    def __init__(self, terminal: Terminal, pieces: int, first: int) -> None:
        self.terminal = terminal
        self.shown: set[str] = set()
        self._pieces = pieces
        self._number = first

    def work(self) -> None:
        """Answer after answer, until so many pieces of output were read."""
        while self._pieces > 0:
            reason = f"motif_{self._number}"
            self._number += 1
            self.terminal.send("*")
            self._look_for(lambda: self.terminal.shows("pourquoi ?"))
            self.terminal.send(f"{reason}\r")
            self._look_for(lambda: reason in self.shown)  # noqa: B023 - called at once

    def look(self) -> None:
        """Remember what the screen says saved now."""
        for line in self.terminal.lines:
            if found := _SAVED.search(line):
                self.shown.add(found[1])

    def _look_for(self, condition: Callable[[], bool]) -> None:
        def seen_or_killed() -> bool:
            self._pieces -= 1
            self.look()
            return self._pieces <= 0 or condition()

        self.terminal.wait_for(seen_or_killed, "the next answer")


def kept(folder: Path) -> set[str]:
    """Return every reason that the journal holds; check that it is whole."""
    with closing(sqlite3.connect(folder / "diag.db")) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    with Workspace.open(folder) as there:
        session = audits.open_session(there, SCHOOL)
        digest = session.digest
        there.journal.rebuild()
        assert session.digest == digest
        values = [one.value for one in session.revisions()]
    return {str(one.get("reason", "")) for one in values if isinstance(one, dict)}


def run(folder: Path, times: int, seed: int) -> int:
    """Kill so many times; return how many answers the screens had shown as saved."""
    chance = Random(seed)
    shown: set[str] = set()
    prepared(folder)
    for number in range(times):
        with visit_in(folder) as terminal:
            typist = Typist(terminal, chance.randint(3, 60), number * 1000)
            typist.work()
            terminal.kill()
            typist.look()
        shown |= typist.shown
        assert shown <= kept(folder)
    return len(shown)


def test_nothing_shown_as_saved_is_missing_when_the_app_is_killed(
    tmp_path: Path,
) -> None:
    assert run(tmp_path, times=1, seed=2) > 0


@pytest.mark.long
def test_nothing_shown_as_saved_is_missing_over_200_kills(tmp_path: Path) -> None:
    shown = 0
    for part in range(20):  # an audit of 600 questions would end before 200 kills
        shown += run(tmp_path / str(part), times=10, seed=part)

    print(f"\n200 kills, {shown} answers shown as saved, none missing")
    assert shown > 0, "how many depends on the machine"


@pytest.mark.long  # without a terminal in `tests/tui/visit/test_writes.py`
def test_an_answer_being_typed_when_the_app_is_killed_is_offered_there_again(
    tmp_path: Path,
) -> None:
    """In the fiche, then in a cell of the grid; the journal has no answer of it."""
    prepared(tmp_path, at="nb_classes")

    def typed_is_kept(text: str) -> bool:
        with closing(sqlite3.connect(tmp_path / "diag.db")) as connection:
            asked = "select value from setting where key = 'tui.drafts'"
            return any(f'"{text}"' in value for (value,) in connection.execute(asked))

    with visit_in(tmp_path) as terminal:
        terminal.send("17")
        terminal.wait_for(lambda: typed_is_kept("17"), "kept at rest")
        terminal.kill()
    with visit_in(tmp_path) as terminal:
        terminal.wait_for(lambda: terminal.shows("Vous tapiez « 17 »"), "offered")
        terminal.send("\x1b[B\x1b[A\x7f")
        terminal.wait_for(lambda: terminal.shows("17 classes"), "taken again")
        terminal.send("\r")
        terminal.wait_for(lambda: terminal.shows("Nombre de classes : 17"), "answered")
        terminal.wait_for(lambda: not typed_is_kept("17"), "forgotten")
        terminal.send("\x1bOQ")
        terminal.wait_for(lambda: terminal.shows("puis à droite"), "the grid")
        terminal.send("\x1b[C" * 2 + "2")
        terminal.wait_for(lambda: typed_is_kept("2"), "kept at rest")
        terminal.kill()
    with Terminal(program(), tmp_path, SIZE) as terminal:
        terminal.wait_for(lambda: terminal.shows("Chantelombe"), "the schools")
        terminal.send(RESUME)
        terminal.wait_for(lambda: terminal.shows("Vous tapiez « 2 »"), "offered")
        terminal.send("\x7f\r")
        terminal.wait_for(lambda: terminal.shows("Enregistré, Salle"), "answered")
        terminal.wait_for(lambda: not typed_is_kept("2"), "forgotten")
