"""Rooms, buildings, lots: found by name, added, renamed, and how they stand on a floor.

A floor is rows in order, each room with a width, building by building. No coordinates:
nothing can overlap, and a room that nobody placed still has its place. Without any
arrangement, rooms stand in the order of their entry, in two rows along a corridor. The
order of the plan is that of the walk.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple

from diag.assess.results import Score
from diag.assess.words import filled_words
from diag.audit.session import AuditSession
from diag.journal import changes
from diag.journal.heads import removal
from diag.model.audit import PARENT_KINDS, ROOT_KINDS, Facts, FloorRow, Place
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.model.text import clean_name, fold
from diag.words.sentences import counted, in_words
from diag.words.vocabulary import FEMININE, PLACE_NAMES, PLACES

MAX_NAME = 200
"""Longest name of a place, in characters."""


def agreeing(kind: PlaceKind, participle: str) -> str:
    """Return « ajoutée » of a room, « ajouté » of a building."""
    return participle + "e" * (kind in FEMININE)


def add_place(
    session: AuditSession, kind: PlaceKind, name: str, parent: str = ""
) -> tuple[Place, str]:
    """Add a place; return it and the id of its revision.

    Raises:
        DiagError: when its name is empty or taken, or its parent cannot hold it.
    """
    place = _new(session, kind, name, parent)
    (revision,) = session.record(changes.placed(session.audit.id, place))
    return place, revision.id


def add_places(
    session: AuditSession, kind: PlaceKind, names: Sequence[str], parent: str = ""
) -> tuple[Place, ...]:
    """Add places in one gesture, that one undo takes back; their names differ.

    Raises:
        DiagError: when a name is empty or taken, or the parent cannot hold them.
    """
    places = tuple(_new(session, kind, name, parent) for name in names)
    session.record(*(changes.placed(session.audit.id, place) for place in places))
    return places


def _new(session: AuditSession, kind: PlaceKind, name: str, parent: str) -> Place:
    if kind in ROOT_KINDS:
        raise DiagError(f"On n'ajoute pas de lieu du genre « {PLACE_NAMES[kind]} ».")
    holder = _check_holds(session.find_place(parent), kind)
    return Place(
        id=session.workspace.world.fresh_id(),
        kind=kind,
        parent=holder.id,
        name=free_name(session.facts, name),
    )


def _check_holds(holder: Place, kind: PlaceKind) -> Place:
    if holder.kind not in PARENT_KINDS[kind]:
        raise DiagError(
            f"Un lieu du genre « {PLACE_NAMES[kind]} » ne se range pas dans "
            f"« {holder.name} » ({PLACE_NAMES[holder.kind]})."
        )
    return holder


def rename_place(session: AuditSession, text: str, name: str) -> Place:
    """Give a place another name; its answers stay.

    Raises:
        DiagError: unknown place, or a name that is empty or taken.
    """
    place = _check_not_root(session.find_place(text))
    renamed = place.model_copy(update={"name": free_name(session.facts, name)})
    session.record(changes.placed(session.audit.id, renamed))
    return renamed


def move_place(session: AuditSession, text: str, holder: str) -> Place:
    """Have a place stand in another one; its answers stay.

    Raises:
        DiagError: unknown place, or a holder that cannot hold it.
    """
    place = _check_not_root(session.find_place(text))
    there = _check_holds(session.find_place(holder), place.kind)
    moved = place.model_copy(update={"parent": there.id})
    if moved != place:
        session.record(changes.placed(session.audit.id, moved))
    return moved


def holders_of(facts: Facts, kind: PlaceKind) -> tuple[Place, ...]:
    """Return the places where one of a kind may stand, in order."""
    kinds = PARENT_KINDS.get(kind, frozenset())
    return tuple(one for one in facts.places.values() if one.kind in kinds)


def remove_place(session: AuditSession, text: str) -> Place:
    """Take a place out of the list; history keeps what was written of it.

    Raises:
        DiagError: unknown place, or the school itself.
    """
    place = _check_not_root(session.find_place(text))
    session.record(removal(session.workspace.journal, session.audit.id, place.id))
    return place


def _check_not_root(place: Place) -> Place:
    if place.kind in ROOT_KINDS:
        raise DiagError(
            f"« {place.name} » est le sujet de l'audit lui-même : il ne se renomme, "
            "ne se range ni ne se retire."
        )
    return place


def free_name(facts: Facts, name: str) -> str:
    """Return the name of a new place, cleaned.

    Raises:
        DiagError: empty, too long, or another place has it.
    """
    try:
        clean = clean_name(name)
    except ValueError as error:
        raise DiagError(f"Nom de lieu refusé : {error}.") from error
    if not clean:
        raise DiagError("Le nom du lieu est vide. Donnez par exemple « Classe CP ».")
    if len(clean) > MAX_NAME:
        raise DiagError(
            f"Nom de lieu trop long : {len(clean)} caractères, {MAX_NAME} admis. "
            "Mettez le reste dans une note."
        )
    if fold(clean) in {fold(place.name) for place in facts.places.values()}:
        raise DiagError(
            f"Un lieu s'appelle déjà « {clean} ». Donnez un nom qui le distingue."
        )
    return clean


def close_places(
    session: AuditSession, kind: PlaceKind, *, complete: bool = True
) -> None:
    """Record « toutes les salles sont là », or that there may be others.

    Raises:
        DiagError: when the kind has no list.
    """
    if kind in ROOT_KINDS:
        raise DiagError(f"« {kind} » n'a pas de liste de lieux à clore.")
    session.record(changes.closed(session.audit.id, kind, complete=complete))


@dataclass(frozen=True, slots=True)
class ListClosing:
    """A list closed, the overall score before and after."""

    kind: PlaceKind
    count: int
    before: Score
    after: Score

    @property
    def sentence(self) -> str:
        """What is closed, and what the score becomes."""
        all_of = "Toutes les" if self.kind in FEMININE else "Tous les"
        closed = f"{all_of} {PLACES[self.kind][1]} sont là ({self.count})."
        before, after = _score_words(self.before), _score_words(self.after)
        if before == after:
            return f"{closed} Le score reste {after}."
        return f"{closed} Score : {before} → {after}."


def closing_effect(session: AuditSession, kind: PlaceKind) -> ListClosing:
    """Return what closing a list would change; nothing is written."""
    facts = session.facts
    closed = replace(facts, closed=facts.closed | {kind})
    after = session.judge.assess(closed, advised=()).overall
    count = len(facts.places_of(kind))
    return ListClosing(kind, count, session.judged.overall, after)


def close_list(session: AuditSession, kind: PlaceKind) -> ListClosing:
    """Close a list in one durable commit; return what it changed.

    Raises:
        DiagError: when the kind has no list, or nothing could be written.
    """
    effect = closing_effect(session, kind)
    close_places(session, kind)
    return replace(effect, after=session.judged.overall)


def _score_words(score: Score) -> str:
    if score.bounds is None:
        return "sans objet"
    return f"{in_words(score.bounds)} ({filled_words(score)})"


BETWEEN = ";"
"""What stands between two names on one line."""

MOST = 60
"""Places that one line may name: more is a slip of the finger."""

_SHOWN = 8
"""Names that are read; of more, the first ones and the last."""

_RANGE = re.compile(r"(?P<what>.*\S)\s+(?P<first>\d{1,9})\s+[àa]\s+(?P<last>\d{1,9})")


class NamesRead(NamedTuple):
    """The names that a line gives."""

    new: tuple[str, ...]
    """Those that no place bears yet, in order, each once."""
    known: tuple[str, ...]
    """Those that a place bears already, or that are typed twice."""


def names_in(typed: str) -> tuple[str, ...]:
    """Return the names that a text gives: « Classe 1 à 3 ; Direction » gives four.

    Raises:
        DiagError: when there are more than anybody means.
    """
    try:
        pieces = [clean_name(one) for one in re.split(rf"[{BETWEEN}\n\t]", typed)]
    except ValueError as error:
        raise DiagError(f"Nom de lieu refusé : {error}.") from error
    names: list[str] = []
    for piece in filter(None, pieces):
        found = _RANGE.fullmatch(piece)
        if not found:
            names.append(piece)
            continue
        what, first, last = found["what"], int(found["first"]), int(found["last"])
        if first > last:
            raise DiagError(
                f"« {piece} » compte à rebours. Écrivez « {what} {last} à {first} », "
                "le plus petit numéro d'abord."
            )
        if last - first >= MOST:
            raise DiagError(
                f"« {piece} » ferait {last - first + 1} lieux : {MOST} au plus d'un "
                "coup. Vérifiez les numéros."
            )
        width = len(found["first"])  # numbers are as wide as the first
        names += (f"{what} {number:0{width}}" for number in range(first, last + 1))
    if len(names) > MOST:
        raise DiagError(
            f"{len(names)} lieux d'un coup : {MOST} au plus. Vérifiez les numéros, ou "
            "ajoutez-les en plusieurs fois."
        )
    return tuple(names)


def named(session: AuditSession, names: tuple[str, ...]) -> NamesRead:
    """Part the names that may be given from those that a place bears already."""
    taken = {fold(place.name) for place in session.facts.places.values()}
    new: dict[str, str] = {}
    known: dict[str, str] = {}
    for name in names:
        key = fold(name)
        (known if key in taken or key in new else new)[key] = name
    return NamesRead(tuple(new.values()), tuple(known.values()))


def describe_names(kind: PlaceKind, found: NamesRead) -> str:
    """Return what is to be added, and what is there: « 2 salles : CP ; CE1. »."""
    parts = []
    if found.new:
        names = " ; ".join(_few(found.new))
        parts.append(f"{counted(len(found.new), *PLACES[kind])} : {names}.")
    if found.known:
        verb = "existent" if len(found.known) > 1 else "existe"
        quoted = tuple(f"« {name} »" for name in found.known)
        parts.append(f"{', '.join(_few(quoted))} {verb} déjà.")
    return " ".join(parts)


def _few(names: tuple[str, ...]) -> tuple[str, ...]:
    return names if len(names) <= _SHOWN else (*names[: _SHOWN - 2], "…", names[-1])


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
    inside: dict[str | None, list[str]] = {}
    for one in facts.places_of(PlaceKind.SALLE):
        inside.setdefault(one.parent, []).append(one.id)
    for holder in room_holders(facts):
        if not (rooms := inside.get(holder)):
            continue
        # Without what no longer stands there, each room once.
        waiting, kept = set(rooms), tuple[FloorRow, ...]()
        for row in facts.floor.get(holder, ()):
            here: list[tuple[str, int]] = []
            for room, width in row:
                if room in waiting:
                    waiting.remove(room)
                    here.append((room, min(max(width, 1), WIDEST)))
            kept += (tuple(here),) if here else ()
        placed = {room for row in kept for room, _ in row}
        new = tuple((room, 1) for room in rooms if room not in placed)
        if kept and new:
            kept = (*kept[:-1], kept[-1] + new)
        found[holder] = kept or proposed_rows(tuple(rooms))
    return found


def room_holders(facts: Facts) -> tuple[str, ...]:
    """Return what may hold rooms: the school, then its buildings in order."""
    return facts.root, *(one.id for one in facts.places_of(PlaceKind.BATIMENT))


def proposed_rows(rooms: tuple[str, ...]) -> tuple[FloorRow, ...]:
    """Return two rows along a corridor, the last room of the shorter one widened."""
    if len(rooms) <= _IN_ONE_ROW:
        return (tuple((room, 1) for room in rooms),)
    first = -(-len(rooms) // 2)
    *others, last = rooms[first:]
    second = *((room, 1) for room in others), (last, 2 * first - len(rooms) + 1)
    return tuple((room, 1) for room in rooms[:first]), second


def held_places(facts: Facts) -> dict[str, list[Place]]:
    """Return what each place holds: its rooms in walking order, then its lots."""
    found = {
        holder: [facts.places[room] for row in rows for room, _ in row]
        for holder, rows in floor_of(facts).items()
    }
    for lot in facts.places_of(PlaceKind.LOT):
        found.setdefault(lot.parent or facts.root, []).append(lot)
    return found


def walking_order(facts: Facts) -> tuple[Place, ...]:
    """Return every room in the order of the plan: one building after the other."""
    return tuple(
        facts.places[room]
        for rows in floor_of(facts).values()
        for row in rows
        for room, _ in row
    )


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


def room_moved(floor: Floor, room: str, step: FloorStep) -> Floor:
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
        moved = row.pop(spot.rank)
        rows = [[], *rows, []]
        target = rows[spot.row + (2 if step is FloorStep.DOWN else 0)]
        starts = accumulate((width for _, width in target), initial=0)
        past = (rank for rank, start in enumerate(starts) if start >= spot.start)
        target.insert(next(past, len(target)), moved)
    else:
        width = spot.width + (1 if step is FloorStep.WIDER else -1)
        row[spot.rank] = room, min(max(width, 1), WIDEST)
    own = tuple(tuple(each) for each in rows if each)
    return {**floor, spot.holder: own}


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
