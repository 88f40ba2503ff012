"""Files of a checklist taken apart into items, so that others can change them.

Nodes keep the file and the line where they were written: what is wrong with a change
is reported there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from diag.checklist.source import Entries, Items, Node, Scalar, ident_of, text_of
from diag.rules.problem import Spot

LISTS = (
    *("places", "aspects", "questions", "criteria", "recommendations"),
    *("prices", "aids", "deadlines", "finances", "sources", "forms", "synonyms"),
)
"""Sections that are lists of items with an id."""

HOMES = {
    "places": "lieux.yaml",
    "aspects": "lieux.yaml",
    "synonyms": "synonymes.yaml",
    "prices": "prix.yaml",
    "aids": "aides.yaml",
    "deadlines": "echeances.yaml",
    "finances": "finances.yaml",
    "sources": "sources.yaml",
    "forms": "formulaires.yaml",
}
"""Where the new items of a section go."""

EDITION = "edition.yaml"

Name = tuple[str, str]
"""Section and id of an item."""


@dataclass
class Layer:
    """Every file as what is not an item, and its items by name, in order."""

    rests: dict[str, Entries] = field(default_factory=dict)
    """File → its root, with the lists of items taken out."""
    items: dict[Name, Entries] = field(default_factory=dict)
    files: dict[Name, str] = field(default_factory=dict)
    """Item → the file that it belongs to."""
    odd: dict[str, dict[str, list[Node]]] = field(default_factory=dict)
    """File → section → nodes that are no items with an id: left to be refused."""

    def take(self, file: str, root: Entries) -> None:
        """Take a file apart."""
        rest = {
            key: node
            for key, node in root.nodes.items()
            if not (key in LISTS and isinstance(node, Items))
        }
        self.rests[file] = Entries(root.spot, rest, root.spots, root.braced)
        for section, node in listed_sections(root):
            for item in node.nodes:
                name = (section, ident_of(item))
                if isinstance(item, Entries) and name[1] and name not in self.items:
                    self.items[name], self.files[name] = item, file
                else:
                    sections = self.odd.setdefault(file, {})
                    sections.setdefault(section, []).append(item)

    def roots(self) -> dict[str, Entries]:
        """Return the files, put together again."""
        lists: dict[str, dict[str, list[Node]]] = {
            file: {section: list(nodes) for section, nodes in sections.items()}
            for file, sections in self.odd.items()
        }
        for (section, ident), item in self.items.items():
            file = self.files[section, ident]
            lists.setdefault(file, {}).setdefault(section, []).append(item)
        return {
            file: _with_lists(rest, lists.get(file, {}))
            for file, rest in self.rests.items()
        }

    def domain_files(self) -> dict[str, str]:
        """Return the file of each domain."""
        found = {
            ident_of(rest.nodes["domain"]): file
            for file, rest in self.rests.items()
            if "domain" in rest.nodes
        }
        return {ident: file for ident, file in found.items() if ident}

    def drop(self, name: Name) -> None:
        """Take an item out."""
        del self.items[name], self.files[name]


def listed_sections(root: Entries) -> Iterator[tuple[str, Items]]:
    """Yield the sections of a file that are lists of items."""
    for key, node in root.nodes.items():
        if key in LISTS and isinstance(node, Items):
            yield key, node


def overlay_node(base: Node, over: Node) -> Node:
    """Return a value changed by another: keys one by one, the rest whole.

    A key changed to nothing (`null`) is taken out.
    """
    if not (isinstance(base, Entries) and isinstance(over, Entries)):
        return over
    nodes, spots = dict(base.nodes), dict(base.spots)
    for key, child in over.nodes.items():
        spots[key] = over.spots[key]
        if key in nodes and is_nothing(child):
            del nodes[key]
        else:
            nodes[key] = overlay_node(nodes[key], child) if key in nodes else child
    return Entries(over.spot, nodes, spots, over.braced)


def without(node: Entries, *keys: str) -> Entries:
    """Return a group of keys without some of them."""
    kept = {key: child for key, child in node.nodes.items() if key not in keys}
    return Entries(node.spot, kept, node.spots, node.braced)


def is_nothing(node: Node) -> bool:
    """Say whether a node is `null`."""
    return isinstance(node, Scalar) and node.value is None


def _with_lists(rest: Entries, lists: dict[str, list[Node]]) -> Entries:
    made = {
        section: Items(nodes[0].spot if nodes else rest.spot, tuple(nodes))
        for section, nodes in lists.items()
    }
    spots = {section: node.spot for section, node in made.items()} | dict(rest.spots)
    return Entries(rest.spot, {**rest.nodes, **made}, spots, rest.braced)


CHARTER = "charte.yaml"
"""A file of the overlay that is about documents: no checklist reads it."""

ADAPTED = "adaptée"
"""Follows the shipped version when the syndicat gives none of its own."""

_UNITED = "retired"
"""Ids that served, here or there, never serve again."""


def edition_over(shipped: Entries | None, own: Mapping[str, Entries]) -> Entries:
    """Return what `edition.yaml` holds once the syndicat's own is merged in."""
    spot = Spot(EDITION)
    base = shipped or Entries(spot, {}, {})
    over = [root for file, root in own.items() if file.endswith(f"/{EDITION}")]
    merged = base
    for root in over:
        changed = overlay_node(merged, without(root, "domain", "examples", *LISTS))
        assert isinstance(changed, Entries)
        merged = _united(merged, changed)
    if any("version" in root.nodes for root in over):
        return merged
    version = text_of(merged.nodes.get("version"))
    adapted = f"{version} {ADAPTED}".strip()
    at = merged.spots.get("version", merged.spot)
    nodes = {**merged.nodes, "version": Scalar(at, adapted, adapted)}
    return Entries(merged.spot, nodes, {**merged.spots, "version": at})


def _united(before: Entries, after: Entries) -> Entries:
    old, new = before.nodes.get(_UNITED), after.nodes.get(_UNITED)
    if not (isinstance(old, Items) and isinstance(new, Items)) or old is new:
        return after
    joined = Items(new.spot, (*old.nodes, *new.nodes))
    return Entries(after.spot, {**after.nodes, _UNITED: joined}, after.spots)
