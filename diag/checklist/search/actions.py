"""What an action fires on, counts, costs and changes on a small school."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from graphlib import CycleError, TopologicalSorter

from diag.answers.types import TYPES
from diag.checklist.search.school import (
    TODAY,
    Change,
    Fact,
    MadeUpPlace,
    greater,
    raised,
    read,
    smaller,
)
from diag.checklist.symbols import QUANTITY, names_read, read_rule
from diag.model.checklist import (
    Checklist,
    Criterion,
    EffectValue,
    Price,
    Question,
    Recommendation,
)
from diag.model.enums import PlaceKind
from diag.rules.evaluate import all_of, any_of, condition, measure, not_
from diag.rules.language import VISIT_DATE, Rule
from diag.rules.tree import RuleError
from diag.rules.values import (
    ABSENT,
    Flag,
    Judge,
    OneOf,
    RuleValue,
    Scope,
    Several,
    Span,
    Truth,
    added,
    multiplied,
    point,
)

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


@dataclass(frozen=True, slots=True)
class Sound:
    """What of a checklist can be proved, compiled once."""

    questions: Mapping[str, Question]
    """Without the relevances that are faulty, or turn round."""
    judged: Mapping[str, CriterionRules]
    actions: Mapping[str, ActionRules]


def sound_part(checklist: Checklist, faulty: frozenset[str]) -> Sound:
    """Return what can be proved; `faulty` are items, `criteria.debit-suffisant`."""
    questions = _askable(checklist.questions, faulty)
    readable = frozenset({*questions, VISIT_DATE, QUANTITY})
    judged = {
        each.id: CriterionRules.of(each)
        for each in checklist.criteria.values()
        if f"criteria.{each.id}" not in faulty
        and _reads((each.applicable, each.given, *each.levels.values()), readable)
    }
    known = checklist.model_copy(update={"questions": questions})
    actions = {
        each.id: ActionRules.of(each, judged[each.when.criterion], known)
        for each in checklist.recommendations.values()
        if f"recommendations.{each.id}" not in faulty
        and each.when.criterion in judged
        and _reads(
            [
                *(each.when.where, each.quantity, each.at_most),
                *(need.count for need in each.buys),
            ],
            readable,
        )
    }
    return Sound(questions, judged, actions)


def _reads(texts: Iterable[str], readable: frozenset[str]) -> bool:
    return all(
        not isinstance(read_rule(text), RuleError) and names_read(text) <= readable
        for text in texts
        if text
    )


def _askable(
    questions: Mapping[str, Question], faulty: frozenset[str]
) -> dict[str, Question]:
    readable = frozenset({*questions, VISIT_DATE})
    bare = {
        ident
        for ident, question in questions.items()
        if f"questions.{ident}" in faulty or not _reads([question.relevant], readable)
    }
    while True:
        graph = {
            ident: names_read(question.relevant) & questions.keys()
            for ident, question in questions.items()
            if ident not in bare
        }
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            bare.update(error.args[1])
        else:
            break
    return {
        ident: question.model_copy(update={"relevant": ""})
        if ident in bare
        else question
        for ident, question in questions.items()
    }
