"""Drawings of a document: scores, years, days, and where a map puts marks and names.

A drawing shows the values of a table as a described SVG, drawn twice: for a page and
for a telephone. Its title is what it shows, computed from its values; what is full is
sure, what is hatched is not.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from html import escape
from itertools import chain
from textwrap import wrap
from typing import NamedTuple

from diag.assess.words import Money
from diag.documents.blocks import Drawing, Panel, one_line
from diag.words.dates import MONTHS, long_date
from diag.words.sentences import counted, typeset, uncapitalised

WIDTH, NARROW = 640, 340
"""Units across, on a page and on a telephone: about as many pixels."""

# Written in the drawing itself: a mail reader may drop the sheet, never these.
INK, SOFT, TRACK, FULL = "#1f2a33", "#55636d", "#e6ebed", "#1a5c6b"


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a table with one bar."""

    label: str
    cells: tuple[str, ...]
    """What stands beside it: « 58 », « 47 à 61 », « sans objet »."""
    span: tuple[Fraction, Fraction] | None
    """What is certain and what is possible, of a whole bar; None without any."""

    def draw(self, x: int, y: int, room: int) -> list[str]:
        """Return what is sure of it, then what may be, over the room that it has."""
        low, high = (round(bound * room) for bound in self.span or (0, 0))
        shapes = [rect_mark(TRACK, x, y, room, _BAR)]
        if high > low:
            shapes.append(hatched_mark(x + low, y, high - low, _BAR))
        if low:
            shapes.append(rect_mark(FULL, x, y, low, _BAR))
        return shapes


SCORES_CLAIM = "Score de chaque domaine, sur 100"
"""Above scores none of which is surely the lowest."""


def draw_scores(columns: Sequence[str], bars: Sequence[Bar]) -> Drawing | None:
    """Return the score of each domain as a bar; None without a domain.

    The `columns` are those of the table.
    """
    if not bars:
        return None
    known = [bar for bar in bars if bar.span]
    lowest = [
        bar
        for bar in known
        if all(
            bar.span and other.span and bar.span[1] < other.span[0]
            for other in known
            if other is not bar
        )
    ]
    title = SCORES_CLAIM
    if lowest and len(known) > 1:
        among = "Parmi les scores donnés, " if len(known) < len(bars) else ""
        low = f"« {lowest[0].label} » est le plus bas : {lowest[0].cells[0]} sur 100"
        title = f"{among}{low}"
    legend = "En plein, ce qui est sûr ; hachuré, ce qui reste possible."
    return _draw_bars(title, legend, tuple(columns[1:]), bars)


YEARS_CLAIM = "Dépense de chaque année, en euros TTC"
"""Above years none of which surely costs most."""


def draw_years(
    years: Sequence[tuple[int, Money]], *, is_whole: bool = False
) -> Drawing | None:
    """Return what each year costs, on one scale; None without a year.

    Not `is_whole`, the amounts of its table are divided further.
    """
    if not years:
        return None
    spans = [
        (money.euros, money.euros if money.at_least else money.most)
        for _, money in years
    ]
    scale = max(high for _, high in spans) or 1
    title = YEARS_CLAIM
    for (year, money), (low, _) in zip(years, spans, strict=True):
        others = [
            high
            for (each, _), (_, high) in zip(years, spans, strict=True)
            if each != year
        ]
        if others and low > max(others):
            title = f"{year} est l'année qui coûte le plus : {money} TTC"
    bars = [
        Bar(str(year), (str(money),), (Fraction(low, scale), Fraction(high, scale)))
        for (year, money), (low, high) in zip(years, spans, strict=True)
    ]
    legend = (
        "Par année, aucune aide déduite. En plein, le montant habituel ; hachuré, ce "
        "qu'il peut y avoir de plus."
    )
    return _draw_bars(title, legend, ("",), bars, is_whole=is_whole)


