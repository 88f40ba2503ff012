"""The heads of an audit, sorted by what they are about; subjects are read once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from diag.journal import subjects
from diag.journal.canonical import dumps
from diag.journal.journal import Head
from diag.journal.merges import merged_of, pooled
from diag.journal.revision import Revision
from diag.journal.subjects import (
    AnswerTopic,
    ClosedTopic,
    FlagTopic,
    NoteTopic,
    PlaceTopic,
    VisitTopic,
)
from diag.model.enums import PlaceKind


@dataclass(slots=True)
class Board:
    """Heads by topic."""

    places: dict[str, list[Head]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[tuple[str, str], list[Head]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """By place and question, as `notes` and `flags`."""
    notes: dict[tuple[str, str], list[Head]] = field(
        default_factory=lambda: defaultdict(list)
    )
    flags: dict[tuple[str, str], list[Head]] = field(
        default_factory=lambda: defaultdict(list)
    )
    closed: dict[PlaceKind, list[Head]] = field(
        default_factory=lambda: defaultdict(list)
    )
    visits: dict[str, list[Head]] = field(default_factory=lambda: defaultdict(list))
    merged: dict[str, str] = field(default_factory=dict)
    """Places that are read as another one: what is said of them is said of it."""

    def at(self, place: str) -> str:
        """Return the place that a place is read as: itself, as a rule."""
        return self.merged.get(place, place)


def board_of(heads: Iterable[Head]) -> Board:
    """Sort heads, which come in order; what is not known is left out."""
    read = [(subjects.parse(head.subject), head) for head in heads]
    board = Board(merged=merged_of(read))
    for topic, head in read:
        match topic:
            case AnswerTopic(place, question):
                board.answers[board.at(place), question].append(head)
            case NoteTopic(place, question):
                board.notes[board.at(place), question].append(head)
            case FlagTopic(place, question):
                board.flags[board.at(place), question].append(head)
            case PlaceTopic(place) if place not in board.merged:
                board.places[place].append(head)
            case ClosedTopic(kind):
                board.closed[kind].append(head)
            case VisitTopic(visit):
                board.visits[visit].append(head)
            case _:
                pass
    if board.merged:
        board.answers = {key: pooled(own) for key, own in board.answers.items()}
        board.notes = {key: pooled(own) for key, own in board.notes.items()}
    return board


def latest(heads: Sequence[Head]) -> Head | None:
    """Return the last head that carries a value: the one to show meanwhile."""
    saying = [head for head in heads if head.says]
    return max(saying, key=lambda head: (head.lam, head.key), default=None)


def differing(heads: Sequence[Head]) -> tuple[Head, ...]:
    """Return one head for each thing that is said, the last to say it, in order.

    Heads are equal when state and value are, whatever the provenance; editions are when
    their digest is; a withdrawal is one more thing to say; an erased head says nothing.
    """
    if len(heads) == 1 and heads[0].says:
        return (heads[0],)
    by_saying = {saying(head): head for head in heads if head.says or head.withdrawn}
    return tuple(sorted(by_saying.values(), key=lambda head: (head.lam, head.key)))


def saying(head: Head | Revision) -> str | None:
    """Return what two heads must share to be equal."""
    value = head.value
    if isinstance(value, dict) and "state" in value:
        return dumps([value["state"], value.get("value")])
    if isinstance(value, dict) and head.subject == subjects.EDITION:
        return dumps(value.get("digest"))
    if isinstance(head, Revision):
        return None if head.op == "del" or head.erased else dumps(value)
    return head.text
