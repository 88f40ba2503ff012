from fractions import Fraction

import pytest

from diag.assess.judge import assess
from diag.assess.results import Advice, Amount
from diag.model.checklist import Checklist, Level, RollUp
from diag.model.enums import Trigger
from diag.model.fact import Facts
from diag.model.number import Quantity
from tests.assess.builders import (
    MEAN,
    SALLE,
    SHARE,
    WORST,
    Said,
    boolean,
    checklist,
    choice,
    criterion,
    facts,
    number,
    price,
    recommendation,
)

CLASSROOM = "type_salle == 'classe'"
LEVELS = {3: "prises >= 3", 2: "prises >= 2", 1: "prises >= 1"}


def school_grid(
    below: Level = 2, roll_up: RollUp = SHARE, quantity: str = ""
) -> Checklist:
    return checklist(
        [
            choice("type_salle", "classe", "bureau", place=SALLE),
            number("prises", SALLE),
            number("eleves", range=(0, None)),
        ],
        [
            criterion(
                "salles", LEVELS, place=SALLE, applicable=CLASSROOM, roll_up=roll_up
            ),
            criterion("eleves", {3: "eleves >= 1"}),
        ],
        [
            recommendation(
                "cabler",
                "salles",
                below,
                quantity=quantity or f"count(salle, {CLASSROOM} and prises < 2)",
                prices={"prise": "2 * quantite"},
                effort="quantite / 4",
                effect={"salles": 2},
            )
        ],
        [price("prise", 6_700, 9_500, 12_500)],
    )


def room(prises: int | None, kind: str = "classe") -> dict[str, Said]:
    found: dict[str, Said] = {"type_salle": kind}
    if prises is not None:
        found["prises"] = prises
    return found


def advised(school: Facts, grid: Checklist) -> Advice | None:
    return next(iter(assess(school, grid).advice), None)


def advice(school: Facts, grid: Checklist) -> Advice:
    found = advised(school, grid)
    assert found is not None
    return found


def test_a_criterion_that_surely_falls_short_fires() -> None:
    school = facts({}, {"CP": room(0), "CE1": room(1), "CE2": room(3)})
    found = advice(school, school_grid())
    assert found.trigger is Trigger.FIRES
    assert found.places == ("CP", "CE1")
    assert found.quantity == Quantity(Fraction(2), Fraction(2))
    assert found.cost.once_ht == Amount(
        Fraction(26_800), Fraction(38_000), Fraction(50_000)
    )
    assert found.effort_days == Quantity(Fraction(1, 2), Fraction(1, 2))


def test_one_that_may_fall_short_is_to_be_confirmed() -> None:
    school = facts({}, {"CP": room(3), "CE1": room(None), "CE2": room(3, "bureau")})
    found = advice(school, school_grid())
    assert found.trigger is Trigger.TO_CONFIRM
    assert found.places == ("CE1",)
    assert found.quantity == Quantity(Fraction(), Fraction(1))


def test_one_that_stands_high_enough_or_does_not_apply_says_nothing() -> None:
    assert advised(facts({}, {"CP": room(2)}), school_grid()) is None
    assert advised(facts({}, {"CP": room(0, "bureau")}), school_grid()) is None


def test_one_that_perhaps_applies_is_only_to_be_confirmed() -> None:
    found = advice(facts({}, {"CP": {"prises": 0}}), school_grid())
    assert found.trigger is Trigger.TO_CONFIRM


def test_places_fall_short_of_the_threshold_that_the_share_counts() -> None:
    school = facts({}, {"CP": room(2), "CE1": room(1)})
    assert advice(school, school_grid(below=3)).places == ("CE1",)
    assert advice(school, school_grid(below=3, roll_up=MEAN)).places == ("CP", "CE1")


def test_a_perhaps_room_is_not_named_among_those_that_surely_fall_short() -> None:
    school = facts({}, {"CP": room(0), "CE1": {"prises": 0}})
    found = advice(school, school_grid(roll_up=WORST))
    assert found.trigger is Trigger.FIRES
    assert found.places == ("CP",)


def test_the_subject_itself_is_not_a_place_to_name() -> None:
    grid = checklist(
        [boolean("wifi")],
        [criterion("wifi", {1: "wifi"})],
        [recommendation("poser", "wifi", 1)],
    )
    assert advice(facts({"wifi": False}), grid).places == ()


def test_an_open_list_leaves_the_quantity_and_the_cost_unbounded() -> None:
    school = facts({}, {"CP": room(0)}, closed=())
    found = advice(school, school_grid(roll_up=WORST))
    assert found.trigger is Trigger.FIRES
    assert found.quantity == Quantity(Fraction(1), None)
    assert found.cost.once_ht == Amount(Fraction(13_400), None, None)
    assert found.effort_days == Quantity(Fraction(1, 4), None)


@pytest.mark.parametrize(
    ("rule", "low", "high"),
    [
        ("5 - eleves", 0, 5),
        ("smallest(salle, prises)", 0, 0),
        ("smallest(salle, prises, type_salle == 'bureau')", 0, 0),
        ("eleves / 4", 0, None),
    ],
)
def test_a_quantity_is_never_negative_and_nothing_when_absent(
    rule: str, low: int, high: int | None
) -> None:
    school = facts({}, {"CP": room(0)})
    found = advice(school, school_grid(quantity=rule)).quantity
    assert found == Quantity(Fraction(low), None if high is None else Fraction(high))


def test_the_gain_is_the_rise_of_the_overall_low() -> None:
    known = facts({"eleves": 3}, {"CP": room(0)})
    assert advice(known, school_grid()).gain == Fraction(1, 3)
    unknown = facts({}, {"CP": room(0)})
    assert advice(unknown, school_grid()).gain == Fraction(1, 3)


def test_an_effect_on_what_is_sans_objet_gains_nothing() -> None:
    grid = checklist(
        [boolean("wifi"), boolean("ent")],
        [
            criterion("wifi", {1: "wifi"}),
            criterion("ent", {3: "ent"}, applicable="wifi"),
        ],
        [recommendation("poser", "wifi", 1, effect={"ent": 3})],
    )
    assert advice(facts({"wifi": False}), grid).gain == 0