def _draw_bars(
    title: str,
    legend: str,
    heads: tuple[str, ...],
    bars: Sequence[Bar],
    *,
    is_whole: bool = True,
) -> Drawing:
    shown = [
        Bar(printed(one.label), tuple(map(printed, one.cells)), one.span)
        for one in bars
    ]
    chart = _BarChart(tuple(map(printed, heads)), shown)
    words = (
        f"{bar.label} : {', '.join((bar.cells[0], *chart.more(bar)))}" for bar in shown
    )
    return Drawing(
        printed(title),
        printed(f"{' ; '.join(words)}."),
        printed(legend),
        chart.wide(),
        chart.narrow(),
        is_whole=is_whole,
    )


_ROW, _BAR, _GAP, _LETTER, _SMALL = 25, 13, 12, 7.6, 6.2
_LONGEST_LABEL = 34


@dataclass(frozen=True, slots=True)
class _BarChart:
    """Bars, and the heads of their cells."""

    heads: Sequence[str]
    bars: Sequence[Bar]

    def more(self, bar: Bar) -> list[str]:
        """Return what the cells after the first are, each under its header."""
        pairs = list(zip(self.heads, bar.cells, strict=True))[1:]
        return [f"{uncapitalised(head)} {cell}" for head, cell in pairs if cell != "–"]

    def wide(self) -> Panel:
        """Return a bar a line, its label before and its cells after, in columns."""
        labels = [cut(bar.label, _LONGEST_LABEL) for bar in self.bars]
        left = round(max(map(len, labels)) * _LETTER) + _GAP
        wide = [
            round(max(len(one) for one in column) * _LETTER)
            for column in zip(*(bar.cells for bar in self.bars), strict=True)
        ]
        wide = [
            max(size, math.ceil(max(map(len, head.split()), default=0) * _SMALL))
            for size, head in zip(wide, self.heads, strict=True)
        ]
        ends = [
            WIDTH - sum(wide[at:]) - _GAP * len(wide[at:]) for at in range(1, len(wide))
        ]
        ends.append(WIDTH)
        room = ends[0] - wide[0] - _GAP - left
        headed = [
            wrap(head, max(1, int(size / _SMALL)))
            for head, size in zip(self.heads, wide, strict=True)
        ]
        top = 14 * max(map(len, headed))
        shapes = [
            text_mark(line, end, 11 + 13 * rank, anchor="end", size=11, fill=SOFT)
            for end, lines in zip(ends, headed, strict=True)
            for rank, line in enumerate(lines)
        ]
        for rank, (bar, label) in enumerate(zip(self.bars, labels, strict=True)):
            y = top + rank * _ROW
            shapes += [
                text_mark(label, 0, y + 17, size=14),
                *(
                    text_mark(cell, end, y + 17, anchor="end", size=14)
                    for cell, end in zip(bar.cells, ends, strict=True)
                ),
                *bar.draw(left, y + 6, room),
            ]
        return Panel(WIDTH, top + _ROW * len(self.bars), "".join(shapes))

    def narrow(self) -> Panel:
        """Return a bar under its label and its first cell, over the other cells."""
        shapes, y = list[str](), 0
        for bar in self.bars:
            first = bar.cells[0]
            longest = int(NARROW / _LETTER) - len(first) - 2
            shapes += [
                text_mark(cut(bar.label, longest), 0, y + 16, size=14),
                text_mark(first, NARROW, y + 16, anchor="end", size=14),
                *bar.draw(0, y + 23, NARROW),
            ]
            y += 40
            for line in wrap(" · ".join(self.more(bar)), int(NARROW / _SMALL)):
                shapes.append(text_mark(line, 0, y + 10, size=12, fill=SOFT))
                y += 15
            y += 8
        return Panel(NARROW, y, "".join(shapes))


class CalendarRow(NamedTuple):
    """A day or a span of days, and what happens then, in a few words."""

    when: str
    words: str
    first: date
    last: date
    is_sure: bool
    """Whether the day was read at its source, and lately."""


