"""Rules where everything is known: a second reading, independent of diag's.

It walks Python's own tree of the text and follows DESIGN.md §3 for what is absent;
sharing nothing with `diag.rules` but the texts, it judges what `evaluate` computes.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

Fact = Fraction | bool | str | frozenset[str] | None
"""A known value; None when absent."""

_ARITHMETIC: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_ORDERS: dict[type[ast.cmpop], Callable[[Fraction, Fraction], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


@dataclass(frozen=True)
class Known:
    """A place of which everything is known, and the rooms it holds."""

    facts: Mapping[str, Fact]
    out: frozenset[str] = frozenset()
    rooms: tuple["Known", ...] = ()


def exact_truth(text: str, place: Known) -> bool:
    """Return whether a condition holds.

    Raises:
        ZeroDivisionError: where it divides by 0.
    """
    return _truth(ast.parse(text, mode="eval").body, place)


def exact_number(text: str, place: Known) -> Fraction | None:
    """Return a number, None when absent.

    Raises:
        ZeroDivisionError: where it divides by 0.
    """
    value = _value(ast.parse(text, mode="eval").body, place)
    assert value is None or isinstance(value, Fraction)
    return value


def _value(node: ast.expr, place: Known) -> Fact:
    match node:
        case ast.Constant(str(text)):
            return text
        case ast.Constant(number):
            assert isinstance(number, int)
            return Fraction(number)
        case ast.Name(name):
            return place.facts[name]
        case ast.BinOp():
            return _computed(node, place)
        case ast.Call(ast.Name(function), [_, *arguments]):
            return _aggregate(function, arguments, place)
    return _truth(node, place)


def _computed(node: ast.BinOp, place: Known) -> Fact:
    left, right = _value(node.left, place), _value(node.right, place)
    if left is None or right is None:
        return None
    assert isinstance(left, Fraction)
    assert isinstance(right, Fraction)
    return _ARITHMETIC[type(node.op)](left, right)


def _truth(node: ast.expr, place: Known) -> bool:
    match node:
        case ast.BoolOp(ast.And(), parts):
            return all(_truth(part, place) for part in parts)
        case ast.BoolOp(ast.Or(), parts):
            return any(_truth(part, place) for part in parts)
        case ast.UnaryOp(ast.Not(), operand):
            return not _truth(operand, place)
        case ast.Compare(left, [sign], [right]):
            return _compare(left, sign, right, place)
    return _value(node, place) is True


def _compare(left: ast.expr, sign: ast.cmpop, right: ast.expr, place: Known) -> bool:
    one = _value(left, place)
    if isinstance(right, ast.Tuple):
        among = {_value(part, place) for part in right.elts}
        return one is not None and (one in among) is isinstance(sign, ast.In)
    other = _value(right, place)
    if one is None or other is None:
        return False
    if isinstance(other, frozenset):
        return (one in other) is isinstance(sign, ast.In)
    if isinstance(one, str) and isinstance(other, str):
        one, other = Fraction(ord(one)), Fraction(ord(other))  # in order: a, b, c
    assert isinstance(one, Fraction)
    assert isinstance(other, Fraction)
    return _ORDERS[type(sign)](one, other)


def _aggregate(function: str, arguments: list[ast.expr], place: Known) -> Fact:
    names = {
        node.id
        for argument in arguments
        for node in ast.walk(argument)
        if isinstance(node, ast.Name)
    }
    rooms = [room for room in place.rooms if not names & room.out]
    first = None if function == "count" else arguments.pop(0)
    rooms = [room for room in rooms if all(_truth(part, room) for part in arguments)]
    if first is None:
        return Fraction(len(rooms))
    if function == "share":
        holding = sum(_truth(first, room) for room in rooms)
        return Fraction(holding, len(rooms)) if rooms else None
    return _drawn(function, [_value(first, room) for room in rooms])


def _drawn(function: str, values: list[Fact]) -> Fact:
    numbers = [value for value in values if isinstance(value, Fraction)]
    if function == "total":
        return sum(numbers, Fraction(0))
    draw = min if function == "smallest" else max
    return draw(numbers) if numbers else None
