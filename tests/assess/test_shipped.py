"""The shipped checklists, judged as the oracle judges them."""

from dataclasses import replace
from random import Random

import pytest

from diag.assess.judge import assess
from diag.model.audit import PARENT_KINDS, Facts, Place
from diag.model.checklist import Checklist
from diag.model.enums import PlaceKind
from tests.assess.agreement import disagreements, outside
from tests.assess.builders import LOT, SALLE, facts
from tests.completions import completions, facts_of
from tests.examples import cases
from tests.shipped import shipped

PLACES = {
    "nord": PlaceKind.BATIMENT,
    "CP": SALLE,
    "CE1": SALLE,
    "bureau": SALLE,
    "valise": LOT,
}
HOLDERS = {"CP": "nord", "CE1": "nord", "valise": "CP"}
SUBJECTS = (PlaceKind.COMMUNE, PlaceKind.SYNDICAT)


def half_known_school(seed: int) -> Facts:
    """Return a small school where everything was answered, then much forgotten."""
    nobody = facts({}, {name: {} for name in PLACES}, kinds=PLACES, parents=HOLDERS)
    return half_known(nobody, seed)


def half_known_subject(kind: PlaceKind, seed: int) -> Facts:
    """Return a commune or a syndicat where much was forgotten as well."""
    place = Place(id="sujet", kind=kind, parent=None, name="sujet")
    nobody = Facts(
        root="sujet",
        places={"sujet": place},
        answers={},
        closed=frozenset(PARENT_KINDS),
    )
    return replace(half_known(nobody, seed), closed=frozenset(PARENT_KINDS))


def half_known(nobody: Facts, seed: int) -> Facts:
    random = Random(seed)
    share_kept = (0.3, 0.7, 0.95, 1)[seed % 4]
    world = next(completions(nobody, shipped(), random, 20))
    school = facts_of(world, nobody)
    answers = dict(school.answers)
    kept = {
        slot: heads for slot, heads in answers.items() if random.random() < share_kept
    }
    closed = frozenset(kind for kind in school.closed if random.random() < share_kept)
    return replace(school, answers=kept, closed=closed)


def some_of_it(seed: int, share: int) -> Checklist:
    """Return the shipped checklist with one action in so many: each takes its time."""
    recommendations = [*shipped().recommendations.items()]
    kept = Random(seed).sample(recommendations, len(recommendations) // share)
    return shipped().model_copy(update={"recommendations": dict(kept)})


@pytest.mark.parametrize("seed", cases(range(4), 0, 2))
def test_a_school_is_judged_as_the_oracle_judges_it(seed: int) -> None:
    assert disagreements(half_known_school(seed), some_of_it(seed, 10)) == []


@pytest.mark.parametrize("kind", SUBJECTS)
def test_a_commune_or_a_syndicat_is_judged_as_the_oracle_does(kind: PlaceKind) -> None:
    assert disagreements(half_known_subject(kind, 1), shipped()) == []


@pytest.mark.parametrize("seed", cases(range(2), 0))
def test_every_completion_of_a_school_lies_within_the_bounds(seed: int) -> None:
    assert not [*outside(half_known_school(seed), shipped(), limit=8, judge=assess)]


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 300))
def test_many_schools_are_judged_as_the_oracle_judges_them(seed: int) -> None:
    assert disagreements(half_known_school(seed), some_of_it(seed, 4)) == []


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4, 12))
@pytest.mark.parametrize("kind", SUBJECTS)
def test_more_communes_and_syndicats_are_judged_so(kind: PlaceKind, seed: int) -> None:
    assert disagreements(half_known_subject(kind, seed), shipped()) == []


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 140))
def test_every_completion_of_many_schools_lies_within(seed: int) -> None:
    assert not [*outside(half_known_school(seed), shipped(), limit=40, judge=assess)]