def draw_calendar(rows: Sequence[CalendarRow]) -> Drawing | None:
    """Return dates at their true distance, one a line; None without a second one."""
    if not rows[1:]:
        return None
    doubts = sum(not one.is_sure for one in rows)
    doubt = f", dont {doubts} à confirmer" if doubts else ""
    start, end = min(one.first for one in rows), max(one.last for one in rows)
    span = f"du {long_date(start)} au {long_date(end)}"
    lines = [
        printed(f"{one.when} : {one.words}{'' if one.is_sure else ' (à confirmer)'}")
        for one in rows
    ]
    return Drawing(
        printed(f"{counted(len(rows), 'date')} {span}{doubt}"),
        printed(f"{' ; '.join(lines)}."),
        printed("En plein, une date sûre ; en creux, une date à confirmer."),
        _lay_calendar(rows, start, end),
        lacks=tuple(lines),
        is_whole=False,
    )


_AXIS_TOP, _DAY_ROW, _DOT = 22, 19, 5
"""Height of the axis and of a line; half of a mark."""
_LONGEST_DATE, _DATE_LETTER, _DAY_LETTER, _LEAST = 28, 7.2, 6.5, 120
"""Letters of a date, width of one and of one of the words, least room of these."""
_QUARTERS = 900
"""At most so many days have their quarters named; more, their years."""


@dataclass(frozen=True, slots=True)
class _Axis:
    """Days on a line, each at its true distance from the others."""

    start: date
    end: date
    left: int

    def across(self, day: date) -> int:
        """Return where a day stands."""
        days, room = max(1, (self.end - self.start).days), WIDTH - self.left - 2 * _DOT
        return self.left + _DOT + (day - self.start).days * room // days

    def draw_quarters(self, bottom: int) -> str:
        """Return a line at each quarter, each year under its number."""
        start, end = self.start, self.end
        months = (1, 4, 7, 10) if (end - start).days <= _QUARTERS else (1,)
        firsts = (
            date(year, month, 1)
            for year in range(start.year, end.year + 1)
            for month in months
        )
        shapes, high = [], bottom - _AXIS_TOP + 4
        for day in (one for one in firsts if start <= one <= end):
            x, is_year = self.across(day), day.month == 1
            name = str(day.year) if is_year else MONTHS[day.month - 1]
            size = f'x="{x}" y="{_AXIS_TOP - 4}" width="1" height="{high}"'
            shapes.append(f'<rect fill="{TRACK}" {size}/>')
            shapes.append(
                text_mark(
                    name, x, 12, anchor="middle", size=11, fill=SOFT, bold=is_year
                )
            )
        return "".join(shapes)


def _lay_calendar(rows: Sequence[CalendarRow], start: date, end: date) -> Panel:
    """Return the axis above; on each line its date, its mark, its words beside it."""
    named = [wrap(printed(one.when), _LONGEST_DATE) for one in rows]
    longest = max(len(line) for lines in named for line in lines)
    axis = _Axis(start, end, round(longest * _DATE_LETTER) + _GAP)
    shapes, y = list[str](), _AXIS_TOP
    for row, names in zip(rows, named, strict=True):
        tone = FULL if row.is_sure else "#ffffff"
        left, right = axis.across(row.first) - _DOT, axis.across(row.last) + _DOT
        is_after = WIDTH - right >= left - axis.left
        free = (WIDTH - right if is_after else left - axis.left) - _GAP
        # Beside a span that takes the whole axis there is no room, but under it.
        is_under = free < _LEAST
        free = WIDTH - axis.left if is_under else free
        lines = ["" for _ in range(is_under)]
        lines += wrap(printed(row.words), int(free / _DAY_LETTER))
        size = f'x="{left}" y="{y + 5}" width="{right - left}" height="{2 * _DOT}"'
        x, anchor = (right + 6, "start") if is_after else (left - 6, "end")
        x, anchor = (axis.left, "start") if is_under else (x, anchor)
        shapes += [
            *(
                text_mark(name, 0, y + 14 + 14 * rank, size=12, bold=True)
                for rank, name in enumerate(names)
            ),
            f'<rect rx="{_DOT}" fill="{tone}" stroke="{FULL}" {size}/>',
            *(
                text_mark(line, x, y + 14 + 14 * rank, anchor=anchor, size=12)
                for rank, line in enumerate(lines)
            ),
        ]
        y += _DAY_ROW + 14 * (max(len(lines), len(names)) - 1)
    return Panel(WIDTH, y + 4, f"{axis.draw_quarters(y)}{''.join(shapes)}")


