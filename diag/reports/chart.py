"""The tables that are drawn, known by their headers: scores, years, rooms."""

from collections.abc import Sequence

from diag.reports.chart_rooms import rooms_drawing
from diag.reports.chart_scores import scores_drawing
from diag.reports.chart_years import years_drawing
from diag.reports.drawing import Drawing

_KINDS = (scores_drawing, years_drawing, rooms_drawing)


def drawn(rows: Sequence[Sequence[str]]) -> Drawing | None:
    """Return the drawing of a table, given as words; most tables have none."""
    return next((found for kind in _KINDS if (found := kind(rows))), None)
