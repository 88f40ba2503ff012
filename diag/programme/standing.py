"""What operations of a programme cost and answer to, wherever they are placed."""

from diag.programme.assembling import Board
from diag.programme.terms import Precedence


def costs_of(board: Board) -> dict[str, int]:
    """Return what each operation costs once, in cents, without any discount."""
    return {
        each.id: sum(line.once for line in each.lines)
        for each in board.programme.operations
    }


def sort_of(board: Board, operation: str) -> Precedence:
    """Return what an operation answers to: a law, what blocks, or the rest.

    A decision or a lock gives it a turn of its own, and does not change that.
    """
    candidate = board.gathered.candidates.get(operation)
    return candidate.operation.turn if candidate else Precedence.REST
