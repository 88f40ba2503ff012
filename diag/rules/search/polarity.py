"""In which direction a rule goes when a fact rises, read from its text alone.

Where the text decides, no search is needed: a rule that only rises never lowers the
level that it gives.
"""

from collections.abc import Iterable
from enum import Enum

from diag.rules.tree import (
    Aggregate,
    AllOf,
    AnyOf,
    Arithmetic,
    Comparison,
    Constant,
    Includes,
    IsAmong,
    Months,
    Name,
    Node,
    Not,
    names_in,
)


class Polarity(Enum):
    """What a part of a rule does when a fact rises."""

    RISES = 1
    """It becomes greater, or true; or stays."""
    FALLS = -1
    """It becomes smaller, or false; or stays."""
    STAYS = 0
    """It does not read the fact."""
    VARIES = None
    """The text does not tell."""

    def reversed(self) -> "Polarity":
        """Return the polarity of the contrary."""
        return Polarity(-self.value) if self.value else self


def polarity(node: Node, name: str) -> Polarity:
    """Return what a part of a rule does when the fact `name` rises."""
    if name not in names_in(node):
        return Polarity.STAYS
    match node:
        case Name():
            return Polarity.RISES
        case Not(operand):
            return polarity(operand, name).reversed()
        case AllOf(operands) | AnyOf(operands):
            return _together(polarity(part, name) for part in operands)
        case Comparison() | IsAmong() | Includes():
            return _of_comparison(node, name)
    return _of_number(node, name)


def _of_comparison(node: Comparison | IsAmong | Includes, name: str) -> Polarity:
    match node:
        case Includes(negated=negated):
            return Polarity.FALLS if negated else Polarity.RISES
        case Comparison(">" | ">=", left, right):
            return _difference(left, right, name)
        case Comparison("<" | "<=", left, right):
            return _difference(right, left, name)
    return Polarity.VARIES


def _of_number(node: Node, name: str) -> Polarity:
    match node:
        case Arithmetic("+", left, right):
            return _together((polarity(left, name), polarity(right, name)))
        case Arithmetic("-", left, right):
            return _difference(left, right, name)
        case Arithmetic("*", Constant(factor), term) | Arithmetic(
            "*" | "/", term, Constant(factor)
        ):
            rising = polarity(term, name)
            return rising if factor >= 0 else rising.reversed()
        case Months(start, end):
            return _difference(end, start, name)
        case Aggregate():
            return _of_aggregate(node, name)
    return Polarity.VARIES


def _of_aggregate(node: Aggregate, name: str) -> Polarity:
    """A total is of numbers that cannot be negative: more places make it rise."""
    parts = [part for part in (node.number, node.condition) if part]
    if node.among and node.function in {"count", "total"}:
        parts.append(node.among)
    elif node.among and name in names_in(node.among):
        return Polarity.VARIES
    return _together(polarity(part, name) for part in parts)


def _difference(left: Node, right: Node, name: str) -> Polarity:
    return _together((polarity(left, name), polarity(right, name).reversed()))


def _together(parts: Iterable[Polarity]) -> Polarity:
    moves = set(parts) - {Polarity.STAYS}
    if len(moves) > 1:
        return Polarity.VARIES
    return moves.pop() if moves else Polarity.STAYS
