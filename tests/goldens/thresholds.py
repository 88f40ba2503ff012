"""Write `thresholds.json`: small audits that stand just at each threshold.

`python -m tests.goldens.thresholds` draws facts near the numbers of each criterion and
keeps those that tell it from its mutants; then, one by one, what tells an action, a
share of the socle or a bound of a part from theirs. The oracle, not the judge, says the
levels. A person reads what changes before it is committed. They stay out of
`checklists/`, whose authors must not meet four hundred examples when they move one
threshold.
"""

import json
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from diag.assess.judge import judge_for, judge_of
from diag.assess.results import Assessment, CriterionResult
from diag.checklist import shipped_checklists
from diag.checklist.load import load_checklists
from diag.checklist.loaded import Loaded
from diag.model.checklist import Checklist, Criterion
from diag.model.enums import Trigger
from diag.rules.language import Rule, parse_rule
from tests import oracle
from tests.goldens.mutants import (
    THRESHOLD,
    Mutant,
    action_mutants,
    part_mutants,
    share_mutants,
)
from tests.goldens.search import MOST, Raw, Sample, Search, facts_of, root_kind, shown
from tests.goldens.witnesses import FILE, examples_in, witnesses_of

ALONE = 200
"""Audits drawn for one mutant, before it is left to whoever reads the survivors."""


def main() -> None:
    """Write the file anew."""
    loaded = load_checklists(shipped_checklists())
    checklist = loaded.draft
    examples: list[Raw] = []
    for domain in checklist.domains:
        criteria = [e for e in checklist.criteria.values() if e.domain == domain.id]
        samples = [each for one in criteria for each in Search(one, checklist).kept()]
        for rank, sample in enumerate(merged(samples, checklist), 1):
            examples.append(_example(f"{domain.title} {rank}", domain.id, sample))
            _pin_domain(examples[-1], checklist, sample, domain.id)
    examples += told_alone(loaded, examples)
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in examples)
    FILE.write_text(f"[\n{lines}\n]\n", encoding="utf-8", newline="\n")


@dataclass(frozen=True)
class Sought:
    """A change that no merged audit shows, and where to look for one that does."""

    mutant: Mutant
    criterion: Criterion
    domain: str
    also: Sequence[Rule] = field(default=())
    """What is read besides the criterion."""
    most: int = 1
    """Places of a kind."""


def sought(checklist: Checklist) -> Iterator[Sought]:
    """Yield every change of an action, of a share of the socle, of a part."""
    for action in checklist.recommendations.values():
        criterion = checklist.criteria[action.when.criterion]
        read = [
            parse_rule(rule) for rule in (action.when.where, action.at_most) if rule
        ]
        for mutant in action_mutants(action, checklist):
            yield Sought(mutant, criterion, action.domain, read)
    for criterion in checklist.criteria.values():
        for mutant in share_mutants(criterion):
            yield Sought(mutant, criterion, criterion.domain, most=MOST)
    for question in checklist.questions.values():
        for mutant in part_mutants(question, checklist):
            for name in judge_of(checklist).readers.readers(question.id):
                criterion, whole = (
                    checklist.criteria[name],
                    parse_rule(question.at_most),
                )
                yield Sought(mutant, criterion, criterion.domain, [whole], MOST)


def told_alone(loaded: Loaded, examples: Sequence[Raw]) -> list[Raw]:
    """Return one more audit for each change that all the others leave unseen."""
    checklist = loaded.draft
    everyone = witnesses_of(checklist, (*loaded.examples, *examples_in(examples)))
    found: list[Raw] = []
    for each in sought(checklist):
        if any(one.notices(each.mutant.changed) for one in everyone):
            continue
        search = Search(each.criterion, checklist, each.also)
        for _ in range(ALONE):
            sample = search.drawn(each.most)
            if each.mutant.kind == THRESHOLD:
                sample.closed = (each.criterion.place,)
            name = f"{each.criterion.title}, {each.mutant.what}"
            example = _example(name, each.domain, sample)
            assessment = _pin_domain(example, checklist, sample, each.domain)
            if each.mutant.kind == THRESHOLD:
                example["expect"]["socle"] = str(assessment.socle)
            (witness,) = witnesses_of(checklist, examples_in([example]))
            if witness.notices(each.mutant.changed):
                everyone.append(witness)
                found.append(example)
                break
        else:
            print("rien trouvé :", each.criterion.id, each.mutant.what)
    return found


