"""A criterion made ready to judge: its rules compiled, its verdict at each place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from diag.assess.facts import FactsReading, PlaceScope, Vocabulary, any_out
from diag.assess.results import TOP, CriterionResult, Verdict
from diag.assess.scores import Member, compliance_of, weighted_mean
from diag.model.checklist import Criterion, RollUp
from diag.model.enums import Kind, Standing
from diag.model.number import Bounds, exact
from diag.rules.evaluate import condition
from diag.rules.language import Rule, parse_rule


class CriterionJudge:
    """One criterion of one checklist, ready to judge any facts."""

    def __init__(self, criterion: Criterion) -> None:
        self.criterion = criterion
        """What it judges by."""
        self.is_compliance = criterion.kind is Kind.COMPLIANCE
        """Whether it is an alert, never averaged."""
        self.applicable = (
            parse_rule(criterion.applicable) if criterion.applicable else None
        )
        """When it applies; None: always."""
        self.levels = tuple(
            (level, parse_rule(criterion.levels[level]))
            for level in sorted(criterion.levels, reverse=True)
        )
        """Each level's rule, from the highest."""
        self.roll_up = WORST if self.is_compliance else criterion.roll_up or WORST
        """How its places become one level."""
        self.scope_names = self.applicable.names if self.applicable else frozenset()
        """What decides outside aggregates whether it applies."""
        applicable = (self.applicable,) if self.applicable else ()
        self.rules = (*applicable, *(rule for _, rule in self.levels))
        """All its rules."""
        self.names = frozenset[str]().union(*(rule.names for rule in self.rules))
        """What its rules read outside aggregates."""
        self._applies = condition(self.applicable) if self.applicable else None
        self._reached = tuple((level, condition(rule)) for level, rule in self.levels)
        self._top = max(criterion.levels, default=0)

    def verdicts(self, reading: FactsReading) -> tuple[Verdict, ...]:
        """Return its verdict at every place of its kind."""
        declared = not self.names.isdisjoint(reading.out_names)
        judge = self.verdict if declared else self._plain_verdict
        return tuple(judge(scope) for scope in reading.scopes(self.criterion.place))

    def result(self, verdicts: Sequence[Verdict], *, is_open: bool) -> CriterionResult:
        """Return its verdicts rolled up; `is_open`: there may be other places."""
        rolled = rolled_up(self.roll_up, verdicts, is_open=is_open)
        return CriterionResult(
            criterion=self.criterion,
            standing=rolled.standing,
            low=rolled.low,
            high=rolled.high,
            bounds=rolled.bounds,
            settled=rolled.settled,
            verdicts=tuple(verdicts),
            open=is_open,
            compliance=(
                compliance_of(rolled.standing, rolled.low, rolled.high)
                if self.is_compliance
                else None
            ),
        )

    def verdict(self, scope: PlaceScope) -> Verdict:
        """Return the levels that it can still reach at one place."""
        out = any_out(scope, self.names)
        if out is False:
            return self._plain_verdict(scope)
        applies = self.applies(scope)
        scope_out = any_out(scope, self.scope_names)
        if applies is False and scope_out is False:
            return self._out(scope)
        if self.is_compliance:
            sure = applies is True and scope_out is False
            standing = Standing.IN if sure else Standing.MAYBE
            return Verdict(self.criterion.id, scope.place, standing, 0, self._top)
        if out is True:
            return self._out(scope, declared=True)
        if applies is False:
            return self._out(scope)
        return self._reaching(scope, Standing.MAYBE)

    def applies(self, scope: PlaceScope) -> bool | None:
        """Say whether it applies at a place, whatever was declared sans objet."""
        return True if self._applies is None else self._applies(scope)

    def _plain_verdict(self, scope: PlaceScope) -> Verdict:
        applies = self.applies(scope)
        if applies is False:
            return self._out(scope)
        return self._reaching(scope, Standing.IN if applies else Standing.MAYBE)

    def _reaching(self, scope: PlaceScope, standing: Standing) -> Verdict:
        high = None
        low = 0
        for level, holds in self._reached:
            truth = holds(scope)
            if truth is False:
                continue
            if high is None:
                high = level
            if truth:
                low = level
                break
        return Verdict(self.criterion.id, scope.place, standing, low, high or 0)

    def _out(self, scope: PlaceScope, *, declared: bool = False) -> Verdict:
        ident = self.criterion.id
        return Verdict(ident, scope.place, Standing.OUT, 0, 0, declared)


class Readers:
    """An index of one checklist, by question id."""

    def __init__(
        self, vocabulary: Vocabulary, gauges: Iterable[CriterionJudge]
    ) -> None:
        self._vocabulary = vocabulary
        self._averaged: dict[str, list[str]] = {}
        self._rules: dict[str, list[Rule]] = {}
        for gauge in gauges:
            self._add_rules(gauge.rules)
            if not gauge.is_compliance:
                names = set[str]().union(*map(every_name, gauge.rules))
                for name in self._closure(names):
                    self._averaged.setdefault(name, []).append(gauge.criterion.id)
        relevance = [
            parse_rule(fact.question.relevant)
            for fact in vocabulary.values()
            if fact.question.relevant
        ]
        self._add_rules(relevance)
        inner = [names for rule in relevance for names in rule.inner_names.values()]
        self._far = self._closure(set[str]().union(*inner))

    def averaged(self, question: str) -> Iterable[str]:
        """Return the averaged criteria that an answer can move, even by relevance."""
        return self._averaged.get(question, ())

    def rules(self, question: str) -> Iterable[Rule]:
        """Return the rules that read an answer."""
        return self._rules.get(question, ())

    def _add_rules(self, rules: Iterable[Rule]) -> None:
        for rule in rules:
            for name in every_name(rule):
                self._rules.setdefault(name, []).append(rule)

    def reaches_far(self, question: str) -> bool:
        """Say whether an answer can move verdicts beside its place.

        So it does when it decides, counted over places, whether a question above is
        relevant; else only the places above and below its own can read it.
        """
        return question in self._far

    def _closure(self, names: set[str]) -> set[str]:
        found = set[str]()
        left = set(names)
        while left:
            name = left.pop()
            found.add(name)
            if name in self._vocabulary:
                left |= self._vocabulary[name].relevance_names - found
        return found


