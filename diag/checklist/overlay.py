"""Files of a checklist taken apart into items, so that others can change them.

Nodes keep the file and the line where they were written: what is wrong with a change
is reported there. An item switched off takes along what serves it alone: a criterion
its recommendations, and the questions that only it read. What something else still
needs stays, and the refusal names what needs it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from diag.checklist import Problem, Spot, problem_at
from diag.checklist.files import NOUNS
from diag.checklist.source import (
    Entries,
    Items,
    Node,
    Scalar,
    ident_of,
    items_of,
    text_of,
)
from diag.checklist.symbols import NUMERIC, names_read

LISTS = (
    *("places", "aspects", "questions", "criteria", "recommendations"),
    *("prices", "aids", "deadlines", "finances", "sources", "forms", "checks"),
    "synonyms",
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
    "checks": "controles.yaml",
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
        found = {}
        for file, rest in self.rests.items():
            made = {
                section: Items(nodes[0].spot if nodes else rest.spot, tuple(nodes))
                for section, nodes in lists.get(file, {}).items()
            }
            spots = {name: node.spot for name, node in made.items()} | dict(rest.spots)
            found[file] = Entries(rest.spot, {**rest.nodes, **made}, spots, rest.braced)
        return found

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
        if key in nodes and isinstance(child, Scalar) and child.value is None:
            del nodes[key]
        else:
            nodes[key] = overlay_node(nodes[key], child) if key in nodes else child
    return Entries(over.spot, nodes, spots, over.braced)


def without(node: Entries, *keys: str) -> Entries:
    """Return a group of keys without some of them."""
    kept = {key: child for key, child in node.nodes.items() if key not in keys}
    return Entries(node.spot, kept, node.spots, node.braced)


CHARTER = "charte.yaml"
"""A file of the overlay that is about documents: no checklist reads it."""

MEASURES = "mesures.yaml"
"""A file of the overlay that lists what measures ask: no checklist reads it."""

ASIDE = frozenset({CHARTER, MEASURES})
"""Files of the overlay that change no checklist."""

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
        old = merged.nodes.get(_UNITED)
        changed = overlay_node(merged, without(root, "domain", "examples", *LISTS))
        assert isinstance(changed, Entries)
        merged, new = changed, changed.nodes.get(_UNITED)
        if isinstance(old, Items) and isinstance(new, Items) and old is not new:
            nodes = {_UNITED: Items(new.spot, (*old.nodes, *new.nodes))}
            merged = Entries(changed.spot, {**changed.nodes, **nodes}, changed.spots)
    if any("version" in root.nodes for root in over):
        return merged
    version = text_of(merged.nodes.get("version"))
    adapted = f"{version} {ADAPTED}".strip()
    at = merged.spots.get("version", merged.spot)
    return Entries(
        merged.spot,
        {**merged.nodes, "version": Scalar(at, adapted, adapted)},
        {**merged.spots, "version": at},
    )


_KEPT = frozenset({"places", "aspects", "synonyms"})
"""Sections where nothing can be switched off."""


def switched_off(layer: Layer, off: dict[Name, Spot]) -> Iterator[Problem]:
    """Take items out of a layer, with what follows them; yield what cannot go.

    What follows is added to `off`, where the item that it follows is switched off.
    """
    if not off:
        return
    _switch_off_followers(layer, off)
    read: dict[Name, Spot] = {}
    unneeded = (
        *("criteria", "recommendations", "aids", "deadlines", "finances"),
        "checks",
    )
    for name in _gone(layer, off, *unneeded):
        read |= dict.fromkeys(_needs_of(layer, layer.items[name]), off[name])
        layer.drop(name)
    _with_idle_questions(layer, off, read)
    needed = _needs(layer)
    for name in _gone(layer, off, "questions", "prices", "sources", *_KEPT):
        who = needed.get(name)
        if name[0] in _KEPT:
            yield _refusal(
                name, off[name], "ni lieu, ni aspect, ni synonyme ne se désactive"
            )
        elif who:
            needed_by = f"désactivé, mais « {who[1]} » ({NOUNS[who[0]]}) en a besoin"
            yield _refusal(name, off[name], needed_by)
        else:
            layer.drop(name)
    _forget_mentions(layer, off.keys() - layer.items.keys())
    kept = set(_domains_of(layer).values())
    gone = {
        ident: file
        for ident, file in layer.domain_files().items()
        if ("domains", ident) in off and ident not in kept
    }
    for file in gone.values():
        layer.rests[file] = without(layer.rests[file], "domain", "examples")
        if not layer.rests[file].nodes:
            del layer.rests[file]
    if edition := layer.rests.get(EDITION):
        layer.rests[EDITION] = _edition_without(edition, gone, off)


def _edition_without(
    edition: Entries, domains: Collection[str], off: Collection[Name]
) -> Entries:
    """Return `edition.yaml` without some domains, nor successors switched off."""
    nodes = dict(edition.nodes)
    if isinstance(order := nodes.get("domains"), Items):
        left = tuple(one for one in order.nodes if text_of(one) not in domains)
        nodes["domains"] = Items(order.spot, left)
    if isinstance(retired := nodes.get("retired"), Items):
        idents = {ident for _, ident in off}
        left = tuple(
            without(one, "by")
            if isinstance(one, Entries) and text_of(one.nodes.get("by")) in idents
            else one
            for one in retired.nodes
        )
        nodes["retired"] = Items(retired.spot, left)
    return Entries(edition.spot, nodes, edition.spots)


def _refusal(name: Name, spot: Spot, message: str) -> Problem:
    return problem_at(
        spot,
        f"{name[0]}.{name[1]}.off",
        f"{NOUNS[name[0]]} « {name[1]} » : {message}",
        "Retirez « off », ou désactivez d'abord ce qui en dépend.",
    )


def _gone(layer: Layer, off: dict[Name, Spot], *sections: str) -> list[Name]:
    return [name for name in off if name[0] in sections and name in layer.items]


def _switch_off_followers(layer: Layer, off: dict[Name, Spot]) -> None:
    """Switch off what a domain holds, then the recommendations of a criterion."""
    for name, ident in _domains_of(layer).items():
        spot = off.get(("domains", ident))
        if spot is not None and name[0] in {"criteria", "recommendations"}:
            off.setdefault(name, spot)
    for name, item in layer.items.items():
        if name[0] == "recommendations":
            when = item.nodes.get("when")
            trigger = when.nodes.get("criterion") if isinstance(when, Entries) else None
            spot = off.get(("criteria", text_of(trigger)))
            if spot is not None:
                off.setdefault(name, spot)


def _domains_of(layer: Layer) -> dict[Name, str]:
    homes = {file: ident for ident, file in layer.domain_files().items()}
    return {
        name: text_of(item.nodes.get("domain")) or homes.get(layer.files[name], "")
        for name, item in layer.items.items()
    }


def _forget_mentions(layer: Layer, gone: Collection[Name]) -> None:
    """Take out what items need, cover, change or go with that is gone."""
    facts = {ident for section, ident in gone if section == "questions"}
    for name, item in list(layer.items.items()):
        if name[0] == "questions":
            layer.items[name] = _alone(item, gone)
        if name[0] == "forms":
            layer.items[name] = _shorter(item, gone)
        if name[0] == "checks":
            rules = (text_of(item.nodes.get(key)) for key in ("when", "value", "ask"))
            if any(facts & names_read(rule) for rule in rules if rule):
                layer.drop(name)
        if name[0] != "recommendations":
            continue
        nodes = dict(item.nodes)
        if isinstance(effect := nodes.get("effect"), Entries):
            raised = ("questions", "criteria")
            lost = [one for one in effect.nodes if _among(gone, one, *raised)]
            nodes["effect"] = without(effect, *lost)
        for key in ("requires", "covers"):
            if isinstance(mentions := nodes.get(key), Items):
                kept = tuple(one for one in mentions.nodes if not _lost(one, gone))
                nodes[key] = Items(mentions.spot, kept)
        layer.items[name] = Entries(item.spot, nodes, item.spots, item.braced)


def _alone(question: Entries, gone: Collection[Name]) -> Entries:
    """Return a question without the facts of its gesture that are gone."""
    nodes = dict(question.nodes)
    if _among(gone, text_of(nodes.get("with")), "questions"):
        del nodes["with"]
    for key in ("choices", "words"):
        if isinstance(listed := nodes.get(key), Items):
            kept: list[Node] = []
            for one in listed.nodes:
                sets = one.nodes.get("sets") if isinstance(one, Entries) else None
                if isinstance(one, Entries) and isinstance(sets, Entries):
                    lost = [fact for fact in sets.nodes if ("questions", fact) in gone]
                    left = {**one.nodes, "sets": without(sets, *lost)}
                    kept.append(Entries(one.spot, left, one.spots, one.braced))
                else:
                    kept.append(one)
            nodes[key] = Items(listed.spot, tuple(kept))
    return Entries(question.spot, nodes, question.spots, question.braced)


def _shorter(form: Entries, gone: Collection[Name]) -> Entries:
    """Return a form without the questions that are gone, nor the lines left empty."""
    nodes = dict(form.nodes)
    if isinstance(lines := nodes.get("lines"), Items):
        kept = (_left_of(line, gone) for line in lines.nodes)
        filled = tuple(one for one in kept if not isinstance(one, Items) or one.nodes)
        nodes["lines"] = Items(lines.spot, filled)
    if isinstance(columns := nodes.get("columns"), Items):
        nodes["columns"] = _left_of(columns, gone)
    return Entries(form.spot, nodes, form.spots, form.braced)


def _left_of(line: Node, gone: Collection[Name]) -> Node:
    if not isinstance(line, Items):
        return line
    kept = (one for one in line.nodes if not _among(gone, text_of(one), "questions"))
    return Items(line.spot, tuple(kept))


def _lost(mention: Node, gone: Collection[Name]) -> bool:
    """Say whether a prerequisite, or what is covered, is gone."""
    if isinstance(mention, Entries):
        return _among(gone, text_of(mention.nodes.get("criterion")), "criteria")
    return _among(gone, text_of(mention), "recommendations")


def _among(gone: Collection[Name], ident: str, *sections: str) -> bool:
    return any((section, ident) in gone for section in sections)


def _with_idle_questions(
    layer: Layer, off: dict[Name, Spot], read: dict[Name, Spot]
) -> None:
    while idle := [
        name
        for name in read.keys() & layer.items.keys() - _needs(layer).keys()
        if name[0] == "questions"
    ]:
        for name in idle:
            off.setdefault(name, read[name])
            for other in _needs_of(layer, layer.items[name]):
                read.setdefault(other, read[name])
            layer.drop(name)


def _needs(layer: Layer) -> dict[Name, Name]:
    needs: dict[Name, Name] = {}
    for name, item in layer.items.items():
        for other in _needs_of(layer, item):
            needs.setdefault(other, name)
    return needs


def _needs_of(layer: Layer, item: Entries) -> Iterator[Name]:
    """Yield the questions, prices and sources that an item names."""
    rules = [text for key in _RULES for text in _texts(item.nodes.get(key))]
    if isinstance(effect := item.nodes.get("effect"), Entries):
        for raised, value in effect.nodes.items():
            question = layer.items.get(("questions", raised))
            # Elsewhere it is a choice, and may be called as a question is.
            if question and text_of(question.nodes.get("type")) in NUMERIC:
                rules.append(text_of(value))
    if isinstance(when := item.nodes.get("when"), Entries):
        rules.append(text_of(when.nodes.get("where")))
    for need in items_of(item, "buys"):
        if isinstance(need, Entries):
            rules.append(text_of(need.nodes.get("count")))
            yield "prices", text_of(need.nodes.get("item"))
    for rule in rules:
        yield from (("questions", read) for read in names_read(rule))
    for text in _texts(item.nodes.get("named_by")):
        yield "questions", text
    for key in ("sources", "source"):
        yield from (("sources", text) for text in _texts(item.nodes.get(key)))


_RULES = (
    *("relevant", "at_most", "applicable", "given", "levels", "weigh_by"),
    *("quantity", "effort"),
)
"""Keys whose values are rules, or the name of a question."""


def _texts(node: Node | None) -> Iterator[str]:
    if isinstance(node, Scalar):
        yield node.text
    elif isinstance(node, Items):
        for child in node.nodes:
            yield from _texts(child)
    elif isinstance(node, Entries):
        for child in node.nodes.values():
            yield from _texts(child)
