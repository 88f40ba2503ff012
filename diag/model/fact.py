"""Facts: what was answered at which place, by whom, with which certainty."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from diag.model.base import Noun
from diag.model.enums import PlaceKind, Provenance, State

ROOT_KINDS = frozenset({PlaceKind.SYNDICAT, PlaceKind.COMMUNE, PlaceKind.ECOLE})
"""Kinds that are the subject of an audit, hence one place each, never listed."""

PARENT_KINDS: dict[PlaceKind, frozenset[PlaceKind]] = {
    PlaceKind.BATIMENT: frozenset({PlaceKind.ECOLE}),
    PlaceKind.SALLE: frozenset({PlaceKind.ECOLE, PlaceKind.BATIMENT}),
    PlaceKind.LOT: frozenset({PlaceKind.ECOLE, PlaceKind.BATIMENT, PlaceKind.SALLE}),
}
"""Where each listed kind may stand: levels may be missing."""


class Place(Noun):
    """A school, a building, a room or a lot of equipment; known by its id alone."""

    id: str
    """UUID; the subject's own place is uuid5(audit, kind)."""
    kind: PlaceKind
    parent: str | None
    """Id of the place that holds this one; none for the subject itself."""
    name: str


Value = bool | int | str | tuple[str, ...] | None
"""A canonical value: boolean; integer; decimal string; ISO date; choice id; text;
sorted tuple of choice ids. None when the state is not `known`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One head of one fact: from a person, an import or a measure."""

    state: State
    value: Value = None
    provenance: Provenance = Provenance.OBSERVED
    reason: str = ""
    """Why it is unknown, refused or not applicable."""
    revision: str = ""
    """Hex id of its revision."""
    author: str = ""
    device: str = ""
    at: int = 0
    """Wall clock, UTC milliseconds: shown, never compared."""
    is_masked: bool = False
    """Somebody asks to erase it: it is judged, its words are not shown."""


FloorRow = tuple[tuple[str, int], ...]
"""Rooms side by side, each with its width: never coordinates, so none overlaps."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything known of one audit's subject: the only input of judging.

    `answers` maps (place id, question id) to its heads: one, or several that differ
    in state or value when two people disagree (a conflict, judged as their hull).
    """

    root: str
    """Id of the subject's own place."""
    places: Mapping[str, Place]
    """By id, in the order in which they were created, the root included."""
    answers: Mapping[tuple[str, str], tuple[Answer, ...]] = field(default_factory=dict)
    notes: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """Notes by (place id, question id); several when two people wrote one each."""
    flags: frozenset[tuple[str, str]] = frozenset()
    """« À revoir », by (place id, question id); judging does not read them."""
    closed: frozenset[PlaceKind] = frozenset()
    """Kinds whose list is complete: « toutes les salles sont là »."""
    floor: Mapping[str, tuple[FloorRow, ...]] = field(default_factory=dict)
    """Rows of rooms as somebody arranged them, by what holds them: it may name rooms
    that are gone and miss new ones; judging does not read it."""
    visit_date: date | None = None
    """Day of the last visit, if there was one."""
    directory: Mapping[str, int] = field(default_factory=dict)
    """What official lists say of the subject, by `DIRECTORY`: checks alone read it."""

    def about(self, questions: Container[str]) -> "Facts":
        """Return what is known of these questions alone, at the same places."""

        def kept(asked: tuple[str, str]) -> bool:
            return asked[1] in questions

        return replace(
            self,
            answers={key: self.answers[key] for key in self.answers if kept(key)},
            notes={key: self.notes[key] for key in self.notes if kept(key)},
            flags=frozenset(filter(kept, self.flags)),
        )

    def has_the_places_of(self, other: "Facts") -> bool:
        """Say whether places, closed lists and visit are the same."""
        return (self.places is other.places or self.places == other.places) and (
            self.root,
            self.closed,
            self.visit_date,
        ) == (other.root, other.closed, other.visit_date)

    def questions_answered_since(self, other: "Facts") -> frozenset[str]:
        """Return the questions of which another answer, or none, was read before."""
        now, then = self.answers, other.answers
        changed = {key[1] for key, heads in now.items() if then.get(key) is not heads}
        return frozenset(changed.union(key[1] for key in then if key not in now))

    def places_of(self, kind: PlaceKind) -> tuple[Place, ...]:
        """Return the places of a kind, in order."""
        return tuple(place for place in self.places.values() if place.kind is kind)

    def answer(self, place: str, question: str) -> Answer | None:
        """Return the single current answer; None when absent or in conflict."""
        heads = self.answers.get((place, question), ())
        return heads[0] if len(heads) == 1 else None
