import pytest

from diag.assess.judge import assess
from diag.assess.results import Advice
from diag.model.checklist import Requirement
from diag.model.enums import Gate
from tests.assess.builders import (
    Said,
    boolean,
    checklist,
    criterion,
    facts,
    number,
    recommendation,
)

DEBIT = Requirement(criterion="debit", at_least=2)
FIBRE = Requirement(recommendation="fibrer")


def equip(
    answers: dict[str, Said], *requires: Requirement, cured: bool = True
) -> Advice:
    """Return the advice to equip, with a debit known as said, and what cures it."""
    grid = checklist(
        [boolean("ecole_ouverte"), number("mbits", range=(0, 100)), number("postes")],
        [
            criterion(
                "debit",
                {3: "mbits >= 100", 2: "mbits >= 30", 1: "mbits >= 8"},
                applicable="ecole_ouverte",
            ),
            criterion("postes", {1: "postes >= 5"}),
        ],
        [
            recommendation("equiper", "postes", 1, requires=requires),
            recommendation("fibrer", "debit", 2, effect={"debit": 3} if cured else {}),
        ],
    )
    school = facts({"postes": 0, "ecole_ouverte": True, **answers})
    advice = {each.recommendation.id: each for each in assess(school, grid).advice}
    return advice["equiper"]


@pytest.mark.parametrize(
    ("answers", "gate", "waits_for"),
    [
        ({"mbits": 30}, Gate.OPEN, ()),
        ({"mbits": 8}, Gate.WAITS, ("fibrer",)),
        ({}, Gate.CHECK_FIRST, ("debit",)),
        ({"ecole_ouverte": False}, Gate.OPEN, ()),
        ({"ecole_ouverte": [True, False], "mbits": 8}, Gate.CHECK_FIRST, ("debit",)),
    ],
)
def test_a_criterion_that_must_stand_high_enough(
    answers: dict[str, Said], gate: Gate, waits_for: tuple[str, ...]
) -> None:
    found = equip(answers, DEBIT)
    assert (found.gate, found.waits_for) == (gate, waits_for)


@pytest.mark.parametrize(
    ("answers", "gate", "waits_for"),
    [
        ({"mbits": 30}, Gate.OPEN, ()),
        ({"mbits": 8}, Gate.WAITS, ("fibrer",)),
        ({}, Gate.CHECK_FIRST, ("fibrer",)),
    ],
)
def test_a_recommendation_that_must_be_done_first(
    answers: dict[str, Said], gate: Gate, waits_for: tuple[str, ...]
) -> None:
    found = equip(answers, FIBRE)
    assert (found.gate, found.waits_for) == (gate, waits_for)


def test_what_nothing_cures_waits_for_the_criterion_itself() -> None:
    assert equip({"mbits": 8}, DEBIT, cured=False).waits_for == ("debit",)


def test_a_failure_outweighs_what_is_to_be_checked_and_comes_first() -> None:
    postes = Requirement(criterion="postes", at_least=1)
    found = equip({}, DEBIT, postes)
    assert (found.gate, found.waits_for) == (Gate.WAITS, ("postes", "debit"))


def test_two_reasons_to_wait_for_the_same_thing_are_one() -> None:
    assert equip({"mbits": 8}, DEBIT, FIBRE).waits_for == ("fibrer",)
