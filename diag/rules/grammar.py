"""Rebuilds the tree that Python's parser makes of a rule, refusing what rules lack.

`language` let the text in: one line of ASCII, no brackets, no prefixes.
"""

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction

from diag.model.enums import PlaceKind
from diag.rules.problem import write_instead
from diag.rules.tree import (
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
)
from diag.rules.values import plain

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
                case ast.Compare():
                    return self._comparisons(node)
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
                    return self._opposite(operand, self._column(node))
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

    def _comparisons(self, node: ast.Compare) -> Condition:
        """Read `a < b`; `a < b < c` is `a < b and b < c`."""
        lefts = [node.left, *node.comparators[:-1]]
        read = tuple(
            self._comparison(left, sign, right)
            for left, sign, right in zip(lefts, node.ops, node.comparators, strict=True)
        )
        return read[0] if len(read) == 1 else AllOf(read, self._column(node))

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

    def _opposite(self, operand: ast.expr, column: int) -> Term:
        read = self.term(operand)
        if isinstance(read, Constant):
            return Constant(-read.value, column)
        return Arithmetic("-", Constant(0, column), read, column)

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
            return self._months(node, arguments)
        for function in _USAGES:
            if function == name:
                return self._aggregate(node, function, arguments)
        known = [*_USAGES, "months_between"]
        otherwise = f"Les fonctions sont {', '.join(known)}"
        remedy = write_instead(name, known, otherwise)
        raise self._error(node, f"« {name} » n'est pas une fonction. {remedy}")

    def _months(self, node: ast.Call, arguments: list[ast.expr]) -> Months:
        match arguments:
            case [start, end]:
                return Months(self.term(start), self.term(end), self._column(node))
        raise self._error(node, "écrivez months_between(date, date)")

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
        kind = self._kind(arguments[0], function)
        self._in_aggregate = True
        wants_number = function in {"total", "smallest", "largest"}
        aggregate = Aggregate(
            function,
            kind,
            self.term(arguments[1]) if wants_number else None,
            self.condition(arguments[1]) if function == "share" else None,
            self.condition(arguments[needed]) if arguments[needed:] else None,
            self._column(node),
        )
        self._in_aggregate = False
        return aggregate

    def _kind(self, node: ast.expr, function: Function) -> PlaceKind:
        written = node.id if isinstance(node, ast.Name) else ""
        if written in set(PlaceKind):
            return PlaceKind(written)
        kinds = [str(kind) for kind in PlaceKind]
        otherwise = f"Les lieux sont {', '.join(kinds)}"
        remedy = write_instead(written, kinds, otherwise)
        raise self._error(node, f"écrivez {_USAGES[function]}. {remedy}")

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
