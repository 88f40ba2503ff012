"""The window closed, the laptop's lid shut: the program ends, nothing is lost."""

import signal
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.audit.builders import SCHOOL, started, workspace
from tests.examples import cases
from tests.terminal.terminal import Terminal, program
from tests.terminal.test_killed import kept
from tests.terminal.visits import prepared, visit_in

pytestmark = pytest.mark.durable


PARENTS = {"shell": signal.SIG_DFL, "nohup": signal.SIG_IGN}


@pytest.fixture(params=cases(PARENTS, "nohup"))
def parent(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a parent does of a terminal that is gone; its children do alike."""
    before = signal.signal(signal.SIGHUP, PARENTS[request.param])
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("parent")
def test_the_app_ends_with_its_terminal_and_loses_nothing(tmp_path: Path) -> None:
    prepared(tmp_path)
    with visit_in(tmp_path) as terminal:
        terminal.send("*")
        terminal.wait_for(lambda: terminal.shows("pourquoi ?"), "the reason")
        terminal.send("motif_1\r")
        terminal.wait_for(lambda: terminal.shows("(motif_1)"), "saved")
        terminal.send("12")
        terminal.hang_up()
        terminal.wait_for_end()

    assert "motif_1" in kept(tmp_path)


@pytest.mark.parametrize("name", cases(["SIGTERM", "SIGQUIT"], "SIGTERM"))
def test_a_visit_that_a_command_opened_gives_the_terminal_back_when_told_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with workspace(tmp_path) as made:
        started(made)
    written: list[bytes] = []
    draw = Terminal._draw

    def keep(terminal: Terminal, data: bytes) -> None:
        written.append(data)
        draw(terminal, data)

    monkeypatch.setattr(Terminal, "_draw", keep)
    with Terminal(program("visit", SCHOOL), tmp_path) as terminal:
        terminal.wait_for(lambda: terminal.shows("Réponse"), "the fiche")
        number = getattr(signal, name)
        terminal.process.send_signal(number)
        while terminal.process.poll() is None or terminal.read(0):
            terminal.read(1)
        code = terminal.process.returncode
        settings = termios.tcgetattr(terminal.master)

    last = b"".join(written)
    assert code == 128 + number
    for mode in (b"1049", b"1000", b"1003"):
        assert last.rindex(b"\x1b[?" + mode + b"l") > last.rindex(
            b"\x1b[?" + mode + b"h"
        )
    assert settings[3] & termios.ECHO
