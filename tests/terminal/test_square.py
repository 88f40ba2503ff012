"""The square of the phone, read from the cells of a real terminal of 80 by 24."""

from pathlib import Path

import pytest
import segno

from diag.phone import ADDRESS, QUIET, wifi_text
from tests.terminal.terminal import Terminal, program
from tests.terminal.visits import begin, prepared

_INK, _PAPER = "000000", "ffffff"
_SIDE = 33 + 2 * QUIET
"""Modules of the square of a Wi-Fi, its margin included."""


def modules(terminal: Terminal, left: int, top: int) -> list[str]:
    """Return the rows of modules that cells draw, « 1 » for a black one."""
    rows = list[str]()
    for line in range((_SIDE + 1) // 2):
        cells = [terminal.screen.buffer[top + line][left + x] for x in range(_SIDE)]
        assert {cell.data for cell in cells} == {"▀"}
        shades = {each for cell in cells for each in (cell.fg, cell.bg)}
        assert shades <= {_INK, _PAPER}
        pairs = [(cell.fg == _INK, cell.bg == _INK) for cell in cells]
        for half in zip(*pairs, strict=True):
            rows.append("".join(str(int(black)) for black in half))
    return rows[:_SIDE]


@pytest.mark.long  # without a terminal in `tests/tui/test_phone.py`
@pytest.mark.parametrize("colours", [True, False])
def test_the_cells_of_a_terminal_are_the_modules_of_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, colours: bool
) -> None:
    monkeypatch.setenv(ADDRESS, "127.0.0.1")
    if not colours:
        monkeypatch.setenv("NO_COLOR", "1")
    prepared(tmp_path)
    with Terminal(program(), tmp_path, (80, 24)) as terminal:
        terminal.wait_for(lambda: terminal.shows("Chantelombe"), "the schools")
        terminal.send("\x1bOR")
        begin(terminal)
        terminal.settle()
        terminal.send("\x1b[18~")
        terminal.wait_for(lambda: terminal.shows("Déposez"), "the photos")
        terminal.send("t")
        terminal.wait_for(lambda: terminal.shows("Personne encore"), "the phone")
        terminal.settle()
        idle = terminal.written
        terminal.settle(0.5)
        assert terminal.written == idle
        terminal.send("w")
        terminal.wait_for(lambda: terminal.shows("Mot de passe"), "asked")
        terminal.send("PARTAGE-CAMILLE\rrivage-carton-81\x1bOQ")
        terminal.wait_for(lambda: terminal.shows("Puis le carré"), "the Wi-Fi")
        terminal.settle()
        found = modules(terminal, 1, 2)

    text = wifi_text("PARTAGE-CAMILLE", "rivage-carton-81")
    code = segno.make(text, error="m", boost_error=False, micro=False)
    assert len(code.matrix) + 2 * QUIET == _SIDE
    blank = "0" * _SIDE
    margin = "0" * QUIET
    drawn = ["".join(map(str, row)) for row in code.matrix]
    framed = [f"{margin}{row}{margin}" for row in drawn]
    assert found == [blank] * QUIET + framed + [blank] * QUIET
