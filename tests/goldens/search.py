"""Draws small audits near the numbers of a criterion, to tell it from its mutants."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any

from diag.assess.criteria import CriterionJudge
from diag.assess.examples import example_facts
from diag.assess.facts import FactsReading
from diag.assess.judge import Judge, judge_of
from diag.assess.results import Verdict
from diag.model.audit import PARENT_KINDS, ROOT_KINDS, Facts
from diag.model.checklist import Checklist, Criterion, Question
from diag.model.enums import PlaceKind, QuestionType, Standing
from diag.model.text import canonical_number, exact
from diag.rules.expressions import RuleError, root_of
from diag.rules.language import Rule, parse_rule
from tests import oracle
from tests.goldens.mutants import WEIGHT, mutants_of
from tests.world import names_and_numbers

VISIT = date(2026, 10, 1)
DRAWN, BATCH, TRIES, POOL, MOST = 60, 60, 14, 12, 8
COUNTS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 16, 20, 21, 24, 25)

Raw = dict[str, Any]


@dataclass
class Sample:
    """An audit that says just enough of one criterion, or of several."""

    answers: Raw
    places: list[Raw]
    levels: Raw = field(default_factory=dict)
    at: dict[str, Raw] = field(default_factory=dict)
    is_counted: bool = False
    """Another place would change what it says."""
    closed: tuple[PlaceKind, ...] = tuple(PARENT_KINDS)
    """Kinds whose list is complete."""

    @property
    def names(self) -> set[str]:
        """The criteria that it speaks of."""
        return {*self.levels, *(name for one in self.at.values() for name in one)}

    @property
    def raw(self) -> Raw:
        return {
            "answers": self.answers,
            "places": self.places,
            "closed": [str(kind) for kind in self.closed],
            "visit_date": VISIT.isoformat(),
        }


def root_kind(sample: Sample, checklist: Checklist) -> PlaceKind:
    for name in sample.names:
        return root_of(checklist.criteria[name].place)
    return PlaceKind.ECOLE


def facts_of(sample: Sample, checklist: Checklist, root: PlaceKind) -> Facts:
    return example_facts(judge_of(checklist), sample.raw, root)


class Search:
    """Looks for audits that tell a criterion from its mutants."""

    def __init__(
        self, criterion: Criterion, checklist: Checklist, also: Iterable[Rule] = ()
    ) -> None:
        """Look near the numbers of a criterion's rules, and of those read `also`."""
        self.criterion = criterion
        self.checklist = checklist
        self.root = root_of(criterion.place)
        self.judge: Judge = judge_of(checklist)
        self.random = Random(criterion.id)
        self.gauge = CriterionJudge(criterion, self.judge.vocabulary)
        self.mutants = [*_gauges(criterion, checklist, self.judge)]
        self.rules = (*self.gauge.rules, *also)
        self.turns = frozenset[Fraction]().union(
            *(names_and_numbers(rule.text)[1] for rule in self.rules)
        )
        self.bare, self.inner = self._names()
        self.near = _numbers_beside(self.rules)
        self.pool: list[Sample] = []

    def _names(self) -> tuple[frozenset[str], frozenset[str]]:
        """Return what it reads, `relevant` included: bare, and inside aggregates."""
        questions = self.checklist.questions
        bare: set[str] = set()
        inner: set[str] = set()
        todo: list[tuple[Rule, bool]] = [(rule, False) for rule in self.rules]
        while todo:
            rule, is_inner = todo.pop()
            here = rule.names & questions.keys()
            there = frozenset[str]().union(*rule.inner_names.values(), frozenset())
            for name, deep in [
                *((n, is_inner) for n in here),
                *((n, True) for n in there),
            ]:
                group = inner if deep else bare
                if name in questions and name not in group:
                    group.add(name)
                    if relevant := questions[name].relevant:
                        todo.append((parse_rule(relevant), deep))
        return frozenset(bare), frozenset(inner)

    def kept(self) -> list[Sample]:
        """Return few audits that tell it from as many mutants as was found."""
        alive = set(range(len(self.mutants)))
        if self.criterion.place in ROOT_KINDS:
            return self._chosen(alive, most=MOST if self.inner else 0)
        if self.inner:
            return self._chosen(alive, most=MOST)
        return self._chosen(alive, most=1)

    def drawn(self, most: int) -> Sample:
        """Return one audit of at most so many places, its levels written."""
        sample = deepcopy(self._drawn(most))
        self._pin(sample)
        return sample

    def _chosen(self, alive: set[int], most: int) -> list[Sample]:
        """Return audits of at most so many places; what they tell is alive no more."""
        found: list[Sample] = []
        self.pool.clear()
        misses = 0
        while alive and misses < TRIES and len(found) < DRAWN:
            drawn = [self._drawn(most) for _ in range(BATCH)]
            best, killed = max(
                ((each, self._kills(each, alive)) for each in drawn),
                key=lambda pair: len(pair[1]),
            )
            if not killed:
                misses += 1
                continue
            alive -= killed
            self._remember(deepcopy(best))
            self._pin(best)
            found.append(best)
        return found

    def _kills(self, sample: Sample, alive: Iterable[int]) -> set[int]:
        reading = FactsReading(self.judge.vocabulary, self._facts(sample))
        right = _verdicts(self.gauge, reading)
        return {
            rank for rank in alive if _verdicts(self.mutants[rank], reading) != right
        }

    def _facts(self, sample: Sample) -> Facts:
        return facts_of(sample, self.checklist, self.root)

    def _pin(self, sample: Sample) -> None:
        """Write the levels that the oracle gives."""
        facts = self._facts(sample)
        own = self.checklist.model_copy(
            update={"criteria": {self.criterion.id: self.criterion}}
        )
        judged = oracle.Judged(facts, own).criteria[self.criterion.id]
        for verdict in judged.verdicts:
            if self.criterion.place in ROOT_KINDS:
                sample.levels[self.criterion.id] = shown(verdict)
            else:
                here = sample.at.setdefault(verdict.place, {})
                here[self.criterion.id] = shown(verdict)

    def _drawn(self, most: int) -> Sample:
        """Return facts drawn anew, or what told something before, barely changed."""
        if self.pool and self.random.random() < 0.75:
            sample = self._changed(self.random.choice(self.pool))
        else:
            sample = self._new(most)
        drawn = self._without_irrelevant(sample)
        if len(self.pool) < POOL and self._applies(drawn):
            self._remember(deepcopy(drawn))
        return drawn

    def _remember(self, sample: Sample) -> None:
        self.pool.append(sample)
        del self.pool[:-POOL]

    def _applies(self, sample: Sample) -> bool:
        reading = FactsReading(self.judge.vocabulary, self._facts(sample))
        verdicts = self.gauge.verdicts(reading)
        return any(each.standing is Standing.IN for each in verdicts)

    def _new(self, most: int) -> Sample:
        sample = Sample(self._said(self.root), [], is_counted=most > 1)
        names = self.bare | self.inner
        kinds = {self.checklist.questions[name].place for name in names}
        for kind in sorted({self.criterion.place, *kinds} - ROOT_KINDS):
            models = [self._said(kind) for _ in range(self.random.randint(1, 2))]
            for rank in range(self.random.randint(1, most)):
                answers = dict(self.random.choice(models))
                place = {"kind": str(kind), "name": f"{kind} {rank + 1}"}
                sample.places.append({**place, "answers": answers})
        return sample

    def _changed(self, model: Sample) -> Sample:
        sample = deepcopy(model)
        holders = [(self.root, sample.answers)]
        holders += [(PlaceKind(e["kind"]), e["answers"]) for e in sample.places]
        for _ in range(self.random.randint(1, 2)):
            kind, answers = self.random.choice(holders)
            said = self._said(kind)
            if said:
                name = self.random.choice(sorted(said))
                answers[name] = said[name]
        for kind, answers in holders:
            answers |= {k: v for k, v in self._said(kind).items() if k not in answers}
        return sample

    def _said(self, kind: PlaceKind) -> Raw:
        questions = (
            self.checklist.questions[e] for e in sorted(self.bare | self.inner)
        )
        return {
            each.id: self._value(each)
            for each in questions
            if each.place is kind
            and each.type not in {QuestionType.TEXT, QuestionType.PHOTO}
        }

    def _value(self, question: Question) -> Any:
        near = self.near.get(question.id)
        if near and self.random.random() < 0.7:
            return self.random.choice(_values(question, near, counts=()))
        return self.random.choice(_values(question, self.turns, COUNTS))

    def _without_irrelevant(self, sample: Sample) -> Sample:
        reading = FactsReading(self.judge.vocabulary, self._facts(sample))
        for place, answers in (
            (str(self.root), sample.answers),
            *((each["name"], each["answers"]) for each in sample.places),
        ):
            scope = reading.scope(place)
            for name in [*answers]:
                fact = self.judge.vocabulary[name]
                if fact.relevant is not None and fact.relevant(scope) is False:
                    del answers[name]
        return sample


