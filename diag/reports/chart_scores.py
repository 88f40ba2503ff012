"""Scores drawn as bars: what is sure in full, what remains possible in light."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from diag.reports.drawing import FULL, LIGHT, TRACK, WIDTH, Drawing, rect, text
from diag.reports.frame import SCORE_COLUMN

_ROW, _BAR, _LETTER, _WORDS, _GAP = 25, 13, 7.6, 134, 12
_LONGEST = 40
"""Longest label that stands beside its bar, in letters; the end of others is cut."""
_TITLE = "Score de chaque domaine, sur 100"
_LEGEND = (
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
    left = round(max(len(cut(bar.label)) for bar in bars) * _LETTER) + _GAP
    body = "".join(_drawn(bar, rank * _ROW, left) for rank, bar in enumerate(bars))
    said = " ; ".join(f"{bar.label} : {bar.words}" for bar in bars)
    return Drawing(_TITLE, f"{said}.", _LEGEND, _ROW * len(bars), body)


def cut(label: str, longest: int = _LONGEST) -> str:
    """Return a label that fits, its end left to the table when it is too long."""
    return label if len(label) <= longest else f"{label[: longest - 1]}…"


def _drawn(bar: Bar, top: int, left: int) -> str:
    room = WIDTH - _WORDS - left
    base, y = top + 17, top + 6
    label = text(cut(bar.label), 0, base, size=14)
    value = text(bar.words, WIDTH, base, anchor="end", size=14)
    track = rect(TRACK, left, y, room, _BAR)
    if bar.span is None:
        return label + value + track
    low, high = (round(bound * room / 100) for bound in bar.span)
    possible = rect(LIGHT, left + low, y, high - low, _BAR) if high > low else ""
    sure = rect(FULL, left, y, low, _BAR) if low else ""
    return label + value + track + possible + sure
