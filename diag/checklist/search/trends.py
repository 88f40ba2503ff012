"""What a rule does when a fact gets better: by its text, else by a case of a fall.

Where the text decides, no search is needed: what only rises falls in no case at all.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import partial
from itertools import pairwise

from diag.answers.types import TYPES
from diag.checklist.search.actions import CriterionRules, rules_of
from diag.checklist.search.school import Fact, MadeUpPlace, SmallSchool, moves, read
from diag.checklist.symbols import symbol_of
from diag.model.checklist import Question
from diag.model.enums import Direction
from diag.rules.evaluate import not_
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
from diag.rules.values import RuleValue, Truth, ranked


class Trend(Enum):
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
        return self in {Trend.RISES, Trend.STAYS}

    @property
    def never_rises(self) -> bool:
        """Whether it surely stays or falls."""
        return self in {Trend.FALLS, Trend.STAYS}

    def times(self, other: "Trend") -> "Trend":
        """Return where one goes that follows the other."""
        if Trend.STAYS in {self, other}:
            return Trend.STAYS
        if self.value is None or other.value is None:
            return Trend.VARIES
        return Trend(self.value * other.value)

    @property
    def reversed(self) -> "Trend":
        """The trend of the contrary."""
        return self.times(Trend.FALLS)


def together(trends: Iterable[Trend]) -> Trend:
    """Return where several parts go together."""
    moves = set(trends) - {Trend.STAYS}
    if len(moves) > 1:
        return Trend.VARIES
    return moves.pop() if moves else Trend.STAYS


class Trends:
    """Reads rules on some questions."""

    def __init__(self, questions: Mapping[str, Question]) -> None:
        self._questions = questions
        self._known: dict[int, tuple[Node, frozenset[str]]] = {}

    def of(self, node: Node, name: str) -> Trend:
        """Return where a rule goes when a fact gets better.

        A fact that gets better may also make others appear: those whose relevance
        reads it.
        """
        trends = [self._trend(node, name, appears=False)]
        for other in self._names(node) - {name}:
            question = self._questions.get(other)
            if question is not None and question.relevant:
                asked = self.of(read(question.relevant).root, name)
                if asked is not Trend.STAYS:
                    trends.append(self._trend(node, other, appears=True).times(asked))
        return together(trends)

    def _names(self, node: Node) -> frozenset[str]:
        """Return the names that a part reads, looked for once.

        The part is kept with them, so that no other takes its id.
        """
        found = self._known.get(id(node))
        if found is None:
            found = self._known[id(node)] = node, names_in(node)
        return found[1]

    def _trend(self, node: Node, name: str, *, appears: bool) -> Trend:
        if name not in self._names(node):
            return Trend.STAYS
        match node:
            case Not(operand):
                return self._trend(operand, name, appears=appears).reversed
            case AllOf(operands) | AnyOf(operands):
                parts = (self._trend(part, name, appears=appears) for part in operands)
                return together(parts)
            case CompareNode() | IsAmong() | Includes():
                return (self._appearing if appears else self._compared)(node, name)
            case NameNode() if appears and TYPES[self._questions[name].type].is_yes_no:
                return Trend.RISES
        return self._number(node, name, appears=appears)

    def _good(self, name: str) -> Trend:
        match self._questions[name].better:
            case Direction.UP:
                return Trend.RISES
            case Direction.DOWN:
                return Trend.FALLS
        return Trend.VARIES

    def _appearing(self, node: CompareNode | IsAmong | Includes, name: str) -> Trend:
        """Return where a comparison goes when a fact appears: absent, it is false."""
        outside = [part for part in walk_outside(node) if isinstance(part, NameNode)]
        if isinstance(node, CompareNode) and name not in {part.id for part in outside}:
            return self._ordered(node, name, appears=True)
        return Trend.RISES

    def _compared(self, node: CompareNode | IsAmong | Includes, name: str) -> Trend:
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

    def _accepting(self, name: str, ids: frozenset[str], *, negated: bool) -> Trend:
        """Return where a condition goes that some choices make true."""
        ranks = self._questions[name].better
        if not isinstance(ranks, tuple):
            return Trend.VARIES
        held = [[(ident in ids) is not negated for ident in rank] for rank in ranks]
        if all(max(worse) <= min(better) for worse, better in pairwise(held)):
            return Trend.RISES
        if all(min(worse) >= max(better) for worse, better in pairwise(held)):
            return Trend.FALLS
        return Trend.VARIES

    def _ordered(self, node: CompareNode, name: str, *, appears: bool) -> Trend:
        match node:
            case CompareNode(">" | ">=", left, right):
                signed = [(left, Trend.RISES), (right, Trend.FALLS)]
            case CompareNode("<" | "<=", left, right):
                signed = [(right, Trend.RISES), (left, Trend.FALLS)]
            case _:
                return Trend.VARIES
        return self._added(signed, name, appears=appears)

    def _added(
        self, signed: Iterable[tuple[Node, Trend]], name: str, *, appears: bool
    ) -> Trend:
        return together(
            self._number(part, name, appears=appears).times(trend)
            for part, trend in signed
        )

    def _number(self, node: Node, name: str, *, appears: bool) -> Trend:
        if name not in self._names(node):
            return Trend.STAYS
        if isinstance(node, NameNode):
            return Trend.VARIES if appears else self._good(name)
        if isinstance(node, Aggregate):
            among = self._part(node.among, name, appears=appears)
            inside = self._part(node.condition, name, appears=appears)
            if node.number is not None:
                inside = self._number(node.number, name, appears=appears)
            if node.function in {"count", "total"}:
                if appears and node.number == NameNode(name, 1):
                    inside = Trend.RISES  # an absent number adds nothing
                return together((inside, among))
            return inside if among is Trend.STAYS else Trend.VARIES
        return self._added(self._signed(node, name), name, appears=appears)

    def _signed(self, node: Node, name: str) -> list[tuple[Node, Trend]]:
        """Return the parts that add up to a number, each with its sign."""
        match node:
            case Arithmetic("+", left, right):
                return [(left, Trend.RISES), (right, Trend.RISES)]
            case Arithmetic("-", left, right) | Months(right, left):
                return [(left, Trend.RISES), (right, Trend.FALLS)]
            case Arithmetic("*" | "/", term, factor) if name not in self._names(factor):
                return [(term, self._sign(factor))]
            case Arithmetic("*", factor, term) if name not in self._names(factor):
                return [(term, self._sign(factor))]
        return [(NameNode(name, 1), Trend.VARIES)]

    def _part(self, node: Node | None, name: str, *, appears: bool) -> Trend:
        return self._trend(node, name, appears=appears) if node else Trend.STAYS

    def _sign(self, node: Node) -> Trend:
        """Return RISES for a number that is never negative."""
        match node:
            case Constant(value):
                return Trend.RISES if value >= 0 else Trend.FALLS
            case Aggregate(function="count" | "total" | "share"):
                return Trend.RISES
            case NameNode(name) if name in self._questions:
                low = symbol_of(self._questions[name]).span.low
                return Trend.RISES if low is not None and low >= 0 else Trend.VARIES
        return Trend.VARIES


@dataclass(frozen=True, slots=True)
class Betterment:
    """A fact that gets better, and the same school before and after."""

    fact: Fact
    worse: RuleValue
    better: RuleValue
    before: MadeUpPlace
    after: MadeUpPlace


def moves_in(school: SmallSchool, names: Collection[str]) -> Iterator[Betterment]:
    """Yield each smallest step of the facts of these names that can get better."""
    for kind, fact in school.movable:
        if fact.name not in names:
            continue
        for worse, better in moves(fact.question, fact.tried):
            yield Betterment(
                fact,
                worse,
                better,
                school.with_changes({fact.name: _always(worse)}, kind),
                school.with_changes({fact.name: _always(better)}, kind),
            )


def _always(value: RuleValue) -> "partial[RuleValue]":
    return partial(lambda kept, _: kept, value)


@dataclass(frozen=True, slots=True)
class Fall:
    """A level that falls, or a gate that shuts, when a fact gets better."""

    move: Betterment
    levels: tuple[int, int] | None
    """Before and after; None where the gate shuts."""
    case: tuple[Fact, ...]
    """What decides it meanwhile."""


def falls_of(
    judged: CriterionRules, questions: Mapping[str, Question]
) -> Iterator[Fall]:
    """Yield at most one fall for each fact that a criterion reads."""
    criterion, trends = judged.criterion, Trends(questions)
    texts = filter(None, (criterion.given, *criterion.levels.values()))
    roots = [read(text).root for text in texts]
    school = SmallSchool(questions, criterion.place, rules_of(criterion))
    names = {
        fact.name
        for _, fact in school.movable
        if not all(trends.of(root, fact.name).never_falls for root in roots)
    }
    fallen: set[str] = set()
    for move in moves_in(school, names):
        if move.fact.name in fallen:
            continue
        before, after = move.before, move.after
        scope = [partial(judged.applies, before), partial(judged.applies, after)]
        gates = [partial(judged.is_open, before), partial(not_(judged.is_open), after)]
        levels = None
        case = school.find([*scope, *gates], before, after)
        if case is None:
            lower = partial(_is_lower, judged, move)
            case = school.find([*scope, lower], before, after)
            if case is not None:
                levels = judged.level(before), judged.level(after)
        if case is not None:
            fallen.add(move.fact.name)
            yield Fall(move, levels, tuple(case))


def _is_lower(judged: CriterionRules, move: Betterment) -> Truth:
    lower: Truth = False
    for reaches in judged.at_least.values():
        held = reaches(move.before)
        kept = True if held is False else reaches(move.after)
        if held and kept is False:
            return True
        if kept is not True:
            lower = None
    return lower