Degrees = tuple[float, float]
"""Longitude, latitude."""

Spot = tuple[float, float]
"""Across and down, in units of the drawing."""

MAP_WIDTH = 560
"""Units across."""

_TALLEST, _LOWEST = 620, 300

MAP_MARGIN = 34
"""Room around the outermost points."""

_KM_PER_DEGREE = 111.32

_LEAST_KM = 3.0
"""A hamlet is not blown up to the size of a county."""

_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)


@dataclass(frozen=True, slots=True)
class Projection:
    """Where degrees fall, and how long a kilometre is."""

    west: float
    north: float
    per_km: float
    height: int
    squeeze: float
    """How much shorter a degree of longitude is here."""

    def spot(self, where: Degrees) -> Spot:
        """Return where a point falls."""
        across = (where[0] - self.west) * _KM_PER_DEGREE * self.squeeze
        down = (self.north - where[1]) * _KM_PER_DEGREE
        return across * self.per_km, down * self.per_km

    @property
    def scale(self) -> tuple[int, float]:
        """A round number of kilometres, and its length: at most a quarter across."""
        fit = [step for step in _STEPS if step * self.per_km <= MAP_WIDTH / 4]
        step = fit[-1] if fit else _STEPS[0]
        return step, step * self.per_km


def projection(points: Iterable[Degrees], tallest: int = _TALLEST) -> Projection:
    """Return what shows all points; needs one at least."""
    shown = list(points)
    west, east = min(x for x, _ in shown), max(x for x, _ in shown)
    south, north = min(y for _, y in shown), max(y for _, y in shown)
    squeeze = max(math.cos(math.radians((south + north) / 2)), 0.01)
    wide = max((east - west) * _KM_PER_DEGREE * squeeze, _LEAST_KM)
    high = max((north - south) * _KM_PER_DEGREE, _LEAST_KM)
    per_km = min((MAP_WIDTH - 2 * MAP_MARGIN) / wide, (tallest - 2 * MAP_MARGIN) / high)
    height = max(min(_LOWEST, tallest), math.ceil(high * per_km) + 2 * MAP_MARGIN)
    half_across = MAP_WIDTH / 2 / per_km / _KM_PER_DEGREE / squeeze
    half_down = height / 2 / per_km / _KM_PER_DEGREE
    return Projection(
        west=(west + east) / 2 - half_across,
        north=(south + north) / 2 + half_down,
        per_km=per_km,
        height=height,
        squeeze=squeeze,
    )


_NAME_LETTER = 6.4
"""Width of a letter of a name, in units, on average."""

_NAME_LINE = 13

_TURN = math.pi * (3 - math.sqrt(5))
"""The golden angle: a spiral that leaves no direction out."""

_TRIES = 400

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True, slots=True)
class Label:
    """A name and where it is written."""

    words: str
    x: float
    y: float
    """Baseline."""
    anchor: str
    """`start`, `middle` or `end`."""


def spread_marks(spots: Sequence[Spot], gap: float) -> list[Spot]:
    """Return spots at least `gap` apart, each as near its own place as one finds.

    A school of a crowded quarter moves by a few units: the list has the address.
    """
    cells: dict[tuple[int, int], list[Spot]] = {}
    placed: list[Spot] = []
    for x, y in spots:
        found = x, y  # hopelessly crowded: better hidden than not drawn
        for rank in range(_TRIES):
            far, turn = gap * 0.45 * math.sqrt(rank), rank * _TURN
            spot = x + far * math.cos(turn), y + far * math.sin(turn)
            column, row = _cell(spot, gap)
            near = (
                other
                for across in (-1, 0, 1)
                for down in (-1, 0, 1)
                for other in cells.get((column + across, row + down), ())
            )
            if all(math.dist(spot, other) >= gap for other in near):
                found = spot
                break
        cells.setdefault(_cell(found, gap), []).append(found)
        placed.append(found)
    return placed


