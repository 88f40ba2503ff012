"""The worked examples of the page on judging: by the engine, and by the oracle."""

from collections.abc import Callable
from fractions import Fraction

import pytest

from diag.assess.judge import assess
from diag.assess.results import Advice, Assessment
from diag.model.audit import Facts
from diag.model.checklist import Checklist, Criterion
from diag.model.enums import Gate, Kind, Socle, Standing, Trigger
from diag.model.text import Bounds, Quantity
from tests.assess.builders import (
    DOWN,
    LOT,
    SALLE,
    SANS_OBJET,
    UP,
    Said,
    boolean,
    checklist,
    choice,
    criterion,
    facts,
    need,
    number,
    price,
    recommendation,
    require,
)
from tests.oracle_money import assessed

Judge = Callable[[Facts, Checklist], Assessment]


@pytest.fixture(params=[assess, assessed], ids=["engine", "oracle"])
def judge(request: pytest.FixtureRequest) -> Judge:
    """Give each of the two judges."""
    found: Judge = request.param
    return found


def advice(assessment: Assessment) -> dict[str, Advice]:
    return {each.recommendation.id: each for each in assessment.advice}


def places(assessment: Assessment, ident: str) -> tuple[str, ...]:
    return advice(assessment)[ident].places


def sockets(socle_share: str = "1") -> Checklist:
    """Return what judges sockets, Wi-Fi, power and projectors, room by room."""

    def blocks(ident: str, levels: dict[int, str]) -> Criterion:
        return criterion(
            ident, levels, place=SALLE, kind=Kind.BLOCKING, socle_share=socle_share
        )

    return checklist(
        [
            number("prises_rj45", SALLE, better=UP),
            boolean("prise_borne", SALLE, better=UP),
            boolean("wifi", SALLE, better=UP),
            boolean("courant", SALLE, better=UP),
            boolean("video", SALLE, better=UP),
        ],
        [
            blocks(
                "prises",
                {
                    3: "prises_rj45 >= 2 and prise_borne",
                    2: "prises_rj45 >= 2",
                    1: "prises_rj45 >= 1",
                },
            ),
            blocks("wifi", {3: "wifi"}),
            blocks("courant", {3: "courant"}),
            blocks("video", {3: "video"}),
        ],
        [
            recommendation(
                "cabler",
                "prises",
                2,
                quantity="2 - prises_rj45",
                buys=[
                    need("prise", use="tableau"),
                    need("prise", use="borne", count="1"),
                ],
                effect={"prises_rj45": 2, "prise_borne": True},
            ),
            recommendation(
                "diffuser", "wifi", 1, buys=[need("prise", use="borne", count="1")]
            ),
            recommendation(
                "projeter",
                "video",
                1,
                requires=(require("courant", 1), require("prises", 1)),
            ),
            recommendation("electrifier", "courant", 1),
        ],
        [price("prise", 50, 100, 150)],
    )


GOOD: dict[str, Said] = {
    "prises_rj45": 2,
    "prise_borne": True,
    "wifi": True,
    "courant": True,
    "video": True,
}
BARE: dict[str, Said] = {
    "prises_rj45": 0,
    "prise_borne": False,
    "wifi": False,
    "courant": False,
    "video": False,
}
ROOMS = {"CP": GOOD, "CE1": GOOD, "CE2": GOOD, "CM2": BARE}


def test_one_bare_room_is_cabled_there_and_nowhere_else(judge: Judge) -> None:
    found = judge(facts({}, ROOMS), sockets())

    quarters = Bounds(Fraction(3, 4), Fraction(3, 4))
    assert found.criteria["prises"].bounds == quarters
    assert places(found, "cabler") == ("CM2",)
    assert advice(found)["cabler"].quantity == Quantity(Fraction(2), Fraction(2))
    (line,) = found.basket.lines
    assert line.quantity == Quantity(Fraction(3), Fraction(3))
    assert found.basket.once_ht.low == 300


