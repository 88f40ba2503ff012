"""Whoever changes a threshold, a weight or a condition is told so."""

from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

from diag.assess.examples import check_examples
from diag.checklist import shipped_checklists
from diag.checklist.lint.proofs import proof_problems
from diag.checklist.lint.rules import rule_problems
from diag.checklist.load import load_checklists
from diag.checklist.loaded import Loaded
from diag.model.checklist import Checklist, Criterion
from diag.rules.expressions import RuleError
from tests.checklist.search.criteria import checklist
from tests.checklist.search.criteria import loaded as as_loaded
from tests.goldens.mutants import (
    BOUND,
    CONDITION,
    CONFORMS,
    THRESHOLD,
    TRIGGER,
    WEIGHT,
    Mutant,
    action_mutants,
    domain_mutants,
    mutants_of,
    part_mutants,
    share_mutants,
)
from tests.goldens.witnesses import Witness, threshold_examples, witnesses, witnesses_of
from tests.shipped import shipped

REMEDY = "lisez la différence, puis : python -m tests.goldens.thresholds"
LEAST = 0.94
"""Which part must be noticed, kind by kind. The rest are mostly mutants that change
nothing: what they turn is decided elsewhere in the same rule."""


def test_the_levels_at_the_thresholds_hold() -> None:
    """Each criterion is judged alone: a whole audit of each takes five times longer."""
    differing = [
        (one.name, *found)
        for one in witnesses_of(shipped(), threshold_examples())
        for found in one.other_levels()
    ]
    assert not differing, f"{differing[0]} : {REMEDY}"


@pytest.mark.long  # the gate has their levels above, and the whole schools
def test_the_audits_at_the_thresholds_hold() -> None:
    found = check_examples(shipped(), threshold_examples())
    assert not found, f"{found[0]} {REMEDY}"


def test_every_criterion_has_an_audit_at_its_thresholds() -> None:
    told = {
        name
        for each in threshold_examples()
        for key in ("levels", "at")
        for name in _criteria_in(each.raw["expect"], key)
    }
    assert told == set(shipped().criteria)


def _criteria_in(expect: object, key: str) -> Iterator[str]:
    assert isinstance(expect, dict)
    found = expect.get(key, {})
    if key == "levels":
        yield from found
    for levels in found.values() if key == "at" else ():
        yield from levels


@pytest.mark.long
def test_mutants_are_noticed() -> None:
    """A minute: three thousand checklists, each with one thing changed."""
    loaded = load_checklists(shipped_checklists())
    everyone = witnesses(loaded)
    made: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    by: Counter[str] = Counter()
    for mutant in every_mutant(loaded.draft):
        who = _who_notices(mutant, everyone, loaded)
        made[mutant.kind] += 1
        caught[mutant.kind] += bool(who)
        by[who or "personne"] += 1
        if not who:
            print("survit", mutant.kind, mutant.changed.id, mutant.what[:120])
    for kind, whole in made.items():
        print(f"{kind} : {caught[kind]} sur {whole}, {caught[kind] / whole:.1%}")
    print(f"ensemble : {caught.total()} sur {made.total()}")
    print(dict(by))
    assert made.keys() == {THRESHOLD, CONDITION, WEIGHT, CONFORMS, TRIGGER, BOUND}
    assert {k: v for k, v in made.items() if caught[k] < LEAST * v} == {}


def every_mutant(checklist: Checklist) -> Iterator[Mutant]:
    """Yield every change of a checklist that somebody must notice."""
    for criterion in checklist.criteria.values():
        yield from mutants_of(criterion, checklist)
        yield from share_mutants(criterion)
    for domain in checklist.domains:
        yield from domain_mutants(domain)
    for action in checklist.recommendations.values():
        yield from action_mutants(action, checklist)
    for question in checklist.questions.values():
        yield from part_mutants(question, checklist)


def _who_notices(mutant: Mutant, everyone: Sequence[Witness], loaded: Loaded) -> str:
    changed = mutant.changed
    if not isinstance(changed, Criterion):
        found = (each.kind for each in everyone if each.notices(changed))
        return next(found, "")
    near = [
        each
        for each in everyone
        if each.domain in {"", changed.domain} or each.speaks_of(changed.id)
    ]
    try:
        for each in sorted(near, key=lambda each: not each.speaks_of(changed.id)):
            if each.notices(changed):
                return each.kind
    except RuleError:
        return "règle refusée"
    alone = as_loaded(checklist([changed], (), loaded.draft.questions))
    wrong = any(rule_problems(alone)) or any(proof_problems(alone, frozenset()))
    return "vérification" if wrong else ""
