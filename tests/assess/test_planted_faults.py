"""The oracle earns its keep: three faults planted in the real judge, each caught."""

from collections.abc import Sequence
from fractions import Fraction

import pytest

from diag.assess import criteria as gauge
from diag.assess import scores
from diag.assess.criteria import Rolled, rolled_up
from diag.assess.facts import FactsReading
from diag.assess.results import Verdict
from diag.assess.scores import Member, weighted_mean
from diag.model.checklist import RollUp
from diag.model.enums import Standing
from diag.model.number import Bounds
from tests.assess.agreement import disagreements
from tests.assess.builders import (
    MEAN,
    SALLE,
    SHARE,
    WORST,
    boolean,
    checklist,
    choice,
    criterion,
    facts,
    number,
)

LEVELS = {3: "prises >= 3", 2: "prises >= 2", 1: "prises >= 1"}
CLASSROOM = "type_salle == 'classe'"


def rooms_judged_by(*roll_ups: RollUp) -> list[str]:
    """Compare judge and oracle on a small school, half known."""
    judged = checklist(
        [
            boolean("wifi"),
            choice("type_salle", "classe", "bureau", place=SALLE),
            number("prises", SALLE, range=(0, 3)),
        ],
        [
            criterion("wifi", {2: "wifi"}, weight=2),
            *(
                criterion(
                    f"rooms{rank}",
                    LEVELS,
                    place=SALLE,
                    applicable=CLASSROOM,
                    roll_up=roll_up,
                )
                for rank, roll_up in enumerate(roll_ups)
            ),
        ],
    )
    school = facts(
        {},
        {
            "CP": {"type_salle": "classe", "prises": 2},
            "CE1": {"type_salle": "classe", "prises": [2, 3]},
            "réserve": {"prises": 0},
        },
    )
    return disagreements(school, judged, limit=200)


def test_the_judge_as_it_is_agrees_with_the_oracle() -> None:
    assert rooms_judged_by(WORST, MEAN, SHARE) == []


def test_a_swapped_bound_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def swapped(members: Sequence[Member]) -> Bounds | None:
        bounds = weighted_mean(members)
        return bounds and Bounds(bounds.high, bounds.low)

    monkeypatch.setattr(scores, "weighted_mean", swapped)
    assert rooms_judged_by(WORST)


def test_a_swapped_level_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = gauge.CriterionJudge.verdicts

    def swapped(
        self: gauge.CriterionJudge, reading: FactsReading
    ) -> tuple[Verdict, ...]:
        return tuple(
            Verdict(each.criterion, each.place, each.standing, each.high, each.low)
            for each in honest(self, reading)
        )

    monkeypatch.setattr(gauge.CriterionJudge, "verdicts", swapped)
    assert rooms_judged_by(WORST)


@pytest.mark.parametrize("roll_up", [WORST, MEAN, SHARE])
def test_a_dropped_maybe_place_is_caught(
    monkeypatch: pytest.MonkeyPatch, roll_up: RollUp
) -> None:
    def dropping(
        roll_up: RollUp, verdicts: Sequence[Verdict], *, is_open: bool
    ) -> Rolled:
        sure = [each for each in verdicts if each.standing is Standing.IN]
        return rolled_up(roll_up, sure, is_open=is_open)

    monkeypatch.setattr(gauge, "rolled_up", dropping)
    assert rooms_judged_by(roll_up)


def test_an_early_rounding_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def early(members: Sequence[Member]) -> Bounds | None:
        bounds = weighted_mean(members)
        return bounds and Bounds(*map(_rounded, (bounds.low, bounds.high)))

    monkeypatch.setattr(scores, "weighted_mean", early)
    assert rooms_judged_by(MEAN)


def _rounded(ratio: Fraction) -> Fraction:
    return Fraction(round(100 * ratio), 100)