def _example(name: str, domain: str, sample: Sample) -> Raw:
    expect: Raw = {}
    if sample.levels:
        expect["levels"] = sample.levels
    if sample.at:
        expect["at"] = sample.at
    raw = {key: value for key, value in sample.raw.items() if value}
    return {"name": f"au seuil : {name}", "domain": domain, **raw, "expect": expect}


def _pin_domain(
    example: Raw, checklist: Checklist, sample: Sample, ident: str
) -> Assessment:
    """Pin the score and what fires too: weights and triggers show nowhere else."""
    advised = {e.id for e in checklist.recommendations.values() if e.domain == ident}
    facts = facts_of(sample, checklist, root_kind(sample, checklist))
    assessment = judge_for(facts, checklist).assess(facts, advised)
    (found,) = (each for each in assessment.domains if each.domain.id == ident)
    if found.score.bounds:
        low, high = found.score.bounds.low, found.score.bounds.high
        example["expect"]["domain"] = [oracle.rounded(low), oracle.rounded(high)]
    example["expect"]["fires"] = sorted(
        each.recommendation.id
        for each in assessment.advice
        if each.trigger is Trigger.FIRES and each.recommendation.id in advised
    )
    rules = {
        name: str(status)
        for name, result in assessment.criteria.items()
        if name in sample.names and (status := result.compliance) is not None
    }
    if rules:
        example["expect"]["compliance"] = rules
    return assessment


def merged(samples: Sequence[Sample], checklist: Checklist) -> list[Sample]:
    """Return fewer audits that say the same: those that do not contradict are one."""
    found: list[Sample] = []
    for sample in samples:
        for rank, host in enumerate(found):
            kinds = {root_kind(each, checklist) for each in (host, sample)}
            if len(kinds) == 1 and _may_host(host, sample):
                both = _both(host, sample)
                if _still_holds(both, checklist):
                    found[rank] = both
                    break
        else:
            found.append(sample)
    return found


def _may_host(host: Sample, sample: Sample) -> bool:
    if set(sample.levels) & set(host.levels):
        return False
    if (sample.is_counted and host.places) or (host.is_counted and sample.places):
        return False
    common = sample.answers.keys() & host.answers.keys()
    return all(sample.answers[name] == host.answers[name] for name in common)


def _both(host: Sample, sample: Sample) -> Sample:
    """Return two audits as one: places keep their kind and take a free name."""
    both = deepcopy(host)
    both.answers |= sample.answers
    both.levels |= sample.levels
    both.is_counted |= sample.is_counted
    for place in sample.places:
        rank = 1 + sum(other["kind"] == place["kind"] for other in both.places)
        name = f"{place['kind']} {rank}"
        both.places.append({**place, "name": name})
        if place["name"] in sample.at:
            both.at[name] = sample.at[place["name"]]
    return both


def _still_holds(sample: Sample, checklist: Checklist) -> bool:
    """Say whether one audit's facts leave the levels of the other as they were."""
    results = _results(sample, checklist)
    for ident, level in sample.levels.items():
        alone = results[ident].alone
        if alone is None or shown(alone) != level:
            return False
    return all(
        shown(next(v for v in results[ident].verdicts if v.place == place)) == level
        for place, levels in sample.at.items()
        for ident, level in levels.items()
    )


def _results(sample: Sample, checklist: Checklist) -> dict[str, CriterionResult]:
    facts = facts_of(sample, checklist, root_kind(sample, checklist))
    judge = judge_for(facts, checklist)
    return judge.results(judge.reading(facts))


if __name__ == "__main__":
    main()
