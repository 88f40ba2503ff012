"""Where operations and schools stand in a programme."""

from fractions import Fraction

from diag.programme.assembling import Board
from diag.programme.terms import Precedence


def sort_of(board: Board, operation: str) -> Precedence:
    """Return what an operation answers to: a law, what blocks, or the rest.

    A decision or a lock gives it a turn of its own, and does not change that.
    """
    candidate = board.gathered.candidates.get(operation)
    return candidate.operation.turn if candidate else Precedence.REST


def unblocked(board: Board) -> tuple[Fraction, ...]:
    """Return, each year, the part of the schools with nothing left that blocks them.

    Of those that have an operation; empty where none has.
    """
    years = board.programme.years
    free: dict[str, int] = {}
    """School → the year from which nothing blocks it any more."""
    for name, one in board.gathered.candidates.items():
        until = free.setdefault(one.school, years[0])
        if sort_of(board, name) is Precedence.BLOCKING:
            placed = board.schedule.years.get(name, years[-1] + 1)
            free[one.school] = max(until, placed)
    if not free:
        return ()
    return tuple(
        Fraction(sum(one <= year for one in free.values()), len(free)) for year in years
    )