@pytest.mark.parametrize(
    ("share", "socle"), [("3/4", Socle.ATTEINT_SAUF), ("1", Socle.NON_ATTEINT)]
)
def test_the_socle_holds_but_in_one_room_where_a_share_is_enough(
    judge: Judge, share: str, socle: Socle
) -> None:
    assert judge(facts({}, ROOMS), sockets(share)).socle is socle


def test_a_projector_waits_where_there_is_no_power(judge: Judge) -> None:
    found = judge(facts({}, ROOMS), sockets())

    assert places(found, "projeter") == ("CM2",)
    assert advice(found)["projeter"].gate is Gate.WAITS
    assert set(advice(found)["projeter"].waits_for) == {"electrifier", "cabler"}


WIFI = checklist(
    [
        boolean("wifi_classes", better=UP, void=True),
        number("barres", SALLE, better=UP),
    ],
    [
        criterion("en-classe", {2: "wifi_classes"}, weight=2),
        criterion(
            "couverture",
            {3: "barres >= 3", 2: "barres >= 2", 1: "barres >= 1"},
            place=SALLE,
            given="wifi_classes",
            weight=2,
        ),
    ],
    [
        recommendation("installer", "en-classe", 2, effect={"wifi_classes": True}),
        recommendation("ameliorer", "couverture", 2),
    ],
)
BARS = {"CP": {"barres": 3}, "CE1": {"barres": 3}, "CE2": {"barres": 3}}


def wifi(judge: Judge, answers: dict[str, Said]) -> Assessment:
    return judge(facts(answers, {**BARS, "CM2": {"barres": 0}}), WIFI)


def test_wifi_in_classrooms_weighs_with_its_coverage(judge: Judge) -> None:
    found = wifi(judge, {"wifi_classes": True})
    ratio = Fraction(17, 24)
    assert found.overall.bounds == Bounds(ratio, ratio)
    assert list(advice(found)) == ["ameliorer"]
    assert places(found, "ameliorer") == ("CM2",)


def test_no_counts_zero_and_silences_what_is_behind_the_gate(judge: Judge) -> None:
    found = wifi(judge, {"wifi_classes": False})
    assert found.overall.bounds == Bounds(Fraction(), Fraction())
    assert list(advice(found)) == ["installer"]


def test_sans_objet_leaves_the_mean(judge: Judge) -> None:
    found = wifi(judge, {"wifi_classes": SANS_OBJET})
    assert found.overall.bounds is None
    assert found.advice == ()


def test_a_gate_unanswered_holds_all_that_it_may_become(judge: Judge) -> None:
    found = wifi(judge, {})
    assert found.overall.bounds == Bounds(Fraction(), Fraction(1))
    assert found.overall.standing is Standing.MAYBE


COMPUTERS = checklist(
    [
        choice("systeme", "dix", "onze", place=LOT, better=(("dix",), ("onze",))),
        number("age", LOT, range=(0, 240), better=DOWN),
        number("lot_nombre", LOT, range=(0, 60)),
    ],
    [
        criterion("age", {3: "age < 84"}, place=LOT, weigh_by="lot_nombre"),
        criterion("systeme", {3: "systeme == 'onze'"}, place=LOT),
    ],
    [
        recommendation(
            "renouveler",
            "age",
            3,
            covers=("migrer",),
            quantity="lot_nombre",
            buys=["ordinateur"],
        ),
        recommendation(
            "migrer", "systeme", 3, quantity="lot_nombre", buys=["migration"]
        ),
    ],
    [
        price("ordinateur", 45_000, 45_000, 45_000),
        price("migration", 8_000, 8_000, 8_000),
    ],
)


