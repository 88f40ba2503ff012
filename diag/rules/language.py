"""A rule: a small subset of Python expressions, read once, never evaluated by Python.

Characters are checked first, so that only a line of ASCII without brackets or prefixes
reaches Python's parser; then each construction of the tree that it gives, so that
nothing that rules lack remains. Types and units are checked with the questions;
`evaluate` computes values.
"""

import ast
import keyword
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import chain

from diag.model.enums import PlaceKind
from diag.model.text import MAX_DIGITS
from diag.rules.expressions import (
    Aggregate,
    AllOf,
    AnyOf,
    Arithmetic,
    ChoiceId,
    CompareNode,
    Condition,
    Constant,
    Function,
    Includes,
    IsAmong,
    Months,
    NameNode,
    Node,
    Not,
    Operator,
    Order,
    RuleError,
    Term,
    names_in,
    plain,
    walk,
    walk_outside,
)
from diag.words.sentences import write_instead

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

    @cached_property
    def every_name(self) -> frozenset[str]:
        """What it reads by name, inside aggregates and outside."""
        return names_in(self.root)

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
    return Rule(text, read_tree(body, first_column))


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
        found, column = token.group(), position + 1
        if token.lastgroup == "number" and len(found) > MAX_DIGITS:
            raise RuleError(f"nombre trop long : {MAX_DIGITS} chiffres admis", column)
        is_name = token.lastgroup == "word" and found not in _WORDS
        if is_name and found in _BOOLEANS:
            raise RuleError(
                f"« {found} » ne s'écrit pas : nommez la question seule "
                "(« acces_internet »), ou « not acces_internet »",
                column,
            )
        if is_name and keyword.iskeyword(found):
            raise RuleError(_refusal(found), column)
        position = token.end()
    return re.sub(r"\s", " ", text)


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


MAX_DEPTH = 40
"""Deepest nesting of a rule."""

_OPERATORS: dict[type[ast.operator], Operator] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}

_ORDERS: dict[type[ast.cmpop], Order] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}

_USAGES: dict[Function, str] = {
    "count": "count(lieu) ou count(lieu, condition)",
    "total": "total(lieu, nombre) ou total(lieu, nombre, condition)",
    "share": "share(lieu, condition) ou share(lieu, condition, parmi)",
    "smallest": "smallest(lieu, nombre) ou smallest(lieu, nombre, parmi)",
    "largest": "largest(lieu, nombre) ou largest(lieu, nombre, parmi)",
}

_TOO_DEEP = f"règle trop imbriquée : {MAX_DEPTH} niveaux admis ; simplifiez-la"

_UNREADABLE = (
    "la règle ne se lit plus ici : une parenthèse, un opérateur ou un nom manque "
    "ou est de trop"
)

_ENGLISH = {"et": "and", "ou": "or", "non": "not"}
_FRENCH = re.compile(r"\b(et|ou|non)\b")
_WITH_UNIT = re.compile(r"(?<![\w.'\"])\d[\d.]*\s+(?!(?:and|or|not|in)\b)[A-Za-z_]\w*")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")

_CONDITION_EXPECTED = (
    "une condition est attendue ici : une comparaison (« nb_classes > 0 ») ou une "
    "question à réponse oui ou non"
)

_MEMBERSHIP = (
    "« in » s'écrit « 'choix' in question » (plusieurs réponses possibles) ou "
    "« question in ('choix_a', 'choix_b') » (une seule réponse)"
)


@lru_cache(maxsize=8192)  # a check reads each rule ten times over
def read_tree(body: str, first_column: int) -> Node:
    """Return the tree of a rule whose text begins in `first_column`.

    Raises:
        RuleError: on anything that is not of the rule language.
    """
    try:
        root = ast.parse(body, mode="eval").body
    except SyntaxError as error:
        at = (error.offset or len(body) + 1) - 1
        raise _unreadable(body, at, first_column) from error
    except (RecursionError, MemoryError) as error:
        raise RuleError(_TOO_DEEP, first_column) from error
    reader = _Reader(body, first_column)
    negation = isinstance(root, ast.UnaryOp) and isinstance(root.op, ast.Not)
    if negation or isinstance(root, (ast.BoolOp, ast.Compare)):
        return reader.condition(root)
    return reader.term(root)


def _unreadable(body: str, at: int, first_column: int) -> RuleError:
    """Say why Python's parser stopped: what authors write most, else where."""
    bare = _QUOTED.sub(lambda quoted: " " * len(quoted.group()), body)
    if french := _FRENCH.search(bare):
        word = french.group()
        message = (
            f"« {word} » n'existe pas dans une règle : écrivez « {_ENGLISH[word]} »"
        )
        return RuleError(message, french.start() + first_column)
    if unit := _WITH_UNIT.search(bare):
        message = f"« {unit.group()} » : un nombre s'écrit seul, sans son unité"
        return RuleError(message, unit.start() + first_column)
    return RuleError(_UNREADABLE, at + first_column)


