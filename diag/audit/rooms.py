"""Salles: where each room stands, what is left there, and the question to open next."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from diag.answers.types import evidence
from diag.assess.questions import seconds_of
from diag.assess.spread import Heat, HeatCell, danger_columns, heat, judged_in
from diag.audit.answer import Key
from diag.audit.observing import noted_in
from diag.audit.photos import photos_of
from diag.audit.places import Floor, floor_of, held_places, room_holders
from diag.audit.session import AuditSession
from diag.audit.snapshot import Snapshot
from diag.audit.walk import Walk, walk_of
from diag.checklist.symbols import names_of
from diag.journal.facts import profile_of
from diag.model.audit import Facts, Place
from diag.model.checklist import Aspect, Question
from diag.model.enums import PlaceKind
from diag.words.sentences import counted, listed, uncapitalised

_NAMED = 3
"""Questions that are named; of more, how many."""


class RoomLine(NamedTuple):
    """A place in the list of rooms, and what is known of it."""

    place: Place
    depth: int
    """1 for what stands in a building or a room, 2 for a lot in a room of one."""
    answered: int
    left: int
    photos: int
    noted: int

    @property
    def is_judged(self) -> bool:
        """Whether it has cells: a building has none."""
        return self.place.kind is not PlaceKind.BATIMENT


@dataclass(frozen=True)
class RoomsPicture:
    """The rooms of a school as they are known: one object, whatever shows it."""

    snapshot: Snapshot
    walk: Walk
    photos: Mapping[str, int]
    """How many there are, by place, as `noted`."""
    noted: Mapping[str, int]
    minutes: int
    """What is left to ask in rooms takes so many, walking not counted."""
    maybe: bool
    """Whether more may be asked there, once others are answered."""

    @property
    def facts(self) -> Facts:
        """Everything known."""
        return self.snapshot.facts

    @cached_property
    def aspects(self) -> tuple[Aspect, ...]:
        """The columns: what criteria of rooms look at."""
        return self.snapshot.checklist.aspects

    @cached_property
    def heat(self) -> Heat:
        """Each cell that is not « sans objet »."""
        left = [stop.key for stop in self.walk.stops if stop.is_left]
        return heat(self.snapshot.checklist, self.snapshot.judged, left)

    @cached_property
    def floor(self) -> Floor:
        """Where rooms stand."""
        return floor_of(self.facts)

    @cached_property
    def dangerous(self) -> frozenset[str]:
        """Ids of the aspects that are of dangers to bodies."""
        return danger_columns(self.snapshot.checklist)

    @cached_property
    def lines(self) -> tuple[RoomLine, ...]:
        """Every room, building and lot, in the order of the plan."""
        answered = Counter(
            stop.place for stop in self.walk.stops if stop.settled and stop.heads
        )
        left = Counter(stop.place for stop in self.walk.stops if stop.is_left)
        return tuple(
            RoomLine(
                place,
                depth,
                answered[place.id],
                left[place.id],
                self.photos.get(place.id, 0),
                self.noted.get(place.id, 0),
            )
            for place, depth in _outlined(self.facts)
        )

    def line(self, place: str) -> RoomLine | None:
        """Return the line of a place."""
        return next((one for one in self.lines if one.place.id == place), None)

    @property
    def left(self) -> int:
        """Questions left in rooms and lots."""
        return sum(line.left for line in self.lines)

    @property
    def asked(self) -> int:
        """Questions that surely apply there, answered or not."""
        return self.left + sum(line.answered for line in self.lines)

    def cell(self, place: str, aspect: str) -> HeatCell | None:
        """Return a cell; None when it is « sans objet »."""
        return self.heat.get((place, aspect))

    def opened_by(self, place: str, aspect: str) -> Key | None:
        """Return the question that a cell opens: the first left, else the worst.

        Where the cell has none, the first that is left at that place.
        """
        names = self._names(place, aspect)
        stops = [stop for stop in self.walk.stops if stop.place == place]
        for stop in stops:
            if stop.is_left and stop.question.id in names:
                return stop.key
        asked = {stop.question.id: stop.key for stop in stops}
        found = (
            asked[each.id] for each in self._judging(place, aspect) if each.id in asked
        )
        return next(found, None) or next(
            (stop.key for stop in stops if stop.is_left),
            stops[0].key if stops else None,
        )

    def next_left(self, place: str, aspect: int) -> tuple[str, int | None] | None:
        """Return the next cell where something is left, in reading order, and round.

        Where what is left is of no aspect: the place alone.
        """
        for ident, rank in self._cells_after(place, aspect):
            cell = self.cell(ident, self.aspects[rank].id)
            if cell and cell.left:
                return ident, rank
        waiting = (line.place.id for line in self.lines if line.left)
        return next(((ident, None) for ident in waiting), None)

    def next_danger(self, place: str, aspect: int) -> tuple[str, int] | None:
        """Return the next cell where a danger is known, in reading order, and round."""
        for ident, rank in self._cells_after(place, aspect):
            cell = self.cell(ident, self.aspects[rank].id)
            if cell and cell.danger:
                return ident, rank
        return None

    @property
    def unseen(self) -> int:
        """How many places may hold a danger that nobody looked for yet."""
        cells = (
            self.cell(line.place.id, aspect)
            for line in self.lines
            for aspect in self.dangerous
        )
        return sum(
            cell is not None and not cell.danger and not cell.low for cell in cells
        )

    def _cells_after(self, place: str, aspect: int) -> list[tuple[str, int]]:
        every = [
            (line.place.id, rank)
            for line in self.lines
            if line.is_judged
            for rank in range(len(self.aspects))
        ]
        here = (place, aspect)
        start = every.index(here) + 1 if here in every else 0
        return every[start:] + every[:start]

    def describe(self, place: str, aspect: Aspect) -> str:
        """Return a cell in a sentence: what is left there, else what was seen.

        A danger that nobody saw is no safety.
        """
        cell = self.cell(place, aspect.id)
        head = f"{self.facts.places[place].name}, {uncapitalised(aspect.label)}"
        if cell is None:
            return f"{head} : sans objet ici"
        if cell.left:
            names = self._names(place, aspect.id)
            left = [
                uncapitalised(stop.question.label)
                for stop in self.walk.stops
                if stop.place == place and stop.is_left and stop.question.id in names
            ]
            many = counted(len(left), "question sans réponse", "questions sans réponse")
            return f"{head} : {many} : {listed(left, _NAMED)}"
        words = cell.words
        if aspect.id in self.dangerous and not cell.danger and cell.low:
            words = "rien vu de dangereux"
        seen = next(self._judging(place, aspect.id), None)
        if seen is None:
            return f"{head} : {words}"
        heads = self.facts.answers.get((place, seen.id), ())
        known = uncapitalised(evidence(seen, heads))
        return f"{head} : {words} : {uncapitalised(seen.label)}, {known}"

    def summary(self, line: RoomLine) -> str:
        """Return a place and all its aspects in a line, for who sees no table."""
        left = f"reste {line.left}" if line.left else "tout est répondu"
        parts = [f"{line.place.name} : {left}"]
        for aspect in self.aspects:
            cell = self.cell(line.place.id, aspect.id)
            if cell is None:
                continue
            is_quiet = aspect.id in self.dangerous and not cell.danger and cell.low
            words = "rien vu" if is_quiet else cell.words
            parts.append(f"{uncapitalised(aspect.label)} {words}")
        return " ; ".join(parts)

    def _names(self, place: str, aspect: str) -> frozenset[str]:
        judged = judged_in(self.snapshot.judged, place, aspect)
        return frozenset[str]().union(*(names_of(one.criterion) for one, _ in judged))

    def _judging(self, place: str, aspect: str) -> Iterator[Question]:
        """Yield the questions answered there that make a cell, the worst first."""
        questions = self.snapshot.checklist.questions
        kind = self.facts.places[place].kind
        for result, _ in judged_in(self.snapshot.judged, place, aspect):
            names = names_of(result.criterion)
            read = [
                one
                for one in questions.values()
                if one.id in names
                and one.place is kind
                and (place, one.id) in self.facts.answers
            ]
            # What names the place is read by every rule: it explains none of them.
            naming = {
                name for one in self.snapshot.checklist.places for name in one.named_by
            }
            yield from sorted(read, key=lambda one: (not one.danger, one.id in naming))


def rooms_of(session: AuditSession) -> RoomsPicture:
    """Return the rooms of a school as they are known now.

    Raises:
        OlderMethodError: its edition is judged no more.
    """
    session.check_method()
    snapshot = session.snapshot
    walk = walk_of(snapshot.facts, snapshot.checklist, profile_of(snapshot.plan))
    inside = {place.id for place, _ in _outlined(snapshot.facts)}
    known = {question for _, question in snapshot.facts.answers}
    left = (one for one in walk.stops if one.is_left and one.place in inside)
    asked, seconds = set(known), 0
    for stop in left:
        again = stop.question.id in asked
        seconds += seconds_of(stop.question, again=again, pace=session.workspace.pace)
        asked.add(stop.question.id)
    return RoomsPicture(
        snapshot,
        walk,
        Counter(photo.place for photo in photos_of(session)),
        Counter(one.seen.place for one in noted_in(session)),
        -(-seconds // 60),
        any(one.is_likely and one.place in inside for one in walk.stops),
    )


def _outlined(facts: Facts) -> Iterator[tuple[Place, int]]:
    """Yield every place but the school, each before what it holds."""
    held = held_places(facts)
    late = list[Place]()
    for holder in room_holders(facts):
        depth = 0
        if holder != facts.root:
            depth = 1
            yield facts.places[holder], 0
        for place in held.get(holder, ()):
            if holder == facts.root and place.kind is PlaceKind.LOT:
                late.append(place)
                continue
            yield place, depth
            yield from ((lot, depth + 1) for lot in held.get(place.id, ()))
    yield from ((lot, 0) for lot in late)
