"""The syndicat's files merged into the shipped ones, item by item, key by key.

An item with the id of a shipped one changes the keys that it has; `off: true` switches
it off; any other id adds an item. The shipped files are never written.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from diag.checklist.fields import required_keys
from diag.checklist.forms import ITEMS, NOUNS
from diag.checklist.loaded import Loaded
from diag.checklist.overlay import (
    EDITION,
    HOMES,
    LISTS,
    Layer,
    Name,
    edition_over,
    listed_sections,
    overlay_node,
    switched_off,
    without,
)
from diag.checklist.source import (
    Entries,
    Items,
    Node,
    Scalar,
    ident_of,
    spot_of,
    text_of,
)
from diag.rules.problem import Problem, Spot, nearest, problem_at, write_instead

OFF = "off"
"""The key that switches an item off."""

SECTIONS = ("domain", *LISTS, "examples")
"""What a file of the overlay may hold."""


@dataclass(frozen=True, slots=True)
class Overlaid:
    """The files with the changes in them, and what is wrong with the changes."""

    roots: Mapping[str, Entries]
    problems: tuple[Problem, ...]
    touched: Mapping[Name, Spot]
    """Items changed, added or switched off, and where that is written."""


def overlaid(shipped: Mapping[str, Entries], own: Mapping[str, Entries]) -> Overlaid:
    """Return the shipped files with the syndicat's own merged in."""
    return _Laying(shipped).lay(own)


class _Laying:
    def __init__(self, shipped: Mapping[str, Entries]) -> None:
        self._layer = Layer()
        for file, root in shipped.items():
            # What proves the shipped edition proves nothing of a changed one.
            self._layer.take(file, without(root, "examples"))
        self._shipped = dict(self._layer.items)
        self._problems: list[Problem] = []
        self._touched: dict[Name, Spot] = {}
        self._off: dict[Name, Spot] = {}

    def lay(self, own: Mapping[str, Entries]) -> Overlaid:
        for file, root in own.items():
            self._lay_file(file, root)
        self._problems.extend(switched_off(self._layer, self._off))
        self._touched |= self._off
        rests = self._layer.rests
        rests[EDITION] = edition_over(rests.get(EDITION), own)
        return Overlaid(self._layer.roots(), tuple(self._problems), self._touched)

    def _lay_file(self, file: str, root: Entries) -> None:
        home = self._home_of(file, root)
        if "domain" in root.nodes:
            self._lay_domain(root.nodes["domain"])
        for section, node in listed_sections(root):
            for item in node.nodes:
                self._lay_item(section, item, home)
        for key, child in root.nodes.items():
            if key == "examples" and isinstance(child, Items):
                self._add_examples(home or file, child)
            elif key not in SECTIONS and not file.endswith(f"/{EDITION}"):
                near = nearest(key, SECTIONS)
                self._refuse(
                    root.spots[key],
                    f"clé « {key} » inconnue dans une surcharge",
                    f"Écrivez « {near} »."
                    if near
                    else f"Admises : {', '.join(SECTIONS)}.",
                )
            elif key in LISTS and not isinstance(child, Items):
                self._refuse(
                    root.spots[key],
                    f"« {key} » : il faut une liste",
                    "Mettez un « - » devant chaque élément.",
                )

    def _home_of(self, file: str, root: Entries) -> str:
        files = self._layer.domain_files()
        domain = root.nodes.get("domain")
        if isinstance(domain, Scalar):
            return files.get(domain.text, "")
        ident = ident_of(domain) if domain else ""
        name = file.rpartition("/")[2]
        if ident and ident not in files:
            self._layer.take(file, Entries(root.spot, {}, root.spots))
            return file
        return files.get(ident) or (name if name in self._layer.rests else "")

    def _lay_domain(self, node: Node) -> None:
        if isinstance(node, Scalar):
            files = self._layer.domain_files()
            if node.text not in files:
                self._refuse(node.spot, *unknown_domain("", node.text, files))
            return
        ident = ident_of(node)
        if not isinstance(node, Entries) or not ident:
            self._refuse(node.spot, "domaine sans « id »", "Ajoutez « id: reseau ».")
            return
        name = ("domains", ident)
        file = self._layer.domain_files().get(ident)
        if self._is_off(node):
            self._note_off(name, node, known=file is not None)
            return
        self._touched[name] = node.spot
        target = file or node.spot.file
        rest = self._layer.rests[target]
        base = rest.nodes.get("domain")
        merged = overlay_node(base, without(node, OFF)) if base else without(node, OFF)
        spots = {**rest.spots, "domain": node.spot}
        self._layer.rests[target] = Entries(
            rest.spot, {**rest.nodes, "domain": merged}, spots
        )

    def _lay_item(self, section: str, node: Node, home: str) -> None:
        ident = ident_of(node)
        name = (section, ident)
        if not isinstance(node, Entries) or not ident:
            what = f"{NOUNS[section]} sans « id »"
            self._refuse(node.spot, what, "Ajoutez « id » : c'est lui que l'on change.")
        elif name in self._touched or name in self._off:
            first = self._touched.get(name) or self._off[name]
            self._refuse(
                node.spot,
                f"{called(name)} se trouve déjà dans {first.file}, ligne {first.line}",
                "Réunissez les deux, ou donnez à l'un un autre identifiant.",
            )
        elif self._is_off(node):
            self._note_off(name, node, known=name in self._shipped)
        elif name in self._shipped:
            self._touched[name] = node.spot
            base = self._layer.items[name]
            merged = overlay_node(base, without(node, OFF))
            assert isinstance(merged, Entries)
            self._layer.items[name] = merged
        else:
            self._add(name, without(node, OFF), home)

    def _add(self, name: Name, node: Entries, home: str) -> None:
        section, _ = name
        required = set(required_keys(ITEMS[section]))
        likely = mistaken(name, self._shipped)
        if likely and required - node.nodes.keys():
            self._refuse(spot_of(node, "id"), *likely)
            return
        file = HOMES.get(section) or self._domain_file(node, home)
        if not file:
            domains = self._layer.domain_files()
            self._refuse(spot_of(node, "id"), *homeless(name, node, domains))
            return
        if file not in self._layer.rests:
            self._layer.rests[file] = Entries(node.spot, {}, {})
        self._touched[name] = node.spot
        self._layer.items[name], self._layer.files[name] = node, file

    def _domain_file(self, node: Entries, home: str) -> str:
        wanted = text_of(node.nodes.get("domain"))
        return self._layer.domain_files().get(wanted, "") if wanted else home

    def _add_examples(self, file: str, examples: Items) -> None:
        rest = self._layer.rests.setdefault(file, Entries(examples.spot, {}, {}))
        before = rest.nodes.get("examples")
        present = before.nodes if isinstance(before, Items) else ()
        joined = Items(examples.spot, (*present, *examples.nodes))
        spots = {**rest.spots, "examples": examples.spot}
        self._layer.rests[file] = Entries(
            rest.spot, {**rest.nodes, "examples": joined}, spots
        )

    def _is_off(self, node: Entries) -> bool:
        value = node.nodes.get(OFF)
        if value is None:
            return False
        if isinstance(value, Scalar) and isinstance(value.value, bool):
            return value.value
        self._refuse(
            node.spots[OFF], "« off » : il faut true ou false", "Écrivez « off: true »."
        )
        return False

    def _note_off(self, name: Name, node: Entries, *, known: bool) -> None:
        if known:
            self._off[name] = node.spots[OFF]
            return
        section, ident = name
        near = nearest(ident, [one for kind, one in self._shipped if kind == section])
        self._refuse(
            spot_of(node, "id"),
            f"{called(name)} n'est pas dans les grilles livrées : rien à désactiver",
            f"Vouliez-vous écrire « {near} » ?" if near else "Corrigez l'identifiant.",
        )

    def _refuse(self, spot: Spot, message: str, remedy: str) -> None:
        self._problems.append(problem_at(spot, OFF, message, remedy))


