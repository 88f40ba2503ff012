"""What loading a folder gives: items where they stand, and what is wrong with each.

An error of pydantic has a type and the way to its node. The type gives the sentence;
the way gives the line, and the names of what is read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from itertools import islice
from typing import TypeVar, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from diag.checklist import Problem, Severity, Spot, problem_at
from diag.checklist.fields import (
    YamlForm,
    find_example,
    find_field,
    key_names,
    was_cut,
)
from diag.checklist.files import NOUNS
from diag.checklist.source import Entries, Items, Node, Scalar, ident_of, spot_of
from diag.model.checklist import Checklist
from diag.words.sentences import either, nearest, write_instead


@dataclass(frozen=True, slots=True)
class Example:
    """A golden audit, as written: `diag.assess` runs it."""

    file: str
    line: int
    raw: Mapping[str, object]
    """Plain values; numbers are canonical, keys are texts."""


@dataclass(frozen=True)
class Loaded:
    """What a folder holds."""

    draft: Checklist
    """What could be read; faulty items are missing from it."""
    problems: tuple[Problem, ...]
    examples: tuple[Example, ...]
    nodes: Mapping[tuple[str, str], Entries]
    """Item of each section and id, faulty ones included: `("criteria", "x")`."""
    edition: Entries | None = None
    """What `edition.yaml` holds."""
    is_whole: bool = True
    """False when a file or a list could not be read: items may be missing from it."""
    overlaid: Mapping[tuple[str, str], Spot] = field(default_factory=dict)
    """Items that the syndicat changed, added or switched off, and where."""

    @property
    def checklist(self) -> Checklist | None:
        """The checklist, when nothing wrong keeps it from being used."""
        faulty = any(problem.severity == "error" for problem in self.problems)
        return None if faulty else self.draft

    def names(self, section: str) -> frozenset[str]:
        """Return the ids that a section declares, faulty items included."""
        return self._idents.get(section, frozenset())

    @cached_property
    def _idents(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for section, ident in self.nodes:
            found.setdefault(section, set()).add(ident)
        return {section: frozenset(idents) for section, idents in found.items()}

    def item(self, section: str, ident: str) -> "Item":
        """Return an item, to describe what is wrong with it."""
        return Item(section, ident, self.nodes[section, ident])


@dataclass(frozen=True, slots=True)
class Item:
    """One written item: knows its name in a message, and the line of its keys."""

    section: str
    ident: str
    node: Entries

    def problem(
        self,
        path: tuple[str, ...],
        message: str,
        remedy: str,
        severity: Severity = "error",
        *,
        about: Iterable[str] = (),
    ) -> Problem:
        """Return what is wrong at a key of the item; `about` are others it names."""
        return problem_at(
            self.spot(*path),
            ".".join((self.section, self.ident, *path)),
            f"{NOUNS[self.section]} « {self.ident} » : {message}",
            remedy,
            severity,
            about=about,
        )

    def spot(self, *path: str) -> Spot:
        """Return where a key stands, or the nearest that exists."""
        return spot_of(self.node, *path)


ERRORS: dict[str, tuple[str, str]] = {
    "text": ("un texte", "Écrivez-le entre guillemets."),
    "blank": ("un texte", "Écrivez-le, ou supprimez la clé."),
    "flag": ("true ou false", "Écrivez true ou false, sans guillemets."),
    "rule": ("une règle", "Écrivez-la entre guillemets doubles."),
    "whole": (
        "un nombre entier de {low} à {high}",
        "Écrivez-le en chiffres, sans guillemets ni virgule.",
    ),
    "number": ("un nombre", 'Écrivez par exemple 30 ou "0.5".'),
    "euros": ("un montant en euros HT", 'Écrivez par exemple "67" ou "67.50".'),
    "bound": (
        "une borne",
        'Écrivez un nombre ("0.5"), une date (2026-09-01) ou null.',
    ),
    "list": ("une liste", "Mettez entre crochets, ou un « - » par ligne."),
    "pair": ("une liste de 2 éléments", "Comptez les virgules."),
    "table": ("un groupe de clés", "Écrivez « clé: valeur » pour chacune."),
    "group": ("un groupe de clés", "Écrivez {written}."),
    "name": (
        "un identifiant",
        "Minuscules sans accent, chiffres et « _ », par exemple nb_classes.",
    ),
    "slug": (
        "un identifiant",
        "Minuscules sans accent, chiffres et « - », par exemple debit-suffisant.",
    ),
    "choice_id": (
        "un identifiant",
        "Minuscules sans accent, chiffres, « _ » ou « - », par exemple fibre.",
    ),
    "source": (
        "un identifiant de source",
        "Écrivez un identifiant de sources.yaml (S31) ou metier.",
    ),
    "ident": (
        "un identifiant",
        "Minuscules sans accent, chiffres, « _ » ou « - ».",
    ),
    "better": (
        "up, down ou une liste de choix",
        "Écrivez up (plus ou oui vaut mieux), down, ou [pire, …, meilleur].",
    ),
    "share": (
        "une part au-dessus de 0 et jusqu'à 1",
        'Écrivez par exemple "3/4" ou "0.75".',
    ),
    "effect": (
        "ce que le fait devient",
        "Écrivez true, un nombre, une règle, un choix ou une liste de choix.",
    ),
    "duration": ("une durée", "Écrivez P7D (jours), P6M (mois) ou P15Y (ans)."),
    "date": ("une date", "Écrivez par exemple 2026-09-01 ou 2026."),
    "day": ("un jour", "Écrivez par exemple 2026-09-01."),
    "day_of_year": (
        "un jour de l'année, ou un mois",
        "Écrivez le mois puis le jour, 04-15, ou le mois seul, 07.",
    ),
    "department": (
        "un département sur trois caractères",
        'Écrivez par exemple "033" ou "02A", entre guillemets.',
    ),
    "ref": ("un numéro", "Écrivez par exemple ACC-02."),
    "level": ("un niveau", "Écrivez 1, 2 ou 3."),
}
"""Type of a pydantic error → what is wanted, what to do."""

_F = TypeVar("_F", bound=YamlForm)


def read_form(
    form: type[_F],
    node: Node,
    section: str = "",
    columns: Mapping[str, str] | None = None,
) -> tuple[_F | None, tuple[Problem, ...]]:
    """Return what a node holds, None when it is faulty, and all that is wrong.

    `section` is the key under which the node stands in its file. `columns` are the
    names of the keys in a table, whose rows name themselves.
    """
    filled = None
    unquoted: list[Scalar] = []
    found: list[_Found] = []
    try:
        filled = form.model_validate(node, context=unquoted)
    except ValidationError as errors:
        for error in errors.errors(include_url=False, include_input=False):
            place = _Place(form, node, section, error["loc"], columns)
            is_key = error["loc"][-1:] == ("[key]",) and error["type"] != "cut"
            if not (is_key and was_cut(place.node)):  # else its value is refused
                found.append(_explain(place, error))
    else:
        for name, message, remedy in islice(filled.misfits(), 1):
            place = _Place(form, node, section, columns=columns)
            place.path.append(name)
            spot = spot_of(node, name)
            to_do = (
                remedy
                if isinstance(remedy, str)
                else f"{' ≤ '.join(map(place.called, remedy))}."
            )
            found.append((False, spot, place.problem(spot, message, to_do)))
    is_right = filled is not None and not found
    for rule in unquoted:
        place = _Place(form, node, section, _find_way(rule, node) or ())
        is_whole = rule.text.count("(") == rule.text.count(")")
        quoted = f'« {place.path[-1]}: "{_short(rule.text)}" »'
        problem = place.problem(
            rule.spot,
            f"« {place.key} » : règle sans guillemets entre accolades ; une virgule ou "
            "un « # » la couperait",
            f"Écrivez {quoted if is_whole else 'la règle entre guillemets'}.",
        )
        found.append((False, rule.spot, replace(problem, severity="warning")))
    found.sort(key=lambda one: one[:2])
    return filled if is_right else None, tuple(problem for *_, problem in found)


_Found = tuple[bool, Spot, Problem]
"""Whether it is a missing key, which comes last; where; the problem."""


class _Place:
    """Where an error is: a node, and the words that name it."""

    def __init__(
        self,
        form: type[YamlForm],
        node: Node,
        section: str,
        way: Iterable[str | int] = (),
        columns: Mapping[str, str] | None = None,
    ) -> None:
        self.form: type[YamlForm] | None = form
        self.node = node
        self._columns = columns
        self.around: tuple[Entries, type[YamlForm] | None] | None = None
        """The group of keys that the node is in, and its form."""
        self.path = [section] if section else []
        self.item = ""
        self._outside = 0
        self._enter()
        for step in way:
            if isinstance(self.node, Items) and isinstance(step, int):
                if step < len(self.node.nodes):
                    self.node = self.node.nodes[step]
                    self._enter()
            elif isinstance(self.node, Entries) and step in self.node.nodes:
                self.around = self.node, self.form
                known = find_field(self.form, str(step)) if self.form else None
                self.form = _form_in(known.annotation) if known else None
                self.node = self.node.nodes[str(step)]
                self.path.append(str(step))

    @property
    def key(self) -> str:
        return self.called(".".join(self.path[self._outside :]))

    def called(self, key: str) -> str:
        return self._columns.get(key, key) if self._columns else key

    def _enter(self) -> None:
        """Name the item that is here: « critère « debit-suffisant » »."""
        if isinstance(self.node, Entries) and self.form and self.form.noun:
            ident, noun = ident_of(self.node), self.form.noun
            name = f"{noun} « {_short(ident)} »" if ident else noun
            if self._columns is None:
                self.item = ", ".join(filter(None, (self.item, name)))
            self.path += filter(None, [ident])
            self._outside = len(self.path)

    def problem(self, spot: Spot, message: str, remedy: str) -> Problem:
        prefix = f"{self.item} : " if self.item else ""
        return problem_at(spot, ".".join(self.path), prefix + message, remedy)


def _explain(place: _Place, error: ErrorDetails) -> _Found:
    """Return the sentence of a pydantic error."""
    kind, context = error["type"], error.get("ctx", {})
    last = str(error["loc"][-1]) if error["loc"] else ""
    node, spot, form = place.node, place.node.spot, place.form
    if kind == "missing":
        assert form is not None
        place.path.append(last)
        name, missing = place.called(last), find_field(form, last)
        meaning = missing.description if missing else ""
        message = f"il manque la clé « {name} » ({meaning})"
        remedy = f"Ajoutez par exemple « {name}: {find_example(form, last)} »."
    elif last == "[key]" or kind in {"extra_forbidden", "cut"}:
        assert place.around is not None
        last = place.path[-1]
        spot = place.around[0].spots[last]
        message, remedy = _wrong_key(last, place, kind)
    elif kind == "unclean":
        message, remedy = context["message"], "Raccourcissez-le ou retapez-le."
    elif kind == "choice":
        words = context["words"]
        text = node.text if isinstance(node, Scalar) else ""
        message = f"« {place.key} » : {_describe(node)} n'est pas admis"
        remedy = write_instead(text, words, f"Écrivez {either(words)}.")
    else:
        wanted, remedy = (part.format(**context) for part in ERRORS[kind])
        message = f"« {place.key} » : il faut {wanted}, pas {_describe(node)}"
    return kind == "missing", spot, place.problem(spot, message, remedy)


def _wrong_key(name: str, place: _Place, kind: str) -> tuple[str, str]:
    """Return what is wrong with a key: cut from its value, misshaped or unknown."""
    if was_cut(place.node):
        place.path.pop()
        before, colon, value = name.partition(":")
        if colon and before and value:
            return (
                f"« {_short(name)} » : il manque une espace après « : »",
                f"Écrivez « {_short(before)}: {_short(value)} ».",
            )
        message = (
            f"« {_short(name)} » n'a pas de valeur : sans guillemets entre accolades, "
            "une virgule a coupé la règle en deux"
        )
        return message, "Mettez la règle entière entre guillemets doubles."
    if kind in ERRORS:
        wanted, remedy = ERRORS[kind]
        return f"clé « {name} » : il faut {wanted}", remedy
    assert place.around is not None
    _, form = place.around
    assert form is not None
    if name in form.gone:
        return f"« {name} » ne s'écrit plus", form.gone[name]
    names = key_names(form)
    near = nearest(name, names)
    known = f"Admises : {', '.join(names)}."
    return f"clé « {_short(name)} » inconnue", f"Écrivez « {near} »." if near else known


def _find_way(wanted: Node, node: Node) -> tuple[str | int, ...] | None:
    """Return the keys and ranks that lead to a node under another."""
    if node is wanted:
        return ()
    children: Iterable[tuple[str | int, Node]] = ()
    if isinstance(node, Items):
        children = enumerate(node.nodes)
    elif isinstance(node, Entries):
        children = node.nodes.items()
    for step, child in children:
        if (way := _find_way(wanted, child)) is not None:
            return step, *way
    return None


def _describe(node: Node) -> str:
    """Return what a node is, in a few French words."""
    if isinstance(node, Items):
        return f"une liste de {len(node.nodes)}"
    if isinstance(node, Entries):
        return "un groupe de clés"
    match node.value:
        case None:
            return "une valeur vide"
        case bool():
            return f"le booléen {node.text}"
        case int() | Decimal():
            return f"le nombre {node.text}"
        case _:
            return f"le texte « {_short(node.text)} »"


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"  # noqa: PLR2004


def _form_in(annotation: object) -> type[YamlForm] | None:
    """Return the form in an annotation: its own, or that of its list."""
    if isinstance(annotation, type) and issubclass(annotation, YamlForm):
        return annotation
    return next(filter(None, map(_form_in, get_args(annotation))), None)
