"""Thresholds of the criteria that read one fact, and where today's answer stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from diag.assess.assess import Judge, judge_of
from diag.assess.gauge import Gauge
from diag.assess.results import Assessment
from diag.desk.bilan.rule_words import tell
from diag.desk.visit.walk import Stop
from diag.model.checklist import Checklist, Criterion, Source
from diag.model.enums import Standing
from diag.rules.language import Rule
from diag.rules.tree import (
    Aggregate,
    ChoiceId,
    Comparison,
    Constant,
    Months,
    Name,
    walk,
)
from diag.words.vocabulary import LEVELS


@dataclass(frozen=True, slots=True)
class Threshold:
    """What one level asks for."""

    level: int
    name: str
    asks: str
    """In words; « sinon » for the lowest."""


@dataclass(frozen=True, slots=True)
class Scale:
    """One criterion that reads the fact."""

    criterion: Criterion
    thresholds: tuple[Threshold, ...]
    """From the highest level to the lowest."""
    alone: bool
    """Every level compares this one fact with literals: the answer is placed on it."""
    low: int
    high: int
    """The levels that the answer leaves possible."""
    out: bool
    """Does not apply here."""
    sources: tuple[Source, ...]

    @property
    def level(self) -> int | None:
        """Return the level of today's answer; None while several are possible."""
        return self.low if self.low == self.high and not self.out else None


def scales_of(
    stop: Stop, checklist: Checklist, assessment: Assessment
) -> tuple[Scale, ...]:
    """Return every criterion whose levels read a fact, as it stands at a place."""
    return tuple(
        _scale(gauge, stop, checklist, assessment)
        for gauge in _gauges_by_question(judge_of(checklist)).get(stop.question.id, ())
    )


@lru_cache(maxsize=4)
def _gauges_by_question(judge: Judge) -> Mapping[str, Sequence[Gauge]]:
    """Return the gauges whose levels read each question; asked at every key."""
    found: dict[str, list[Gauge]] = {}
    for gauge in judge.gauges.values():
        for question in frozenset().union(*(_read(rule) for _, rule in gauge.levels)):
            found.setdefault(question, []).append(gauge)
    return found


def _scale(
    gauge: Gauge, stop: Stop, checklist: Checklist, assessment: Assessment
) -> Scale:
    criterion = gauge.criterion
    thresholds, alone = _ladder(judge_of(checklist), criterion.id, stop.question.id)
    result = assessment.criteria[criterion.id]
    here = [each for each in result.verdicts if each.place == stop.place]
    standing = here[0] if here else result
    return Scale(
        criterion=criterion,
        thresholds=thresholds,
        alone=alone,
        low=standing.low,
        high=standing.high,
        out=standing.standing is Standing.OUT,
        sources=tuple(
            checklist.sources[each]
            for each in criterion.sources
            if each in checklist.sources
        ),
    )


@lru_cache(maxsize=1024)
def _ladder(
    judge: Judge, criterion: str, own: str
) -> tuple[tuple[Threshold, ...], bool]:
    """Return what each level asks of a fact, and whether it is alone: never changes."""
    gauge = judge.gauges[criterion]
    alone = all(_compares_alone(rule, own) for _, rule in gauge.levels)
    return tuple(_thresholds(gauge, judge.checklist, own)), alone


def _thresholds(gauge: Gauge, checklist: Checklist, own: str) -> Iterator[Threshold]:
    for level, rule in gauge.levels:
        asks = tell(rule.root, checklist.questions, own)  # type: ignore[arg-type]  # the loader checked that a level is a condition
        yield Threshold(level, LEVELS[level], asks)
    yield Threshold(0, LEVELS[0], "sinon")


def _compares_alone(rule: Rule, own: str) -> bool:
    """Say whether a rule compares one fact, and nothing else, with literals."""
    nodes = list(walk(rule.root))
    if any(isinstance(node, Aggregate | Months) for node in nodes):
        return False
    if {node.id for node in nodes if isinstance(node, Name)} != {own}:
        return False
    return all(
        isinstance(side, Name | Constant | ChoiceId)
        for node in nodes
        if isinstance(node, Comparison)
        for side in (node.left, node.right)
    )


def _read(rule: Rule) -> frozenset[str]:
    return rule.names.union(*rule.inner_names.values())
