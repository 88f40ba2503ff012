"""Folders of YAML files read into a checklist, and everything that is wrong with it.

All problems are collected; the checklist is withheld while one is an error. What a
rule means is not looked at here.
"""

from collections.abc import Collection, Mapping
from decimal import Decimal
from pathlib import Path

from diag.checklist.criterion_form import RecommendationForm
from diag.checklist.edition import ENGINE
from diag.checklist.forms import FILES, ITEMS, DomainFile, EditionFile
from diag.checklist.loaded import Example, Item, Loaded, read_form
from diag.checklist.merge import overlaid
from diag.checklist.overlay import ASIDE
from diag.checklist.source import (
    MAX_BYTES,
    Entries,
    Items,
    Node,
    Scalar,
    ident_of,
    read_source,
    text_of,
)
from diag.model.base import Noun
from diag.model.checklist import Checklist, Criterion, Domain, Retired
from diag.model.number import canonical_number
from diag.rules.problem import Problem, Spot


def load_checklists(folder: Path, overlay: Path | None = None) -> Loaded:
    """Read every YAML file of a folder; never raises for what is in it.

    The files of `overlay`, when there are any, change those of the folder.
    """
    harvest = Harvest()
    paths = _list(folder, harvest)
    shipped = _roots(paths, harvest)
    _refuse_missing(folder, {path.name for path in paths}, harvest)
    own: dict[str, Entries] = {}
    if overlay is not None and overlay.is_dir():
        paths = [one for one in _list(overlay, harvest) if one.name not in ASIDE]
        own = _roots(paths, harvest, f"{overlay.name}/")
    touched: Mapping[tuple[str, str], Spot] = {}
    if own:
        merged = overlaid(shipped, own)
        harvest.problems += merged.problems
        shipped, touched = dict(merged.roots), merged.touched
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
        self._refuse_retired(retired)
        self._build_actions()
        domains = self._nouns["domains"]
        order = list(filter(None, map(text_of, self._edition_list("domains"))))
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

    def _refuse_retired(self, retired: Collection[str]) -> None:
        for (section, ident), node in self._nodes.items():
            if ident in retired:
                self._refuse_id(
                    Item(section, ident, node),
                    "cet identifiant est retiré (« retired », dans edition.yaml) et ne "
                    "servira plus",
                    "Choisissez-en un autre.",
                )

    def _refuse_id(self, item: Item, message: str, remedy: str) -> None:
        self.problems.append(item.problem(("id",), message, remedy))

    def _retired(self) -> dict[str, Retired]:
        """Return what `edition.yaml` retires, by id; the last word counts."""
        found: dict[str, Retired] = {}
        for node in self._edition_list("retired"):
            ident = ident_of(node) or text_of(node)
            by = text_of(node.nodes.get("by")) if isinstance(node, Entries) else ""
            if ident:
                found[ident] = Retired(id=ident, by=by)
        return found

    def _edition_list(self, key: str) -> tuple[Node, ...]:
        """Return a list of `edition.yaml`, whatever else is faulty there."""
        node = self._edition_node.nodes.get(key) if self._edition_node else None
        return node.nodes if isinstance(node, Items) else ()


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


def _refuse_missing(folder: Path, names: set[str], harvest: Harvest) -> None:
    if not any(name.endswith((".yaml", ".yml")) for name in names):
        remedy = "Donnez le dossier qui contient les fichiers .yaml."
        harvest.refuse_file(folder.name, "aucune grille dans ce dossier", remedy)
    elif "edition.yaml" not in names:
        remedy = 'Créez-le, avec « title: "…" » et « version: "2026.1" ».'
        harvest.refuse_file("edition.yaml", "ce fichier manque", remedy)


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
