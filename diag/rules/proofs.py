"""What a condition proves when it holds: terms that cannot be 0."""

from diag.rules.tree import (
    AllOf,
    Arithmetic,
    Comparison,
    Constant,
    Node,
    Order,
    Term,
)
from diag.rules.values import Exact

MIRRORED: dict[Order, Order] = {
    "<": ">",
    "<=": ">=",
    ">": "<",
    ">=": "<=",
    "==": "==",
    "!=": "!=",
}
"""The comparison that says the same from the other side."""


def proved_nonzero(condition: Node) -> frozenset[Term]:
    """Return the terms that are not 0 wherever a condition is true."""
    match condition:
        case AllOf(operands):
            return frozenset[Term]().union(*map(proved_nonzero, operands))
        case Comparison(order, Constant(value), term):
            return (
                frozenset({term}) if _excludes_0(MIRRORED[order], value) else _NOTHING
            )
        case Comparison(order, term, Constant(value)):
            return frozenset({term}) if _excludes_0(order, value) else _NOTHING
    return _NOTHING


def is_nonzero(term: Term, proved: frozenset[Term]) -> bool:
    """Say whether a term is not 0, given those that are proved."""
    match term:
        case Constant(value):
            return value != 0
        case Arithmetic("*", left, right):
            return is_nonzero(left, proved) and is_nonzero(right, proved)
        case Arithmetic("/", left):
            return is_nonzero(left, proved)
    return term in proved


_NOTHING: frozenset[Term] = frozenset()


def _excludes_0(order: Order, value: Exact) -> bool:
    match order:
        case ">":
            return value >= 0
        case ">=":
            return value > 0
        case "<":
            return value <= 0
        case "<=":
            return value < 0
        case "==":
            return value != 0
        case "!=":
            return value == 0
