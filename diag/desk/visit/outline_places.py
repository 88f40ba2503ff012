"""The places of a school as they stand in each other, with how much is said of each."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from diag.model.fact import Facts
from diag.model.place import Place


@dataclass(frozen=True, slots=True)
class Outlined:
    """One place in the outline."""

    place: Place
    depth: int
    """0 right under the school."""
    answers: int
    """How many questions are answered there."""


def outlined(facts: Facts) -> tuple[Outlined, ...]:
    """Return every place but the school itself, each before what it holds."""
    counts = Counter(place for place, _ in facts.answers)
    return tuple(
        Outlined(place, depth, counts[place.id])
        for place, depth in _under(facts, facts.root, 0)
    )


def _under(facts: Facts, holder: str, depth: int) -> Iterator[tuple[Place, int]]:
    for place in facts.places.values():
        if place.parent == holder:
            yield place, depth
            yield from _under(facts, place.id, depth + 1)
