"""A folder of YAML files read into a checklist, and everything that is wrong with it.

All problems are collected; the checklist is withheld while one is an error. What a
rule means is not looked at here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from diag.model.base import Noun
from diag.model.checklist import Checklist, Domain
from diag.model.number import canonical_number
from diag.rules.build import BUILDERS, NOUNS, Unfit
from diag.rules.nodes import Entries, Items, Node, Scalar, spot_of
from diag.rules.problem import Problem, Spot
from diag.rules.reader import Reader
from diag.rules.records import ident_of
from diag.rules.source import read_source
from diag.rules.tables import form_of


@dataclass(frozen=True, slots=True)
class Example:
    """A golden audit, as written: `diag.assess` runs it."""

    file: str
    line: int
    raw: Mapping[str, object]
    """Plain values; numbers are canonical, keys are texts."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a folder holds."""

    draft: Checklist
    """What could be read; faulty items are missing from it."""
    problems: tuple[Problem, ...]
    examples: tuple[Example, ...]
    nodes: Mapping[tuple[str, str], Entries]
    """Item of each section and id, faulty ones included: `("criteria", "x")`."""

    @property
    def checklist(self) -> Checklist | None:
        """The checklist, when nothing wrong keeps it from being used."""
        faulty = any(problem.severity == "error" for problem in self.problems)
        return None if faulty else self.draft

    def declares(self, section: str, ident: str) -> bool:
        """Say whether an item is written, be it faulty."""
        return (section, ident) in self.nodes

    def spot(self, section: str, ident: str, *path: str) -> Spot:
        """Return where a key of an item stands, or the nearest that exists."""
        node = self.nodes.get((section, ident))
        return spot_of(node, *path) if node else Spot("edition.yaml")


def load_checklists(folder: Path) -> Loaded:
    """Read every YAML file of a folder; never raises for what is in it."""
    loading = _Loading()
    names = sorted(path for path in _listing(folder, loading) if path.is_file())
    for path in names:
        if path.suffix == ".yaml":
            loading.read_file(path)
        elif path.suffix == ".yml":
            loading.refuse(
                path.name, "ce fichier n'est pas lu", "Renommez-le en .yaml."
            )
    if not names:
        loading.refuse(
            folder.name,
            "aucune grille ici",
            "Donnez le dossier qui contient les .yaml.",
        )
    elif "edition.yaml" not in {path.name for path in names}:
        loading.refuse(
            "edition.yaml",
            "ce fichier manque",
            'Créez-le avec « title: "…" » et « version: "2026.1" ».',
        )
    return loading.loaded()


def _listing(folder: Path, loading: "_Loading") -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError as error:
        loading.refuse(folder.name, _reason(error), "Vérifiez le chemin du dossier.")
        return []


