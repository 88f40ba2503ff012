"""What rules are made of, and what they compute with.

A rule is a tree. Nodes keep the column they come from, counted from 1, for the
sentences of errors; two parts that mean the same are equal wherever they stand.

A value is everything that a fact can still be, never a guess: numbers and dates are
closed intervals, choices are sets of possible ids, conditions are three-valued
(Kleene). Nothing here knows where a value comes from; a `Scope` gives them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import cache, reduce
from itertools import product
from math import inf
from typing import Final, Literal, NamedTuple, NoReturn, Protocol

from diag.model.audit import PARENT_KINDS, ROOT_KINDS
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


# Values.

Truth = bool | None
"""True, false, or None: not known yet."""


class Absent(Enum):
    """The type of `ABSENT`, so that `is ABSENT` narrows."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT
"""No value at all: irrelevant fact, missing ancestor, smallest of nothing."""


class Span(NamedTuple):
    """A number, or a date as its ordinal, known to lie between two closed bounds."""

    low: Exact | None
    """Least possible value; None: no lower bound."""
    high: Exact | None
    """Greatest possible value; None: no upper bound."""
    maybe_absent: bool = False
    """Whether there may be no value at all."""


class OneOf(NamedTuple):
    """The choice of one id among several."""

    ids: frozenset[str]
    """Ids still possible; never empty."""
    maybe_absent: bool = False
    """Whether there may be no value at all."""
    order: tuple[str, ...] = ()
    """Every id from low to high when the question is `ordered`: `<` reads it."""


class Several(NamedTuple):
    """A choice of any number of ids."""

    sure: frozenset[str]
    """Ids that were surely chosen."""
    possible: frozenset[str]
    """Ids that may have been chosen, the sure ones included."""
    maybe_absent: bool = False
    """Whether there may be no value at all."""


class Flag(NamedTuple):
    """A boolean fact."""

    can_be_true: bool
    """Whether yes is still possible."""
    can_be_false: bool
    """Whether no is still possible."""
    maybe_absent: bool = False
    """Whether there may be no value at all, which reads as no."""


RuleValue = Span | OneOf | Several | Flag | Absent
"""Whatever a name can stand for in a rule."""

UNBOUNDED: Final = Span(None, None)
"""A number of which nothing is known."""


def either(left: Truth, right: Truth) -> Truth:
    """Return Kleene's disjunction."""
    if left is True or right is True:
        return True
    return None if left is None or right is None else False


def negation(truth: Truth) -> Truth:
    """Return Kleene's negation."""
    return None if truth is None else not truth


def plain(number: Fraction) -> Exact:
    """Return a number as an `int` where it is whole."""
    return number.numerator if number.denominator == 1 else number


def point(value: Exact) -> Span:
    """Return the interval of one known number."""
    return Span(value, value)


# Two heads of a fact that disagree are judged as their hull, so that known, unknown and
# conflict share one evaluator.
Present = Span | OneOf | Several | Flag
"""A value that is there."""


def hull_of_values(values: Sequence[RuleValue]) -> RuleValue:
    """Return what one of the values allows; all must read the same question."""
    present = [value for value in values if value is not ABSENT]
    if not present:
        return ABSENT
    joined = reduce(_joined, present)
    sure = len(present) == len(values) and not any(one.maybe_absent for one in present)
    return joined if sure else maybe_absent(joined)


def maybe_absent(value: RuleValue) -> RuleValue:
    """Return a value that may also be no value at all."""
    if value is ABSENT or value.maybe_absent:
        return value
    return value._replace(maybe_absent=True)


def _joined(left: Present, right: Present) -> Present:
    match left, right:
        case Span(), Span():
            return span_hull(left, right)
        case OneOf(), OneOf():
            return OneOf(left.ids | right.ids, order=left.order)
        case Several(), Several():
            return Several(left.sure & right.sure, left.possible | right.possible)
        case Flag(), Flag():
            return Flag(
                left.can_be_true or right.can_be_true,
                left.can_be_false or right.can_be_false,
            )
    raise TypeError(f"{left} and {right} answer different questions")


