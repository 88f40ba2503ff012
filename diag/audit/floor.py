"""How rooms stand: rows in order, each room with a width, building by building.

No coordinates: nothing can overlap, and a room that nobody placed still has its place.
Without any arrangement, rooms stand in the order of their entry, in two rows along a
corridor. The order of the plan is that of the walk.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple

from diag.audit.session import AuditSession
from diag.journal import changes
from diag.model.enums import PlaceKind
from diag.model.fact import Facts, FloorRow, Place

Floor = Mapping[str, tuple[FloorRow, ...]]
"""The rows of what holds rooms, the school first, then its buildings."""

WIDEST = 4
"""Times the narrowest width."""

_IN_ONE_ROW = 2
"""So many rooms stand in one row."""


class FloorStep(StrEnum):
    """What moves a room, or changes its width."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
    WIDER = "wider"
    NARROWER = "narrower"


class RoomSpot(NamedTuple):
    """Where a room stands."""

    holder: str
    row: int
    rank: int
    """In its row, from 0."""
    start: int
    """How far from the left, in widths."""
    width: int


def floor_of(facts: Facts) -> Floor:
    """Return where every room stands: as arranged, what is new at the end."""
    found: dict[str, tuple[FloorRow, ...]] = {}
    for holder in holders(facts):
        rooms = [
            one.id for one in facts.places_of(PlaceKind.SALLE) if one.parent == holder
        ]
        if not rooms:
            continue
        kept = _kept(facts.floor.get(holder, ()), rooms)
        placed = {room for row in kept for room, _ in row}
        new = tuple((room, 1) for room in rooms if room not in placed)
        if kept and new:
            kept = (*kept[:-1], kept[-1] + new)
        found[holder] = kept or proposed(tuple(rooms))
    return found


def holders(facts: Facts) -> tuple[str, ...]:
    """Return what may hold rooms: the school, then its buildings in order."""
    return facts.root, *(one.id for one in facts.places_of(PlaceKind.BATIMENT))


def _kept(rows: tuple[FloorRow, ...], rooms: list[str]) -> tuple[FloorRow, ...]:
    """Return the rows without what no longer stands there, each room once."""
    waiting = set(rooms)
    found: list[FloorRow] = []
    for row in rows:
        here: list[tuple[str, int]] = []
        for room, width in row:
            if room in waiting:
                waiting.remove(room)
                here.append((room, min(max(width, 1), WIDEST)))
        if here:
            found.append(tuple(here))
    return tuple(found)


def proposed(rooms: tuple[str, ...]) -> tuple[FloorRow, ...]:
    """Return two rows along a corridor, the last room of the shorter one widened."""
    if len(rooms) <= _IN_ONE_ROW:
        return (tuple((room, 1) for room in rooms),)
    first = -(-len(rooms) // 2)
    *others, last = rooms[first:]
    second = *((room, 1) for room in others), (last, 2 * first - len(rooms) + 1)
    return tuple((room, 1) for room in rooms[:first]), second


def rooms_in(facts: Facts, holder: str) -> Iterator[Place]:
    """Yield the rooms of a building, or those of the school's own, in walking order."""
    for row in floor_of(facts).get(holder, ()):
        yield from (facts.places[room] for room, _ in row)


def walking_order(facts: Facts) -> tuple[Place, ...]:
    """Return every room in the order of the plan: one building after the other."""
    return tuple(room for holder in holders(facts) for room in rooms_in(facts, holder))


def spots_of(floor: Floor) -> Mapping[str, RoomSpot]:
    """Return where each room stands, by its id."""
    return {
        room: RoomSpot(holder, row, rank, start, width)
        for holder, rows in floor.items()
        for row, rooms in enumerate(rows)
        for rank, ((room, width), start) in enumerate(
            zip(rooms, accumulate((one[1] for one in rooms), initial=0), strict=False)
        )
    }


def moved(floor: Floor, room: str, step: FloorStep) -> Floor:
    """Return the plan once a room took a step; the same one where it cannot.

    Up and down keep about the same distance from the left; past the first or the last
    row, they make one more.
    """
    spot = spots_of(floor)[room]
    rows = [list(row) for row in floor[spot.holder]]
    row = rows[spot.row]
    if step in {FloorStep.LEFT, FloorStep.RIGHT}:
        other = spot.rank + (1 if step is FloorStep.RIGHT else -1)
        if 0 <= other < len(row):
            row[spot.rank], row[other] = row[other], row[spot.rank]
    elif step in {FloorStep.UP, FloorStep.DOWN}:
        rows = _in_other_row(rows, spot, 1 if step is FloorStep.DOWN else -1)
    else:
        width = spot.width + (1 if step is FloorStep.WIDER else -1)
        row[spot.rank] = room, min(max(width, 1), WIDEST)
    own = tuple(tuple(each) for each in rows if each)
    return {**floor, spot.holder: own}


def _in_other_row(
    rows: list[list[tuple[str, int]]], spot: RoomSpot, way: int
) -> list[list[tuple[str, int]]]:
    room = rows[spot.row].pop(spot.rank)
    rows = [[], *rows, []]
    target = rows[spot.row + 1 + way]
    starts = accumulate((width for _, width in target), initial=0)
    past = (rank for rank, start in enumerate(starts) if start >= spot.start)
    target.insert(next(past, len(target)), room)
    return rows


def walked_later(floor: Floor, room: str) -> Floor:
    """Return the plan once a room trades its place with the one walked to next.

    The last one of its building trades with the first.
    """
    holder = spots_of(floor)[room].holder
    order = [one for row in floor[holder] for one in row]
    at = [ident for ident, _ in order].index(room)
    after = (at + 1) % len(order)
    order[at], order[after] = order[after], order[at]
    left = iter(order)
    rows = tuple(tuple(next(left) for _ in row) for row in floor[holder])
    return {**floor, holder: rows}


def keep_floor(session: AuditSession, floor: Floor) -> None:
    """Record where rooms stand, as one gesture; nothing when they stand there."""
    if floor != floor_of(session.facts):
        session.record(changes.arranged(session.audit.id, floor))
