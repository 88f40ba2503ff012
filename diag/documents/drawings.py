"""The tables that are drawn, known by their headers: scores, years, rooms."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from diag.documents.parts.budget import EXPENSE, REMAINS
from diag.documents.parts.frame import SCORE_COLUMN
from diag.documents.parts.rooms import LEVEL_COLUMN

# What every drawing of a document is: an SVG that is described, whose words decide.
#
# A drawing says nothing that the table under it does not say in words.


_FONT = "Inter, Arial, sans-serif"
"""Of the words of a drawing, for who has no style sheet."""


WIDTH = 640
"""Units across: about so many pixels on a screen."""


# Written in the drawing itself: a mail reader may drop the sheet, never these.
INK, SOFT, TRACK, LIGHT, FULL = "#1f2a33", "#55636d", "#e6ebed", "#86b4bd", "#1a5c6b"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing, and its words for who does not see it."""

    title: str
    """What it is about."""
    words: str
    """Every value that it shows."""
    legend: str
    """How it is read."""
    height: int
    body: str
    """Its shapes."""

    @property
    def alt(self) -> str:
        """All of it, in words."""
        return f"{self.title}. {self.words}"

    def svg(self, anchor: str) -> str:
        """Return it as one described SVG, whose ids begin with `anchor`."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" '
            f'viewBox="0 0 {WIDTH} {self.height}" font-family="{_FONT}" '
            f'role="img" aria-labelledby="{anchor}-titre {anchor}-texte">'
            f'<title id="{anchor}-titre">{escape(self.title)}</title>'
            f'<desc id="{anchor}-texte">{escape(self.words)}</desc>{self.body}</svg>'
        )


def text(
    words: str,
    x: int,
    y: int,
    *,
    anchor: str = "start",
    size: int = 15,
    fill: str = INK,
) -> str:
    """Return words at a point."""
    where = f'x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}"'
    return f'<text {where} fill="{fill}">{escape(words)}</text>'


def rect(fill: str, x: int, y: int, width: int, height: int) -> str:
    """Return a full rectangle."""
    size = f'width="{width}" height="{height}"'
    return f'<rect fill="{fill}" x="{x}" y="{y}" {size}/>'


_ROOM_ROW, _ROOM_CELL, _ROOM_LETTER = 24, 36, 6.4


_ROOM_RISE, _ROOM_RUN = 0.87, 0.5
"""Sine and cosine of 60 degrees: how names rise above their columns."""


_NAME = 28
"""Longest name of a room above its column, in letters."""


_ROOM_TITLE = "Niveau de chaque salle, de 0 à 3"


_ROOM_LEGEND = (
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
    longest = max(len(cut(name, _NAME)) for name in names) * _ROOM_LETTER
    left = (
        WIDTH - _ROOM_CELL * len(names) - round(longest * _ROOM_RUN) + _ROOM_CELL // 2
    )
    top = round(longest * _ROOM_RISE) + 14
    body = "".join((
        *(_name(cut(name, _NAME), left, at, top) for at, name in enumerate(names)),
        *(_row(row, left, top + at * _ROOM_ROW) for at, row in enumerate(told)),
    ))
    said = " ; ".join(_said(row, names) for row in told)
    return Drawing(
        _ROOM_TITLE, f"{said}.", _ROOM_LEGEND, top + _ROOM_ROW * len(told) + 2, body
    )


def _name(name: str, left: int, at: int, top: int) -> str:
    """Return a name that rises from above its column."""
    x, y = left + at * _ROOM_CELL + _ROOM_CELL // 2, top - 6
    turned = text(name, 0, 0, size=12, fill=SOFT)
    return f'<g transform="translate({x} {y}) rotate(-60)">{turned}</g>'


def _row(row: Sequence[str], left: int, top: int) -> str:
    letters = int((left - 8) / 6.4)
    label = text(cut(row[0], letters), 0, top + 16, size=13)
    return label + "".join(
        _cell(words, left + at * _ROOM_CELL, top) for at, words in enumerate(row[1:])
    )


def _cell(words: str, x: int, top: int) -> str:
    tint = _TINTS.get(words, TRACK if words.strip("–") else "")
    ink = _LIGHT_INK if tint == FULL else INK
    box = rect(tint, x + 1, top + 1, _ROOM_CELL - 2, _ROOM_ROW - 2) if tint else ""
    middle = x + _ROOM_CELL // 2
    return box + text(words, middle, top + 16, anchor="middle", size=13, fill=ink)


def _said(row: Sequence[str], names: Sequence[str]) -> str:
    told = zip(names, row[1:], strict=True)
    known = [f"{name} {words}" for name, words in told if words.strip("–")]
    return f"{row[0]} : {', '.join(known) or 'sans objet'}"


_SCORE_ROW, _SCORE_BAR, _SCORE_LETTER, _SCORE_WORDS, _SCORE_GAP = 25, 13, 7.6, 134, 12


_SCORE_LONGEST = 40
"""Longest label that stands beside its bar, in letters; the end of others is cut."""


_SCORE_TITLE = "Score de chaque domaine, sur 100"


_SCORE_LEGEND = (
    "En plein, ce qui est sûr ; en clair, ce qui reste possible. "
    "Le tableau donne les mêmes nombres."
)


_SPAN = re.compile(r"(?:entre )?(\d{1,3})(?: et (\d{1,3}))?")


@dataclass(frozen=True, slots=True)
class Bar:
    """One domain and its score as the table words it."""

    label: str
    words: str
    """« 58 », « entre 47 et 61 » or « sans objet »."""

    @property
    def span(self) -> tuple[int, int] | None:
        """The bounds in the words; None when there is no score."""
        found = _SPAN.fullmatch(self.words)
        if found is None:
            return None
        low = int(found[1])
        return low, int(found[2] or low)


def scores_drawing(rows: Sequence[Sequence[str]]) -> Drawing | None:
    """Return the bars of a table of scores; nothing for any other table."""
    if len(rows) < 2 or list(rows[0][1:2]) != [SCORE_COLUMN]:  # noqa: PLR2004 - a header and a row
        return None
    bars = [Bar(row[0], row[1]) for row in rows[1:]]
    left = round(max(len(cut(bar.label)) for bar in bars) * _SCORE_LETTER) + _SCORE_GAP
    body = "".join(
        _draw_score(bar, rank * _SCORE_ROW, left) for rank, bar in enumerate(bars)
    )
    said = " ; ".join(f"{bar.label} : {bar.words}" for bar in bars)
    return Drawing(
        _SCORE_TITLE, f"{said}.", _SCORE_LEGEND, _SCORE_ROW * len(bars), body
    )


def cut(label: str, longest: int = _SCORE_LONGEST) -> str:
    """Return a label that fits, its end left to the table when it is too long."""
    return label if len(label) <= longest else f"{label[: longest - 1]}…"


def _draw_score(bar: Bar, top: int, left: int) -> str:
    room = WIDTH - _SCORE_WORDS - left
    base, y = top + 17, top + 6
    label = text(cut(bar.label), 0, base, size=14)
    value = text(bar.words, WIDTH, base, anchor="end", size=14)
    track = rect(TRACK, left, y, room, _SCORE_BAR)
    if bar.span is None:
        return label + value + track
    low, high = (round(bound * room / 100) for bound in bar.span)
    possible = rect(LIGHT, left + low, y, high - low, _SCORE_BAR) if high > low else ""
    sure = rect(FULL, left, y, low, _SCORE_BAR) if low else ""
    return label + value + track + possible + sure


_YEAR_ROW, _YEAR_BAR, _YEAR_LEFT, _YEAR_WORDS = 28, 16, 56, 190


_YEAR_TITLE = "Reste à charge de chaque année, en euros TTC"


_YEAR_LEGEND = (
    "Reste à charge par année, aucune aide déduite. En plein, le montant habituel ; "
    "en clair, ce qu'il peut y avoir de plus. Le tableau donne les mêmes montants."
)


_YEAR = re.compile(r"\d{4}")


_AMOUNT = re.compile(r"\d[\d\s]*")


def years_drawing(rows: Sequence[Sequence[str]]) -> Drawing | None:
    """Return the years of a three-year budget; nothing for any other table."""
    if not rows or rows[0][0] != EXPENSE:
        return None
    total = next((row for row in rows[1:] if row[0] == REMAINS), None)
    years = [at for at, name in enumerate(rows[0]) if _YEAR.fullmatch(name)]
    if total is None or not years:
        return None
    told = [(rows[0][at], total[at]) for at in years]
    spans = [span(words) for _, words in told]
    most = max(high for _, high in spans) or 1
    body = "".join(
        _draw_year(year, words, low / most, high / most, rank * _YEAR_ROW)
        for rank, ((year, words), (low, high)) in enumerate(
            zip(told, spans, strict=True)
        )
    )
    said = " ; ".join(f"{year} : {words}" for year, words in told)
    return Drawing(_YEAR_TITLE, f"{said}.", _YEAR_LEGEND, _YEAR_ROW * len(told), body)


def span(words: str) -> tuple[int, int]:
    """Return the least and the greatest of the euros that words tell."""
    found = [int(re.sub(r"\s", "", one)) for one in _AMOUNT.findall(words)] or [0]
    return (0 if words.startswith("jusqu") else found[0]), found[-1]


def _draw_year(year: str, words: str, low: float, high: float, top: int) -> str:
    room = WIDTH - _YEAR_LEFT - _YEAR_WORDS
    base, y = top + 19, top + 6
    least, most = round(low * room), round(high * room)
    return "".join((
        text(year, 0, base),
        rect(TRACK, _YEAR_LEFT, y, room, _YEAR_BAR),
        rect(LIGHT, _YEAR_LEFT + least, y, most - least, _YEAR_BAR)
        if most > least
        else "",
        rect(FULL, _YEAR_LEFT, y, least, _YEAR_BAR) if least else "",
        text(words, WIDTH, base, anchor="end"),
    ))


_KINDS = (scores_drawing, years_drawing, rooms_drawing)


def drawn(rows: Sequence[Sequence[str]]) -> Drawing | None:
    """Return the drawing of a table, given as words; most tables have none."""
    return next((found for kind in _KINDS if (found := kind(rows))), None)


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
