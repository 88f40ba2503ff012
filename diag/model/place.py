"""Places: what a question is about."""

from diag.model.base import Noun
from diag.model.enums import PlaceKind

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
