"""What an action changes once done: facts and verdicts raised, and what it gains."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import partial, reduce

from diag.assess.criteria import CriterionJudge, Readers
from diag.assess.facts import VISIT_DATE, FactsReading, FactType, PlaceScope
from diag.assess.results import CriterionResult, Verdict
from diag.assess.scores import Averages, Member, Replaced, member
from diag.model.checklist import Question, Recommendation
from diag.model.enums import Direction, QuestionType, Standing, State
from diag.model.fact import Answer, Value
from diag.model.number import Bounds, canonical_number
from diag.rules.evaluate import number
from diag.rules.language import Rule, parse_rule
from diag.rules.values import ABSENT

Changes = dict[tuple[str, str], Value]
"""(Place id, question id) → what the fact becomes."""

NO_GAIN = Fraction()
"""What brings nothing."""

_NUMBERS = frozenset({QuestionType.INTEGER, QuestionType.NUMBER})


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
            if questions[name].type in _NUMBERS and isinstance(value, str)
        }
        """What numbers are raised to, where it is not always the same."""
        self._constants: dict[str, Value] = {
            name: tuple(sorted(value)) if isinstance(value, tuple) else value
            for name, value in self.facts.items()
            if name not in self.rules and value != VISIT_DATE
        }

    def changes(self, reading: FactsReading, places: Iterable[str]) -> Changes:
        """Return the facts raised at these places or above them, where they change.

        A number that is not exact changes nothing yet; a fact said sans objet stays so.
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
        """Return what a rule says, or the day of the visit."""
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
    is_up = better is Direction.UP
    return one if _is_more(question.type, one, other) is is_up else other


def _is_more(kind: QuestionType, one: Value, other: Value) -> bool:
    if isinstance(one, int) and isinstance(other, int):
        return one > other
    if kind in _NUMBERS:
        return Fraction(str(one)) > Fraction(str(other))
    return str(one) > str(other)  # dates: their texts sort as they do


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
        if not places or not self._is_averaged(effect):
            return {}
        return {
            ident: self._member(ident, verdicts)
            for ident, verdicts in self._verdicts_once(effect, places).items()
        }

    def _is_averaged(self, effect: Effect) -> bool:
        """Say whether what it raises can move a score."""
        return any(map(self._readers.averaged, effect.facts)) or any(
            map(self._counts, effect.levels)
        )

    def _verdicts_once(
        self, effect: Effect, places: Sequence[str]
    ) -> dict[str, tuple[Verdict, ...]]:
        """Return the verdicts of the averaged criteria that change."""
        found = self._rejudged(effect.changes(self._reading, places))
        for ident, level in effect.levels.items():
            near = set[str]().union(*map(self._reading.tree.near, places))
            if self._counts(ident):
                found[ident] = tuple(
                    _raised(each, level) if each.place in near else each
                    for each in found.get(ident, self._results[ident].verdicts)
                )
        return found

    def _rejudged(self, changes: Changes) -> dict[str, tuple[Verdict, ...]]:
        if not changes:
            return {}
        names = {question for _, question in changes}
        vocabulary = self._reading.vocabulary
        is_better = all(vocabulary[name].question.better for name in names)
        moved = self._readers.moved_by(names)
        self._once.suppose(changes, moved)
        return {
            ident: tuple(
                self._gauges[ident].again(each, self._once.scope(each.place), moved)
                if (near is None or each.place in near)
                and not (is_better and self._is_best(each))
                else each
                for each in self._results[ident].verdicts
            )
            for ident, near in self._moved_places(changes).items()
        }

    def _moved_places(self, changes: Changes) -> dict[str, set[str] | None]:
        """Return the criteria that changes move, and where; None: everywhere."""
        found: dict[str, set[str] | None] = {}
        for place, question in changes:
            near = self._reading.tree.near(place)
            far = self._readers.reaches_far(question)
            for ident in self._readers.averaged(question):
                places = found.setdefault(ident, set())
                if far or places is None:
                    found[ident] = None
                else:
                    places |= near
        return found

    def _is_best(self, verdict: Verdict) -> bool:
        """Say whether a verdict stands at the top: a better fact leaves it there."""
        top = self._gauges[verdict.criterion].levels[0][0]
        return verdict.low == top and verdict.standing is Standing.IN

    def _counts(self, ident: str) -> bool:
        result = self._results.get(ident)
        return result is not None and result.criterion.is_averaged

    def _member(self, ident: str, verdicts: Sequence[Verdict]) -> Member | None:
        gauge, old = self._gauges[ident], self._results[ident]
        standing, low = gauge.low(verdicts, is_open=old.open)
        return member(gauge.criterion.weight, standing, Bounds(low, low))


def _raised(verdict: Verdict, level: int) -> Verdict:
    return verdict._replace(low=max(verdict.low, level), high=max(verdict.high, level))
