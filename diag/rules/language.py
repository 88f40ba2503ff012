"""A rule: a small subset of Python expressions, read once, never evaluated by Python.

Characters are checked here, constructions in `grammar`, types and units in `typecheck`;
`evaluate` computes values.
"""

import keyword
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import chain

from diag.model.enums import PlaceKind
from diag.model.number import MAX_DIGITS
from diag.rules.grammar import read_tree
from diag.rules.tree import (
    Aggregate,
    CompareNode,
    Constant,
    NameNode,
    Node,
    RuleError,
    names_in,
    walk,
    walk_outside,
)

VISIT_DATE = "visit_date"
"""The day of the visit: the one name that every rule may read and no question asks."""


@dataclass(frozen=True, eq=False)
class Rule:
    """A rule that was read; equal to itself alone."""

    text: str
    """As its author wrote it."""
    root: Node
    """Its tree."""

    @cached_property
    def names(self) -> frozenset[str]:
        """Names read outside aggregates, `visit_date` and the like included."""
        return frozenset(
            node.id for node in walk_outside(self.root) if isinstance(node, NameNode)
        )

    @cached_property
    def inner_names(self) -> Mapping[PlaceKind, frozenset[str]]:
        """Names read inside aggregates, by the kind of place aggregated."""
        inner: dict[PlaceKind, frozenset[str]] = {}
        for node in walk(self.root):
            if isinstance(node, Aggregate):
                known = inner.get(node.kind, frozenset())
                inner[node.kind] = known | names_in(node)
        return inner

    @property
    def kinds(self) -> frozenset[PlaceKind]:
        """Kinds of places that the rule aggregates over."""
        return frozenset(self.inner_names)


def parse_rule(text: str) -> Rule:
    """Read a rule, written on one line or several.

    Raises:
        RuleError: when the text is no rule; in French, with the remedy.
    """
    line = one_line(text)
    body = line.strip()
    if not body:
        raise RuleError("règle vide : retirez la clé ou écrivez une condition", 1)
    first_column = len(line) - len(line.lstrip()) + 1
    return Rule(text, _tree(body, first_column))


_tree = lru_cache(maxsize=8192)(read_tree)  # a check reads each rule ten times over


def thresholds(rule: Rule) -> Mapping[str, frozenset[Fraction]]:
    """Return the numbers that each name is compared with, aggregates included."""
    return thresholds_in([rule.root])


def thresholds_in(nodes: Iterable[Node]) -> Mapping[str, frozenset[Fraction]]:
    """Return the numbers that each name is compared with in some trees."""
    found: dict[str, frozenset[Fraction]] = {}
    for node in chain.from_iterable(map(walk, nodes)):
        match node:
            case CompareNode(_, NameNode(name), Constant(value)) | CompareNode(
                _, Constant(value), NameNode(name)
            ):
                found[name] = found.get(name, frozenset()) | {Fraction(value)}
    return found


# Only what passes here reaches Python's parser, so that nothing of Python that rules
# do not use (strings with prefixes, comments, brackets, attributes) ever gets there.
MAX_LENGTH = 2_000
"""Longest rule, in characters."""

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    | (?P<refused>\*\*|//)
    | (?P<word>[A-Za-z_]\w*)
    | (?P<number>\d+(?:\.\d+)?)(?![\w.])
    | (?P<choice>'[\w-]+'|"[\w-]+")
    | (?P<operator><=|>=|==|!=|[<>+*/(),-])""",
    re.VERBOSE | re.ASCII,
)

_WORDS = frozenset({"and", "or", "not", "in"})

_REPLACEMENTS = {
    "=": "écrivez « == » pour comparer",
    "!": "écrivez « not », ou « != » pour « différent de »",
    "&": "écrivez « and »",
    "|": "écrivez « or »",
    "[": "écrivez des parenthèses",
    "{": "écrivez des parenthèses",
    "≥": "écrivez « >= »",
    "≤": "écrivez « <= »",
    "≠": "écrivez « != »",
    "×": "écrivez « * »",
    "%": "écrivez une part entre 0 et 1",
    "**": "écrivez le produit",
    "//": "écrivez « / »",
    "\u00a0": "c'est une espace insécable, tapez une espace",
    "\u202f": "c'est une espace insécable, tapez une espace",
    "=>": "écrivez « >= »",
    "=<": "écrivez « <= »",
    "“": "mettez la règle entre guillemets droits",
    "”": "mettez la règle entre guillemets droits",
    "’": "écrivez l'apostrophe droite « ' »",
    "«": "écrivez l'apostrophe droite « ' »",
    "is": "écrivez « == »",
    "if": "une règle se joint par « and », « or », « not »",
    "None": "un fait inconnu se juge de lui-même, sans le nommer",
}

_BOOLEANS = frozenset({"true", "false", "True", "False", "vrai", "faux"})


def one_line(text: str) -> str:
    """Return a rule on one line, every token in its column; refuse what may not enter.

    Raises:
        RuleError: on a text too long, a stray character or a word that rules lack.
    """
    if len(text) > MAX_LENGTH:
        raise RuleError(
            f"règle trop longue : {len(text)} caractères, {MAX_LENGTH} admis ; "
            "scindez-la",
            MAX_LENGTH,
        )
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None or token.lastgroup == "refused":
            raise _stray(text, position, token)
        _check(token, position + 1)
        position = token.end()
    return re.sub(r"\s", " ", text)


def _check(token: re.Match[str], column: int) -> None:
    found = token.group()
    if token.lastgroup == "number" and len(found) > MAX_DIGITS:
        raise RuleError(f"nombre trop long : {MAX_DIGITS} chiffres admis", column)
    if token.lastgroup != "word" or found in _WORDS:
        return
    if found in _BOOLEANS:
        raise RuleError(
            f"« {found} » ne s'écrit pas : nommez la question seule "
            "(« acces_internet »), ou « not acces_internet »",
            column,
        )
    if keyword.iskeyword(found):
        raise RuleError(_refusal(found), column)


def _stray(text: str, position: int, token: re.Match[str] | None) -> RuleError:
    found = token.group() if token else text[position]
    column = position + 1
    if found in {"'", '"'}:
        return RuleError(
            "entre guillemets vient l'identifiant d'un choix, en lettres sans accent, "
            "chiffres, « _ » ou « - »",
            column,
        )
    if found.isdigit() and found.isascii():
        return RuleError(
            "nombre illisible : écrivez 1500 ou 0.5, avec un point, sans espace",
            column,
        )
    pair = text[position : position + 2]
    return RuleError(_refusal(pair if pair in _REPLACEMENTS else found), column)


def _refusal(found: str) -> str:
    otherwise = "voyez la liste de ce qu'une règle admet"
    if found.isalpha() and not found.isascii():
        otherwise = "les noms s'y écrivent sans accent"
    remedy = _REPLACEMENTS.get(found, otherwise)
    return f"« {found} » n'existe pas dans une règle : {remedy}"
