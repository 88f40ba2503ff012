"""Where the cursor goes next in a sheet, as in a spreadsheet, inert cells skipped."""

from collections.abc import Iterator

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


def following(sheet: Sheet, at: At, step: tuple[int, int]) -> At | None:
    """Return the next cell that is asked in a direction; None past the last.

    A column ends at its foot. Past the end of a row come the rows below, where one
    lands on no answer: one went there to look at none.
    """
    for there in _ahead(sheet, at, step):
        cell = sheet.cell(*there)
        is_on_line = step != RIGHT or there.row == at.row
        if not cell.is_inert and (is_on_line or not cell.heads):
            return there
    return None


def next_empty(sheet: Sheet, at: At, step: tuple[int, int]) -> At | None:
    """Return the next cell to answer in a direction; None when there is none left."""
    for there in _ahead(sheet, at, step):
        cell = sheet.cell(*there)
        if not cell.is_inert and not cell.heads:
            return there
    return None


def past_column(sheet: Sheet, rows: range, column: int) -> At:
    """Return where one goes on once these rows of a column are filled.

    That is the first of these rows where a question to the right is to be answered.
    """
    for right in range(column + 1, len(sheet.questions)):
        for row in rows:
            cell = sheet.cell(row, right)
            if not cell.is_inert and not cell.heads:
                return At(row, right)
    return At(rows[0], column)


def _ahead(sheet: Sheet, at: At, step: tuple[int, int]) -> Iterator[At]:
    """Give the cells below, or those after this one, row after row, either way."""
    rows, columns = len(sheet.places), len(sheet.questions)
    if step == DOWN:
        yield from (At(row, at.column) for row in range(at.row + 1, rows))
        return
    forward = sum(step)
    rank = at.row * columns + at.column + forward
    while 0 <= rank < rows * columns:
        yield At(*divmod(rank, columns))
        rank += forward
