"""Every reason for a verdict or a recommendation: facts, rules, what fired, sources."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from diag.assess.advice import Prerequisites
from diag.assess.criteria import CriterionJudge
from diag.assess.facts import FactsReading, Limits, PlaceScope
from diag.assess.judge import Judge, judge_for
from diag.assess.results import (
    Advice,
    CriterionResult,
    Plain,
    Target,
    Verdict,
    advice_json,
    criterion_json,
    plain,
)
from diag.model.audit import Answer, Facts
from diag.model.checklist import (
    Checklist,
    Criterion,
    Price,
    Question,
    Recommendation,
    RegisteredSource,
    Requirement,
)
from diag.model.text import Quantity
from diag.rules.evaluate import holds
from diag.rules.expressions import RuleValue, Truth
from diag.rules.language import VISIT_DATE, Rule, parse_rule


@dataclass(frozen=True, slots=True)
class FactRead:
    """One fact that a rule looked at."""

    place: str
    """Id of the place that it is about."""
    place_name: str
    question: Question
    relevant: Truth
    """Whether the question applies there."""
    heads: tuple[Answer, ...]
    """What was answered, by whom, how, when; several in a conflict."""
    value: RuleValue
    """What the rule made of it."""


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
    given: RuleRead | None
    """What must be there first; None: nothing."""
    levels: tuple[LevelRead, ...]
    """From the highest."""
    facts: tuple[FactRead, ...]
    declared_out: tuple[str, ...]
    """Questions answered « sans objet » that take the criterion out here."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a criterion stands where it does."""

    criterion: Criterion
    result: CriterionResult
    places: tuple[PlaceRead, ...]
    sources: tuple[RegisteredSource, ...]
    visit_date: date | None


@dataclass(frozen=True, slots=True)
class CountRead:
    """A rule that counts at a place, and what it gives."""

    what: Price | None
    """Row of the price table; None: what is to be done."""
    text: str
    """Empty: as many as there are to do."""
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class RequirementRead:
    """What must come first at a place, and whether it holds."""

    requirement: Requirement
    truth: Truth


@dataclass(frozen=True, slots=True)
class TargetRead:
    """A place where an action fires or may, with its reasons."""

    target: Target
    name: str
    quantity: CountRead
    buys: tuple[CountRead, ...]
    requires: tuple[RequirementRead, ...]
    facts: tuple[FactRead, ...]
    """What counting read."""


@dataclass(frozen=True, slots=True)
class AdviceExplanation:
    """Why an action is recommended, or is not."""

    recommendation: Recommendation
    advice: Advice | None
    """None: its criterion stands high enough, or other actions cover it."""
    criterion: Explanation
    targets: tuple[TargetRead, ...]
    covered_by: tuple[str, ...]
    """Ids of what is recommended in its place."""
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
    """Return why an action is recommended, or is not.

    Raises:
        KeyError: when the checklist has no such recommendation.
    """
    judge = judge_for(facts, checklist)
    assessment = judge.assess(facts)
    reading = judge.reading(facts)
    advice = {each.recommendation.id: each for each in assessment.advice}
    found = advice.get(recommendation)
    prerequisites = Prerequisites(assessment.criteria, reading)
    remedy = judge.remedies.by_id[recommendation]
    declared = remedy.recommendation
    counting = reading.with_limits(Limits.NONE)
    targets = []
    for target in found.targets if found else ():
        needs = remedy.needs(counting.scope(target.place), target.quantity)
        read = TargetRead(
            target=target,
            name=reading.facts.places[target.place].name,
            quantity=CountRead(None, declared.quantity, target.quantity),
            buys=tuple(
                CountRead(checklist.prices[need.item], need.count, quantity)
                for need, quantity in needs
            ),
            requires=tuple(
                RequirementRead(each, prerequisites.holds(each, target.place))
                for each in declared.requires
            ),
            facts=facts_read(remedy.rules, reading.scope(target.place), reading),
        )
        targets.append(read)
    return AdviceExplanation(
        recommendation=declared,
        advice=found,
        criterion=_explained(judge, judge.gauges[declared.when.criterion], reading),
        targets=tuple(targets),
        covered_by=tuple(
            ident for ident, each in advice.items() if recommendation in each.covers
        ),
        sources=_sources(checklist, declared.sources),
    )


