"""Scores drawn as bars: what is sure in full, what remains possible in light.

The drawing says nothing that the table under it does not say in words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from diag.reports.frame import SCORE_COLUMN

_WIDTH, _ROW, _BAR = 640, 46, 14
# Written in the drawing itself: a mail reader may drop the sheet, never these.
_INK, _TRACK, _POSSIBLE, _SURE = "#1f2a33", "#d9e0e3", "#86b4bd", "#1a5c6b"
TITLE = "Score de chaque domaine, sur 100"
"""What the drawing is about."""
LEGEND = (
    "En plein, ce qui est sûr ; en clair, ce qui reste possible. "
    "Le tableau donne les mêmes nombres."
)
"""How the drawing is read."""
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


def bars_of(rows: Sequence[Sequence[str]]) -> list[Bar]:
    """Return the bars of a table of scores; none for any other table."""
    if not rows or list(rows[0][1:2]) != [SCORE_COLUMN]:
        return []
    return [Bar(row[0], row[1]) for row in rows[1:]]


def drawing(bars: Sequence[Bar], anchor: str) -> str:
    """Return some scores as one described SVG, at least one bar given."""
    height = _ROW * len(bars)
    rows = "".join(_drawn(bar, rank * _ROW) for rank, bar in enumerate(bars))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'role="img" aria-labelledby="{anchor}-titre {anchor}-texte">'
        f'<title id="{anchor}-titre">{TITLE}</title>'
        f'<desc id="{anchor}-texte">{escape(described(bars))}</desc>{rows}</svg>'
    )


def described(bars: Sequence[Bar]) -> str:
    """Return what the drawing shows, in words."""
    return " ; ".join(f"{bar.label} : {bar.words}" for bar in bars) + "."


def _drawn(bar: Bar, top: int) -> str:
    label = _text(bar.label, f'x="0" y="{top + 16}"')
    value = _text(bar.words, f'x="{_WIDTH}" y="{top + 16}" text-anchor="end"')
    y, scale = top + 24, _WIDTH / 100
    track = _rect(_TRACK, 0, y, _WIDTH)
    if bar.span is None:
        return label + value + track
    low, high = (round(bound * scale) for bound in bar.span)
    possible = _rect(_POSSIBLE, low, y, high - low) if high > low else ""
    sure = _rect(_SURE, 0, y, low) if low else ""
    return label + value + track + possible + sure


def _text(words: str, where: str) -> str:
    return f'<text {where} font-size="15" fill="{_INK}">{escape(words)}</text>'


def _rect(fill: str, x: int, y: int, width: int) -> str:
    return f'<rect fill="{fill}" x="{x}" y="{y}" width="{width}" height="{_BAR}"/>'
