"""How wide the columns of a table are: room for each longest word, then for text."""

import re
from collections.abc import Sequence

_LINE, _WIDEST, _MARGIN = 104, 60, 3


def shares(rows: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """Return the share of the width that each column gets, at least one row given.

    Counted in letters of a line: a column has room for its longest word at least, and
    for its longest cell when all fit; else what is left goes where most text is.
    """
    columns = list(zip(*rows, strict=True))
    least = [min(_longest_word(column), _WIDEST) + _MARGIN for column in columns]
    wanted = [
        max(low, min(_WIDEST, max(map(len, column))) + _MARGIN)
        for low, column in zip(least, columns, strict=True)
    ]
    if sum(wanted) <= _LINE:
        return tuple(wanted)
    weights = [sum(map(len, column)) for column in columns]
    return tuple(_filled(least, wanted, weights))


def _filled(
    least: Sequence[int], wanted: Sequence[int], weights: Sequence[int]
) -> list[int]:
    """Return the least widths, and what is left of the line shared out by weight.

    No column gets more than it wants: what it leaves goes to the others.
    """
    widths = list(least)
    while (left := _LINE - sum(widths)) > 0:
        hungry = [at for at, width in enumerate(widths) if width < wanted[at]]
        weight = sum(weights[at] for at in hungry)
        for at in hungry:
            part = max(1, left * weights[at] // weight)
            widths[at] = min(wanted[at], widths[at] + part)
        if not hungry:
            break
    return widths


def _longest_word(column: Sequence[str]) -> int:
    # A no-break space does not end a word.
    return max(len(word) for cell in column for word in re.split("[ \n]", cell))
