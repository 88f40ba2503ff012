"""Places of an audit, from their heads: who stands where, and what removal missed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from diag.journal import subjects
from diag.journal.board import Board, board_of, latest
from diag.journal.draft import Draft
from diag.journal.journal import Head, Journal
from diag.model.audit import Audit, root_place_id
from diag.model.enums import PlaceKind
from diag.model.place import PARENT_KINDS, Place

_BORN = """
select coalesce(min(lam), 0) from rev
where audit = (select n from audit where id = ?) and subject = ?
"""


@dataclass(frozen=True, slots=True)
class Site:
    """The living places of an audit."""

    root: str
    places: Mapping[str, Place]
    """By id, the root first, then in the order in which they were created."""
    edited: Mapping[str, tuple[Head, ...]]
    """Places removed by one while another wrote there: kept; and what was written."""


def site_of(journal: Journal, audit: Audit, board: Board) -> Site:
    """Return the places that stand, those kept despite a removal included."""
    root = root_place_id(audit.id, audit.subject.kind)
    said = {place: _noun(place, latest(heads)) for place, heads in board.places.items()}
    standing = {
        place: noun.model_copy(update={"parent": board.at(noun.parent or "") or None})
        for place, noun in said.items()
        if noun
    }
    edited: dict[str, tuple[Head, ...]] = {}
    for place, heads in board.places.items():
        if place != root and all(head.withdrawn for head in heads):
            noun, edits = _after_removal(journal, audit.id, place, heads, board)
            if noun and edits:
                standing[place], edited[place] = noun, edits
    own = standing.pop(root, None)
    name = own.name if own else audit.subject.code
    places = {root: Place(id=root, kind=audit.subject.kind, parent=None, name=name)}
    for place in _in_order(journal, audit.id, standing):
        places[place] = _attached(standing[place], root, standing)
    return Site(root, places, edited)


def removal(journal: Journal, audit: str, place: str) -> Draft:
    """Take a place away, saying what stood there when its author decided."""
    seen = _heads_at(place, board_of(journal.heads(audit)))
    ids = tuple(head.id for head in seen)
    return Draft(audit, subjects.place(place), op="del", seen=ids)


def _heads_at(place: str, board: Board) -> Iterable[Head]:
    """Give what is said of a place's facts, and of the places that stand in it."""
    for facts in (board.answers, board.notes):
        for (where, _), heads in facts.items():
            if where == place:
                yield from (head for head in heads if head.says)
    for child, heads in board.places.items():
        noun = _noun(child, latest(heads))
        if noun and board.at(noun.parent or "") == place:
            yield from (head for head in heads if head.says)


def _after_removal(
    journal: Journal, audit: str, place: str, heads: list[Head], board: Board
) -> tuple[Place | None, tuple[Head, ...]]:
    """Return a removed place as it last was, and what its removal had not seen."""
    history = journal.history(audit, subjects.place(place))
    removals = {head.key for head in heads}
    seen = {id_ for rev in history if rev.key in removals for id_ in rev.seen}
    edits = tuple(head for head in _heads_at(place, board) if head.id not in seen)
    nouns = [_read(place, revision.value) for revision in reversed(history)]
    return next((noun for noun in nouns if noun), None), edits


def _in_order(journal: Journal, audit: str, places: Iterable[str]) -> list[str]:
    def birth(place: str) -> tuple[int, str]:
        ((born,),) = journal.select(_BORN, [audit, subjects.place(place)])
        return born, place

    return sorted(places, key=birth)


def _attached(place: Place, root: str, standing: Mapping[str, Place]) -> Place:
    """Return a place whose parent stands and may hold it: else it hangs at the root.

    Kinds go down at each step, so no cycle can be written.
    """
    parent = standing.get(place.parent or "")
    if parent and parent.kind in PARENT_KINDS[place.kind]:
        return place
    return place.model_copy(update={"parent": root})


def _noun(place: str, head: Head | None) -> Place | None:
    return _read(place, head.value) if head else None


def _read(place: str, value: Any) -> Place | None:
    try:
        kind, parent, name = PlaceKind(value["kind"]), value["parent"], value["name"]
        return Place(id=place, kind=kind, parent=parent, name=name)
    except (KeyError, TypeError, ValueError):
        return None
