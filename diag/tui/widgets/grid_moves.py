"""Where the cursor goes next in a sheet, as in a spreadsheet, inert cells skipped."""

from textual.binding import Binding

from diag.desk.sheet import Sheet
from diag.tui.widgets.grid_table import At

DOWN, RIGHT = (1, 0), (0, 1)

MOVES = [
    Binding(key, action, show=False)
    for key, action in {
        "up": "move(-1, 0)",
        "down": "move(1, 0)",
        "left": "move(0, -1)",
        "right": "move(0, 1)",
        "pageup": "move(-10, 0)",
        "pagedown": "move(10, 0)",
        "home": "move(0, -1000)",
        "end": "move(0, 1000)",
        "ctrl+home": "move(-100000, -1000)",
        "ctrl+end": "move(100000, 1000)",
        "shift+up": "extend(-1, 0)",
        "shift+down": "extend(1, 0)",
        "shift+left": "extend(0, -1)",
        "shift+right": "extend(0, 1)",
        "shift+home": "extend(-100000, 0)",
        "shift+end": "extend(100000, 0)",
        "enter": "next(1, 0)",
        "tab": "next(0, 1)",
        "shift+tab": "next(0, -1)",
        "backspace": "erase",
        "escape": "abandon",
    }.items()
]
"""Keys that move; they have no entry of their own in the palette."""


def beside(sheet: Sheet, at: At, step: tuple[int, int]) -> At:
    """Return the cell so many rows and columns away, at the edge at most."""
    last = At(len(sheet.places) - 1, len(sheet.questions) - 1)
    return At(
        max(0, min(at.row + step[0], last.row)),
        max(0, min(at.column + step[1], last.column)),
    )


def following(sheet: Sheet, at: At, step: tuple[int, int]) -> At:
    """Return the next cell that is asked in a direction.

    Past the end of a column comes the top of the next, past the end of a row the
    beginning of the next; past the last of all, it stays.
    """
    rows, columns = len(sheet.places), len(sheet.questions)
    down = step[0] != 0
    rank = at.column * rows + at.row if down else at.row * columns + at.column
    forward = sum(step)
    rank += forward
    while 0 <= rank < rows * columns:
        row, column = reversed(divmod(rank, rows)) if down else divmod(rank, columns)
        if not sheet.cell(row, column).is_inert:
            return At(row, column)
        rank += forward
    return at
