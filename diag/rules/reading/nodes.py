"""What a YAML file is made of, once read: nodes that know where they stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from diag.rules.problem import Spot


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value: text, whole number, decimal, boolean or nothing."""

    spot: Spot
    value: str | int | Decimal | bool | None
    text: str
    """As written, without its quotes."""
    plain: bool = False
    """Written without quotes, hence cut by `#`, `: `, and by `,` between braces."""
    braced: bool = False
    """Written between braces or brackets."""


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    spot: Spot
    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """Keys and their values; keys are texts, whatever they look like."""

    spot: Spot
    nodes: Mapping[str, "Node"]
    spots: Mapping[str, Spot]
    """Where each key stands."""
    braced: bool = False
    """Written between braces."""


Node = Scalar | Items | Entries
"""Any node."""


def spot_of(node: Node, *path: str) -> Spot:
    """Return where the deepest existing key or rank of `path` stands under a node."""
    spot = node.spot
    for step in path:
        if isinstance(node, Entries) and step in node.nodes:
            spot, node = node.spots[step], node.nodes[step]
        elif isinstance(node, Items) and step.isdigit() and int(step) < len(node.nodes):
            node = node.nodes[int(step)]
            spot = node.spot
        else:
            break
    return spot
