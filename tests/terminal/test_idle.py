"""Nothing moves while nothing is done, and a key moves only what it changes."""

from pathlib import Path

import pytest

from tests.terminal.visits import prepared, visit_in

DOWN, UP, RIGHT, HOME = "\x1b[B", "\x1b[A", "\x1b[C", "\x1b[H"
MOST = 3_000
"""Bytes of a key, at 80×24."""
QUIET = 1.5
"""Seconds watched: three blinks of a cursor, one tick of a clock."""


@pytest.mark.long  # the gate looks at what is drawn in `tests/tui/visit/test_visit.py`
def test_a_visit_then_salles_draw_only_what_a_key_changes_then_nothing(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    with visit_in(tmp_path) as terminal:
        terminal.resize(80, 24)
        terminal.settle()
        assert not terminal.read(QUIET)
        terminal.send(f"\t{HOME}{DOWN}\r")  # the cabinet
        terminal.wait_for(lambda: terminal.shows("Baie, question"), "the cabinet")
        terminal.settle(QUIET)
        # The plan that lost the focus while the whole screen was drawn is drawn once
        # more at its next change, or not, as the two came: it is walked over first.
        for key in (DOWN, DOWN, DOWN, UP, UP, UP):
            terminal.send(key)
            terminal.settle()
        for key in (DOWN, DOWN, DOWN, UP, "m"):
            if key == "m":
                terminal.send("*")
                terminal.wait_for(lambda: terminal.shows("pourquoi ?"), "a reason")
                terminal.settle(QUIET)
            before = terminal.written
            terminal.send(key)
            terminal.settle()
            assert 0 < terminal.written - before < MOST, key

        terminal.send("\x1b")
        terminal.settle()
        terminal.send("\x1b[17~")
        terminal.wait_for(lambda: terminal.shows("Les salles"), "the rooms")
        terminal.settle()
        for key in (DOWN, RIGHT, RIGHT, UP, "6", "p", RIGHT, DOWN, "5"):
            before = terminal.written
            terminal.send(key)
            terminal.settle()
            if key != "p":  # the other face, whole
                assert 0 < terminal.written - before < MOST, key
        assert not terminal.read(QUIET)
