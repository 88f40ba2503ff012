"""Which places a rule may look at: its own, those that hold it, those it holds."""

from diag.model.enums import PlaceKind
from diag.model.place import PARENT_KINDS, ROOT_KINDS


def reach(kind: PlaceKind) -> frozenset[PlaceKind]:
    """Return a kind and every kind that may hold it: what bare names may read."""
    parents = PARENT_KINDS.get(kind, frozenset())
    return frozenset({kind}).union(*(reach(parent) for parent in parents))


def root_of(kind: PlaceKind) -> PlaceKind:
    """Return the kind of subject whose audit has places of this kind."""
    (root,) = reach(kind) & ROOT_KINDS
    return root


def may_hold(kind: PlaceKind) -> frozenset[PlaceKind]:
    """Return the kinds that may stand in a place of this kind, near or deep."""
    return frozenset(
        other for other in PlaceKind if other is not kind and kind in reach(other)
    )
