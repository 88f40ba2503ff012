"""The walk of a visit: its questions in the order in which an engineer's feet go.

The direction, the cabinet, the team and the commune first, then room by room, each
with the equipment that stands in it, then the equipment of the whole school.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from diag.assess.questions import Asked, next_questions, relevant_questions
from diag.model.checklist import Checklist, Question
from diag.model.enums import PlaceKind, Profile
from diag.model.fact import Answer, Facts
from diag.model.place import Place
from diag.rules.values import Truth
from diag.words.vocabulary import PLACES

Key = tuple[str, str]
"""Place id, question id."""

_SCHOOL = {
    "direction": "Direction",
    "baie": "Baie",
    "equipe": "Équipe",
    "commune": "Commune",
    "syndicat": "Syndicat",
}
_GENERAL = {
    "salle": ("Les salles", "Salles"),
    "lot": ("Le matériel", "Matériel"),
}


@dataclass(frozen=True, slots=True)
class Stop:
    """One question at one place."""

    place: str
    question: Question
    relevant: Truth
    """True, or None: whether it applies is not known yet."""
    heads: tuple[Answer, ...]
    flagged: bool
    """« À revoir »."""
    settled: bool
    """Nothing is left to learn."""

    @property
    def key(self) -> Key:
        """Return the place and the question."""
        return self.place, self.question.id

    @property
    def is_left(self) -> bool:
        """Say whether it surely applies and is still to be learnt."""
        return self.relevant is True and not self.settled


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of the walk: whom one asks at the school, or one place."""

    key: str
    """Whom one asks, or the place's id; unique in a walk."""
    title: str
    group: str
    """Heading that it stands under."""
    stops: tuple[Stop, ...]

    @property
    def left(self) -> int:
        """How many questions surely remain."""
        return sum(stop.is_left for stop in self.stops)

    @property
    def maybe(self) -> int:
        """How many more there may be, once others are answered."""
        return sum(stop.relevant is None and not stop.settled for stop in self.stops)

    @property
    def flagged(self) -> int:
        """How many are to come back to."""
        return sum(stop.flagged for stop in self.stops)


@dataclass(frozen=True)
class Walk:
    """The whole walk, as things stand."""

    legs: tuple[Leg, ...]

    @cached_property
    def stops(self) -> tuple[Stop, ...]:
        """Every question that applies or may, in order."""
        return tuple(stop for leg in self.legs for stop in leg.stops)

    @property
    def left(self) -> int:
        """How many questions surely remain."""
        return sum(leg.left for leg in self.legs)

    @property
    def maybe(self) -> int:
        """How many more there may be."""
        return sum(leg.maybe for leg in self.legs)

    @cached_property
    def _ranks(self) -> dict[Key, int]:
        return {stop.key: rank for rank, stop in enumerate(self.stops)}

    def stop(self, key: Key) -> Stop | None:
        """Return the question at that place; None when it no longer applies."""
        rank = self._ranks.get(key)
        return None if rank is None else self.stops[rank]

    def leg_of(self, key: Key) -> Leg | None:
        """Return the part of the walk where a question stands."""
        for leg in self.legs:
            if any(stop.key == key for stop in leg.stops):
                return leg
        return None

    def after(self, key: Key) -> Stop | None:
        """Return the question that follows; None at the end."""
        rank = self._ranks.get(key, -1) + 1
        return self.stops[rank] if rank < len(self.stops) else None

    def before(self, key: Key) -> Stop | None:
        """Return the question that precedes; None at the start."""
        rank = self._ranks.get(key, 0) - 1
        return self.stops[rank] if rank >= 0 else None

    def left_after(self, key: Key) -> Stop | None:
        """Return the next question left in walking order, round to the start."""
        rank = self._ranks.get(key, -1) + 1
        turned = (*self.stops[rank:], *self.stops[: max(rank - 1, 0)])
        return next((stop for stop in turned if stop.is_left), None)

    def first(self, leg: str) -> Stop | None:
        """Return where to start in a part: its first question left, else its first."""
        stops = next((each.stops for each in self.legs if each.key == leg), ())
        left = (stop for stop in stops if stop.is_left)
        return next(left, stops[0] if stops else None)


def walk_of(
    facts: Facts,
    checklist: Checklist,
    profile: Profile = Profile.FULL,
    also: Collection[Key] = (),
) -> Walk:
    """Return the walk of a visit, as long as its profile; `also` stands in it."""
    asked = relevant_questions(facts, checklist, profile=profile, also=also)
    stops: dict[str, list[Stop]] = {}
    for each in asked:
        stops.setdefault(each.place, []).append(_stop(each, facts))
    return Walk(tuple(leg for leg in _legs(facts, stops) if leg.stops))


def most_useful(
    facts: Facts,
    checklist: Checklist,
    here: Key | None,
    profile: Profile = Profile.FULL,
) -> Key | None:
    """Return the question left that may narrow the score most, other than this one.

    A few tens of milliseconds: called off the event loop, on facts that never change.
    """
    for each in next_questions(facts, checklist, 2, profile=profile):
        if (each.place, each.question.id) != here:
            return each.place, each.question.id
    return None


def _stop(asked: Asked, facts: Facts) -> Stop:
    return Stop(
        place=asked.place,
        question=asked.question,
        relevant=asked.relevant,
        heads=asked.heads,
        flagged=(asked.place, asked.question.id) in facts.flags,
        settled=asked.is_settled,
    )


def _legs(facts: Facts, stops: dict[str, list[Stop]]) -> Iterator[Leg]:
    own = stops.get(facts.root, [])
    subject = PLACES[facts.places[facts.root].kind][0].capitalize()
    for whom, title in _whoms(own):
        yield _own_leg(whom, title, subject, own)
    for kind in ("salle", "lot"):
        yield _own_leg(kind, *_GENERAL[kind], own)
        for place, group in _places(facts, kind):
            yield Leg(place.id, place.name, group, tuple(stops.get(place.id, ())))


def _own_leg(whom: str, title: str, group: str, own: Iterable[Stop]) -> Leg:
    asked = tuple(stop for stop in own if stop.question.whom == whom)
    return Leg(whom or "ecole", title, group, asked)


def _whoms(own: Sequence[Stop]) -> Iterator[tuple[str, str]]:
    """Give whom one asks: those of the house first, in their order."""
    yield from _SCHOOL.items()
    others = dict.fromkeys(stop.question.whom for stop in own)
    for whom in others:
        if whom not in _SCHOOL and whom not in _GENERAL:
            yield whom, whom.capitalize() or "Autres questions"


def _places(facts: Facts, part: str) -> Iterator[tuple[Place, str]]:
    """Give the places of a part and the heading each stands under."""
    if part == "lot":
        for place in facts.places_of(PlaceKind.LOT):
            if _holder(facts, place).kind is not PlaceKind.SALLE:
                yield place, "Matériel"
        return
    yield from _rooms(facts, facts.root, "Salles")
    for building in facts.places_of(PlaceKind.BATIMENT):
        yield building, building.name
        yield from _rooms(facts, building.id, building.name)


def _rooms(facts: Facts, holder: str, group: str) -> Iterator[tuple[Place, str]]:
    for room in facts.places_of(PlaceKind.SALLE):
        if room.parent == holder:
            yield room, group
            for lot in facts.places_of(PlaceKind.LOT):
                if lot.parent == room.id:
                    yield lot, group


def _holder(facts: Facts, place: Place) -> Place:
    return facts.places[place.parent or facts.root]
