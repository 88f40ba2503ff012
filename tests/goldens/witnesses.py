"""Everything that says what shipped checklists must find: examples, whole schools."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from diag.assess.advice import Targets
from diag.assess.criteria import CriterionJudge, domain_score, overall_score, socle_of
from diag.assess.effects import Remedies, Remedy
from diag.assess.examples import OUT, example_facts
from diag.assess.facts import FactsReading, Limits
from diag.assess.judge import Judge, judge_for, judge_of
from diag.assess.results import CriterionResult, Score, Target
from diag.checklist.loaded import Example, Loaded
from diag.model.checklist import (
    Checklist,
    Criterion,
    Domain,
    Question,
    Recommendation,
)
from diag.model.enums import PlaceKind, Standing, Trigger
from diag.model.text import Quantity
from diag.rules.expressions import root_of
from diag.words.sentences import displayed, out_of_100
from tests.goldens.golden import NAMES, as_example, golden

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

    def other_levels(self) -> Iterator[tuple[str, str, object, object]]:
        """Yield each level written that is not found: criterion, place, both."""
        written = [
            (name, "", one) for name, one in self.pinned.get("levels", {}).items()
        ]
        for place, levels in self.pinned.get("at", {}).items():
            written += [(name, place, one) for name, one in levels.items()]
        for name, place, level in written:
            criterion = self.judge.checklist.criteria[name]
            verdicts = self._judged(criterion, self.reading).verdicts
            found = {one.place: one for one in verdicts}
            one = found[place] if place else verdicts[0]
            told = OUT if one.standing is Standing.OUT else [one.low, one.high]
            if told != ([level, level] if isinstance(level, int) else level):
                yield name, place, level, told

    def notices(self, changed: Criterion | Recommendation | Domain | Question) -> bool:
        """Say whether what is written no longer holds with one thing changed."""
        match changed:
            case Criterion():
                return self._notices_criterion(changed)
            case Recommendation():
                return self._notices_action(changed)
            case Domain():
                return self._notices_weight(changed)
        return self._notices_part(changed)

    def _notices_criterion(self, criterion: Criterion) -> bool:
        before = self.results.get(criterion.id)
        if before is None:
            return False
        after = self._judged(criterion, self.reading)
        if _same(before, after) and before.criterion.weight == criterion.weight:
            return False
        return self._differs(after)

    def _judged(self, criterion: Criterion, reading: FactsReading) -> CriterionResult:
        gauge = CriterionJudge(criterion, self.judge.vocabulary)
        return gauge.result(
            gauge.verdicts(reading), is_open=reading.is_open(criterion.place)
        )

    def _differs(self, after: CriterionResult) -> bool:
        """Say whether what is written differs, were one criterion so judged."""
        criterion = after.criterion
        changed = {**self.results, criterion.id: after}
        return any(
            self._told(key, criterion, self.results)
            != self._told(key, criterion, changed)
            for key in self.pinned
        )

    def _notices_action(self, action: Recommendation) -> bool:
        """Look at how many, and at whether it fires where nothing covers it."""
        ident, known = action.id, self.judge.remedies
        is_told = self.domain in {"", action.domain} and bool(
            {"fires", "to_confirm"} & {*self.pinned}
        )
        is_counted = ident in self.pinned.get("quantities", ())
        if ident not in known.by_id or not (is_told or is_counted):
            return False
        moved = copy(known)
        remedy = Remedy(action, self.judge.checklist.questions)
        moved.by_id = {**known.by_id, ident: remedy}
        before = self._targets(ident, self.results, known)
        after = self._targets(ident, self.results, moved)
        if is_told and _trigger_of(before) != _trigger_of(after):
            return True
        return is_counted and _quantities(before) != _quantities(after)

    def _targets(
        self, action: str, results: Results, remedies: Remedies
    ) -> tuple[Target, ...]:
        looked_at = remedies.with_covering({action})
        found = Targets(
            remedies, results, self.reading, self._counting, looked_at, kept={}
        )
        return found.of(action)

    def _notices_weight(self, domain: Domain) -> bool:
        """Say whether the score of the whole differs, were a domain to weigh so."""
        found = self.judge.domains(self.results)
        changed = [
            replace(each, domain=domain) if each.domain.id == domain.id else each
            for each in found
        ]
        one, other = overall_score(found), overall_score(changed)
        return "overall" in self.pinned and _shown(one) != _shown(other)

    def _notices_part(self, question: Question) -> bool:
        """Say whether a level differs, were a part free to be above its whole."""
        vocabulary = self.judge.vocabulary
        if question.id not in {name for _, name in self.reading.facts.answers}:
            return False
        part = replace(vocabulary[question.id], at_most=question.at_most)
        reading = FactsReading({**vocabulary, question.id: part}, self.reading.facts)
        return any(
            self._differs(self._judged(self.judge.checklist.criteria[each], reading))
            for each in self.judge.readers.readers(question.id)
        )

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
            _trigger_of(self._targets(each.id, results, self.judge.remedies))
            for each in self.judge.checklist.recommendations.values()
            if each.when.criterion == criterion.id and self.domain in {"", each.domain}
        ]

    def _overall(self, _: Criterion, results: Results) -> object:
        return _shown(overall_score(self.judge.domains(results)))

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


def _shown(score: Score) -> object:
    return score.bounds and displayed(score.bounds)


def _trigger_of(targets: Iterable[Target]) -> Trigger | None:
    """Return whether an action fires somewhere, or may."""
    found = {each.trigger for each in targets}
    if Trigger.FIRES in found:
        return Trigger.FIRES
    return Trigger.TO_CONFIRM if found else None


def _quantities(targets: Iterable[Target]) -> list[Quantity]:
    return [each.quantity for each in targets]


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
    return [*schools, *witnesses_of(checklist, written)]


FILE = Path(__file__).parent / "thresholds.json"


@cache
def threshold_examples() -> tuple[Example, ...]:
    """Return the audits at the thresholds, as examples of checklists are."""
    return examples_in(json.loads(FILE.read_text(encoding="utf-8")))


def examples_in(written: Iterable[Mapping[str, Any]]) -> tuple[Example, ...]:
    """Return what `thresholds.json` holds, or is to hold, as examples."""
    return tuple(Example(FILE.name, 2 + rank, raw) for rank, raw in enumerate(written))


def witnesses_of(checklist: Checklist, written: Iterable[Example]) -> list[Witness]:
    """Return examples, as whoever looks for what they notice reads them."""
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
