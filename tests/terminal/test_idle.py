"""Nothing moves while nothing is done: not a byte goes to the terminal."""

from pathlib import Path

from tests.terminal.visits import prepared, visit_in

QUIET = 1.5
"""Seconds watched: three blinks of a cursor, one tick of a clock."""


def test_a_visit_left_alone_writes_nothing(tmp_path: Path) -> None:
    prepared(tmp_path)
    with visit_in(tmp_path) as terminal:
        terminal.settle()
        written = terminal.written

        assert not terminal.read(QUIET)
        assert terminal.written == written
