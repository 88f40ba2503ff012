"""Every reason for a verdict or a recommendation: facts, rules, what fired, sources."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from diag.assess.advice import Gates
from diag.assess.criteria import CriterionJudge, reached_share
from diag.assess.facts import FactRead, FactsReading, PlaceScope, facts_read
from diag.assess.judge import Judge, judge_for
from diag.assess.results import Advice, CriterionResult, Verdict
from diag.model.checklist import (
    Checklist,
    Criterion,
    Price,
    Recommendation,
    RegisteredSource,
    Requirement,
    RollUp,
)
from diag.model.enums import Standing
from diag.model.fact import Facts
from diag.model.number import Quantity
from diag.rules.evaluate import holds
from diag.rules.values import Truth


@dataclass(frozen=True, slots=True)
class RuleRead:
    """A condition, and whether it holds."""

    text: str
    truth: Truth


@dataclass(frozen=True, slots=True)
class LevelRead:
    """The condition of a level, and whether it holds."""

    level: int
    text: str
    truth: Truth
    fired: bool
    """Whether it is the one that surely gives the level."""


@dataclass(frozen=True, slots=True)
class PlaceRead:
    """One place's verdict, with its reasons."""

    place: str
    name: str
    verdict: Verdict
    applicable: RuleRead | None
    """When the criterion applies; None: always."""
    levels: tuple[LevelRead, ...]
    """From the highest."""
    facts: tuple[FactRead, ...]
    declared_out: tuple[str, ...]
    """Questions answered « sans objet » that take the criterion out here."""


@dataclass(frozen=True, slots=True)
class RollUpRead:
    """How many places made the level."""

    method: RollUp
    sure: int
    """Places surely in scope."""
    maybe: int
    """Places perhaps in scope."""
    open: bool
    """There may be other places."""
    share: tuple[Fraction, Fraction] | None
    """Least and greatest share of places at the threshold, when that is the method."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a criterion stands where it does."""

    criterion: Criterion
    result: CriterionResult
    roll_up: RollUpRead
    places: tuple[PlaceRead, ...]
    sources: tuple[RegisteredSource, ...]
    visit_date: date | None


@dataclass(frozen=True, slots=True)
class CountRead:
    """A rule that counts, and what it gives."""

    what: Price | None
    """Row of the price table; None: what is to be done, or days of work."""
    text: str
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class RequirementRead:
    """What must come first, and whether it holds."""

    requirement: Requirement
    truth: Truth


@dataclass(frozen=True, slots=True)
class AdviceExplanation:
    """Why a recommendation is made, or is not."""

    recommendation: Recommendation
    advice: Advice | None
    """None: its criterion stands high enough, or is sans objet."""
    criterion: Explanation
    requires: tuple[RequirementRead, ...]
    quantity: CountRead
    prices: tuple[CountRead, ...]
    effort: CountRead | None
    facts: tuple[FactRead, ...]
    """What counting read."""
    sources: tuple[RegisteredSource, ...]


def why(facts: Facts, checklist: Checklist, criterion: str) -> Explanation:
    """Return why a criterion stands where it does.

    Raises:
        KeyError: when the checklist has no such criterion.
    """
    judge = judge_for(facts, checklist)
    return _explained(judge, judge.gauges[criterion], judge.reading(facts))


def why_recommended(
    facts: Facts, checklist: Checklist, recommendation: str
) -> AdviceExplanation:
    """Return why a recommendation is made, or is not.

    Raises:
        KeyError: when the checklist has no such recommendation.
    """
    judge = judge_for(facts, checklist)
    remedy = judge.remedies[recommendation]
    assessment = judge.assess(facts)
    reading = judge.reading(facts)
    root = reading.scope(reading.tree.root)
    triggers = {each.recommendation.id: each.trigger for each in assessment.advice}
    advice = {each.recommendation.id: each for each in assessment.advice}
    gates = Gates(judge.remedies, triggers, assessment.criteria)
    quantity = remedy.quantity(root)
    cost, effort = remedy.cost(root, quantity), remedy.effort(root, quantity)
    declared = remedy.recommendation
    return AdviceExplanation(
        recommendation=declared,
        advice=advice.get(recommendation),
        criterion=_explained(judge, judge.gauges[declared.when.criterion], reading),
        requires=tuple(
            RequirementRead(each, gates.holds(each)) for each in declared.requires
        ),
        quantity=CountRead(None, declared.quantity, quantity),
        prices=tuple(
            CountRead(line.price, declared.prices[line.price.id], line.quantity)
            for line in cost.lines
        ),
        effort=CountRead(None, declared.effort, effort) if effort else None,
        facts=facts_read(remedy.rules, root, reading),
        sources=_sources(checklist, declared.sources),
    )


def _explained(
    judge: Judge, gauge: CriterionJudge, reading: FactsReading
) -> Explanation:
    criterion = gauge.criterion
    is_open = reading.is_open(criterion.place)
    result = gauge.result(gauge.verdicts(reading), is_open=is_open)
    return Explanation(
        criterion=criterion,
        result=result,
        roll_up=_roll_up_read(gauge.roll_up, result),
        places=tuple(_place_read(gauge, each, reading) for each in result.verdicts),
        sources=_sources(judge.checklist, criterion.sources),
        visit_date=reading.facts.visit_date,
    )


def _place_read(
    gauge: CriterionJudge, verdict: Verdict, reading: FactsReading
) -> PlaceRead:
    scope = reading.scope(verdict.place)
    applicable = gauge.applicable
    return PlaceRead(
        place=verdict.place,
        name=reading.facts.places[verdict.place].name,
        verdict=verdict,
        applicable=(
            RuleRead(applicable.text, gauge.applies(scope)) if applicable else None
        ),
        levels=tuple(_levels_read(gauge, scope)),
        facts=facts_read(gauge.rules, scope, reading),
        declared_out=tuple(
            name for name in sorted(gauge.names) if scope.is_out(name) is not False
        ),
    )


def _levels_read(gauge: CriterionJudge, scope: PlaceScope) -> Iterator[LevelRead]:
    fired = False
    for level, rule in gauge.levels:
        truth = holds(rule, scope)
        yield LevelRead(level, rule.text, truth, fired=truth is True and not fired)
        fired = fired or truth is True


def _roll_up_read(roll_up: RollUp, result: CriterionResult) -> RollUpRead:
    sure = [each for each in result.verdicts if each.standing is Standing.IN]
    maybe = [each for each in result.verdicts if each.standing is Standing.MAYBE]
    share = None
    if roll_up.method == "share_reaching" and (sure or maybe) and not result.open:
        share = reached_share(roll_up.threshold, sure, maybe)
    return RollUpRead(roll_up, len(sure), len(maybe), result.open, share)


def _sources(checklist: Checklist, ids: Sequence[str]) -> tuple[RegisteredSource, ...]:
    return tuple(checklist.sources[each] for each in ids if each in checklist.sources)