@pytest.mark.parametrize(
    ("age", "advised", "low", "high"),
    [
        ({"age": 96}, ["renouveler"], 765_000, 765_000),
        ({"age": 70}, ["migrer"], 136_000, 136_000),
        ({}, ["migrer", "renouveler"], 0, 901_000),
    ],
)
def test_what_is_renewed_is_not_migrated(
    judge: Judge, age: dict[str, Said], advised: list[str], low: int, high: int
) -> None:
    lot = {"lot": {"systeme": "dix", "lot_nombre": 17, **age}}
    found = judge(facts({}, lot, kinds={"lot": LOT}), COMPUTERS)
    assert sorted(advice(found)) == advised
    assert found.basket.once_ht.low == low
    assert found.basket.once_ht.high == high


@pytest.mark.parametrize(
    ("teachers", "quantity"),
    [
        ({"maitres": 7}, Quantity(Fraction(), Fraction(7))),
        ({}, Quantity(Fraction(), None)),
    ],
)
def test_how_many_teachers_to_train_is_bounded_by_how_many_there_are(
    judge: Judge, teachers: dict[str, Said], quantity: Quantity
) -> None:
    grid = checklist(
        [
            number("maitres", range=(0, 40)),
            number("formes", better=UP, at_most="maitres", range=(0, 40)),
        ],
        [criterion("formation", {3: "formes >= maitres"})],
        [recommendation("former", "formation", 3, quantity="maitres - formes")],
    )
    (only,) = judge(facts(teachers), grid).advice
    assert only.trigger is Trigger.TO_CONFIRM
    assert only.quantity == quantity


def test_what_is_undecided_weighs_where_it_moves_the_mean_most(judge: Judge) -> None:
    grid = checklist(
        [boolean("b"), number("niveau", range=(0, 1)), boolean("c")],
        [
            criterion("A", {2: "niveau >= 0"}, weight=3),
            criterion("B", {1: "niveau >= 1"}, weight=2, applicable="b"),
            criterion("C", {3: "niveau >= 0"}, weight=1, applicable="c"),
        ],
    )
    found = judge(facts(), grid)
    assert found.overall.bounds == Bounds(Fraction(2, 5), Fraction(3, 4))


def test_lots_weigh_by_how_many_they_are(judge: Judge) -> None:
    grid = checklist(
        [number("lot_nombre", LOT, range=(1, 30)), boolean("bon", LOT, better=UP)],
        [criterion("bon", {3: "bon"}, place=LOT, weigh_by="lot_nombre")],
    )
    lots: dict[str, dict[str, Said]] = {
        "neufs": {"lot_nombre": 10, "bon": True},
        "vieux": {"bon": False},
    }
    found = judge(facts({}, lots, kinds=dict.fromkeys(lots, LOT)), grid)
    assert found.criteria["bon"].bounds == Bounds(Fraction(1, 4), Fraction(10, 11))


def test_what_needs_a_fact_sans_objet_is_sans_objet_too(judge: Judge) -> None:
    grid = checklist(
        [boolean("wifi", void=True), boolean("filaire", relevant="not wifi")],
        [
            criterion("mieux", {3: "filaire"}),
            criterion(
                "loi", {1: "not wifi"}, kind=Kind.COMPLIANCE, applicable="filaire"
            ),
        ],
    )
    found = judge(facts({"wifi": SANS_OBJET, "filaire": True}), grid)
    assert found.criteria["mieux"].standing is Standing.OUT
    assert found.criteria["loi"].standing is Standing.OUT


def test_two_actions_that_cover_a_third_are_both_said_to(judge: Judge) -> None:
    grid = checklist(
        [boolean("wifi", better=UP)],
        [criterion("wifi", {3: "wifi"})],
        [
            recommendation("a", "wifi", 3, covers=("c",)),
            recommendation("b", "wifi", 3, covers=("c",)),
            recommendation("c", "wifi", 3),
        ],
    )
    found = advice(judge(facts({"wifi": False}), grid))
    assert {ident: each.covers for ident, each in found.items()} == {
        "a": ("c",),
        "b": ("c",),
    }
