"""Where a school stands among those like it: an interval, no name, or nothing.

Fewer than five others would let a reader guess whose score is whose.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from diag.model.number import Bounds
from diag.words.figures import in_words

FEWEST = 5
"""So many other audited schools at least."""


@dataclass(frozen=True, slots=True)
class Comparables:
    """The audited schools of the same kind and size in the territory."""

    words: str
    """« écoles primaires de 4 à 6 classes »."""
    count: int
    """How many others are audited."""
    overall: Bounds | None = None
    """Half of them stand there; None when they are too few."""
    domains: Mapping[str, Bounds] = field(default_factory=dict)
    """The same, by id of domain, where enough of them have a score."""


def compared(comparables: Comparables) -> str:
    """Return where schools like it stand, or why nothing is said."""
    if comparables.overall is None:
        return (
            f"Pas encore de comparaison : {_audited(comparables)} parmi les "
            f"{comparables.words} du territoire ; il en faut {FEWEST}."
        )
    return (
        f"La moitié au moins des {comparables.count} autres {comparables.words} "
        f"auditées dans le territoire {among(comparables.overall)}."
    )


def among(bounds: Bounds) -> str:
    """Return « se situe entre 30 et 55 »."""
    said = in_words(bounds)
    return f"se situe {said}" if said.startswith("entre") else f"se situe à {said}"


def _audited(comparables: Comparables) -> str:
    if not comparables.count:
        return "aucune autre auditée"
    return f"{comparables.count} autre{'s' * (comparables.count > 1)} auditée" + (
        "s" * (comparables.count > 1)
    )