# Absence is the caller's business: these functions compare values that are there.
def is_less(left: Span, right: Span) -> Truth:
    """Say whether a number is less than another."""
    if left.high is not None and right.low is not None and left.high < right.low:
        return True
    if left.low is not None and right.high is not None and left.low >= right.high:
        return False
    return None


def is_at_most(left: Span, right: Span) -> Truth:
    """Say whether a number is at most another."""
    if left.high is not None and right.low is not None and left.high <= right.low:
        return True
    if left.low is not None and right.high is not None and left.low > right.high:
        return False
    return None


def is_equal(left: Span, right: Span) -> Truth:
    """Say whether two numbers are equal."""
    if is_less(left, right) is True or is_less(right, left) is True:
        return False
    known = left.low is not None and left.low == left.high
    return True if known and right.low == right.high == left.low else None


NUMBERS: dict[Order, Callable[[Span, Span], Truth]] = {
    "<": is_less,
    "<=": is_at_most,
    ">": lambda left, right: is_less(right, left),
    ">=": lambda left, right: is_at_most(right, left),
    "==": is_equal,
    "!=": lambda left, right: negation(is_equal(left, right)),
}
"""How numbers and dates compare."""


def is_among(choice: OneOf, accepted: frozenset[str]) -> Truth:
    """Say whether a choice is one of the accepted ids."""
    if choice.ids <= accepted:
        return True
    return False if choice.ids.isdisjoint(accepted) else None


def ranked(order: Order, choice: str, ranks: tuple[str, ...]) -> frozenset[str] | None:
    """Return the ids that compare so with a choice; None where it has no rank."""
    if choice not in ranks:
        return None
    rank = point(ranks.index(choice))
    compare = NUMBERS[order]
    return frozenset(
        each for index, each in enumerate(ranks) if compare(point(index), rank)
    )


def choices_compare(order: Order, left: OneOf, right: OneOf) -> Truth:
    """Compare two choices; `<` and the like read the order of an ordered question."""
    if order == "==":
        return _same_choice(left, right)
    if order == "!=":
        return negation(_same_choice(left, right))
    ranks = left.order or right.order
    return NUMBERS[order](_rank(left, ranks), _rank(right, ranks))


def _same_choice(left: OneOf, right: OneOf) -> Truth:
    if left.ids.isdisjoint(right.ids):
        return False
    return True if len(left.ids | right.ids) == 1 else None


def _rank(choice: OneOf, order: tuple[str, ...]) -> Span:
    if not all(known in order for known in choice.ids):
        return Span(None, None)
    ranks = [order.index(known) for known in choice.ids]
    return Span(min(ranks), max(ranks))


# An unbounded end is None in a `Span`, an infinite float while it is multiplied here.
_MONTHS_A_YEAR = 12


def added(left: Span, right: Span) -> Span:
    """Return the sum of two numbers."""
    low = None if left.low is None or right.low is None else left.low + right.low
    high = None if left.high is None or right.high is None else left.high + right.high
    return Span(low, high, left.maybe_absent or right.maybe_absent)


def subtracted(left: Span, right: Span) -> Span:
    """Return the difference of two numbers."""
    low = None if left.low is None or right.high is None else left.low - right.high
    high = None if left.high is None or right.low is None else left.high - right.low
    return Span(low, high, left.maybe_absent or right.maybe_absent)


def multiplied(left: Span, right: Span) -> Span:
    """Return the product of two numbers."""
    (low, high, lacks), (least, most, lacks_too) = left, right
    if low and least and high and most and low > 0 and least > 0:
        return Span(low * least, high * most, lacks or lacks_too)
    products: list[Exact | float] = []
    for x, y in product(_ends(left), _ends(right)):
        if not x or not y:
            products.append(0)
        elif isinstance(x, float) or isinstance(y, float):
            products.append(inf if (x > 0) == (y > 0) else -inf)
        else:
            products.append(x * y)
    maybe_absent = left.maybe_absent or right.maybe_absent
    return Span(_bound(min(products)), _bound(max(products)), maybe_absent)