def every_name(rule: Rule) -> frozenset[str]:
    """Return what a rule reads by name, inside aggregates and outside."""
    return rule.names.union(*rule.inner_names.values())


WORST = RollUp(method="worst")
"""How compliance is rolled up, and a criterion that stands at the subject itself."""

RATIOS = tuple(
    tuple(Bounds(Fraction(low, TOP), Fraction(high, TOP)) for high in range(TOP + 1))
    for low in range(TOP + 1)
)
"""Bounds of two levels, as ratios: `RATIOS[low][high]`."""

SHARES = (Fraction(0), Fraction(1))
"""None of the places, and all of them."""


@dataclass(frozen=True, slots=True)
class Rolled:
    """The levels that a criterion can still reach over all its places."""

    standing: Standing
    low: int
    high: int
    bounds: Bounds
    settled: Fraction
    """Share of its places that are settled; an open list counts one place more."""


def rolled_up(roll_up: RollUp, verdicts: Sequence[Verdict], *, is_open: bool) -> Rolled:
    """Return one level for the verdicts of one criterion.

    `is_open` means that the list of places is not closed: there may be others.
    """
    if len(verdicts) == 1 and not is_open:
        return _alone(roll_up, verdicts[0])
    sure = [v for v in verdicts if v.standing is Standing.IN]
    maybe = [v for v in verdicts if v.standing is Standing.MAYBE]
    standing = _standing(sure, maybe, is_open=is_open)
    if standing is Standing.OUT:
        return Rolled(standing, 0, 0, RATIOS[0][0], SHARES[0])
    bounds = _bounds(roll_up, sure, maybe, is_open=is_open)
    counted = len(sure) + len(maybe) + is_open
    settled = Fraction(sum(v.low == v.high for v in sure), counted)
    return Rolled(standing, _level(bounds.low), _level(bounds.high), bounds, settled)


def worst(
    sure: Sequence[Verdict], maybe: Sequence[Verdict], *, is_open: bool
) -> Bounds:
    """Return the least level over places in scope and perhaps in scope."""
    known = sure or maybe
    if is_open:
        return RATIOS[0][min((v.high for v in sure), default=TOP)]
    low = min(v.low for v in (*sure, *maybe))
    high = (min if sure else max)(v.high for v in known)
    return RATIOS[low][high]


def mean(sure: Sequence[Verdict], maybe: Sequence[Verdict]) -> Bounds:
    """Return the mean of the levels, each place with the same weight."""
    bounds = weighted_mean([
        Member(1, RATIOS[v.low][v.high], v.standing is Standing.IN)
        for v in (*sure, *maybe)
    ])
    assert bounds is not None
    return bounds


def share_reaching(
    roll_up: RollUp, sure: Sequence[Verdict], maybe: Sequence[Verdict]
) -> Bounds:
    """Return the level of the share of places that reach the threshold."""
    low, high = reached_share(roll_up.threshold, sure, maybe)
    return RATIOS[_step(roll_up, low)][_step(roll_up, high)]


def reached_share(
    threshold: int, sure: Sequence[Verdict], maybe: Sequence[Verdict]
) -> tuple[Fraction, Fraction]:
    """Return the least and the greatest share of places that reach a level."""
    missing = sum(v.low < threshold for v in maybe)
    reaching = sum(v.high >= threshold for v in maybe)
    if not sure:
        return Fraction(0 if missing else 1), Fraction(1 if reaching else 0)
    sure_reaching = sum(v.low >= threshold for v in sure)
    may_reach = sum(v.high >= threshold for v in sure)
    low = Fraction(sure_reaching, len(sure) + missing)
    high = Fraction(may_reach + reaching, len(sure) + reaching)
    return low, high


def _alone(roll_up: RollUp, verdict: Verdict) -> Rolled:
    low, high = verdict.low, verdict.high
    settled = verdict.standing is Standing.IN and low == high
    if roll_up.method == "share_reaching" and verdict.standing is not Standing.OUT:
        low = _step(roll_up, SHARES[low >= roll_up.threshold])
        high = _step(roll_up, SHARES[high >= roll_up.threshold])
    return Rolled(verdict.standing, low, high, RATIOS[low][high], SHARES[settled])


def _standing(
    sure: Sequence[Verdict], maybe: Sequence[Verdict], *, is_open: bool
) -> Standing:
    if sure:
        return Standing.IN
    return Standing.MAYBE if maybe or is_open else Standing.OUT


def _bounds(
    roll_up: RollUp,
    sure: Sequence[Verdict],
    maybe: Sequence[Verdict],
    *,
    is_open: bool,
) -> Bounds:
    if roll_up.method == "worst":
        return worst(sure, maybe, is_open=is_open)
    if is_open:
        return RATIOS[0][TOP]
    if roll_up.method == "mean":
        return mean(sure, maybe)
    return share_reaching(roll_up, sure, maybe)


def _step(roll_up: RollUp, share: Fraction) -> int:
    reached = [level for level, step in roll_up.steps.items() if share >= _exact(step)]
    return max(reached, default=0)


def _level(ratio: Fraction) -> int:
    return TOP * ratio.numerator // ratio.denominator


_exact = lru_cache(256)(exact)  # the same few steps, at every answer