# The shipped edition has nothing to mend: whatever is wrong with it now comes from a
# change, and the change is what its author can put right.
def blamed(problems: Iterable[Problem], loaded: Loaded) -> Iterator[Problem]:
    """Yield problems, those of shipped files moved to the change that caused them."""
    for problem in problems:
        is_own = "/" in problem.file  # shipped files stand in one folder
        if not loaded.overlaid or is_own or problem.severity != "error":
            yield problem
            continue
        names = {*problem.key.split("."), *problem.about}
        named = (each for each in loaded.overlaid.items() if each[0][1] in names)
        (section, ident), spot = next(named, next(iter(loaded.overlaid.items())))
        because = f"à cause de la surcharge de « {ident} » ({NOUNS[section]})"
        yield replace(
            problem,
            file=spot.file,
            line=spot.line,
            message=f"{because}, {problem.file}:{problem.line} : {problem.message}",
        )


Sentence = tuple[str, str]
"""What is wrong, and what to do."""


def called(name: Name) -> str:
    """Return an item's noun and id: « critère « debit-suffisant » »."""
    return f"{NOUNS[name[0]]} « {name[1]} »"


def mistaken(name: Name, shipped: Iterable[Name]) -> Sentence | None:
    """Say which shipped item an incomplete one means: of its section, else of another.

    None when it resembles none.
    """
    section, ident = name
    names = list(shipped)
    near = nearest(ident, [one for kind, one in names if kind == section])
    if near:
        message = f"{called(name)} absent des grilles livrées, et incomplet"
        return message, f"Vouliez-vous changer « {near} » ?"
    for kind, one in names:
        if one == ident:
            message = f"« {ident} » n'est pas dans « {section} » des grilles livrées"
            return message, f"Écrivez-le sous « {kind}: » ({NOUNS[kind]})."
    return None


def homeless(name: Name, node: Entries, domains: Collection[str]) -> Sentence:
    """Say of a new item that it names no domain, or one that does not exist."""
    wanted = text_of(node.nodes.get("domain"))
    if wanted:
        return unknown_domain(f"{called(name)} : ", wanted, domains)
    remedy = (
        "Ajoutez « domain: reseau » à l'élément ou en tête du fichier, ou donnez au "
        "fichier le nom de celui du domaine."
    )
    return f"{called(name)} : dans quel domaine ?", remedy


def unknown_domain(prefix: str, wanted: str, domains: Collection[str]) -> Sentence:
    """Say that no domain is so called."""
    otherwise = f"Les domaines sont : {', '.join(sorted(domains))}."
    remedy = write_instead(wanted, domains, otherwise)
    return f"{prefix}le domaine « {wanted} » n'existe pas", remedy
