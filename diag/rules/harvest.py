"""What files hold, gathered one after the other, in an order that does not matter."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from diag.model.base import Noun
from diag.model.checklist import Checklist, Domain
from diag.model.number import canonical_number
from diag.rules.build import BUILDERS, Unfit, Values
from diag.rules.forms.tables import form_of
from diag.rules.loaded import NOUNS, Example, Loaded
from diag.rules.problem import Problem, Spot
from diag.rules.reading.nodes import Entries, Items, Node, Scalar, spot_of
from diag.rules.reading.reader import Reader
from diag.rules.reading.records import ident_of
from diag.rules.source import read_source


class Harvest:
    """Items, examples and problems, gathered file after file."""

    def __init__(self) -> None:
        self._reader = Reader()
        self._file_problems: list[Problem] = []
        self._nodes: dict[tuple[str, str], Entries] = {}
        self._nouns: dict[str, dict[str, Noun]] = {section: {} for section in BUILDERS}
        self._examples: list[Example] = []
        self._edition: Values = {}
        self._edition_node: Entries | None = None
        self._is_whole = True

    def refuse_file(self, file: str, message: str, remedy: str) -> None:
        """Report what is wrong with a file as a whole."""
        self._file_problems.append(Problem(file, 1, "", message, remedy))

    def take(self, file: str, raw: bytes) -> None:
        """Gather what a file holds."""
        root = self.read(file, raw)
        if root is not None:
            self.gather(file, root)

    def read(self, file: str, raw: bytes) -> Entries | None:
        """Return what a file holds, still to be gathered; None when unreadable."""
        source = read_source(file, raw)
        self._file_problems.extend(source.problems)
        self._is_whole &= source.root is not None
        return source.root

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Report problems that others found."""
        self._file_problems.extend(problems)

    def gather(self, file: str, root: Entries) -> None:
        """Gather what a file holds, once read."""
        values = form_of(file).values(root, self._reader)
        domain = ident_of(root.nodes.get("domain", root)) or file.removesuffix(".yaml")
        for section, value in values.items():
            self._take_section(section, value, root.nodes[section], domain)
        if file == "edition.yaml":
            self._edition, self._edition_node = values, root

    def loaded(self, overlaid: Mapping[tuple[str, str], Spot] | None = None) -> Loaded:
        """Return all that was gathered, and which items were laid over."""
        self._refuse_retired()
        rank = self._domain_rank()
        fields: dict[str, object] = {
            section: dict(sorted(nouns.items(), key=lambda pair: rank(pair[1])))
            for section, nouns in self._nouns.items()
        }
        fields["domains"] = tuple(sorted(self._nouns["domains"].values(), key=rank))
        fields["places"] = tuple(self._nouns["places"].values())
        fields["title"] = str(self._edition.get("title") or "")
        fields["version"] = str(self._edition.get("version") or "")
        fields["retired"] = tuple(sorted(self._retired()))
        problems = (*self._file_problems, *self._reader.problems)
        return Loaded(
            draft=Checklist.model_validate(fields),
            problems=tuple(sorted(problems, key=lambda problem: problem.place)),
            examples=tuple(self._examples),
            nodes=self._nodes,
            edition=self._edition_node,
            is_whole=self._is_whole,
            overlaid=overlaid or {},
        )

    def _take_section(
        self, section: str, value: object, node: Node, domain: str
    ) -> None:
        if section == "domain":
            self._take_item("domains", value, node, domain)
        elif section == "examples" and isinstance(node, Items):
            self._examples.extend(_examples(node))
        elif section in BUILDERS and isinstance(value, tuple):
            items = node.nodes if isinstance(node, Items) else ()
            self._is_whole &= isinstance(node, Items)
            for values, item in zip(value, items, strict=True):
                self._take_item(section, values, item, domain)

    def _take_item(self, section: str, values: object, node: Node, domain: str) -> None:
        ident = ident_of(node)
        if not isinstance(node, Entries) or not ident:
            return
        with self._reader.about(NOUNS[section], ident):
            if (section, ident) in self._nodes:
                self._refuse_twice(section, ident, node)
                return
            self._nodes[section, ident] = node
            if isinstance(values, dict):
                self._build(section, values, node, domain)

    def _build(self, section: str, values: Values, node: Entries, domain: str) -> None:
        try:
            noun = BUILDERS[section](values, domain)
        except Unfit as unfit:
            with self._reader.under(unfit.key):
                spot = spot_of(node, unfit.key)
                self._reader.refuse(spot, unfit.message, unfit.remedy)
        else:
            self._nouns[section][str(values["id"])] = noun

    def _refuse_twice(self, section: str, ident: str, node: Entries) -> None:
        first = self._nodes[section, ident].spot
        self._reader.refuse(
            spot_of(node, "id"),
            f"identifiant déjà pris dans {first.file}, ligne {first.line}",
            "Choisissez-en un autre : il est unique dans tous les fichiers.",
        )

    def _retired(self) -> frozenset[str]:
        retired = self._edition.get("retired")
        return frozenset(filter(None, retired if isinstance(retired, tuple) else ()))

    def _refuse_retired(self) -> None:
        for (section, ident), node in self._nodes.items():
            if ident in self._retired():
                with self._reader.about(NOUNS[section], ident):
                    self._reader.refuse(
                        spot_of(node, "id"),
                        "cet identifiant est retiré (« retired », dans edition.yaml) "
                        "et ne servira plus",
                        "Choisissez-en un autre.",
                    )

    def _domain_rank(self) -> "_Rank":
        order = self._edition.get("domains")
        return _Rank(order if isinstance(order, tuple) else (), self._nouns["domains"])


class _Rank:
    """Sorts nouns as `edition.yaml` orders domains; what has no domain comes first."""

    def __init__(self, order: tuple[str, ...], domains: dict[str, Noun]) -> None:
        rest = sorted(domains.keys() - set(order))
        self._places = {ident: place for place, ident in enumerate((*order, *rest))}

    def __call__(self, noun: Noun) -> int:
        """Return the place of a noun's domain."""
        ident = noun.id if isinstance(noun, Domain) else getattr(noun, "domain", "")
        return self._places.get(ident, -1)


def _examples(node: Items) -> list[Example]:
    return [
        Example(
            item.spot.file,
            item.spot.line,
            {key: _plain(child) for key, child in item.nodes.items()},
        )
        for item in node.nodes
        if isinstance(item, Entries)
    ]


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
