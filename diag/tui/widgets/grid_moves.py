"""Where the cursor goes next in a sheet, as in a spreadsheet, inert cells skipped."""

from diag.desk.visit.sheet import Sheet
from diag.tui.widgets.grid_table import At

DOWN, RIGHT = (1, 0), (0, 1)
_FAR = 1_000_000

MOVES = {
    "up": (-1, 0),
    "down": DOWN,
    "left": (0, -1),
    "right": RIGHT,
    "pageup": (-10, 0),
    "pagedown": (10, 0),
    "home": (0, -_FAR),
    "end": (0, _FAR),
    "ctrl+home": (-_FAR, -_FAR),
    "ctrl+end": (_FAR, _FAR),
}
"""Key → so many rows and columns away."""

EXTENDS = {
    "shift+up": (-1, 0),
    "shift+down": DOWN,
    "shift+left": (0, -1),
    "shift+right": RIGHT,
    "shift+home": (-_FAR, 0),
    "shift+end": (_FAR, 0),
}
"""Key → how far the selection goes."""

NEXTS = {"shift+tab": (0, -1)}
"""Key → the direction of the next cell that is asked."""


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


def past_column(sheet: Sheet, rows: range, column: int) -> At:
    """Return where one goes on once these rows of a column are filled.

    That is the first of these rows where a question to the right is asked.
    """
    for right in range(column + 1, len(sheet.questions)):
        for row in rows:
            if not sheet.cell(row, right).is_inert:
                return At(row, right)
    return At(rows[0], column)