def _cell(spot: Spot, gap: float) -> tuple[int, int]:
    return math.floor(spot[0] / gap), math.floor(spot[1] / gap)


def label_marks(
    names: Sequence[tuple[str, Sequence[Spot]]],
    marks: Iterable[Spot],
    radius: float,
    height: int,
) -> tuple[Label, ...]:
    """Return the names that find room beside a mark of theirs, the first ones first."""
    taken: list[Box] = [
        (x - radius, y - radius, x + radius, y + radius) for x, y in marks
    ]
    kept: list[Label] = []
    for words, spots in names:
        places = chain.from_iterable(_places(words, spot, radius) for spot in spots)
        for label, (left, top, right, bottom) in places:
            inside = left >= 0 and top >= 0 and right <= MAP_WIDTH and bottom <= height
            if inside and not any(
                left < box[2] and box[0] < right and top < box[3] and box[1] < bottom
                for box in taken
            ):
                taken.append((left, top, right, bottom))
                kept.append(label)
                break
    return tuple(kept)


def _places(words: str, spot: Spot, radius: float) -> Iterable[tuple[Label, Box]]:
    """Give where a name may stand: right, left, under, above."""
    x, y = spot
    wide, beside = len(words) * _NAME_LETTER, radius + 4
    yield (
        Label(words, x + beside, y + 4, "start"),
        (x + beside, y - _NAME_LINE / 2, x + beside + wide, y + _NAME_LINE / 2),
    )
    yield (
        Label(words, x - beside, y + 4, "end"),
        (x - beside - wide, y - _NAME_LINE / 2, x - beside, y + _NAME_LINE / 2),
    )
    for base in (y + beside + 9, y - beside - 1):
        box = (x - wide / 2, base - 10, x + wide / 2, base + 3)
        yield Label(words, x, base, "middle"), box


def text_mark(
    words: str,
    x: int,
    y: int,
    *,
    anchor: str = "start",
    size: int = 15,
    fill: str = INK,
    bold: bool = False,
) -> str:
    """Return words, set from their base."""
    weight = ' font-weight="700"' if bold else ""
    where = f'x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}"'
    return f'<text {where} fill="{fill}"{weight}>{escape(words)}</text>'


def rect_mark(fill: str, x: int, y: int, width: int, height: int) -> str:
    """Return a full rectangle."""
    size = f'width="{width}" height="{height}"'
    return f'<rect fill="{fill}" x="{x}" y="{y}" {size}/>'


_HATCH = 6
"""Between two lines of what is not certain."""


def hatched_mark(x: int, y: int, width: int, height: int) -> str:
    """Return a rectangle of slanting lines: it depends on what nobody knows yet."""
    lines = "".join(
        f"M{x + max(0, at - height)} {y + min(height, at)}"
        f"L{x + min(width, at)} {y + max(0, at - width)}"
        for at in range(_HATCH, width + height, _HATCH)
    )
    size = f'x="{x}" y="{y}" width="{width}" height="{height}"'
    return (
        f'<rect fill="#ffffff" stroke="{SOFT}" stroke-width="0.7" {size}/>'
        f'<path d="{lines}" stroke="#a9b4ba" stroke-width="1"/>'
    )


def printed(text: str) -> str:
    """Return a text on one line, as documents print it."""
    return one_line(typeset(text))


def cut(label: str, longest: int) -> str:
    """Return a text no longer than so many letters."""
    return label if len(label) <= longest else f"{label[: longest - 1]}…"
