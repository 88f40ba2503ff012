"""What facts that get better change on a small school: a level, a count, a cost.

An action fires, counts, costs and makes facts better. What a rule does then is read
from its text, else found as a case of a fall: what only rises falls in no case at all.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from itertools import pairwise

from diag.answers.types import TYPES
from diag.checklist.search import (
    TODAY,
    Change,
    Fact,
    MadeUpPlace,
    SmallSchool,
    greater,
    moves,
    raised,
    read,
    smaller,
)
from diag.checklist.symbols import QUANTITY, symbol_of
from diag.model.checklist import (
    Checklist,
    Criterion,
    EffectValue,
    Price,
    Question,
    Recommendation,
)
from diag.model.enums import Direction, PlaceKind
from diag.rules.evaluate import all_of, any_of, condition, measure, not_
from diag.rules.expressions import (
    ABSENT,
    Aggregate,
    AllOf,
    AnyOf,
    Arithmetic,
    ChoiceId,
    CompareNode,
    Constant,
    Flag,
    Includes,
    IsAmong,
    Judge,
    Months,
    NameNode,
    Node,
    Not,
    OneOf,
    RuleValue,
    Scope,
    Several,
    Span,
    Truth,
    added,
    multiplied,
    names_in,
    point,
    ranked,
    walk_outside,
)
from diag.rules.language import Rule

_ONE = point(1)


def _holds(text: str) -> Judge:
    return condition(read(text)) if text else _always


def _always(_: Scope) -> bool:
    return True


@dataclass(frozen=True)
class CriterionRules:
    """A criterion whose rules are sound."""

    criterion: Criterion
    applies: Judge
    is_open: Judge
    """Its gate holds."""
    at_least: Mapping[int, Judge]
    """Whether a place stands at each level or above, where it applies."""

    @classmethod
    def of(cls, criterion: Criterion) -> "CriterionRules":
        """Compile a criterion."""
        is_open = _holds(criterion.given)
        above: list[Judge] = []
        at_least: dict[int, Judge] = {}
        for level, text in sorted(criterion.levels.items(), reverse=True):
            above.append(condition(read(text)))
            at_least[level] = all_of([is_open, any_of(tuple(above))])
        return cls(criterion, _holds(criterion.applicable), is_open, at_least)

    def reaches(self, level: int) -> Judge:
        """Return whether a place stands at a level or above, where it applies."""
        if level == 0:
            return _always
        levels = [each for each in self.at_least if each >= level]
        return self.at_least[min(levels)] if levels else lambda _: False

    def level(self, place: Scope) -> int:
        """Return the level of a place of which everything is known."""
        reached = (level for level, judge in self.at_least.items() if judge(place))
        return max(reached, default=0)


def rules_of(criterion: Criterion) -> list[Rule]:
    """Return every rule that gives the verdict of a criterion."""
    texts = (criterion.applicable, criterion.given, *criterion.levels.values())
    return [read(text) for text in texts if text]


@dataclass(frozen=True)
class ActionRules:
    """A recommendation whose rules are sound, and the criterion that triggers it."""

    recommendation: Recommendation
    judged: CriterionRules
    questions: Mapping[str, Question]
    prices: Mapping[str, Price]

    @classmethod
    def of(
        cls,
        recommendation: Recommendation,
        judged: CriterionRules,
        checklist: Checklist,
    ) -> "ActionRules":
        """Compile a recommendation."""
        return cls(recommendation, judged, checklist.questions, checklist.prices)

    @property
    def place(self) -> PlaceKind:
        """The kind of places where it fires."""
        return self.judged.criterion.place

    @property
    def where(self) -> Judge:
        """Whether it takes its share of the criterion."""
        return _holds(self.recommendation.when.where)

    @property
    def fires(self) -> Judge:
        """Whether it fires at a place, were nothing to cover it."""
        below = self.recommendation.when.below
        return all_of([
            self.judged.applies,
            self.judged.is_open,
            self.where,
            not_(self.judged.reaches(below)),
        ])

    @property
    def conditions(self) -> list[Rule]:
        """The rules that make it fire."""
        where = self.recommendation.when.where
        return [*rules_of(self.judged.criterion), *([read(where)] if where else [])]

    @property
    def numbers(self) -> list[Rule]:
        """The rules of its quantity, its counts and its effect."""
        each = self.recommendation
        texts = [each.quantity, each.at_most, *(need.count for need in each.buys)]
        texts += [
            value
            for name, value in each.effect.items()
            if isinstance(value, str)
            and name in self.questions
            and TYPES[self.questions[name].type].is_number
        ]
        return [read(text) for text in texts if text]

    def amount(self, text: str, place: Scope) -> Span:
        """Return what a rule counts at a place: 1 where it has no value."""
        found = measure(read(text))(_WithQuantity(place, self))
        return _ONE if found is ABSENT else found

    def bought(self, text: str, place: Scope) -> Span:
        """Return the same as judging takes it: one at least, none for a need.

        A quantity stays under its cap.
        """
        found, least = self.amount(text, place), 0
        if text == self.recommendation.quantity:
            least, cap = 1, self.recommendation.at_most
            most = measure(read(cap))(place) if cap else ABSENT
            found = found if most is ABSENT else smaller(found, most)
        return greater(found, point(least))

    def needs(self, place: Scope) -> Iterator[tuple[str, Span]]:
        """Yield the row and the number of each need at a place."""
        for need in self.recommendation.buys:
            rule = need.count or self.recommendation.quantity
            yield need.item, self.bought(rule, place)

    def cost(self, place: Scope) -> Span:
        """Return what it buys at a place costs, in cents."""
        total = point(0)
        for item, count in self.needs(place):
            price = self.prices[item].typical if item in self.prices else 0
            total = added(total, multiplied(count, point(price)))
        return total

    def cures(self, other: "ActionRules", after: MadeUpPlace) -> Truth:
        """Say whether its effect lifts another's criterion to its threshold."""
        threshold = other.recommendation.when.below
        given = self.recommendation.effect.get(other.judged.criterion.id)
        if isinstance(given, int) and given >= threshold:
            return True
        return other.judged.reaches(threshold)(after)

    def changes(self, before: MadeUpPlace) -> dict[str, Change]:
        """Return what its effect makes of each fact, seen from a place before it."""
        return {
            name: partial(self._raised, self._target(name, value), before)
            for name, value in self.recommendation.effect.items()
            if name in self.questions
        }

    @staticmethod
    def _raised(
        target: Callable[[Scope], RuleValue], before: MadeUpPlace, fact: Fact
    ) -> RuleValue:
        goal = target(before)
        return (
            fact.read() if goal is ABSENT else raised(fact.read(), goal, fact.question)
        )

    def _target(self, name: str, value: EffectValue) -> Callable[[Scope], RuleValue]:
        question = self.questions[name]
        kind = TYPES[question.type]
        found: RuleValue = ABSENT
        match value:
            case bool():
                found = Flag(can_be_true=value, can_be_false=not value)
            case int():
                found = point(value)
            case tuple():
                found = Several(frozenset(value), frozenset(value))
            case str() if kind.is_number:
                return measure(read(value))
            case str() if kind.is_day:
                found = TODAY
            case str():
                ids = tuple(choice.id for choice in question.choices)
                found = OneOf(frozenset({value}), False, ids * question.ordered)
        return lambda _: found


@dataclass(frozen=True, slots=True)
class _WithQuantity:
    """A place where the quantity of an action may be read."""

    place: Scope
    action: ActionRules

    def value(self, name: str) -> RuleValue:
        if name == QUANTITY:
            quantity = self.action.recommendation.quantity
            return self.action.bought(quantity, self.place)
        return self.place.value(name)

    def inside(self, kind: PlaceKind) -> tuple[Sequence[Scope], bool]:
        return self.place.inside(kind)

    def is_out(self, _name: str) -> bool:
        return False


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
                return self._compared(node, name, appears=appears)
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

    def _compared(
        self, node: CompareNode | IsAmong | Includes, name: str, *, appears: bool
    ) -> Trend:
        if appears:  # while the fact is absent, the comparison is false
            outside = {
                part.id for part in walk_outside(node) if isinstance(part, NameNode)
            }
            return (
                self._ordered(node, name, appears=True)
                if isinstance(node, CompareNode) and name not in outside
                else Trend.RISES
            )
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
                school.with_changes({fact.name: _becomes(worse)}, kind),
                school.with_changes({fact.name: _becomes(better)}, kind),
            )


def _becomes(value: RuleValue) -> "partial[RuleValue]":
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
