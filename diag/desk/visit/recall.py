"""What may be taken from elsewhere at a question: last time, or a neighbour school."""

from diag.desk.session import Session
from diag.desk.visit.memory import Memory, Remembered, memory_of
from diag.desk.visit.neighbours import Neighbours
from diag.model.checklist import Question
from diag.model.place import Place


class Recall:
    """The previous audit, and the other schools of the commune: the latest is told."""

    def __init__(self, memory: Memory | None, neighbours: Neighbours) -> None:
        self._memory = memory
        self._neighbours = neighbours

    def of(self, place: Place, question: Question) -> Remembered | None:
        """Return the latest answer; the same day, that of this very school."""
        near = self._neighbours.of(place, question)
        last = self._memory.of(place, question) if self._memory else None
        if near and last:
            return near if near.day > last.day else last
        return near or last


def recall_of(session: Session) -> Recall:
    """Return what may be taken from elsewhere in an audit."""
    return Recall(memory_of(session), Neighbours(session))
