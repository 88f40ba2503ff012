import pytest

from diag.assess.judge import assess
from diag.assess.results import Advice
from diag.model.checklist import Requirement
from diag.model.enums import Direction, Gate, PlaceKind
from tests.assess.builders import (
    SALLE,
    Said,
    boolean,
    checklist,
    criterion,
    facts,
    number,
    recommendation,
    require,
)

DEBIT = Requirement(criterion="debit", at_least=2)


def equip(
    answers: dict[str, Said], *requires: Requirement, cured: bool = True
) -> Advice:
    """Return the advice to equip, with a debit known as said, and what cures it."""
    grid = checklist(
        [
            boolean("ecole_ouverte"),
            number("mbits", range=(0, 100), better=Direction.UP),
            number("postes"),
        ],
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
            *([recommendation("fibrer", "debit", 2)] if cured else ()),
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


def test_what_nothing_cures_waits_for_the_criterion_itself() -> None:
    assert equip({"mbits": 8}, DEBIT, cured=False).waits_for == ("debit",)


def test_a_failure_outweighs_what_is_to_be_checked_and_comes_first() -> None:
    postes = Requirement(criterion="postes", at_least=1)
    found = equip({}, DEBIT, postes)
    assert (found.gate, found.waits_for) == (Gate.WAITS, ("postes", "debit"))


ROOMS = checklist(
    [boolean("prise", SALLE), number("postes")],
    [
        criterion("prises", {1: "prise"}, place=SALLE),
        criterion("postes", {1: "postes >= 5"}),
    ],
    [recommendation("equiper", "postes", 1, requires=(require("prises", 1, "1/2"),))],
)


@pytest.mark.parametrize(
    ("rooms", "closed", "gate"),
    [
        ([True, False], (SALLE,), Gate.OPEN),
        ([True, False, False], (SALLE,), Gate.WAITS),
        ([True, None, False], (SALLE,), Gate.CHECK_FIRST),
        ([True, True], (), Gate.CHECK_FIRST),
        ([], (SALLE,), Gate.OPEN),
    ],
)
def test_a_school_waits_for_a_share_of_its_rooms(
    rooms: list[bool | None], closed: tuple[PlaceKind, ...], gate: Gate
) -> None:
    told: dict[str, dict[str, Said]] = {
        f"salle {rank}": {} if prise is None else {"prise": prise}
        for rank, prise in enumerate(rooms)
    }
    (found,) = assess(facts({"postes": 0}, told, closed=closed), ROOMS).advice
    assert found.gate is gate
