"""The window closed, the laptop's lid shut: the program ends, nothing is lost."""

from pathlib import Path

import pytest

from tests.terminal.test_killed import kept
from tests.terminal.visits import prepared, visit_in

pytestmark = pytest.mark.durable


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