class _Reader:
    """Goes down one tree, once."""

    def __init__(self, body: str, first_column: int) -> None:
        self._body = body
        self._first_column = first_column
        self._depth = 0
        self._in_aggregate = False

    def condition(self, node: ast.expr) -> Condition:
        """Read what must be true or false."""
        with self._one_deeper(node):
            match node:
                case ast.BoolOp(ast.And(), parts):
                    return AllOf(self._conditions(parts), self._column(node))
                case ast.BoolOp(ast.Or(), parts):
                    return AnyOf(self._conditions(parts), self._column(node))
                case ast.UnaryOp(ast.Not(), operand):
                    return Not(self.condition(operand), self._column(node))
                case ast.Compare():  # `a < b < c` is `a < b and b < c`
                    lefts = [node.left, *node.comparators[:-1]]
                    read = tuple(
                        self._comparison(left, sign, right)
                        for left, sign, right in zip(
                            lefts, node.ops, node.comparators, strict=True
                        )
                    )
                    return (
                        read[0] if len(read) == 1 else AllOf(read, self._column(node))
                    )
                case ast.Name(id):
                    return NameNode(id, self._column(node))
            raise self._error(node, _CONDITION_EXPECTED)

    def term(self, node: ast.expr) -> Term:
        """Read what has a value."""
        with self._one_deeper(node):
            match node:
                case ast.Name(id):
                    return NameNode(id, self._column(node))
                case ast.Constant():
                    return self._constant(node)
                case ast.BinOp(left, sign, right) if type(sign) in _OPERATORS:
                    return Arithmetic(
                        _OPERATORS[type(sign)],
                        self.term(left),
                        self.term(right),
                        self._column(node),
                    )
                case ast.UnaryOp(ast.USub(), operand):
                    column = self._column(node)
                    read = self.term(operand)
                    if isinstance(read, Constant):
                        return Constant(-read.value, column)
                    return Arithmetic("-", Constant(0, column), read, column)
                case ast.Call(ast.Name(function), arguments, []):
                    return self._call(node, function, arguments)
                case ast.Tuple():
                    raise self._error(
                        node,
                        "virgule de trop ; un décimal s'écrit avec un point (« 0.5 »)",
                    )
            raise self._error(
                node,
                "un nombre, un choix entre guillemets ou une question est attendu ici",
            )

    def _conditions(self, parts: list[ast.expr]) -> tuple[Condition, ...]:
        return tuple(self.condition(part) for part in parts)

    def _comparison(
        self, left: ast.expr, sign: ast.cmpop, right: ast.expr
    ) -> Condition:
        column = self._column(left)
        match sign:
            case ast.In():
                return self._membership(left, right, negated=False)
            case ast.NotIn():
                return self._membership(left, right, negated=True)
        if type(sign) not in _ORDERS:
            raise self._error(left, _CONDITION_EXPECTED)
        return CompareNode(
            _ORDERS[type(sign)], self.term(left), self.term(right), column
        )

    def _membership(
        self, left: ast.expr, right: ast.expr, *, negated: bool
    ) -> Condition:
        item, column = self.term(left), self._column(left)
        listed = right.elts if isinstance(right, ast.Tuple) else [right]
        among = tuple(self.term(part) for part in listed)
        ids = tuple(part for part in among if isinstance(part, ChoiceId))
        if isinstance(item, NameNode) and ids and len(ids) == len(among):
            return IsAmong(item, ids, negated, column)
        match item, among:
            case ChoiceId(), (NameNode() as question,):
                return Includes(question, item, negated, column)
        raise RuleError(_MEMBERSHIP, column)

    def _constant(self, node: ast.Constant) -> Term:
        written = self._body[node.col_offset : node.end_col_offset]
        column = self._column(node)
        if isinstance(node.value, str) and written[1:-1] == node.value:
            return ChoiceId(node.value, column)
        if type(node.value) in {int, float}:
            return Constant(plain(Fraction(written)), column)
        raise self._error(node, f"« {written} » n'existe pas dans une règle")

    def _call(self, node: ast.Call, name: str, arguments: list[ast.expr]) -> Term:
        if name == "months_between":
            match arguments:
                case [start, end]:
                    return Months(self.term(start), self.term(end), self._column(node))
            raise self._error(node, "écrivez months_between(date, date)")
        for function in _USAGES:
            if function == name:
                return self._aggregate(node, function, arguments)
        known = [*_USAGES, "months_between"]
        otherwise = f"Les fonctions sont {', '.join(known)}"
        remedy = write_instead(name, known, otherwise)
        raise self._error(node, f"« {name} » n'est pas une fonction. {remedy}")

    def _aggregate(
        self, node: ast.Call, function: Function, arguments: list[ast.expr]
    ) -> Aggregate:
        if self._in_aggregate:
            raise self._error(
                node, "un calcul sur des lieux ne peut pas en contenir un autre"
            )
        needed = 1 if function == "count" else 2
        if not needed <= len(arguments) <= needed + 1:
            raise self._error(node, f"écrivez {_USAGES[function]}")
        where = arguments[0]
        written = where.id if isinstance(where, ast.Name) else ""
        if written not in set(PlaceKind):
            kinds = [str(kind) for kind in PlaceKind]
            otherwise = f"Les lieux sont {', '.join(kinds)}"
            remedy = write_instead(written, kinds, otherwise)
            raise self._error(where, f"écrivez {_USAGES[function]}. {remedy}")
        self._in_aggregate = True
        wants_number = function in {"total", "smallest", "largest"}
        aggregate = Aggregate(
            function,
            PlaceKind(written),
            self.term(arguments[1]) if wants_number else None,
            self.condition(arguments[1]) if function == "share" else None,
            self.condition(arguments[needed]) if arguments[needed:] else None,
            self._column(node),
        )
        self._in_aggregate = False
        return aggregate

    def _column(self, node: ast.expr) -> int:
        return node.col_offset + self._first_column

    def _error(self, node: ast.expr, message: str) -> RuleError:
        return RuleError(message, self._column(node))

    @contextmanager
    def _one_deeper(self, node: ast.expr) -> Iterator[None]:
        if self._depth == MAX_DEPTH:
            raise self._error(node, _TOO_DEEP)
        self._depth += 1
        yield
        self._depth -= 1
