"""Places: what a question is about."""

from enum import StrEnum

from diag.model.base import Noun


class PlaceKind(StrEnum):
    """The kinds of places, from the widest to the smallest."""

    SYNDICAT = "syndicat"
    COMMUNE = "commune"
    ECOLE = "ecole"
    BATIMENT = "batiment"
    SALLE = "salle"
    LOT = "lot"


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
