"""What an action needs, changes once done and gains; what changed facts leave as is.

A result depends on what the rules of its criterion read, an action on what its own
rules read, on what its effect brings, and on what those that cover it, that it covers
or that it may wait for depend on. What an answer moves is that question, and those
whose value it decides by relevance or as a whole: the index is that of gains.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, partial, reduce
from graphlib import TopologicalSorter
from itertools import chain
from typing import NamedTuple

from diag.assess.criteria import (
    Averages,
    CriterionJudge,
    Member,
    Readers,
    Replaced,
    member,
)
from diag.assess.facts import FactsReading, FactType, PlaceScope, WithNames
from diag.assess.results import Advice, Assessment, CriterionResult, Target, Verdict
from diag.checklist.symbols import NUMERIC
from diag.model.audit import Answer, Facts, Value
from diag.model.checklist import Checklist, Need, Question, Recommendation, Requirement
from diag.model.enums import Direction, Standing, State, Trigger
from diag.model.text import Bounds, Quantity, canonical_number
from diag.rules.evaluate import condition, measure, number
from diag.rules.expressions import ABSENT, Absent, Constant, Exact, Span, Truth, point
from diag.rules.language import VISIT_DATE, Rule, parse_rule

Changes = dict[tuple[str, str], Value]
"""(Place id, question id) → what the fact becomes."""

NO_GAIN = Fraction()
"""What brings nothing."""


class Effect:
    """What one recommendation makes true."""

    def __init__(
        self, recommendation: Recommendation, questions: Mapping[str, Question]
    ) -> None:
        effect = recommendation.effect
        self.facts = {
            name: value for name, value in effect.items() if name in questions
        }
        """What facts become, by question."""
        self.levels = {
            name: value
            for name, value in effect.items()
            if name not in questions and isinstance(value, int)
        }
        """What level criteria reach, where no fact says it."""
        self.rules: dict[str, Rule] = {
            name: parse_rule(value)
            for name, value in self.facts.items()
            if questions[name].type in NUMERIC and isinstance(value, str)
        }
        """What numbers are raised to, where it is not always the same."""
        self._constants: dict[str, Value] = {
            name: tuple(sorted(value)) if isinstance(value, tuple) else value
            for name, value in self.facts.items()
            if name not in self.rules and value != VISIT_DATE
        }

    def changes(self, reading: FactsReading, places: Iterable[str]) -> Changes:
        """Return the facts raised at these places or above them, where they change.

        A number that is not exact changes nothing yet; a sans objet stays so.
        """
        found: Changes = {}
        raised = [(name, reading.vocabulary[name]) for name in self.facts]
        for place in places:
            scope = reading.scope(place)
            for name, fact in raised:
                holder = scope if fact.place is scope.kind else scope.holder(name)
                value = self._constants.get(name)
                if value is None:
                    value = self._value(name, scope)
                if holder is None or value is None:
                    continue
                key = (holder.place, name)
                heads = reading.heads(holder.place, name)
                now = found[key] if key in found else _known(fact, heads)
                if now is None:
                    if not heads or not all(map(fact.is_void, heads)):
                        found[key] = value
                elif (
                    now != value and (better := best(fact.question, now, value)) != now
                ):
                    found[key] = better
        return found

    def _value(self, name: str, scope: PlaceScope) -> Value:
        """Return what a rule gives, or the day of the visit."""
        rule = self.rules.get(name)
        if rule is None:
            day = scope.visit_date
            return None if day is None else day.isoformat()
        span = number(rule, scope)
        if span is ABSENT or span.maybe_absent or span.low is None:
            return None
        return canonical_number(Fraction(span.low)) if span.low == span.high else None


def _known(fact: FactType, heads: Sequence[Answer]) -> Value:
    """Return the value of a fact, the worst where two people disagree.

    None when one of them did not know, or gave what does not fit the question.
    """
    if not heads or any(
        each.state is not State.KNOWN or fact.read(each.value) is None for each in heads
    ):
        return None
    return reduce(partial(_worst, fact.question), [each.value for each in heads])


def _worst(question: Question, one: Value, other: Value) -> Value:
    if isinstance(one, tuple) and isinstance(other, tuple):
        is_up = question.better is Direction.UP
        return tuple(sorted(set(one) & set(other) if is_up else set(one) | set(other)))
    return other if best(question, one, other) == one else one


def best(question: Question, one: Value, other: Value) -> Value:
    """Return the better of two values of a fact; the other one where none is."""
    better = question.better
    if better is None:
        return other
    if isinstance(one, tuple) and isinstance(other, tuple):
        merged = set(one) & set(other)
        if better is Direction.UP:
            merged = set(one) | set(other)
        return tuple(sorted(merged))
    if isinstance(better, tuple):
        return one if _rank(better, one) > _rank(better, other) else other
    if isinstance(one, int) and isinstance(other, int):
        is_more = one > other
    elif question.type in NUMERIC:
        is_more = Fraction(str(one)) > Fraction(str(other))
    else:
        is_more = str(one) > str(other)  # dates: their texts sort as they do
    return one if is_more is (better is Direction.UP) else other


def _rank(better: tuple[tuple[str, ...], ...], value: Value) -> int:
    ranks = (rank for rank, ids in enumerate(better) if value in ids)
    return next(ranks, -1)


class Gains:
    """One assessment, and by how much its low bound would rise were actions done."""

    def __init__(
        self,
        gauges: Mapping[str, CriterionJudge],
        readers: Readers,
        results: Mapping[str, CriterionResult],
        lows: Averages,
        reading: FactsReading,
    ) -> None:
        self._gauges = gauges
        self._readers = readers
        self._results = results
        self._lows = lows
        self._reading = reading
        self._once = reading.supposing()

    def gain(self, raised: Replaced) -> Fraction:
        """Return the rise of the overall low, were criteria raised, as a ratio."""
        if not raised:
            return NO_GAIN
        return self._lows.with_members(raised) - self._lows.bound

    def raised(self, effect: Effect, places: Sequence[str]) -> Replaced:
        """Return the criteria that would count otherwise, once done at these places."""
        if not places or not (
            any(map(self._readers.averaged, effect.facts))
            or any(map(self._counts, effect.levels))
        ):
            return {}
        found = self._rejudged(effect.changes(self._reading, places))
        for ident, level in effect.levels.items():
            near = set[str]().union(*map(self._reading.tree.near, places))
            if self._counts(ident):
                found[ident] = tuple(
                    raised(each, level) if each.place in near else each
                    for each in found.get(ident, self._results[ident].verdicts)
                )
        replaced: dict[str, Member | None] = {}
        for ident, verdicts in found.items():
            gauge = self._gauges[ident]
            standing, low = gauge.low(verdicts, is_open=self._results[ident].open)
            replaced[ident] = member(gauge.criterion.weight, standing, Bounds(low, low))
        return replaced

    def _rejudged(self, changes: Changes) -> dict[str, tuple[Verdict, ...]]:
        """Return the verdicts of the averaged criteria that changes move."""
        if not changes:
            return {}
        places: dict[str, set[str] | None] = {}
        """Where each criterion moves; None: everywhere."""
        for place, question in changes:
            far = self._readers.reaches_far(question)
            for ident in self._readers.averaged(question):
                near = places.setdefault(ident, set())
                if far or near is None:
                    places[ident] = None
                else:
                    near |= self._reading.tree.near(place)
        names = {question for _, question in changes}
        vocabulary = self._reading.vocabulary
        is_better = all(vocabulary[name].question.better for name in names)
        moved = self._readers.moved_by(names)
        self._once.suppose(changes, moved)
        found: dict[str, tuple[Verdict, ...]] = {}
        for ident, near in places.items():
            gauge = self._gauges[ident]
            # A better fact leaves a verdict at the top.
            top = next((level for level, _ in gauge.levels), None)
            # What they make relevant or not may be worse known than before.
            only_rises = is_better and gauge.names & moved <= names
            found[ident] = tuple(
                gauge.again(each, self._once.scope(each.place), moved)
                if (near is None or each.place in near)
                and not (
                    only_rises and each.low == top and each.standing is Standing.IN
                )
                else each
                for each in self._results[ident].verdicts
            )
        return found

    def _counts(self, ident: str) -> bool:
        result = self._results.get(ident)
        return result is not None and result.criterion.is_averaged


def raised(verdict: Verdict, level: int) -> Verdict:
    """Return a verdict at a level at least."""
    return verdict._replace(low=max(verdict.low, level), high=max(verdict.high, level))


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
            low, high = (
                min(low, least),
                min((each for each in (high, most) if each is not None), default=None),
            )
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
        read = parse_rule(given).every_name if given else frozenset[str]()
        for ident, remedy in self.by_id.items():
            if not read.isdisjoint(remedy.recommendation.effect):
                yield ident


NeedKey = tuple[str, str, str]
"""Item, use and place: what makes two needs the same."""


class Demand(NamedTuple):
    """What one action needs at one of its places."""

    action: str
    """Id of the recommendation."""
    need: Need
    place: str
    """Id of the place that the item serves."""
    quantity: Quantity
    target: Target
    """Where the action fires, or may."""

    @property
    def key(self) -> NeedKey:
        """What makes it the same as another."""
        return self.need.item, self.need.use or self.need.item, self.place


class Draft(NamedTuple):
    """One action before its needs meet those of others."""

    advice: Advice
    """With neither a share of the basket nor what others pay for."""
    demands: tuple[Demand, ...]
    raised: Replaced
    """Criteria as they would count, once it is done at its sure places."""


Kept = Mapping[str, Draft | None]
"""Actions that nothing has moved, by id, as they were; None: they did not fire."""


class Drafts(NamedTuple):
    """Every action that some facts call for."""

    facts: Facts
    by_id: Mapping[str, Draft]


class Basis(NamedTuple):
    """What an assessment stands on, so that the next one judges what has moved."""

    facts: Facts
    checklist: Checklist
    drafts: Drafts | None
    """All actions as they were counted last, of these facts or of older ones."""


class Dependencies:
    """What facts the criteria and the recommendations of one checklist depend on."""

    def __init__(
        self,
        checklist: Checklist,
        gauges: Mapping[str, CriterionJudge],
        readers: Readers,
        remedies: Remedies,
    ) -> None:
        self._checklist = checklist
        self._gauges = gauges
        self._readers = readers
        self._remedies = remedies

    def basis_of(self, assessment: Assessment | None) -> Basis | None:
        """Return what an assessment stands on, if it was judged by this checklist."""
        basis = assessment.basis if assessment else None
        return basis if basis and basis.checklist is self._checklist else None

    def results(
        self, facts: Facts, since: Assessment | None
    ) -> Mapping[str, CriterionResult]:
        """Return the results whose rules read nothing that has moved since."""
        basis = self.basis_of(since)
        moved = self._moved(facts, basis.facts) if basis else None
        if since is None or moved is None:
            return {}
        return {
            ident: since.criteria[ident]
            for ident, gauge in self._gauges.items()
            if moved.isdisjoint(gauge.names)
        }

    def actions(self, facts: Facts, drafts: Drafts | None) -> Kept:
        """Return the actions that depend on nothing that has moved since."""
        moved = self._moved(facts, drafts.facts) if drafts else None
        if drafts is None or moved is None:
            return {}
        return {
            ident: drafts.by_id.get(ident)
            for ident, names in self._read.items()
            if moved.isdisjoint(names)
        }

    def _moved(self, facts: Facts, then: Facts) -> frozenset[str] | None:
        """Return what answers have moved since; None: all may be otherwise."""
        if not facts.has_the_places_of(then):
            return None
        return self._readers.moved_by(facts.questions_answered_since(then))

    @cached_property
    def _read(self) -> Mapping[str, frozenset[str]]:
        """What each recommendation depends on, by its rules or by those of others."""
        own: dict[str, frozenset[str]] = {}
        for ident, remedy in self._remedies.by_id.items():
            recommendation, effect = remedy.recommendation, remedy.effect
            averaged = map(self._readers.averaged, effect.facts)
            judged = [
                recommendation.when.criterion,
                *(each.criterion for each in recommendation.requires),
                *chain.from_iterable(averaged),
                *effect.levels,
            ]
            rules = (remedy.where, *remedy.rules, *effect.rules.values())
            own[ident] = frozenset(effect.facts).union(
                *(self._gauges[each].names for each in judged if each in self._gauges),
                *(rule.every_name for rule in rules if rule),
            )
        return {
            ident: frozenset[str]().union(*map(own.__getitem__, linked))
            for ident in own
            for linked in [self._remedies.linked(ident)]
        }