def _explained(
    judge: Judge, gauge: CriterionJudge, reading: FactsReading
) -> Explanation:
    criterion = gauge.criterion
    is_open = reading.is_open(criterion.place)
    result = gauge.result(
        gauge.verdicts(reading), is_open=is_open, day=reading.facts.visit_date
    )
    applicable, given = gauge.applicable, gauge.given
    places = []
    for verdict in result.verdicts:
        scope = reading.scope(verdict.place)
        levels: list[LevelRead] = []
        for level, rule in gauge.levels:
            truth = holds(rule, scope)
            fired = truth is True and not any(each.fired for each in levels)
            levels.append(LevelRead(level, rule.text, truth, fired))
        place = PlaceRead(
            place=verdict.place,
            name=reading.facts.places[verdict.place].name,
            verdict=verdict,
            applicable=(
                RuleRead(applicable.text, gauge.applies(scope)) if applicable else None
            ),
            given=RuleRead(given.text, gauge.is_given(scope)) if given else None,
            levels=tuple(levels),
            facts=facts_read(gauge.rules, scope, reading),
            declared_out=tuple(
                name for name in sorted(gauge.void_names) if scope.is_out(name) is True
            ),
        )
        places.append(place)
    return Explanation(
        criterion=criterion,
        result=result,
        places=tuple(places),
        sources=_sources(judge.checklist, criterion.sources),
        visit_date=reading.facts.visit_date,
    )


def facts_read(
    rules: Iterable[Rule], scope: PlaceScope, reading: FactsReading
) -> tuple[FactRead, ...]:
    """Return every fact that rules read at a place, once, in the order of reading."""
    found: dict[tuple[str, str], FactRead] = {}
    for rule in rules:
        _read(rule, scope, reading, found)
    return tuple(found.values())


def _read(
    rule: Rule,
    scope: PlaceScope,
    reading: FactsReading,
    found: dict[tuple[str, str], FactRead],
) -> None:
    for name in sorted(rule.names):
        _note(name, scope, reading, found)
    for kind, names in rule.inner_names.items():
        for place in reading.tree.inside(scope.place, kind):
            for name in sorted(names):
                _note(name, reading.scope(place), reading, found)


def _note(
    name: str,
    scope: PlaceScope,
    reading: FactsReading,
    found: dict[tuple[str, str], FactRead],
) -> None:
    if name == VISIT_DATE or name not in reading.vocabulary:
        return
    holder = scope.holder(name)
    if holder is None or (holder.place, name) in found:
        return
    question = reading.vocabulary[name].question
    found[holder.place, name] = FactRead(
        place=holder.place,
        place_name=reading.facts.places[holder.place].name,
        question=question,
        relevant=holder.relevance(name),
        heads=holder.heads(name),
        value=holder.value(name),
    )
    if question.relevant:
        _read(parse_rule(question.relevant), holder, reading, found)


def _sources(checklist: Checklist, ids: Sequence[str]) -> tuple[RegisteredSource, ...]:
    return tuple(checklist.sources[each] for each in ids if each in checklist.sources)


def explanation_json(explanation: Explanation, shown: Checklist) -> Plain:
    """Return why a criterion stands where it does: `diag why --json`."""
    return {
        "criterion": plain(explanation.criterion),
        "result": criterion_json(explanation.result, shown),
        "places": plain(explanation.places),
        "sources": plain(explanation.sources),
        "visit_date": plain(explanation.visit_date),
    }


def advice_explanation_json(explanation: AdviceExplanation, shown: Checklist) -> Plain:
    """Return why a recommendation is made, or is not, for a program."""
    advice = explanation.advice
    return {
        "recommendation": plain(explanation.recommendation),
        "advice": advice_json(advice, shown) if advice else None,
        "criterion": explanation_json(explanation.criterion, shown),
        "targets": plain(explanation.targets),
        "covered_by": list(explanation.covered_by),
        "sources": plain(explanation.sources),
    }
