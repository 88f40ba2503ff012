"""Visits of an audit: the days on site."""

from collections.abc import Iterable
from datetime import date

from diag.journal.board import Board, board_of, latest
from diag.journal.journal import Head, Journal
from diag.model.audit import Visit


def visits_of(journal: Journal, audit: str) -> tuple[Visit, ...]:
    """Return the visits, in order of date."""
    board = board_of(journal.heads(audit))
    visits = (_visit(visit, latest(heads)) for visit, heads in board.visits.items())
    return tuple(sorted(filter(None, visits), key=lambda visit: (visit.date, visit.id)))


def visit_dates(board: Board) -> Iterable[date]:
    """Give the dates of the visits."""
    for visit, heads in board.visits.items():
        if noun := _visit(visit, latest(heads)):
            yield date.fromisoformat(noun.date)


def _visit(visit: str, head: Head | None) -> Visit | None:
    """Read a visit; what has no date is none."""
    value = head.value if head else None
    if not isinstance(value, dict):
        return None
    known = {name: value[name] for name in _FIELDS if name in value}
    try:
        date.fromisoformat(value["date"])
        return Visit.model_validate({**known, "id": visit})
    except (KeyError, TypeError, ValueError):
        return None


_FIELDS = set(Visit.model_fields) - {"id"}
