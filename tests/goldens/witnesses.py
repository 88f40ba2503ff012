"""Everything that says what shipped checklists must find: examples, whole schools."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from diag.assess.advice import Targets
from diag.assess.criteria import CriterionJudge
from diag.assess.examples import example_facts
from diag.assess.facts import FactsReading, Limits
from diag.assess.judge import Judge, judge_for, judge_of
from diag.assess.remedies import Remedies
from diag.assess.results import CriterionResult, Score
from diag.assess.scores import domain_score, overall_score, socle_of
from diag.checklist.loaded import Example, Loaded
from diag.model.checklist import Checklist, Criterion, Level, Recommendation
from diag.model.enums import PlaceKind, Standing, Trigger
from diag.rules.scope import root_of
from diag.words.figures import displayed, out_of_100
from tests.goldens.golden import NAMES, as_example, golden
from tests.goldens.thresholds import threshold_examples

Results = dict[str, CriterionResult]


@dataclass(frozen=True)
class Witness:
    """One audit, and what is written of it."""

    name: str
    domain: str
    """The one that `pinned` speaks of; empty: all of them."""
    pinned: Mapping[str, Any]
    judge: Judge
    reading: FactsReading

    @property
    def kind(self) -> str:
        """What it is, in the figures of a run."""
        if not self.domain:
            return "école entière"
        return "exemple au seuil" if "au seuil" in self.name else "exemple d'auteur"

    @cached_property
    def results(self) -> Results:
        return self.judge.results(self.reading)

    @cached_property
    def _counting(self) -> FactsReading:
        return self.reading.with_limits(Limits.NONE)

    def notices(self, criterion: Criterion) -> bool:
        """Say whether what is written no longer holds with a criterion changed."""
        before = self.results.get(criterion.id)
        if before is None:
            return False
        gauge = CriterionJudge(criterion, self.judge.vocabulary)
        after = gauge.result(
            gauge.verdicts(self.reading), is_open=self.reading.is_open(criterion.place)
        )
        if _same(before, after) and before.criterion.weight == criterion.weight:
            return False
        changed = {**self.results, criterion.id: after}
        return any(
            self._told(key, criterion, self.results)
            != self._told(key, criterion, changed)
            for key in self.pinned
        )

    def notices_advice(self, recommendation: str, below: Level) -> bool:
        """Say whether what fires no longer holds with a trigger moved."""
        told = self.judge.checklist.recommendations.get(recommendation)
        if told is None or not {"fires", "to_confirm"} & set(self.pinned):
            return False
        if self.domain not in {"", told.domain}:
            return False
        when = told.when.model_copy(update={"below": below})
        moved = told.model_copy(update={"when": when})
        return self._trigger(told, self.results) != self._trigger(moved, self.results)

    def _trigger(self, action: Recommendation, results: Results) -> Trigger | None:
        """Return whether an action fires somewhere, or may, whatever covers it."""
        reading = self.reading
        alone = Remedies({action.id: action}, self.judge.checklist.questions)
        found = {
            each.trigger
            for each in Targets(
                alone, results, reading, self._counting, (action.id,)
            ).of(action.id)
        }
        if Trigger.FIRES in found:
            return Trigger.FIRES
        return Trigger.TO_CONFIRM if found else None

    def speaks_of(self, criterion: str) -> bool:
        """Say whether a level of that criterion is written."""
        at = self.pinned.get("at", {}).values()
        return criterion in self.pinned.get("levels", ()) or any(
            criterion in one for one in at
        )

    def _told(self, key: str, criterion: Criterion, results: Results) -> object:
        """Return what a criterion may change of what is written under a key."""
        tell = _TELLING.get(key)
        return tell(self, criterion, results) if tell else None

    def _level(self, criterion: Criterion, results: Results) -> object:
        found = results[criterion.id]
        if criterion.id not in self.pinned["levels"]:
            return None
        return [
            each.standing is not Standing.OUT and (each.low, each.high)
            for each in found.verdicts
        ]

    def _mean(self, criterion: Criterion, results: Results) -> object:
        found = results[criterion.id]
        if criterion.id not in self.pinned["means"]:
            return None
        return found.standing is not Standing.OUT and displayed(found.bounds)

    def _compliance(self, criterion: Criterion, results: Results) -> object:
        told = not self.domain or criterion.id in self.pinned["compliance"]
        return told and results[criterion.id].compliance

    def _at(self, criterion: Criterion, results: Results) -> object:
        return [
            (each.place, each.standing, each.low, each.high)
            for each in results[criterion.id].verdicts
            if criterion.id in self.pinned["at"].get(each.place, ())
        ]

    def _score(self, criterion: Criterion, results: Results) -> Score | None:
        if self.domain not in {"", criterion.domain}:
            return None
        here = [e for e in results.values() if e.criterion.domain == criterion.domain]
        return domain_score(here)

    def _domain(self, criterion: Criterion, results: Results) -> object:
        score = self._score(criterion, results)
        return score and score.bounds and displayed(score.bounds)

    def _completeness(self, criterion: Criterion, results: Results) -> object:
        score = self._score(criterion, results)
        return score and out_of_100(score.completeness)

    def _domains(self, criterion: Criterion, results: Results) -> object:
        known = self._completeness(criterion, results)
        return self._domain(criterion, results), known

    def _advice(self, criterion: Criterion, results: Results) -> object:
        return [
            self._trigger(each, results)
            for each in self.judge.checklist.recommendations.values()
            if each.when.criterion == criterion.id and self.domain in {"", each.domain}
        ]

    def _overall(self, _: Criterion, results: Results) -> object:
        score = overall_score(self.judge.domains(results))
        return score.bounds and displayed(score.bounds)

    def _socle(self, _: Criterion, results: Results) -> object:
        return socle_of(results.values())


_TELLING: dict[str, Callable[[Witness, Criterion, Results], object]] = {
    "levels": Witness._level,
    "means": Witness._mean,
    "compliance": Witness._compliance,
    "at": Witness._at,
    "domain": Witness._domain,
    "completeness": Witness._completeness,
    "domains": Witness._domains,
    "fires": Witness._advice,
    "to_confirm": Witness._advice,
    "overall": Witness._overall,
    "socle": Witness._socle,
}
"""What each key of `expect` tells."""


def _same(one: CriterionResult, other: CriterionResult) -> bool:
    return one.verdicts == other.verdicts and (
        one.standing,
        one.bounds,
        one.compliance,
        one.socle,
    ) == (other.standing, other.bounds, other.compliance, other.socle)


def witnesses(loaded: Loaded) -> Sequence[Witness]:
    """Return every example of the checklists, and the whole schools."""
    checklist = loaded.draft
    schools = [
        _witness(checklist, name, "", golden(name).expect, as_example(golden(name)))
        for name in NAMES
    ]
    written = (*loaded.examples, *threshold_examples())
    return [*schools, *_examples(checklist, written)]


def _examples(checklist: Checklist, written: Iterable[Example]) -> list[Witness]:
    return [
        _witness(
            checklist,
            f"{each.file}: {each.raw['name']}",
            str(each.raw.get("domain") or each.file.rpartition(".")[0]),
            dict(each.raw["expect"]),  # type: ignore[call-overload]  # as checked
            each.raw,
        )
        for each in written
    ]


def _witness(
    checklist: Checklist,
    name: str,
    domain: str,
    pinned: Mapping[str, Any],
    raw: Mapping[str, object],
) -> Witness:
    facts = example_facts(judge_of(checklist), raw, _subject(checklist, domain, raw))
    judge = judge_for(facts, checklist)
    return Witness(name, domain, pinned, judge, judge.reading(facts))


def _subject(checklist: Checklist, domain: str, raw: Mapping[str, Any]) -> PlaceKind:
    """Return whose audit an example is, as `diag check` does."""
    judged = {
        root_of(each.place)
        for each in checklist.criteria.values()
        if each.domain == domain
    }
    if len(judged) == 1:
        return judged.pop()
    asked = (checklist.questions[each].place for each in raw.get("answers") or ())
    return next((kind for kind in asked if kind in judged), PlaceKind.ECOLE)
