"""How wide the columns of a table are: room for each longest word, then for text."""

import re
from collections.abc import Sequence
from fractions import Fraction

_LINE, _WIDEST, _MARGIN = 104, 60, 3


def shares(rows: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """Return the share of the width that each column gets, at least one row given.

    Counted in letters of a line: a column has room for its longest word at least, and
    for its longest cell when all fit; else long columns give way together.
    """
    columns = list(zip(*rows, strict=True))
    least = [min(_longest_word(column), _WIDEST) + _MARGIN for column in columns]
    wanted = [
        max(low, min(_WIDEST, max(map(len, column))) + _MARGIN)
        for low, column in zip(least, columns, strict=True)
    ]
    over, room = sum(wanted) - _LINE, sum(wanted) - sum(least)
    if over <= 0 or not room:
        return tuple(wanted)
    given = min(Fraction(1), Fraction(over, room))
    return tuple(
        round(want - (want - low) * given)
        for want, low in zip(wanted, least, strict=True)
    )


def _longest_word(column: Sequence[str]) -> int:
    # A no-break space does not end a word.
    return max(len(word) for cell in column for word in re.split("[ \n]", cell))
