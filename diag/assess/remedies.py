"""Recommendations made ready to be counted: how many at a place, what is bought."""

from collections.abc import Callable, Collection, Iterator, Mapping
from graphlib import TopologicalSorter

from diag.assess.criteria import every_name
from diag.assess.effects import Effect
from diag.assess.facts import PlaceScope, WithNames
from diag.model.checklist import Need, Question, Recommendation, Requirement
from diag.model.enums import Trigger
from diag.model.number import Quantity
from diag.rules.evaluate import condition, measure
from diag.rules.language import Rule, parse_rule
from diag.rules.tree import Constant, Exact
from diag.rules.values import ABSENT, Absent, Span, Truth, point

QUANTITY_NAME = "quantite"
"""What the rules of counts and effort call the quantity."""


class Remedy:
    """One recommendation of one checklist, ready to be counted."""

    def __init__(
        self, recommendation: Recommendation, questions: Mapping[str, Question]
    ) -> None:
        self.recommendation = recommendation
        """What is to be done."""
        self.effect = Effect(recommendation, questions)
        """What it makes true."""
        self.where = _parsed(recommendation.when.where)
        """Where it is the one that cures; None: everywhere."""
        self.quantity_rule = parse_rule(recommendation.quantity)
        """How many at a place."""
        self.cap_rule = _parsed(recommendation.at_most)
        """What that never exceeds; None: nothing."""
        self.count_rules = tuple(
            (need, _parsed(need.count)) for need in recommendation.buys
        )
        """What it buys, and how many of it; None: the quantity."""
        self.effort_rule = _parsed(recommendation.effort)
        """How many days of work."""
        self._count = measure(self.quantity_rule)
        root = self.quantity_rule.root
        self.fixed: Mapping[Trigger, Quantity] | None = None
        if isinstance(root, Constant) and self.cap_rule is None:
            low, high = _one_at_least(point(root.value))
            self.fixed = {
                Trigger.FIRES: Quantity(low, high),
                Trigger.TO_CONFIRM: Quantity(0, high),
            }
        """How many at any place, where facts change nothing to it."""
        self._days = _counting(self.effort_rule) if self.effort_rule else None
        self._cap = measure(self.cap_rule) if self.cap_rule else None
        self._is_where = condition(self.where) if self.where else None
        self._counts = tuple(
            (need, _counting(rule) if rule else None) for need, rule in self.count_rules
        )

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule that it counts with."""
        counts = (rule for _, rule in self.count_rules)
        written = (self.quantity_rule, self.cap_rule, *counts, self.effort_rule)
        return tuple(rule for rule in written if rule)

    def is_where(self, scope: PlaceScope) -> Truth:
        """Say whether it is the action of its criterion at a place."""
        return True if self._is_where is None else self._is_where(scope)

    def quantity(self, scope: PlaceScope, trigger: Trigger) -> Quantity:
        """Return how many at a place; one at least where it surely fires."""
        if self.fixed:
            return self.fixed[trigger]
        low, high = _one_at_least(self._count(scope))
        if self._cap and (cap := self._cap(scope)) is not ABSENT:
            least, most = _one_at_least(cap)
            low, high = min(low, least), _least(high, most)
        return Quantity(low if trigger is Trigger.FIRES else 0, high)

    def needs(
        self, scope: PlaceScope, quantity: Quantity
    ) -> Iterator[tuple[Need, Quantity]]:
        """Return what it buys at a place, for so many to do."""
        for need, count in self._counts:
            if count is None:
                yield need, quantity
            else:
                found = count(scope, quantity)
                yield need, found if quantity.low else Quantity(0, found.high)

    def effort(self, root: PlaceScope, quantity: Quantity) -> Quantity | None:
        """Return the days of work for that many; None when unknown."""
        return None if self._days is None else self._days(root, quantity)


def _parsed(text: str) -> Rule | None:
    return parse_rule(text) if text else None


Count = Callable[[PlaceScope, Quantity], Quantity]
"""How many of something at a place, for so many to do."""

_KEPT_COUNTS = 256


def _counting(rule: Rule) -> Count:
    """Return how a rule counts: once a quantity, where it reads nothing else."""
    count = measure(rule)

    def counted(scope: PlaceScope, quantity: Quantity) -> Quantity:
        named = {QUANTITY_NAME: Span(quantity.low, quantity.high)}
        value = count(WithNames(scope, named))
        if value is ABSENT:
            return Quantity(0, None)
        low = 0 if value.maybe_absent else max(0, value.low or 0)
        return Quantity(low, None if value.high is None else max(0, value.high))

    if rule.kinds or rule.names - {QUANTITY_NAME}:
        return counted
    known: dict[Quantity, Quantity] = {}

    def counted_once(scope: PlaceScope, quantity: Quantity) -> Quantity:
        if quantity not in known:
            if len(known) >= _KEPT_COUNTS:
                known.clear()
            known[quantity] = counted(scope, quantity)
        return known[quantity]

    return counted_once


def _one_at_least(value: Span | Absent) -> tuple[Exact, Exact | None]:
    """Return between what a number lies, 1 at least; unbounded where it may lack."""
    if value is ABSENT or value.maybe_absent:
        return 1, None
    return max(1, value.low or 0), None if value.high is None else max(1, value.high)


def _least(one: Exact | None, other: Exact | None) -> Exact | None:
    return min((each for each in (one, other) if each is not None), default=None)


class Remedies:
    """The recommendations of one checklist, and how they stand to each other."""

    def __init__(
        self,
        recommendations: Mapping[str, Recommendation],
        questions: Mapping[str, Question],
    ) -> None:
        self.by_id = {
            ident: Remedy(recommendation, questions)
            for ident, recommendation in recommendations.items()
        }
        """Each ready to be counted, in declared order."""
        self.covered_by: dict[str, list[str]] = {ident: [] for ident in self.by_id}
        """Who makes each needless."""
        for ident, recommendation in recommendations.items():
            for covered in recommendation.covers:
                if covered in self.covered_by:
                    self.covered_by[covered].append(ident)
        self.covering_first = tuple(TopologicalSorter(self.covered_by).static_order())
        """Ids, each after those that cover it."""

    def with_covering(self, advised: Collection[str]) -> tuple[str, ...]:
        """Return these and all that may cover them, covering ones first."""
        kept, left = set[str](), set(advised) & self.by_id.keys()
        while left:
            ident = left.pop()
            kept.add(ident)
            left.update(set(self.covered_by[ident]) - kept)
        return tuple(each for each in self.covering_first if each in kept)

    def linked(self, action: str) -> frozenset[str]:
        """Return an action, and those that decide of it, one through another.

        Those that cover it, those that it covers, and those that it may wait for.
        """
        found, left = set[str](), {action}
        while left:
            ident = left.pop()
            found.add(ident)
            asked = self.by_id[ident].recommendation
            near = {*self.covered_by[ident], *asked.covers} & self.by_id.keys()
            near.update(*map(self.cures, asked.requires))
            left |= near - found
        return frozenset(found)

    def cures(self, requirement: Requirement) -> Iterator[str]:
        """Return the ids of those that bring a criterion to a level."""
        for ident, remedy in self.by_id.items():
            when = remedy.recommendation.when
            reached = remedy.effect.levels.get(requirement.criterion, 0)
            if when.criterion == requirement.criterion:
                reached = max(reached, when.below)
            if reached >= requirement.at_least:
                yield ident

    def opening(self, given: str) -> Iterator[str]:
        """Return the ids of those that make true a fact that a gate reads."""
        read = every_name(parse_rule(given)) if given else frozenset[str]()
        for ident, remedy in self.by_id.items():
            if not read.isdisjoint(remedy.recommendation.effect):
                yield ident
