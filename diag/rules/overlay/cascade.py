"""What goes with an item that is switched off, and what would miss it.

A criterion takes its recommendations along, and the questions that only it read: a
question is never asked for nothing. A question, a price or a source that something
else still needs stays, and the author is told who needs it.
"""

from collections.abc import Iterator

from diag.rules.lint.meaning import names_read
from diag.rules.loaded import NOUNS
from diag.rules.overlay.layers import Layer, Name, text_of, without
from diag.rules.problem import Problem, Spot, problem_at
from diag.rules.reading.nodes import Entries, Items, Node, Scalar

_KEPT = frozenset({"places"})
"""Sections where nothing can be switched off."""


def switched_off(layer: Layer, off: dict[Name, Spot]) -> Iterator[Problem]:
    """Take items out of a layer, with what follows them; yield what cannot go.

    What follows is added to `off`, where the item that it follows is switched off.
    """
    if not off:
        return
    _with_domains(layer, off)
    _with_criteria(layer, off)
    read: dict[Name, Spot] = {}
    for name in _gone(layer, off, "criteria", "recommendations", "aids", "deadlines"):
        read |= dict.fromkeys(needs_of(name, layer.items[name]), off[name])
        layer.drop(name)
    _forget_mentions(layer, off)
    _with_idle_questions(layer, off, read)
    needed = _needs(layer)
    for name in _gone(layer, off, "questions", "prices", "sources", *_KEPT):
        who = needed.get(name)
        if name[0] in _KEPT:
            yield _refusal(name, off[name], "un genre de lieu ne se désactive pas")
        elif who:
            told = f"désactivé, mais « {who[1]} » ({NOUNS[who[0]]}) en a besoin"
            yield _refusal(name, off[name], told)
        else:
            layer.drop(name)
    _without_empty_domains(layer, off)


def _refusal(name: Name, spot: Spot, told: str) -> Problem:
    return problem_at(
        spot,
        f"{name[0]}.{name[1]}.off",
        f"{NOUNS[name[0]]} « {name[1]} » : {told}",
        "Retirez « off », ou désactivez d'abord ce qui en dépend.",
    )


def _gone(layer: Layer, off: dict[Name, Spot], *sections: str) -> list[Name]:
    return [name for name in off if name[0] in sections and name in layer.items]


def _with_domains(layer: Layer, off: dict[Name, Spot]) -> None:
    """Have what a domain judges and advises follow it."""
    for name, ident in _domains_of(layer).items():
        spot = off.get(("domains", ident))
        if spot is not None and name[0] in {"criteria", "recommendations"}:
            off.setdefault(name, spot)


def _without_empty_domains(layer: Layer, off: dict[Name, Spot]) -> None:
    """Take out the domains that are off, unless a question of theirs still serves."""
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
    edition = layer.rests.get("edition.yaml")
    order = edition.nodes.get("domains") if edition else None
    if edition and isinstance(order, Items):
        left = tuple(one for one in order.nodes if text_of(one) not in gone)
        nodes = {**edition.nodes, "domains": Items(order.spot, left)}
        layer.rests["edition.yaml"] = Entries(edition.spot, nodes, edition.spots)


def _domains_of(layer: Layer) -> dict[Name, str]:
    """Return the domain of each item, its file's when it names none."""
    homes = {file: ident for ident, file in layer.domain_files().items()}
    return {
        name: text_of(item.nodes.get("domain")) or homes.get(layer.files[name], "")
        for name, item in layer.items.items()
    }


def _with_criteria(layer: Layer, off: dict[Name, Spot]) -> None:
    for name, item in layer.items.items():
        if name[0] == "recommendations":
            when = item.nodes.get("when")
            trigger = when.nodes.get("criterion") if isinstance(when, Entries) else None
            spot = off.get(("criteria", text_of(trigger)))
            if spot is not None:
                off.setdefault(name, spot)


def _forget_mentions(layer: Layer, off: dict[Name, Spot]) -> None:
    """Take what is off out of the effects and requirements of what stays."""
    for name, item in list(layer.items.items()):
        if name[0] != "recommendations":
            continue
        nodes = dict(item.nodes)
        if isinstance(effect := nodes.get("effect"), Entries):
            gone = [one for one in effect.nodes if ("criteria", one) in off]
            nodes["effect"] = without(effect, *gone)
        if isinstance(requires := nodes.get("requires"), Items):
            kept = tuple(one for one in requires.nodes if not _waits_for(one, off))
            nodes["requires"] = Items(requires.spot, kept)
        layer.items[name] = Entries(item.spot, nodes, item.spots, item.braced)


def _waits_for(node: Node, off: dict[Name, Spot]) -> bool:
    keys = {"criterion": "criteria", "recommendation": "recommendations"}
    return isinstance(node, Entries) and any(
        (section, text_of(node.nodes.get(key))) in off for key, section in keys.items()
    )


def _with_idle_questions(
    layer: Layer, off: dict[Name, Spot], read: dict[Name, Spot]
) -> None:
    """Take out the questions that only what is off read, one after the other."""
    while idle := [
        name
        for name in read.keys() & layer.items.keys() - _needs(layer).keys()
        if name[0] == "questions"
    ]:
        for name in idle:
            off.setdefault(name, read[name])
            for other in needs_of(name, layer.items[name]):
                read.setdefault(other, read[name])
            layer.drop(name)


def _needs(layer: Layer) -> dict[Name, Name]:
    """Return what each item still in place needs: needed → who needs it."""
    needs: dict[Name, Name] = {}
    for name, item in layer.items.items():
        for other in needs_of(name, item):
            needs.setdefault(other, name)
    return needs


def needs_of(name: Name, item: Entries) -> Iterator[Name]:
    """Yield the questions, prices and sources that an item names."""
    for key in ("relevant", "applicable", "levels", "quantity", "effort", "prices"):
        for text in _texts(item.nodes.get(key)):
            yield from (("questions", read) for read in names_read(text))
    for text in _texts(item.nodes.get("named_by")):
        yield "questions", text
    for key in ("sources", "source"):
        yield from (("sources", text) for text in _texts(item.nodes.get(key)))
    if name[0] == "recommendations" and isinstance(
        prices := item.nodes.get("prices"), Entries
    ):
        yield from (("prices", row) for row in prices.nodes)


def _texts(node: Node | None) -> Iterator[str]:
    if isinstance(node, Scalar):
        yield node.text
    elif isinstance(node, Items):
        for child in node.nodes:
            yield from _texts(child)
    elif isinstance(node, Entries):
        for child in node.nodes.values():
            yield from _texts(child)
