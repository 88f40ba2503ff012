import pytest

from diag.assess.judge import assess
from diag.assess.results import Advice, Amount
from diag.model.audit import Facts
from diag.model.checklist import Checklist, Level
from diag.model.enums import Direction, Gate, Trigger
from diag.model.text import Quantity
from tests.assess.builders import (
    LOT,
    SALLE,
    Said,
    boolean,
    checklist,
    choice,
    criterion,
    facts,
    known,
    need,
    number,
    price,
    recommendation,
    require,
)

CLASSROOM = "type_salle == 'classe'"
LEVELS = {3: "prises >= 3", 2: "prises >= 2", 1: "prises >= 1"}


def school_grid(below: Level = 2, quantity: str = "2 - prises") -> Checklist:
    return checklist(
        [
            choice("type_salle", "classe", "bureau", place=SALLE),
            number("prises", SALLE, better=Direction.UP),
            number("eleves", range=(0, None), likely=(1, 30)),
        ],
        [
            criterion("salles", LEVELS, place=SALLE, applicable=CLASSROOM),
            criterion("eleves", {3: "eleves >= 1"}),
        ],
        [
            recommendation(
                "cabler",
                "salles",
                below,
                quantity=quantity,
                buys=[need("prise", count="2 * quantite")],
                effort="quantite / 4",
                effect={"prises": 2},
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


def test_one_room_that_falls_short_fires_whatever_the_others_have() -> None:
    school = facts(
        {}, {name: room(3) for name in ("CP", "CE1", "CE2")} | {"CM": room(0)}
    )
    found = advice(school, school_grid())
    assert found.trigger is Trigger.FIRES
    assert found.places == ("CM",)
    assert found.quantity == Quantity(2, 2)
    assert found.cost.once_ht == Amount(26_800, 38_000, 38_000, 50_000)
    assert found.effort_days is not None
    assert (found.effort_days.low, found.effort_days.high) == (0.5, 0.5)


def test_the_places_named_and_the_quantity_are_one_set() -> None:
    school = facts({}, {"CP": room(0), "CE1": room(1), "CE2": room(3)})
    found = advice(school, school_grid())
    assert [(each.place, each.quantity) for each in found.targets] == [
        ("CP", Quantity(2, 2)),
        ("CE1", Quantity(1, 1)),
    ]
    assert found.quantity == Quantity(3, 3)


def test_one_that_may_fall_short_is_to_be_confirmed() -> None:
    school = facts({}, {"CP": room(3), "CE1": room(None), "CE2": room(3, "bureau")})
    found = advice(school, school_grid())
    assert found.trigger is Trigger.TO_CONFIRM
    assert found.places == ("CE1",)
    assert found.quantity == Quantity(0, 2)


def test_one_that_stands_high_enough_or_does_not_apply_says_nothing() -> None:
    assert advised(facts({}, {"CP": room(2)}), school_grid()) is None
    assert advised(facts({}, {"CP": room(0, "bureau")}), school_grid()) is None


def test_a_perhaps_room_is_not_named_among_those_that_surely_fall_short() -> None:
    school = facts({}, {"CP": room(0), "CE1": {"prises": 0}})
    found = advice(school, school_grid())
    assert found.trigger is Trigger.FIRES
    assert found.places == ("CP",)
    assert [each.trigger for each in found.targets] == [
        Trigger.FIRES,
        Trigger.TO_CONFIRM,
    ]
    alone = advice(facts({}, {"CP": {"prises": 0}}), school_grid())
    assert alone.trigger is Trigger.TO_CONFIRM


def test_the_subject_itself_is_not_a_place_to_name() -> None:
    grid = checklist(
        [boolean("wifi")],
        [criterion("wifi", {1: "wifi"})],
        [recommendation("poser", "wifi", 1)],
    )
    assert advice(facts({"wifi": False}), grid).places == ()


@pytest.mark.parametrize(
    ("rule", "low", "high"),
    [
        ("5 - eleves", 1, 5),
        ("prises", 1, 1),
        ("smallest(lot, lot_nombre)", 1, None),
        ("eleves", 1, None),
    ],
)
def test_a_sure_place_counts_one_at_least_and_an_unknown_number_is_to_be_counted(
    rule: str, low: int, high: int | None
) -> None:
    grid = school_grid(quantity=rule)
    grid.questions["lot_nombre"] = number("lot_nombre", LOT)
    found = advice(facts({}, {"CP": room(0)}), grid)
    assert found.quantity == Quantity(low, high)


def test_what_is_to_be_counted_says_what_is_usual_and_has_no_upper_price() -> None:
    found = advice(facts({}, {"CP": room(0)}), school_grid(quantity="eleves"))
    assert found.usual == Quantity(1, 30)
    assert found.cost.once_ht == Amount(13_400, 19_000, None, None)


def test_the_gain_is_a_new_assessment_with_the_facts_changed() -> None:
    known = facts({"eleves": 3}, {"CP": room(0)})
    assert advice(known, school_grid()).gain * 3 == 1
    unknown = facts({}, {"CP": room(0)})
    assert advice(unknown, school_grid()).gain * 3 == 1
    beside = facts({"eleves": 3}, {"CP": room(0), "CE1": room(3)})
    assert advice(beside, school_grid()).gain * 6 == 1


def test_the_gain_counts_what_an_action_makes_less_sure() -> None:
    """Once « CP » is mended, nothing says that a trial was to be made."""
    grid = checklist(
        [
            boolean("ancien", SALLE, better=Direction.DOWN),
            boolean("essai", relevant="count(salle, ancien) > 0", better=Direction.UP),
        ],
        [
            criterion("recent", {3: "not ancien"}, place=SALLE),
            criterion("essai", {3: "count(salle, ancien) <= 0 or essai"}),
        ],
        [recommendation("changer", "recent", 3, effect={"ancien": False})],
    )
    before = facts({"essai": True}, {"CP": {"ancien": True}, "CE1": {}})
    done = facts({"essai": True}, {"CP": {"ancien": False}, "CE1": {}})
    scores = [assess(each, grid).overall.bounds for each in (before, done)]
    lows = [one.low for one in scores if one]
    assert advice(before, grid).gain == lows[1] - lows[0]


def test_an_effect_on_what_is_sans_objet_gains_nothing() -> None:
    grid = checklist(
        [boolean("wifi", better=Direction.UP), boolean("ent")],
        [
            criterion("wifi", {1: "wifi"}),
            criterion("ent", {3: "ent"}, applicable="wifi"),
        ],
        [recommendation("poser", "wifi", 1, effect={"ent": 3})],
    )
    assert advice(facts({"wifi": False}), grid).gain == 0


def test_what_is_done_no_longer_fires_there() -> None:
    grid = school_grid()
    before = facts({}, {"CP": room(0), "CE1": room(3)})
    (target,) = advice(before, grid).targets
    done = facts({}, {"CP": room(2), "CE1": room(3)})
    assert target.place == "CP"
    assert advised(done, grid) is None


COVERING = checklist(
    [
        choice("baie", "vieille", "neuve", better=(("vieille",), ("neuve",))),
        boolean("poe", better=Direction.UP),
        boolean("courant", better=Direction.UP),
    ],
    [
        criterion("baie", {3: "baie == 'neuve'"}),
        criterion("poe", {3: "poe"}),
        criterion("courant", {3: "courant"}),
    ],
    [
        recommendation(
            "remplacer",
            "baie",
            3,
            covers=("alimenter",),
            requires=(require("courant", 3),),
            effect={"baie": "neuve", "poe": True},
        ),
        recommendation("alimenter", "poe", 3, effect={"poe": True}),
    ],
)


@pytest.mark.parametrize(
    ("answers", "covered"),
    [
        ({"baie": "vieille", "courant": True}, None),
        ({"baie": "vieille", "courant": False}, Trigger.FIRES),
        ({"baie": "vieille"}, Trigger.TO_CONFIRM),
        ({"courant": True}, Trigger.TO_CONFIRM),
        ({"baie": "neuve", "courant": True}, Trigger.FIRES),
    ],
)
def test_an_action_covers_another_where_it_is_sure_and_need_not_wait(
    answers: dict[str, Said], covered: Trigger | None
) -> None:
    found = assess(facts({"poe": False, **answers}), COVERING).advice
    triggers = {each.recommendation.id: each.trigger for each in found}
    assert triggers.get("alimenter") is covered
    covers = {each.recommendation.id: each.covers for each in found}
    assert covers.get("remplacer", ()) == (() if covered else ("alimenter",))


def test_an_action_waits_where_all_its_places_do_and_is_due_where_one_need_not() -> (
    None
):
    grid = checklist(
        [
            boolean("prise", SALLE, better=Direction.UP),
            boolean("ecran", SALLE, better=Direction.UP),
        ],
        [
            criterion("prise", {1: "prise"}, place=SALLE),
            criterion("ecran", {1: "ecran"}, place=SALLE),
        ],
        [
            recommendation(
                "equiper",
                "ecran",
                1,
                requires=(require("prise", 1),),
                buys=[need("ecran")],
                effect={"ecran": True},
            ),
            recommendation("cabler", "prise", 1, effect={"prise": True}),
        ],
        [price("ecran", 100, 200, 300)],
    )
    bare: dict[str, Said] = {"prise": False, "ecran": False}
    rooms: dict[str, dict[str, Said]] = {
        "CP": bare,
        "CM": {"prise": True, "ecran": False},
    }
    found = {
        one.recommendation.id: one for one in assess(facts({}, rooms), grid).advice
    }
    gates = {each.place: each.gate for each in found["equiper"].targets}
    assert gates == {"CP": Gate.WAITS, "CM": Gate.OPEN}
    assert found["equiper"].gate is Gate.OPEN
    assert found["equiper"].waits_for == ("cabler",)
    assert (found["equiper"].cost.once_ht.low, found["equiper"].due.once_ht.low) == (
        400,
        200,
    )
    (alone, *_) = [
        one
        for one in assess(facts({}, {"CP": bare}), grid).advice
        if one.recommendation.id == "equiper"
    ]
    assert alone.gate is Gate.WAITS
    assert alone.due.free


def test_a_value_that_does_not_fit_its_question_is_unknown_to_an_effect() -> None:
    """A colleague's newer or hostile laptop may send it: nothing crashes, none lies."""
    grid = checklist(
        [number("prises", better=Direction.UP), number("bornes", better=Direction.UP)],
        [
            criterion("cablage", {3: "prises >= 2"}),
            criterion("wifi", {3: "bornes >= 1"}),
        ],
        [recommendation("cabler", "cablage", 3, effect={"prises": 2, "bornes": 1})],
    )
    odd = assess(facts({"prises": 0, "bornes": known(("po", "pri"))}), grid)
    never = assess(facts({"prises": 0}), grid)
    assert [each.gain for each in odd.advice] == [each.gain for each in never.advice]
    assert odd.advice[0].gain > 0
