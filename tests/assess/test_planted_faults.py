"""The oracle earns its keep: each fault once found in judging is planted, and caught.

A school holds enough for all of them; the engine as it is agrees with the oracle there.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from diag.assess import advice, criteria, effects, facts, judge
from diag.assess.criteria import CriterionJudge, Member, weighted_mean
from diag.assess.effects import Demand
from diag.assess.facts import FactsReading, PlaceScope
from diag.assess.results import Target, Verdict
from diag.model.audit import Facts
from diag.model.enums import Compliance, Kind, Standing, Trigger
from diag.model.text import Bounds, Quantity
from diag.rules.expressions import Truth
from tests.assess.agreement import disagreements
from tests.assess.builders import (
    DOWN,
    LOT,
    SALLE,
    UP,
    boolean,
    checklist,
    choice,
    criterion,
    need,
    number,
    price,
    recommendation,
    require,
)
from tests.assess.builders import facts as school_of

GRID = checklist(
    [
        boolean("wifi", better=UP, void=True),
        number("maitres", range=(0, 20)),
        number("formes", range=(0, 20), better=UP, at_most="maitres"),
        choice("type_salle", "classe", "bureau", place=SALLE),
        number("prises", SALLE, better=UP),
        boolean("courant", SALLE, better=UP),
        boolean("nus", SALLE, better=DOWN, danger=True),
        number("barres", SALLE, range=(0, 4), better=UP, void=True),
        number("postes", LOT, range=(0, 30)),
        number("age", LOT, range=(0, 240), better=DOWN),
    ],
    [
        criterion(
            "prises",
            {3: "prises >= 3", 2: "prises >= 2", 1: "prises >= 1"},
            place=SALLE,
            kind=Kind.BLOCKING,
            applicable="type_salle == 'classe'",
            weight=3,
            socle_share="1/2",
        ),
        criterion("courant", {2: "courant"}, place=SALLE, kind=Kind.BLOCKING),
        criterion("video", {2: "prises >= 4"}, place=SALLE),
        criterion("danger", {3: "not nus"}, place=SALLE, weight=0),
        criterion(
            "loi",
            {3: "formes >= maitres", 1: "formes >= 1"},
            kind=Kind.COMPLIANCE,
            conforms_at=3,
        ),
        criterion("wifi", {2: "wifi"}, weight=2),
        criterion(
            "barres", {3: "barres >= 3", 1: "barres >= 1"}, place=SALLE, given="wifi"
        ),
        criterion("age", {3: "age < 84", 1: "age < 120"}, place=LOT, weigh_by="postes"),
    ],
    [
        recommendation(
            "cabler",
            "prises",
            2,
            quantity="2 - prises",
            buys=[need("prise", use="borne", count="1"), need("prise")],
            effect={"prises": 2},
        ),
        recommendation(
            "projeter",
            "video",
            2,
            requires=(require("courant", 2),),
            buys=[need("prise", use="borne", count="1")],
        ),
        recommendation("proteger", "danger", 3, buys=["goulotte"]),
        recommendation("former", "loi", 3, quantity="maitres - formes", buys=["jour"]),
        recommendation("installer", "wifi", 2, effect={"wifi": True}),
        recommendation(
            "capter",
            "barres",
            1,
            buys=[need("prise", use="borne")],
            effect={"barres": 3},
        ),
        recommendation("renouveler", "age", 3, quantity="postes", covers=("reparer",)),
        recommendation("reparer", "age", 1),
    ],
    [
        price("prise", 1, 2, 3),
        price("goulotte", 5, 6, 7),
        price("jour", 100, 200, 300),
    ],
)


def school(**answers: Any) -> Facts:
    """Return a school where much is short of something, and something of much."""
    return school_of(
        {"formes": 1, **answers},
        {
            "CP": {"type_salle": "classe", "prises": 2, "courant": True, "barres": 3},
            "CE1": {"type_salle": "classe", "prises": 1, "courant": True, "nus": True},
            "CM2": {"type_salle": "classe", "prises": 0, "courant": False},
            "bureau": {"type_salle": "bureau", "prises": 5, "barres": 0},
            "vieux": {"age": 130, "postes": 4},
            "neufs": {"age": 100},
        },
        kinds={"vieux": LOT, "neufs": LOT},
        visit_date=date(2026, 10, 1),
    )


SCHOOLS = (
    school(wifi=True, maitres=5),
    school(wifi=False),
    school(maitres=5, formes=7),
    school_of({}, {"CP": {"type_salle": "classe", "prises": 1}}),
)
Patch = pytest.MonkeyPatch


def test_the_engine_as_it_is_agrees_with_the_oracle() -> None:
    assert not any(disagreements(one, GRID) for one in SCHOOLS)


def room_at_zero_raises_no_advice(patch: Patch) -> None:
    """An action fires on the mean of all the places."""
    honest = advice.Targets._targets_of

    def averaged(self: advice.Targets, ident: str) -> Iterator[Target]:
        below = self._remedies.by_id[ident].recommendation.when
        if self._results[below.criterion].bounds.high * 3 < below.below:
            yield from honest(self, ident)

    patch.setattr(advice.Targets, "_targets_of", averaged)


def prerequisites_are_read_at_the_school(patch: Patch) -> None:
    """The mean of all the places stands for the place."""

    def at_school(self: advice.Prerequisites, requirement: Any, _: str) -> Truth:
        bounds = self._results[requirement.criterion].bounds
        if 3 * bounds.low >= requirement.at_least:
            return True
        return False if 3 * bounds.high < requirement.at_least else None

    patch.setattr(advice.Prerequisites, "holds", at_school)


def a_worse_fact_raises_the_score(patch: Patch) -> None:
    """What is not there is not judged, and leaves the mean."""
    honest = CriterionJudge.verdict

    def forgiving(self: CriterionJudge, scope: PlaceScope) -> Verdict:
        verdict = honest(self, scope)
        is_shut = verdict.given is False
        return verdict._replace(standing=Standing.OUT) if is_shut else verdict

    patch.setattr(CriterionJudge, "verdict", forgiving)


def an_effect_raises_the_whole_school(patch: Patch) -> None:
    """One room that is cured cures them all."""
    honest = effects.Gains.raised

    def everywhere(
        self: effects.Gains, effect: effects.Effect, places: Sequence[str]
    ) -> criteria.Replaced:
        return honest(self, effect, [*self._reading.tree.kinds] if places else [])

    patch.setattr(effects.Gains, "raised", everywhere)


def a_place_that_fires_needs_nothing(patch: Patch) -> None:
    """A quantity may be 0 where an action surely fires."""
    patch.setattr(effects, "_one_at_least", lambda value: (0, 0))


def the_same_need_is_paid_twice(patch: Patch) -> None:
    """Each action buys for itself alone."""
    patch.setattr(
        Demand,
        "key",
        property(
            lambda self: (self.need.item, self.action + self.need.use, self.place)
        ),
    )


def the_law_is_met_from_level_one(patch: Patch) -> None:
    """`conforms_at` is forgotten."""
    honest = criteria.compliance_at

    def lenient(verdict: Verdict, _: int) -> Compliance:
        return honest(verdict, 1)

    patch.setattr(criteria, "compliance_at", lenient)


def rooms_at_base_are_worth_nothing(patch: Patch) -> None:
    """A share of rooms that reach a level stands for their mean."""

    def share(self: CriterionJudge, verdicts: Any, *, is_open: bool) -> Any:
        members = criteria._members(verdicts, criteria._HELD[2])
        standing = criteria._standing(members, is_open=is_open)
        return standing, weighted_mean(members) or criteria.ANYTHING

    patch.setattr(CriterionJudge, "mean", share)


def what_may_be_answered_bounds_what_one_buys(patch: Patch) -> None:
    """An unknown number counts as its range does."""
    patch.setattr(FactsReading, "with_limits", lambda self, _: self)


def a_part_may_be_above_its_whole(patch: Patch) -> None:
    """A part is read alone."""
    patch.setattr(PlaceScope, "_exceeds", lambda *_: False)


def a_danger_waits_its_turn(patch: Patch) -> None:
    """What is dangerous is ordered as the rest is."""
    patch.setattr(advice.Advising, "_cures_danger", lambda *_: False)


def sans_objet_is_never_foreseen(patch: Patch) -> None:
    """An answer that may yet be « sans objet » is in for sure."""
    honest = PlaceScope._is_answered_void

    def surely(self: PlaceScope, name: str, fact: facts.FactType) -> Truth:
        return honest(self, name, fact) or False

    patch.setattr(PlaceScope, "_is_answered_void", surely)


def a_place_that_may_be_out_is_dropped(patch: Patch) -> None:
    """Undecided places leave the mean."""
    honest = CriterionJudge.mean

    def sure_alone(self: CriterionJudge, verdicts: Any, *, is_open: bool) -> Any:
        kept = [each for each in verdicts if each.standing is not Standing.MAYBE]
        return honest(self, kept, is_open=is_open)

    patch.setattr(CriterionJudge, "mean", sure_alone)


def bounds_are_swapped(patch: Patch) -> None:
    """Low is high, and high is low."""

    def swapped(members: Sequence[Member]) -> Bounds | None:
        bounds = weighted_mean(members)
        return bounds and Bounds(bounds.high, bounds.low)

    patch.setattr(criteria, "weighted_mean", swapped)


def scores_are_rounded_early(patch: Patch) -> None:
    """A domain is rounded before it is averaged."""

    def early(members: Sequence[Member]) -> Bounds | None:
        bounds = weighted_mean(members)
        return bounds and Bounds(_hundredth(bounds.low), _hundredth(bounds.high))

    patch.setattr(criteria, "weighted_mean", early)


def _hundredth(ratio: Fraction) -> Fraction:
    return Fraction(round(100 * ratio), 100)


def what_is_covered_is_done_too(patch: Patch) -> None:
    """Two actions do the work of one."""
    patch.setattr(advice.Targets, "_left_by_covers", lambda *given: given[-1])


def what_may_fire_surely_costs(patch: Patch) -> None:
    """What is only possible counts in the low basket."""
    honest = effects.Remedy.quantity

    def always(self: effects.Remedy, scope: PlaceScope, _: Trigger) -> Quantity:
        return honest(self, scope, Trigger.FIRES)

    patch.setattr(effects.Remedy, "quantity", always)


def what_gates_open_is_not_waited_for(patch: Patch) -> None:
    """A prerequisite that may be sans objet fails for sure."""
    honest = advice._holds

    def harsh(*given: Any, **options: Any) -> Truth:
        return honest(*given, **options) or False

    patch.setattr(advice, "_holds", harsh)


FAULTS: tuple[Callable[[Patch], None], ...] = (
    room_at_zero_raises_no_advice,
    prerequisites_are_read_at_the_school,
    a_worse_fact_raises_the_score,
    an_effect_raises_the_whole_school,
    a_place_that_fires_needs_nothing,
    the_same_need_is_paid_twice,
    the_law_is_met_from_level_one,
    rooms_at_base_are_worth_nothing,
    what_may_be_answered_bounds_what_one_buys,
    a_part_may_be_above_its_whole,
    a_danger_waits_its_turn,
    sans_objet_is_never_foreseen,
    a_place_that_may_be_out_is_dropped,
    bounds_are_swapped,
    scores_are_rounded_early,
    what_is_covered_is_done_too,
    what_may_fire_surely_costs,
    what_gates_open_is_not_waited_for,
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_planted_fault_is_caught(
    fault: Callable[[Patch], None], monkeypatch: Patch
) -> None:
    monkeypatch.setattr(judge, "_judges", [])  # none that remembers being honest
    fault(monkeypatch)
    assert any(disagreements(one, GRID) for one in SCHOOLS)
