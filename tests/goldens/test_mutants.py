"""Whoever changes a threshold, a weight or a condition is told so."""

from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

from diag.assess.examples import check_examples
from diag.checklist.edition import shipped_checklists
from diag.checklist.lint.proofs import proof_problems
from diag.checklist.lint.rules import rule_problems
from diag.checklist.load import load_checklists
from diag.checklist.loaded import Loaded
from diag.model.checklist import Criterion
from diag.rules.tree import RuleError
from tests.checklist.search.criteria import checklist
from tests.checklist.search.criteria import loaded as as_loaded
from tests.goldens.mutants import CONDITION, THRESHOLD, WEIGHT, Mutant, mutants_of
from tests.goldens.thresholds import threshold_examples
from tests.goldens.witnesses import Witness, witnesses
from tests.shipped import shipped

LEAST = {THRESHOLD: 0.9, CONDITION: 0.9, WEIGHT: 0.9}
"""Which part must be noticed. The rest are mostly mutants that change nothing: what
they turn is decided elsewhere in the same rule."""


def test_the_audits_at_the_thresholds_hold() -> None:
    found = check_examples(shipped(), threshold_examples())
    remedy = "lisez la différence, puis : python -m tests.goldens.thresholds"
    assert not found, f"{found[0]} {remedy}"


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
    """Half a minute: three thousand criteria, each with one thing changed."""
    loaded = load_checklists(shipped_checklists())
    everyone = witnesses(loaded)
    made: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    by: Counter[str] = Counter()
    for criterion in loaded.draft.criteria.values():
        near = _near(criterion, everyone)
        for mutant in mutants_of(criterion, loaded.draft):
            made[mutant.kind] += 1
            who = _who_notices(mutant, near, loaded)
            caught[mutant.kind] += bool(who)
            by[who or "personne"] += 1
            if not who:
                print("survit", criterion.id, mutant.what[:120])
    for kind, whole in made.items():
        print(f"{kind} : {caught[kind]} sur {whole}, {caught[kind] / whole:.1%}")
    print(dict(by))
    assert {k: v for k, v in made.items() if caught[k] < LEAST[k] * v} == {}


def _near(criterion: Criterion, everyone: Sequence[Witness]) -> list[Witness]:
    """Return who may notice, those that speak of this very criterion first."""
    found = [
        each
        for each in everyone
        if each.domain in {"", criterion.domain} or each.speaks_of(criterion.id)
    ]
    return sorted(found, key=lambda each: not each.speaks_of(criterion.id))


def _who_notices(mutant: Mutant, near: Sequence[Witness], loaded: Loaded) -> str:
    try:
        for each in near:
            if each.notices(mutant.changed):
                return each.kind
    except RuleError:
        return "règle refusée"
    alone = as_loaded(checklist([mutant.changed], (), loaded.draft.questions))
    wrong = any(rule_problems(alone)) or any(proof_problems(alone, frozenset()))
    return "vérification" if wrong else ""


@pytest.mark.long
def test_a_trigger_moved_is_noticed() -> None:
    everyone = witnesses(load_checklists(shipped_checklists()))
    made = caught = 0
    for ident, each in shipped().recommendations.items():
        highest = max(shipped().criteria[each.when.criterion].levels)
        for below in (1, 2, 3):
            if abs(below - each.when.below) == 1 and below <= highest:
                made += 1
                seen = any(one.notices_advice(ident, below) for one in everyone)
                caught += seen
                if not seen:
                    print("survit", ident, below)
    print(f"déclencheurs : {caught} sur {made}, {caught / made:.1%}")
    assert caught >= 0.9 * made
