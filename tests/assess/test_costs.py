"""Costs: exact cents between bounds, tax apart, one basket that shares add up to."""

from fractions import Fraction

from diag.assess.judge import assess
from diag.assess.results import FREE, NOTHING, Amount, Cost, CostLine, by_vat
from diag.model.enums import Kind
from diag.model.text import Number, Quantity
from diag.words.sentences import half_up
from tests.assess.builders import (
    SALLE,
    boolean,
    checklist,
    criterion,
    facts,
    need,
    number,
    price,
    require,
)
from tests.assess.builders import recommendation as advised


def line(
    low: int, high: int | None, *, vat: Number = 20, yearly: bool = False
) -> CostLine:
    row = price("prise", 6_700, 9_500, 12_500, vat=vat, yearly=yearly)
    return CostLine(
        row, Quantity(Fraction(low), None if high is None else Fraction(high))
    )


def amount(minimum: int, low: int, high: int, maximum: int) -> Amount:
    return Amount(*map(Fraction, (minimum, low, high, maximum)))


def test_typical_between_quantities_and_extremes_of_both() -> None:
    cost = Cost((line(2, 4),))
    assert cost.once_ht == amount(13_400, 19_000, 38_000, 50_000)
    assert cost.once_ttc == amount(16_080, 22_800, 45_600, 60_000)
    assert cost.yearly_ht == cost.yearly_ttc == NOTHING
    assert not cost.free


def test_once_and_yearly_stay_apart() -> None:
    cost = Cost((line(1, 1), line(1, 1, yearly=True)))
    one = amount(6_700, 9_500, 9_500, 12_500)
    assert cost.once_ht == cost.yearly_ht == one


def test_an_unbounded_quantity_has_low_costs_only() -> None:
    unbounded = Amount(Fraction(20_100), Fraction(28_500), None, None)
    assert Cost((line(3, None),)).once_ht == unbounded
    assert (NOTHING + unbounded + NOTHING).maximum is None


def test_tax_is_exact_and_rounded_once() -> None:
    ttc = Cost((line(1, 1, vat="5.5"),)).once_ttc
    assert ttc.low == Fraction(10_022_500, 1_000)
    assert half_up(ttc.low) == 10_023


def test_nothing_to_pay_is_free() -> None:
    assert Cost() == FREE
    assert FREE.free


GRID = checklist(
    [number("prises"), number("bornes"), number("postes")],
    [
        criterion("a", {1: "prises >= 1"}),
        criterion("b", {1: "bornes >= 1"}),
        criterion("c", {1: "postes >= 1"}),
    ],
    [
        advised("ra", "a", 1, buys=["vingt", need("dix", count="2")]),
        advised("rb", "b", 1, buys=[need("vingt", use="mur"), "an"]),
        advised("rc", "c", 1, buys=[need("vingt", use="sol", count="100")]),
    ],
    [
        price("vingt", 100, 100, 100),
        price("dix", 10, 10, 10, vat=10),
        price("an", 3, 3, 3, vat="5.5", yearly=True),
    ],
)


def test_the_basket_adds_by_rate_what_is_sure_and_what_may_be() -> None:
    basket = assess(facts({"prises": 0, "bornes": 0}), GRID).basket
    assert basket.once_ht == amount(220, 220, 10_220, 10_220)
    assert basket.once_ttc == amount(262, 262, 12_262, 12_262)
    assert basket.yearly_ttc.low == Fraction(3_165, 1_000)
    groups = by_vat(basket)
    assert [group.rate for group in groups] == ["5.5", 10, 20]
    assert [group.once_vat.low for group in groups] == [0, 2, 40]
    taxed = sum((group.once_vat for group in groups), basket.once_ht)
    assert taxed == basket.once_ttc


ROOMS = checklist(
    [number("prises", SALLE), boolean("borne", SALLE), boolean("courant", SALLE)],
    [
        criterion("cable", {2: "prises >= 2"}, place=SALLE),
        criterion("wifi", {1: "borne"}, place=SALLE),
        criterion("courant-la", {1: "courant"}, place=SALLE),
    ],
    [
        advised(
            *("cabler", "cable", 2),
            quantity="2 - prises",
            buys=[need("prise", use="tableau"), need("prise", use="borne", count="1")],
        ),
        advised(
            *("poser", "wifi", 1),
            requires=(require("courant-la", 1),),
            buys=[need("prise", use="borne", count="1")],
        ),
        advised("alimenter", "courant-la", 1),
    ],
    [price("prise", 6_700, 9_500, 12_500, vat=0)],
)
BARE = facts({}, {"CM2": {"prises": 0, "borne": False, "courant": False}})


def many(cost: Cost) -> Fraction | int:
    """Return how many articles are surely bought."""
    return sum(one.quantity.low for one in cost.lines)


def test_the_same_socket_of_the_same_room_is_bought_once() -> None:
    told = assess(BARE, ROOMS)
    found = {one.recommendation.id: one for one in told.advice}
    assert list(found) == ["alimenter", "poser", "cabler"]  # « poser » waits
    assert [one.payer for one in found["poser"].shared] == ["cabler"]
    assert (many(found["poser"].cost), many(found["poser"].alone)) == (0, 1)
    assert many(found["cabler"].cost) == many(found["cabler"].alone) == 3
    assert many(told.basket) == 0 + 3


def test_what_is_shared_is_due_where_it_need_not_wait() -> None:
    told = assess(BARE, ROOMS)
    found = {one.recommendation.id: one for one in told.advice}
    assert found["poser"].due == FREE
    assert many(found["cabler"].due) == many(told.due) == 3


def test_what_need_not_wait_pays_for_what_waits_too() -> None:
    """However they are ordered, a vote holds the whole price of what it needs."""
    grid = checklist(
        [boolean("acces"), boolean("ecran"), boolean("wifi")],
        [
            criterion("acces", {1: "acces"}),
            criterion("ecran", {1: "ecran"}, kind=Kind.BLOCKING),
            criterion("wifi", {1: "wifi"}),
        ],
        [
            advised(
                "equiper",
                "ecran",
                1,
                requires=(require("acces", 1),),
                buys=[need("prise", use="borne")],
            ),
            advised("couvrir", "wifi", 1, buys=[need("prise", use="borne")]),
        ],
        [price("prise", 10, 20, 30)],
    )
    school = facts({"acces": False, "ecran": False, "wifi": False})
    found = {one.recommendation.id: one for one in assess(school, grid).advice}
    assert list(found) == ["equiper", "couvrir"]
    assert found["couvrir"].cost.once_ht.low == 20
    assert found["equiper"].cost.free
    assert [each.payer for each in found["equiper"].shared] == ["couvrir"]


def test_what_waits_is_not_due() -> None:
    lonely = ROOMS.model_copy(
        update={
            "recommendations": {
                ident: one
                for ident, one in ROOMS.recommendations.items()
                if ident != "cabler"
            }
        }
    )
    found = assess(BARE, lonely)
    assert found.basket.once_ht.low == 9_500
    assert found.due == FREE