class _Loading:
    """Items and problems, gathered file after file."""

    def __init__(self) -> None:
        self.reader = Reader()
        self.files: list[Problem] = []
        self.nodes: dict[tuple[str, str], Entries] = {}
        self.examples: list[Example] = []
        self.nouns: dict[str, dict[str, Noun]] = {section: {} for section in BUILDERS}
        self.domains: dict[str, Domain] = {}
        self.edition: dict[str, object] = {}

    def refuse(self, file: str, message: str, remedy: str) -> None:
        """Report what is wrong with a file as a whole."""
        self.files.append(Problem(file, 1, "", message, remedy))

    def read_file(self, path: Path) -> None:
        """Read a file: those of a fixed name, else a domain's."""
        try:
            raw = path.read_bytes()
        except OSError as error:
            self.refuse(path.name, _reason(error), "Vérifiez les droits du fichier.")
            return
        source = read_source(path.name, raw)
        self.files.extend(source.problems)
        if source.root is None:
            return
        form = form_of(path.name)
        values = form.values(source.root, self.reader)
        domain = ident_of(source.root.nodes.get("domain", source.root)) or path.stem
        for section, value in values.items():
            self._take(section, value, source.root.nodes[section], domain)
        if path.name == "edition.yaml":
            self.edition = values

    def _take(self, section: str, value: object, node: Node, domain: str) -> None:
        if section == "domain" and isinstance(value, dict):
            self._take_domain(value, node)
        elif section == "examples" and isinstance(node, Items):
            self._take_examples(node)
        elif section in BUILDERS and isinstance(node, Items):
            assert isinstance(value, tuple)
            for values, item in zip(value, node.nodes, strict=True):
                with self.reader.about(NOUNS[section], ident_of(item)):
                    self._take_item(section, values, item, domain)

    def _take_domain(self, values: dict[str, object], node: Node) -> None:
        domain = Domain.model_validate(values)
        if domain.id in self.domains:
            self.reader.refuse(
                node.spot,
                f"domaine « {domain.id} » déjà déclaré dans un autre fichier",
                "Un domaine tient dans un fichier : changez l'identifiant.",
            )
        self.domains[domain.id] = domain
        assert isinstance(node, Entries)
        self.nodes["domains", domain.id] = node

    def _take_examples(self, node: Items) -> None:
        for item in node.nodes:
            if isinstance(item, Entries) and "name" in item.nodes:
                raw = {key: plain(child) for key, child in item.nodes.items()}
                self.examples.append(Example(item.spot.file, item.spot.line, raw))

    def _take_item(
        self, section: str, values: dict[str, object] | None, node: Node, domain: str
    ) -> None:
        ident = ident_of(node)
        if not isinstance(node, Entries) or not ident:
            return
        if (section, ident) in self.nodes:
            first = self.nodes[section, ident].spot
            self.reader.refuse(
                spot_of(node, "id"),
                f"identifiant déjà pris, {first.file} ligne {first.line}",
                "Choisissez-en un autre ; il doit être unique dans tous les fichiers.",
            )
            return
        self.nodes[section, ident] = node
        if values is None:
            return
        try:
            self.nouns[section][ident] = BUILDERS[section](values, domain)
        except Unfit as unfit:
            with self.reader.under(unfit.key):
                spot = spot_of(node, unfit.key)
                self.reader.refuse(spot, unfit.message, unfit.remedy)

    def loaded(self) -> Loaded:
        """Return what was gathered."""
        self._refuse_retired()
        fields: dict[str, object] = {
            "title": str(self.edition.get("title") or ""),
            "version": str(self.edition.get("version") or ""),
            "domains": self._ordered_domains(),
            "retired": tuple(sorted(self._retired())),
        }
        return Loaded(
            draft=Checklist.model_validate(fields | self.nouns),
            problems=tuple(sorted((*self.files, *self.reader.problems), key=_by_place)),
            examples=tuple(self.examples),
            nodes=self.nodes,
        )

    def _retired(self) -> frozenset[str]:
        retired = self.edition.get("retired", ())
        assert isinstance(retired, tuple)
        return frozenset(filter(None, retired))

    def _refuse_retired(self) -> None:
        for section, ident in self.nodes:
            if ident in self._retired():
                with self.reader.about(NOUNS.get(section, "domaine"), ident):
                    self.reader.refuse(
                        spot_of(self.nodes[section, ident], "id"),
                        "cet identifiant a été retiré (retired, dans edition.yaml) et "
                        "ne peut plus servir",
                        "Choisissez-en un autre.",
                    )

    def _ordered_domains(self) -> tuple[Domain, ...]:
        order = self.edition.get("domains", ())
        assert isinstance(order, tuple)
        rank = {ident: place for place, ident in enumerate(order)}
        return tuple(
            sorted(
                self.domains.values(),
                key=lambda domain: (rank.get(domain.id, len(rank)), domain.id),
            )
        )


def plain(node: Node) -> object:
    """Return a node as plain values: canonical numbers, lists, dicts keyed by text."""
    match node:
        case Items():
            return [plain(child) for child in node.nodes]
        case Entries():
            return {key: plain(child) for key, child in node.nodes.items()}
        case Scalar(value=Decimal()):
            return canonical_number(node.value)
        case _:
            return node.value


def _by_place(problem: Problem) -> tuple[str, int]:
    return problem.file, problem.line


def _reason(error: OSError) -> str:
    return f"lecture impossible ({error.strerror or error})"
