"""Which place holds which: the tree under an audit's subject.

A place stands under its declared parent when a place of that kind may hold it, else
under the subject itself: two people who move places apart never lose one, nor tie a
knot.
"""

from diag.model.enums import PlaceKind
from diag.model.fact import Facts
from diag.model.place import PARENT_KINDS, Place


class Tree:
    """Parents, kinds and descendants, by place id."""

    def __init__(self, facts: Facts) -> None:
        places = facts.places
        self.root = facts.root
        """Id of the subject's own place."""
        self.kinds = {ident: place.kind for ident, place in places.items()}
        """Kind of each place."""
        self.parents = {
            ident: None if ident == facts.root else self._parent(place)
            for ident, place in places.items()
        }
        """Holder of each place; none for the subject."""
        self._of_kind: dict[PlaceKind, list[str]] = {}
        for ident, kind in self.kinds.items():
            self._of_kind.setdefault(kind, []).append(ident)

    def of_kind(self, kind: PlaceKind) -> list[str]:
        """Return the places of a kind, in order."""
        return self._of_kind.get(kind, [])

    def inside(self, place: str, kind: PlaceKind) -> list[str]:
        """Return the places of a kind that a place holds, near or far, in order."""
        return [
            ident
            for ident in self.of_kind(kind)
            if ident != place and place in self.line(ident)
        ]

    def line(self, place: str) -> tuple[str, ...]:
        """Return a place and all that hold it, up to the subject."""
        found = [place]
        while (holder := self.parents[found[-1]]) is not None:
            found.append(holder)
        return tuple(found)

    def _parent(self, place: Place) -> str:
        holder = self.kinds.get(place.parent or "")
        if place.parent and holder in PARENT_KINDS.get(place.kind, ()):
            return place.parent
        return self.root
