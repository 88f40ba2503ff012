"""Drawings of a document: scores, years, rooms. Each shows the values of a table.

A drawing is a described SVG. It shows nothing that its table does not put in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from diag.assess.money import Money
from diag.documents.escape import one_line
from diag.words.figures import french

WIDTH = 640
"""Units across: about as many pixels on a screen."""

# Written in the drawing itself: a mail reader may drop the sheet, never these.
INK, SOFT, TRACK, LIGHT, FULL = "#1f2a33", "#55636d", "#e6ebed", "#86b4bd", "#1a5c6b"
_FONT = "Inter, Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing, and its words for a reader who does not see it."""

    title: str
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
        """Return it as a described SVG, whose ids begin with `anchor`."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" '
            f'viewBox="0 0 {WIDTH} {self.height}" font-family="{_FONT}" '
            f'role="img" aria-labelledby="{anchor}-titre {anchor}-texte">'
            f'<title id="{anchor}-titre">{escape(self.title)}</title>'
            f'<desc id="{anchor}-texte">{escape(self.words)}</desc>{self.body}</svg>'
        )


@dataclass(frozen=True, slots=True)
class Bar:
    """A domain and its score."""

    label: str
    words: str
    """« 58 », « entre 47 et 61 » or « sans objet »."""
    span: tuple[int, int] | None
    """The bounds of the score out of 100; None without a score."""


_SCORE_ROW, _SCORE_BAR, _SCORE_LETTER, _SCORE_WORDS, _SCORE_GAP = 25, 13, 7.6, 134, 12
_LONGEST_LABEL = 40


def draw_scores(bars: Sequence[Bar]) -> Drawing | None:
    """Return the score of each domain as a bar; None without a domain."""
    if not bars:
        return None
    labels = [_cut(_printed(bar.label), _LONGEST_LABEL) for bar in bars]
    left = round(max(map(len, labels)) * _SCORE_LETTER) + _SCORE_GAP
    room = WIDTH - _SCORE_WORDS - left
    shapes = []
    for rank, (bar, label) in enumerate(zip(bars, labels, strict=True)):
        base, y = rank * _SCORE_ROW + 17, rank * _SCORE_ROW + 6
        shapes += [
            _text(label, 0, base, size=14),
            _text(_printed(bar.words), WIDTH, base, anchor="end", size=14),
            _rect(TRACK, left, y, room, _SCORE_BAR),
        ]
        low, high = (round(bound * room / 100) for bound in bar.span or (0, 0))
        if high > low:
            shapes.append(_rect(LIGHT, left + low, y, high - low, _SCORE_BAR))
        if low:
            shapes.append(_rect(FULL, left, y, low, _SCORE_BAR))
    told = (f"{_printed(bar.label)} : {_printed(bar.words)}" for bar in bars)
    return Drawing(
        "Score de chaque domaine, sur 100",
        f"{' ; '.join(told)}.",
        "En plein, ce qui est sûr ; en clair, ce qui reste possible. "
        "Le tableau donne les mêmes nombres.",
        _SCORE_ROW * len(bars),
        "".join(shapes),
    )


_YEAR_ROW, _YEAR_BAR, _YEAR_LEFT, _YEAR_WORDS = 28, 16, 56, 190


def draw_years(years: Sequence[tuple[int, Money]]) -> Drawing | None:
    """Return what is left to pay each year, on one scale; None without a year."""
    if not years:
        return None
    spans = [
        (money.euros, money.euros if money.at_least else money.most)
        for _, money in years
    ]
    scale = max(high for _, high in spans) or 1
    room = WIDTH - _YEAR_LEFT - _YEAR_WORDS
    shapes = []
    for rank, ((year, money), (low, high)) in enumerate(zip(years, spans, strict=True)):
        base, y = rank * _YEAR_ROW + 19, rank * _YEAR_ROW + 6
        least, most = round(low / scale * room), round(high / scale * room)
        shapes += [
            _text(str(year), 0, base),
            _rect(TRACK, _YEAR_LEFT, y, room, _YEAR_BAR),
        ]
        if most > least:
            shapes.append(_rect(LIGHT, _YEAR_LEFT + least, y, most - least, _YEAR_BAR))
        if least:
            shapes.append(_rect(FULL, _YEAR_LEFT, y, least, _YEAR_BAR))
        shapes.append(_text(_printed(str(money)), WIDTH, base, anchor="end"))
    return Drawing(
        "Reste à charge de chaque année, en euros TTC",
        f"{' ; '.join(f'{year} : {_printed(str(money))}' for year, money in years)}.",
        "Reste à charge par année, aucune aide déduite. En plein, le montant "
        "habituel ; en clair, ce qu'il peut y avoir de plus. Le tableau donne les "
        "mêmes montants.",
        _YEAR_ROW * len(years),
        "".join(shapes),
    )


Level = tuple[int, int]
"""The least and the highest level that a room may have on a criterion."""

_ROOM_ROW, _ROOM_CELL, _ROOM_LETTER = 24, 36, 6.4
_ROOM_RISE, _ROOM_RUN = 0.87, 0.5
"""Sine and cosine of 60 degrees: how names rise above their columns."""
_LONGEST_NAME = 28
_TINTS = ("#f0b799", "#fae3d3", "#cfe3e6", FULL)
"""By level, once it is settled."""


def describe_level(level: Level) -> str:
    """Return « 2 », or « 0 à 2 » while a fact is missing."""
    low, high = level
    return f"{low}" if low == high else f"{low} à {high}"


def draw_rooms(
    names: Sequence[str], rows: Sequence[tuple[str, Sequence[Level | None]]]
) -> Drawing | None:
    """Return the level of each room on each criterion; None without a criterion."""
    if not rows:
        return None
    names = [_printed(name) for name in names]
    longest = max(len(_cut(name, _LONGEST_NAME)) for name in names) * _ROOM_LETTER
    left = (
        WIDTH - _ROOM_CELL * len(names) - round(longest * _ROOM_RUN) + _ROOM_CELL // 2
    )
    top = round(longest * _ROOM_RISE) + 14
    shapes, told = [], []
    for at, name in enumerate(names):
        x, y = left + at * _ROOM_CELL + _ROOM_CELL // 2, top - 6
        turned = _text(_cut(name, _LONGEST_NAME), 0, 0, size=12, fill=SOFT)
        shapes.append(f'<g transform="translate({x} {y}) rotate(-60)">{turned}</g>')
    for rank, (criterion, levels) in enumerate(rows):
        label, y = _printed(criterion), top + rank * _ROOM_ROW
        cut = _cut(label, int((left - 8) / _ROOM_LETTER))
        shapes.append(_text(cut, 0, y + 16, size=13))
        shapes += (
            _draw_level(level, left + at * _ROOM_CELL, y)
            for at, level in enumerate(levels)
        )
        known = (
            f"{name} {describe_level(level)}"
            for name, level in zip(names, levels, strict=True)
            if level
        )
        told.append(f"{label} : {', '.join(known) or 'sans objet'}")
    return Drawing(
        "Niveau de chaque salle, de 0 à 3",
        f"{' ; '.join(told)}.",
        "Chaque case porte son niveau : 0 insuffisant, 1 base, 2 recommandé, "
        "3 exemplaire. Un tiret : sans objet dans cette salle. Le tableau donne les "
        "mêmes niveaux.",
        top + _ROOM_ROW * len(rows) + 2,
        "".join(shapes),
    )


def _draw_level(level: Level | None, x: int, top: int) -> str:
    words, tint = "–", ""
    if level:
        words = describe_level(level)
        tint = _TINTS[level[0]] if level[0] == level[1] else TRACK
    box = _rect(tint, x + 1, top + 1, _ROOM_CELL - 2, _ROOM_ROW - 2) if tint else ""
    ink = "#ffffff" if tint == FULL else INK
    middle = x + _ROOM_CELL // 2
    return box + _text(words, middle, top + 16, anchor="middle", size=13, fill=ink)


def _text(
    words: str,
    x: int,
    y: int,
    *,
    anchor: str = "start",
    size: int = 15,
    fill: str = INK,
) -> str:
    where = f'x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}"'
    return f'<text {where} fill="{fill}">{escape(words)}</text>'


def _rect(fill: str, x: int, y: int, width: int, height: int) -> str:
    size = f'width="{width}" height="{height}"'
    return f'<rect fill="{fill}" x="{x}" y="{y}" {size}/>'


def _printed(text: str) -> str:
    return one_line(french(text))


def _cut(label: str, longest: int) -> str:
    return label if len(label) <= longest else f"{label[: longest - 1]}…"
