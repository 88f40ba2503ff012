"""What a changed edition is called: the shipped one's name, and that it was adapted."""

from collections.abc import Mapping

from diag.rules.overlay.layers import LISTS, laid_over, text_of, without
from diag.rules.problem import Spot
from diag.rules.reading.nodes import Entries, Items, Scalar

ADAPTED = "adaptée"
"""Said after the shipped version when the syndicat gives none of its own."""

_UNITED = "retired"
"""Ids that served, here or there, never serve again."""


def edition_over(shipped: Entries | None, own: Mapping[str, Entries]) -> Entries:
    """Return what `edition.yaml` holds once the syndicat's own is laid over it."""
    spot = Spot("edition.yaml")
    base = shipped or Entries(spot, {}, {})
    over = [root for file, root in own.items() if file.endswith("/edition.yaml")]
    merged = base
    for root in over:
        laid = laid_over(merged, without(root, "domain", "examples", *LISTS))
        assert isinstance(laid, Entries)
        merged = _united(merged, laid)
    if any("version" in root.nodes for root in over):
        return merged
    version = text_of(merged.nodes.get("version"))
    told = f"{version} {ADAPTED}".strip()
    at = merged.spots.get("version", merged.spot)
    nodes = {**merged.nodes, "version": Scalar(at, told, told)}
    return Entries(merged.spot, nodes, {**merged.spots, "version": at})


def _united(before: Entries, after: Entries) -> Entries:
    """Return the later one, the ids retired before kept."""
    old, new = before.nodes.get(_UNITED), after.nodes.get(_UNITED)
    if not (isinstance(old, Items) and isinstance(new, Items)) or old is new:
        return after
    joined = Items(new.spot, (*old.nodes, *new.nodes))
    return Entries(after.spot, {**after.nodes, _UNITED: joined}, after.spots)
