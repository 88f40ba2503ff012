"""The tree of a rule: what remains once a text was found to be one.

Nodes keep the column they come from, counted from 1, for the sentences of errors; two
parts that mean the same are equal wherever they stand.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from diag.model.enums import PlaceKind

Exact = int | Fraction
"""An exact number; an `int` wherever one suffices, because it compares faster."""

Order = Literal["<", "<=", ">", ">=", "==", "!="]
"""The comparisons."""

MIRRORED: dict[Order, Order] = {
    "<": ">",
    "<=": ">=",
    ">": "<",
    ">=": "<=",
    "==": "==",
    "!=": "!=",
}
"""The comparison that means the same from the other side."""

Operator = Literal["+", "-", "*", "/"]
"""The arithmetic."""

Function = Literal["count", "total", "share", "smallest", "largest"]
"""The aggregates over places."""


class RuleError(ValueError):
    """A rule that cannot be read, or does not fit its questions."""

    def __init__(self, message: str, column: int, names: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        """What is wrong and what to do, in French."""
        self.column = column
        """Where in the text, counted from 1."""
        self.names = tuple(names)
        """Of the questions that do not fit."""

    def __str__(self) -> str:
        return f"colonne {self.column} : {self.message}"


@dataclass(frozen=True, slots=True)
class NameNode:
    """A question, `visit_date`, or a name that the caller provides."""

    id: str
    column: int = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Constant:
    """A number written in the rule, exact."""

    value: Exact
    column: int = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ChoiceId:
    """The quoted id of a choice."""

    id: str
    column: int = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two terms and an operator; `-x` is `0 - x`."""

    operator: Operator
    left: "Term"
    right: "Term"
    column: int = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Months:
    """`months_between(start, end)`: whole months from one date to another."""

    start: "Term"
    end: "Term"
    column: int = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A number drawn from the places of a kind that this place holds."""

    function: Function
    kind: PlaceKind
    number: "Term | None"
    """What total, smallest and largest look at."""
    condition: "Condition | None"
    """What share asks of each place."""
    among: "Condition | None"
    """Which places count; None: all."""
    column: int = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class CompareNode:
    """Two terms compared."""

    order: Order
    left: "Term"
    right: "Term"
    column: int = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Includes:
    """`'id' in question`, for a question of several choices."""

    question: NameNode
    choice: ChoiceId
    negated: bool
    column: int = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class IsAmong:
    """`question in ('a', 'b')`, for a question of one choice."""

    question: NameNode
    choices: tuple[ChoiceId, ...]
    negated: bool
    column: int = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Not:
    """The negation of a condition."""

    operand: "Condition"
    column: int = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Conditions joined by `and`."""

    operands: "tuple[Condition, ...]"
    column: int = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Conditions joined by `or`."""

    operands: "tuple[Condition, ...]"
    column: int = field(compare=False, repr=False)


Term = NameNode | Constant | ChoiceId | Arithmetic | Months | Aggregate
"""What has a value."""

Condition = NameNode | CompareNode | Includes | IsAmong | Not | AllOf | AnyOf
"""What is true, false or unknown; a name alone is a yes-or-no question."""

Node = Term | Condition
"""Any part of a rule."""


def children(node: Node) -> tuple[Node, ...]:
    """Return the parts right under a node."""
    parts: tuple[Node, ...] = ()
    match node:
        case Arithmetic(_, left, right) | CompareNode(_, left, right):
            parts = (left, right)
        case Months(start, end):
            parts = (start, end)
        case Aggregate(_, _, number, condition, among):
            parts = tuple(part for part in (number, condition, among) if part)
        case Includes(question, choice):
            parts = (choice, question)
        case IsAmong(question, choices):
            parts = (question, *choices)
        case Not(operand):
            parts = (operand,)
        case AllOf(operands) | AnyOf(operands):
            parts = operands
    return parts


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and everything under it, aggregates included."""
    yield node
    for child in children(node):
        yield from walk(child)


def walk_outside(node: Node) -> Iterator[Node]:
    """Yield a node and everything under it, but nothing inside an aggregate."""
    yield node
    if not isinstance(node, Aggregate):
        for child in children(node):
            yield from walk_outside(child)


def names_in(node: Node) -> frozenset[str]:
    """Return every name read in a part of a rule."""
    return frozenset(part.id for part in walk(node) if isinstance(part, NameNode))


# No conversion: two numbers go together when their units are the same words.
@dataclass(frozen=True, slots=True)
class Unit:
    """A product of words, each to some power; empty for a pure number."""

    factors: frozenset[tuple[str, int]] = frozenset()
    """Each word with its power, never 0."""

    @classmethod
    def of(cls, text: str) -> "Unit":
        """Read a unit: words separated by `/`."""
        first, *others = [word.strip() for word in text.split("/")]
        powers = Counter({first: 1}) if first and first != "1" else Counter[str]()
        powers.subtract(others)
        return cls._from(powers)

    def times(self, other: "Unit") -> "Unit":
        """Return the unit of a product."""
        powers = Counter(dict(self.factors))
        for word, power in other.factors:
            powers[word] += power
        return self._from(powers)

    def over(self, other: "Unit") -> "Unit":
        """Return the unit of a quotient."""
        inverse = frozenset((word, -power) for word, power in other.factors)
        return self.times(Unit(inverse))

    def __str__(self) -> str:
        if not self.factors:
            return "sans unité"
        upper = [word for word, power in sorted(self.factors) for _ in range(power)]
        lower = [word for word, power in sorted(self.factors) for _ in range(-power)]
        return "/".join(["·".join(upper) or "1", *lower])

    @classmethod
    def _from(cls, powers: Counter[str]) -> "Unit":
        return cls(frozenset(item for item in powers.items() if item[1]))


PURE = Unit()
"""The unit of a count, a share, a ratio."""