def divided(left: Span, right: Span) -> Span:
    """Return the quotient of two numbers; unbounded when the divisor may be 0."""
    maybe_absent = left.maybe_absent or right.maybe_absent
    low, high = right.low, right.high
    if (low is None or low <= 0) and (high is None or high >= 0):
        return Span(None, None, maybe_absent)
    # An unbounded end of a divisor becomes an inverse as near 0 as one likes.
    inverse = Span(
        0 if high is None else Fraction(1) / high,
        0 if low is None else Fraction(1) / low,
        right.maybe_absent,
    )
    return multiplied(left, inverse)


def months_between(start: Span, end: Span) -> Span:
    """Return the whole months from one date to another, negative when it precedes."""
    low = (
        None if start.high is None or end.low is None else _months(start.high, end.low)
    )
    high = (
        None if start.low is None or end.high is None else _months(start.low, end.high)
    )
    return Span(low, high, start.maybe_absent or end.maybe_absent)


def span_hull(left: Span, right: Span) -> Span:
    """Return the least interval that holds both."""
    low = None if left.low is None or right.low is None else min(left.low, right.low)
    high = (
        None if left.high is None or right.high is None else max(left.high, right.high)
    )
    return Span(low, high, left.maybe_absent or right.maybe_absent)


ARITHMETIC: dict[Operator, Callable[[Span, Span], Span]] = {
    "+": added,
    "-": subtracted,
    "*": multiplied,
    "/": divided,
}
"""What each operator does."""


def _ends(span: Span) -> tuple[Exact | float, Exact | float]:
    low = -inf if span.low is None else span.low
    return low, inf if span.high is None else span.high


def _bound(end: Exact | float) -> Exact | None:
    if isinstance(end, float):
        return None
    return end if isinstance(end, int) else plain(end)


def _months(start: Exact, end: Exact) -> int:
    first, last = date.fromordinal(int(start)), date.fromordinal(int(end))
    months = (last.year - first.year) * _MONTHS_A_YEAR + last.month - first.month
    return months - (last.day < first.day)


class Scope(Protocol):
    """A place, as rules see it."""

    def value(self, name: str, /) -> RuleValue:
        """Return what a name stands for here: own fact, ancestor's, or extra name.

        A missing ancestor, an irrelevant fact and one declared not applicable are
        `ABSENT`. A choice of an `ordered` question carries its order.
        """

    def inside(self, kind: PlaceKind) -> tuple[Sequence["Scope"], bool]:
        """Return the places of a kind held here, and whether more may come."""

    def is_out(self, name: str) -> Truth:
        """Say whether a fact was answered not applicable here: then it counts not.

        None when heads disagree about it: the place then may count or not.
        """


Judge = Callable[[Scope], Truth]
"""A compiled condition."""

Reader = Callable[[Scope], RuleValue]
"""A compiled term."""

Measure = Callable[[Scope], Span | Absent]
"""A compiled number."""


def mistyped(name: str, value: RuleValue) -> NoReturn:
    """Stop on a rule that its check would have refused."""
    raise TypeError(f"{name} cannot be read here as {value}")


@cache
def reach(kind: PlaceKind) -> frozenset[PlaceKind]:
    """Return a kind and every kind that may hold it: what bare names may read."""
    parents = PARENT_KINDS.get(kind, frozenset())
    return frozenset({kind}).union(*(reach(parent) for parent in parents))


def root_of(kind: PlaceKind) -> PlaceKind:
    """Return the kind of subject whose audit has places of this kind."""
    (root,) = reach(kind) & ROOT_KINDS
    return root


def may_hold(kind: PlaceKind) -> frozenset[PlaceKind]:
    """Return the kinds that may stand in a place of this kind, near or deep."""
    return frozenset(
        other for other in PlaceKind if other is not kind and kind in reach(other)
    )