def _gauges(
    criterion: Criterion, checklist: Checklist, judge: Judge
) -> Iterator[CriterionJudge]:
    for mutant in mutants_of(criterion, checklist):
        if mutant.kind != WEIGHT and isinstance(mutant.changed, Criterion):
            try:
                yield CriterionJudge(mutant.changed, judge.vocabulary)
            except RuleError:
                continue


def _verdicts(gauge: CriterionJudge, reading: FactsReading) -> object:
    verdicts = gauge.verdicts(reading)
    result = gauge.result(verdicts, is_open=False)
    told = tuple((each.standing, each.low, each.high) for each in verdicts)
    return told, result.compliance


def _numbers_beside(rules: Iterable[Rule]) -> dict[str, frozenset[Fraction]]:
    """Return the numbers that each fact is compared with, itself or in a term."""
    found: dict[str, frozenset[Fraction]] = {}
    for rule in rules:
        for node in ast.walk(ast.parse(rule.text, mode="eval")):
            if isinstance(node, ast.Compare) and "(" not in ast.unparse(node):
                names, numbers = names_and_numbers(ast.unparse(node))
                for name in names if numbers else ():
                    found[name] = found.get(name, frozenset()) | numbers
    return found


@cache
def _values(
    question: Question, turns: frozenset[Fraction], counts: tuple[int, ...]
) -> Sequence[Any]:
    ids = [choice.id for choice in question.choices]
    match question.type:
        case QuestionType.BOOLEAN:
            return (True, False)
        case QuestionType.CHOICE:
            return ids
        case QuestionType.CHOICES:
            return [[], *([one] for one in ids), *_pairs(ids), ids]
        case QuestionType.DATE:
            return _days(turns)
    step = Fraction(1) if question.type is QuestionType.INTEGER else Fraction(1, 2)
    near = {
        sign * turn + move
        for turn in turns
        for sign in (-1, 1)
        for move in (-step, 0, step)
    }
    low, high = question.range or (None, None)
    found = [
        canonical_number(each)
        for each in sorted(near | {Fraction(count) for count in counts})
        if (low is None or each >= exact(low))
        and (high is None or each <= exact(high))
        and (step < 1 or each.denominator == 1)
    ]
    return found or [canonical_number(exact(low or 0))]


def _pairs(ids: Sequence[str]) -> list[list[str]]:
    return [[one for one in ids if one != gone] for gone in ids]


def _days(turns: frozenset[Fraction]) -> list[str]:
    found = {VISIT.replace(year=VISIT.year + 2)}
    for months in {int(turn) + move for turn in turns for move in (-1, 0, 1)}:
        for sign in (-1, 1):
            total = VISIT.year * 12 + VISIT.month - 1 + sign * months
            found.add(date(total // 12, total % 12 + 1, 1))
    return sorted(day.isoformat() for day in found)


def shown(found: Verdict) -> object:
    if found.standing is Standing.OUT:
        return "sans_objet"
    return found.low if found.low == found.high else [found.low, found.high]
