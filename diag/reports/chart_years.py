"""A budget drawn year by year: what it costs at least in full, at most in light."""

import re
from collections.abc import Sequence

from diag.reports.budget_tables import EXPENSE, REMAINS
from diag.reports.drawing import FULL, LIGHT, TRACK, WIDTH, Drawing, rect, text

_ROW, _BAR, _LEFT, _WORDS = 28, 16, 56, 190
_TITLE = "Reste à charge de chaque année, en euros TTC"
_LEGEND = (
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
        _drawn(year, words, low / most, high / most, rank * _ROW)
        for rank, ((year, words), (low, high)) in enumerate(
            zip(told, spans, strict=True)
        )
    )
    said = " ; ".join(f"{year} : {words}" for year, words in told)
    return Drawing(_TITLE, f"{said}.", _LEGEND, _ROW * len(told), body)


def span(words: str) -> tuple[int, int]:
    """Return the least and the greatest of the euros that words tell."""
    found = [int(re.sub(r"\s", "", one)) for one in _AMOUNT.findall(words)] or [0]
    return (0 if words.startswith("jusqu") else found[0]), found[-1]


def _drawn(year: str, words: str, low: float, high: float, top: int) -> str:
    room = WIDTH - _LEFT - _WORDS
    base, y = top + 19, top + 6
    least, most = round(low * room), round(high * room)
    return "".join((
        text(year, 0, base),
        rect(TRACK, _LEFT, y, room, _BAR),
        rect(LIGHT, _LEFT + least, y, most - least, _BAR) if most > least else "",
        rect(FULL, _LEFT, y, least, _BAR) if least else "",
        text(words, WIDTH, base, anchor="end"),
    ))
