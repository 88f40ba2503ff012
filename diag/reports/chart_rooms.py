"""Rooms drawn as a map of levels: a number in each cell, its tint says it again."""

from collections.abc import Sequence

from diag.reports.chart_scores import cut
from diag.reports.drawing import FULL, INK, SOFT, TRACK, WIDTH, Drawing, rect, text
from diag.reports.rooms import LEVEL_COLUMN

_ROW, _CELL, _LETTER = 24, 36, 6.4
_RISE, _RUN = 0.87, 0.5
"""Sine and cosine of 60 degrees: how names rise above their columns."""
_NAME = 28
"""Longest name of a room above its column, in letters."""
_TITLE = "Niveau de chaque salle, de 0 à 3"
_LEGEND = (
    "Chaque case porte son niveau : 0 insuffisant, 1 base, 2 recommandé, 3 exemplaire. "
    "Un tiret : sans objet dans cette salle. Le tableau donne les mêmes niveaux."
)
_TINTS = {"0": "#f0b799", "1": "#fae3d3", "2": "#cfe3e6", "3": FULL}
_LIGHT_INK = "#ffffff"


def rooms_drawing(rows: Sequence[Sequence[str]]) -> Drawing | None:
    """Return the map of a table of levels; nothing for any other table."""
    if len(rows) < 2 or rows[0][0] != LEVEL_COLUMN:  # noqa: PLR2004 - a header and a row
        return None
    names, told = rows[0][1:], rows[1:]
    longest = max(len(cut(name, _NAME)) for name in names) * _LETTER
    left = WIDTH - _CELL * len(names) - round(longest * _RUN) + _CELL // 2
    top = round(longest * _RISE) + 14
    body = "".join((
        *(_name(cut(name, _NAME), left, at, top) for at, name in enumerate(names)),
        *(_row(row, left, top + at * _ROW) for at, row in enumerate(told)),
    ))
    said = " ; ".join(_said(row, names) for row in told)
    return Drawing(_TITLE, f"{said}.", _LEGEND, top + _ROW * len(told) + 2, body)


def _name(name: str, left: int, at: int, top: int) -> str:
    """Return a name that rises from above its column."""
    x, y = left + at * _CELL + _CELL // 2, top - 6
    turned = text(name, 0, 0, size=12, fill=SOFT)
    return f'<g transform="translate({x} {y}) rotate(-60)">{turned}</g>'


def _row(row: Sequence[str], left: int, top: int) -> str:
    letters = int((left - 8) / 6.4)
    label = text(cut(row[0], letters), 0, top + 16, size=13)
    return label + "".join(
        _cell(words, left + at * _CELL, top) for at, words in enumerate(row[1:])
    )


def _cell(words: str, x: int, top: int) -> str:
    tint = _TINTS.get(words, TRACK if words.strip("–") else "")
    ink = _LIGHT_INK if tint == FULL else INK
    box = rect(tint, x + 1, top + 1, _CELL - 2, _ROW - 2) if tint else ""
    middle = x + _CELL // 2
    return box + text(words, middle, top + 16, anchor="middle", size=13, fill=ink)


def _said(row: Sequence[str], names: Sequence[str]) -> str:
    told = zip(names, row[1:], strict=True)
    known = [f"{name} {words}" for name, words in told if words.strip("–")]
    return f"{row[0]} : {', '.join(known) or 'sans objet'}"
