"""What a rule does when a fact gets better, read from its text alone.

Where the text decides, no search is needed: what only rises falls in no case at all.
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from itertools import pairwise

from diag.answers.types import TYPES
from diag.checklist.search.school import read
from diag.checklist.typecheck import symbol_of
from diag.model.checklist import Question
from diag.model.enums import Direction
from diag.rules.tree import (
    Aggregate,
    AllOf,
    AnyOf,
    Arithmetic,
    ChoiceId,
    CompareNode,
    Constant,
    Includes,
    IsAmong,
    Months,
    NameNode,
    Node,
    Not,
    names_in,
    walk_outside,
)
from diag.rules.values import ranked


class Way(Enum):
    """Where a part of a rule goes."""

    RISES = 1
    """It becomes greater, or true; or stays."""
    FALLS = -1
    """It becomes smaller, or false; or stays."""
    STAYS = 0
    """It does not read the fact."""
    VARIES = None
    """Unknown from the text."""

    @property
    def never_falls(self) -> bool:
        """Whether it surely stays or rises."""
        return self in {Way.RISES, Way.STAYS}

    @property
    def never_rises(self) -> bool:
        """Whether it surely stays or falls."""
        return self in {Way.FALLS, Way.STAYS}

    def times(self, other: "Way") -> "Way":
        """Return where one goes that follows the other."""
        if Way.STAYS in {self, other}:
            return Way.STAYS
        if self.value is None or other.value is None:
            return Way.VARIES
        return Way(self.value * other.value)

    @property
    def reversed(self) -> "Way":
        """The way of the contrary."""
        return self.times(Way.FALLS)


def together(ways: Iterable[Way]) -> Way:
    """Return where several parts go together."""
    moves = set(ways) - {Way.STAYS}
    if len(moves) > 1:
        return Way.VARIES
    return moves.pop() if moves else Way.STAYS


class Ways:
    """Reads rules on some questions."""

    def __init__(self, questions: Mapping[str, Question]) -> None:
        self._questions = questions

    def of(self, node: Node, name: str) -> Way:
        """Return where a rule goes when a fact gets better.

        A fact that gets better may also make others appear: those whose relevance
        reads it.
        """
        ways = [self._way(node, name, appears=False)]
        for other in names_in(node) - {name}:
            question = self._questions.get(other)
            if question is not None and question.relevant:
                asked = self.of(read(question.relevant).root, name)
                if asked is not Way.STAYS:
                    ways.append(self._way(node, other, appears=True).times(asked))
        return together(ways)

    def _way(self, node: Node, name: str, *, appears: bool) -> Way:
        if name not in names_in(node):
            return Way.STAYS
        match node:
            case Not(operand):
                return self._way(operand, name, appears=appears).reversed
            case AllOf(operands) | AnyOf(operands):
                parts = (self._way(part, name, appears=appears) for part in operands)
                return together(parts)
            case CompareNode() | IsAmong() | Includes():
                return (self._appearing if appears else self._compared)(node, name)
            case NameNode() if appears and self._is_yes_or_no(name):
                return Way.RISES
        return self._number(node, name, appears=appears)

    def _is_yes_or_no(self, name: str) -> bool:
        return TYPES[self._questions[name].type].is_yes_no

    def _good(self, name: str) -> Way:
        match self._questions[name].better:
            case Direction.UP:
                return Way.RISES
            case Direction.DOWN:
                return Way.FALLS
        return Way.VARIES

    def _appearing(self, node: CompareNode | IsAmong | Includes, name: str) -> Way:
        """Return where a comparison goes when a fact appears: absent, it is false."""
        outside = [part for part in walk_outside(node) if isinstance(part, NameNode)]
        if isinstance(node, CompareNode) and name not in {part.id for part in outside}:
            return self._ordered(node, name, appears=True)
        return Way.RISES

    def _compared(self, node: CompareNode | IsAmong | Includes, name: str) -> Way:
        match node:
            case Includes(negated=negated):
                good = self._good(name)
                return good.reversed if negated else good
            case IsAmong(_, choices, negated):
                ids = frozenset(choice.id for choice in choices)
                return self._accepting(name, ids, negated=negated)
            case CompareNode("==" | "!=" as order, NameNode(), ChoiceId(ident)):
                return self._accepting(name, frozenset({ident}), negated=order == "!=")
            case CompareNode(order, NameNode(), ChoiceId(ident)):
                order_of = tuple(one.id for one in self._questions[name].choices)
                better = ranked(order, ident, order_of) or frozenset()
                return self._accepting(name, better, negated=False)
        return self._ordered(node, name, appears=False)

    def _accepting(self, name: str, ids: frozenset[str], *, negated: bool) -> Way:
        """Return where a condition goes that some choices make true."""
        ranks = self._questions[name].better
        if not isinstance(ranks, tuple):
            return Way.VARIES
        held = [[(ident in ids) is not negated for ident in rank] for rank in ranks]
        if all(max(worse) <= min(better) for worse, better in pairwise(held)):
            return Way.RISES
        if all(min(worse) >= max(better) for worse, better in pairwise(held)):
            return Way.FALLS
        return Way.VARIES

    def _ordered(self, node: CompareNode, name: str, *, appears: bool) -> Way:
        match node:
            case CompareNode(">" | ">=", left, right):
                signed = [(left, Way.RISES), (right, Way.FALLS)]
            case CompareNode("<" | "<=", left, right):
                signed = [(right, Way.RISES), (left, Way.FALLS)]
            case _:
                return Way.VARIES
        return self._added(signed, name, appears=appears)

    def _added(
        self, signed: Iterable[tuple[Node, Way]], name: str, *, appears: bool
    ) -> Way:
        return together(
            self._number(part, name, appears=appears).times(way) for part, way in signed
        )

    def _number(self, node: Node, name: str, *, appears: bool) -> Way:
        if name not in names_in(node):
            return Way.STAYS
        if isinstance(node, NameNode):
            return Way.VARIES if appears else self._good(name)
        if isinstance(node, Aggregate):
            return self._aggregate(node, name, appears=appears)
        return self._added(self._signed(node, name), name, appears=appears)

    def _signed(self, node: Node, name: str) -> list[tuple[Node, Way]]:
        """Return the parts that add up to a number, each with its sign."""
        match node:
            case Arithmetic("+", left, right):
                return [(left, Way.RISES), (right, Way.RISES)]
            case Arithmetic("-", left, right) | Months(right, left):
                return [(left, Way.RISES), (right, Way.FALLS)]
            case Arithmetic("*" | "/", term, factor) if name not in names_in(factor):
                return [(term, self._sign(factor))]
            case Arithmetic("*", factor, term) if name not in names_in(factor):
                return [(term, self._sign(factor))]
        return [(NameNode(name, 1), Way.VARIES)]

    def _aggregate(self, node: Aggregate, name: str, *, appears: bool) -> Way:
        among = self._part(node.among, name, appears=appears)
        inside = self._part(node.condition, name, appears=appears)
        if node.number is not None:
            inside = self._number(node.number, name, appears=appears)
        if node.function in {"count", "total"}:
            if appears and node.number == NameNode(name, 1):
                inside = Way.RISES  # an absent number adds nothing
            return together((inside, among))
        return inside if among is Way.STAYS else Way.VARIES

    def _part(self, node: Node | None, name: str, *, appears: bool) -> Way:
        return self._way(node, name, appears=appears) if node else Way.STAYS

    def _sign(self, node: Node) -> Way:
        """Return RISES for a number that is never negative."""
        match node:
            case Constant(value):
                return Way.RISES if value >= 0 else Way.FALLS
            case Aggregate(function="count" | "total" | "share"):
                return Way.RISES
            case NameNode(name) if name in self._questions:
                low = symbol_of(self._questions[name]).span.low
                return Way.RISES if low is not None and low >= 0 else Way.VARIES
        return Way.VARIES
