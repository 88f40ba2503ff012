"""Folders of YAML files read into a checklist, and everything that is wrong with it.

All problems are collected; the checklist is withheld while one is an error. What a
rule means is not looked at here. The syndicat's files are merged into the shipped ones,
item by item, key by key: an item with the id of a shipped one changes the keys that it
has, `off: true` switches it off, any other id adds one. No shipped file is written.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from diag.checklist import Problem, Spot, problem_at
from diag.checklist.edition import ENGINE
from diag.checklist.fields import required_keys
from diag.checklist.files import FILES, ITEMS, NOUNS, DomainFile, EditionFile
from diag.checklist.forms import RecommendationForm
from diag.checklist.loaded import Example, Item, Loaded, read_form
from diag.checklist.overlay import (
    ASIDE,
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
    MAX_BYTES,
    Entries,
    Items,
    Node,
    Scalar,
    ident_of,
    items_of,
    read_source,
    spot_of,
    text_of,
)
from diag.model.base import Noun
from diag.model.checklist import Checklist, Criterion, Domain, Retired
from diag.model.text import canonical_number
from diag.words.sentences import nearest, write_instead


def load_checklists(folder: Path, overlay: Path | None = None) -> Loaded:
    """Read every YAML file of a folder; never raises for what is in it.

    The files of `overlay`, when there are any, change those of the folder.
    """
    harvest = Harvest()
    paths = _list(folder, harvest)
    shipped = _roots(paths, harvest)
    names = {path.name for path in paths}
    if not any(name.endswith((".yaml", ".yml")) for name in names):
        remedy = "Donnez le dossier qui contient les fichiers .yaml."
        harvest.refuse_file(folder.name, "aucune grille dans ce dossier", remedy)
    elif "edition.yaml" not in names:
        remedy = 'Créez-le, avec « title: "…" » et « version: "2026.1" ».'
        harvest.refuse_file("edition.yaml", "ce fichier manque", remedy)
    own: dict[str, Entries] = {}
    if overlay is not None and overlay.is_dir():
        paths = [one for one in _list(overlay, harvest) if one.name not in ASIDE]
        own = _roots(paths, harvest, f"{overlay.name}/")
    touched: Mapping[tuple[str, str], Spot] = {}
    if own:
        shipped, problems, touched = _Laying(shipped).lay(own)
        harvest.problems += problems
    for file, root in shipped.items():
        harvest.gather(file, root)
    return harvest.loaded(touched)


class Harvest:
    """Items, examples and problems, gathered file after file, in any order."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        """What is wrong with files, then with what they hold."""
        self._nodes: dict[tuple[str, str], Entries] = {}
        self._nouns: dict[str, dict[str, Noun]] = {section: {} for section in ITEMS}
        self._actions: dict[str, tuple[RecommendationForm, str]] = {}
        """Recommendations and their home: their criterion may come in a later file."""
        self._examples: list[Example] = []
        self._edition: EditionFile | None = None
        self._edition_node: Entries | None = None
        self._is_whole = True

    def take(self, file: str, raw: bytes) -> None:
        """Gather what a file holds."""
        root = self.read(file, raw)
        if root is not None:
            self.gather(file, root)

    def read(self, file: str, raw: bytes) -> Entries | None:
        """Return what a file holds, still to be gathered; None when unreadable."""
        source = read_source(file, raw)
        self.problems += source.problems
        self._is_whole &= source.root is not None
        return source.root

    def gather(self, file: str, root: Entries) -> None:
        """Gather what a file holds, once read."""
        form = FILES.get(file, DomainFile)
        filled, problems = read_form(form, root)
        self.problems += problems
        home = ident_of(root.nodes.get("domain", root)) or file.removesuffix(".yaml")
        for section, node in root.nodes.items():
            if section not in form.model_fields:
                continue
            if section == "domain":
                self._take_item("domains", section, node, home)
            elif section == "examples":
                self._take_examples(node)
            elif section in ITEMS and form is not EditionFile:
                self._is_whole &= isinstance(node, Items)
                for item in node.nodes if isinstance(node, Items) else ():
                    self._take_item(section, section, item, home)
        if form is EditionFile:
            self._edition_node = root
            self._edition = filled if isinstance(filled, EditionFile) else None

    def loaded(self, overlaid: Mapping[tuple[str, str], Spot] | None = None) -> Loaded:
        """Return all that was gathered; `overlaid` are the items of an overlay."""
        retired = self._retired()
        self._build_actions()
        domains = self._nouns["domains"]
        ordered = items_of(self._edition_node, "domains")
        order = list(filter(None, map(text_of, ordered)))
        order += sorted(domains.keys() - set(order))
        ranks = {ident: rank for rank, ident in enumerate(order)}

        def rank(noun: Noun) -> int:
            """Sort as `edition.yaml` orders domains; what has none comes first."""
            ident = noun.id if isinstance(noun, Domain) else getattr(noun, "domain", "")
            return ranks.get(ident, -1)

        fields: dict[str, object] = {
            section: dict(sorted(nouns.items(), key=lambda pair: rank(pair[1])))
            for section, nouns in self._nouns.items()
        }
        fields["domains"] = tuple(sorted(domains.values(), key=rank))
        for section in ("places", "aspects", "synonyms"):
            fields[section] = tuple(self._nouns[section].values())
        fields["title"] = self._edition.title if self._edition else ""
        fields["version"] = self._edition.version if self._edition else ""
        fields["engine"] = ENGINE
        fields["retired"] = tuple(one for _, one in sorted(retired.items()))
        return Loaded(
            draft=Checklist.model_validate(fields),
            problems=tuple(sorted(self.problems, key=lambda problem: problem.place)),
            examples=tuple(self._examples),
            nodes=self._nodes,
            edition=self._edition_node,
            is_whole=self._is_whole,
            overlaid=overlaid or {},
        )

    def refuse_file(self, file: str, message: str, remedy: str) -> None:
        """Report what is wrong with a file as a whole."""
        self.problems.append(Problem(file, 1, "", message, remedy))

    def _take_item(self, section: str, key: str, node: Node, home: str) -> None:
        filled, problems = read_form(ITEMS[section], node, key)
        self.problems += problems
        ident = ident_of(node)
        if not isinstance(node, Entries) or not ident:
            return
        if first := self._nodes.get((section, ident)):
            self._refuse_id(
                Item(section, ident, node),
                f"identifiant déjà pris dans {first.spot.file}, ligne "
                f"{first.spot.line}",
                "Choisissez-en un autre : il est unique dans tous les fichiers.",
            )
            return
        self._nodes[section, ident] = node
        if isinstance(filled, RecommendationForm):
            self._actions[ident] = filled, home
        elif filled:
            self._nouns[section][ident] = filled.build(home)

    def _build_actions(self) -> None:
        """Build recommendations; where one names no level, its criterion does."""
        for ident, (form, home) in self._actions.items():
            criterion = self._nouns["criteria"].get(form.when.criterion)
            reached = criterion.conforms_at if isinstance(criterion, Criterion) else 1
            if below := form.when.below or reached:
                self._nouns["recommendations"][ident] = form.build_below(home, below)
            else:
                node = self._nodes["recommendations", ident]
                self.problems.append(
                    Item("recommendations", ident, node).problem(
                        ("when",),
                        "« when » : il manque « below », que seule une conformité "
                        "sait d'elle-même",
                        "Ajoutez par exemple « below: 2 ».",
                    )
                )

    def _take_examples(self, node: Node) -> None:
        for item in node.nodes if isinstance(node, Items) else ():
            if not isinstance(item, Entries) or "name" not in item.nodes:
                message = "exemple : il manque la clé « name »"
                remedy = 'Commencez par « name: "rien de connu" ».'
                self.problems.append(
                    Problem(item.spot.file, item.spot.line, "examples", message, remedy)
                )
            if isinstance(item, Entries):
                raw = {key: _plain(child) for key, child in item.nodes.items()}
                self._examples.append(Example(item.spot.file, item.spot.line, raw))

    def _retired(self) -> dict[str, Retired]:
        """Return what `edition.yaml` retires, by id, and refuse it elsewhere.

        The last word counts.
        """
        found: dict[str, Retired] = {}
        for node in items_of(self._edition_node, "retired"):
            ident = ident_of(node) or text_of(node)
            by = text_of(node.nodes.get("by")) if isinstance(node, Entries) else ""
            if ident:
                found[ident] = Retired(id=ident, by=by)
        for (section, ident), entries in self._nodes.items():
            if ident in found:
                self._refuse_id(
                    Item(section, ident, entries),
                    "cet identifiant est retiré (« retired », dans edition.yaml) et ne "
                    "servira plus",
                    "Choisissez-en un autre.",
                )
        return found

    def _refuse_id(self, item: Item, message: str, remedy: str) -> None:
        self.problems.append(item.problem(("id",), message, remedy))


def _list(folder: Path, harvest: Harvest) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        remedy = "Vérifiez le chemin du dossier."
        harvest.refuse_file(folder.name, _reason(error), remedy)
        return []


def _roots(paths: list[Path], harvest: Harvest, prefix: str = "") -> dict[str, Entries]:
    roots: dict[str, Entries] = {}
    for path in paths:
        name = f"{prefix}{path.name}"
        if path.suffix == ".yml":
            remedy = "Renommez-le en .yaml."
            harvest.refuse_file(name, "ce fichier n'est pas lu", remedy)
        elif path.suffix == ".yaml":
            try:
                with path.open("rb") as file:
                    raw = file.read(MAX_BYTES + 1)
            except OSError as error:
                remedy = "Vérifiez les droits du fichier."
                harvest.refuse_file(name, _reason(error), remedy)
            else:
                if root := harvest.read(name, raw):
                    roots[name] = root
    return roots


def _reason(error: OSError) -> str:
    return f"lecture impossible ({error.strerror or error})"


def _plain(node: Node) -> object:
    match node:
        case Items():
            return [_plain(child) for child in node.nodes]
        case Entries():
            return {key: _plain(child) for key, child in node.nodes.items()}
        case Scalar(value=Decimal()):
            return canonical_number(node.value)
        case _:
            return node.value


OFF = "off"
"""The key that switches an item off."""

SECTIONS = ("domain", *LISTS, "examples")
"""What a file of the overlay may hold."""


class _Laying:
    """The shipped files, with the syndicat's own merged in one by one."""

    def __init__(self, shipped: Mapping[str, Entries]) -> None:
        self._layer = Layer()
        for file, root in shipped.items():
            # What proves the shipped edition proves nothing of a changed one.
            self._layer.take(file, without(root, "examples"))
        self._shipped = dict(self._layer.items)
        self._problems: list[Problem] = []
        self._touched: dict[Name, Spot] = {}
        self._off: dict[Name, Spot] = {}

    def lay(
        self, own: Mapping[str, Entries]
    ) -> tuple[dict[str, Entries], list[Problem], dict[Name, Spot]]:
        """Return the files with the changes in them, and what is wrong with these.

        Then the items changed, added or switched off, and where that is written.
        """
        for file, root in own.items():
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
        self._problems.extend(switched_off(self._layer, self._off))
        self._touched |= self._off
        rests = self._layer.rests
        rests[EDITION] = edition_over(rests.get(EDITION), own)
        return self._layer.roots(), self._problems, self._touched

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
        """Add an item of the syndicat's own to the file of its section or domain."""
        section, _ = name
        required = set(required_keys(ITEMS[section]))
        likely = mistaken(name, self._shipped)
        if likely and required - node.nodes.keys():
            self._refuse(spot_of(node, "id"), *likely)
            return
        domains = self._layer.domain_files()
        wanted = text_of(node.nodes.get("domain"))
        file = HOMES.get(section) or (domains.get(wanted, "") if wanted else home)
        if not file:
            homeless = f"{called(name)} : dans quel domaine ?", _NO_HOME
            if wanted:
                homeless = unknown_domain(f"{called(name)} : ", wanted, domains)
            self._refuse(spot_of(node, "id"), *homeless)
            return
        if file not in self._layer.rests:
            self._layer.rests[file] = Entries(node.spot, {}, {})
        self._touched[name] = node.spot
        self._layer.items[name], self._layer.files[name] = node, file

    def _add_examples(self, file: str, examples: Items) -> None:
        rest = self._layer.rests.setdefault(file, Entries(examples.spot, {}, {}))
        present = items_of(rest, "examples")
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


_NO_HOME = (
    "Ajoutez « domain: reseau » à l'élément ou en tête du fichier, ou donnez au "
    "fichier le nom de celui du domaine."
)
"""What to do with a new item that names no domain."""


def unknown_domain(prefix: str, wanted: str, domains: Collection[str]) -> Sentence:
    """Say that no domain is so called."""
    otherwise = f"Les domaines sont : {', '.join(sorted(domains))}."
    remedy = write_instead(wanted, domains, otherwise)
    return f"{prefix}le domaine « {wanted} » n'existe pas", remedy
