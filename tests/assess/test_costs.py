from fractions import Fraction

from diag.assess.advice import FREE, NOTHING, added, cost_of, totals
from diag.assess.judge import assess
from diag.assess.results import Amount, CostLine
from diag.model.number import Number, Quantity
from diag.words.figures import half_up
from tests.assess.builders import checklist, criterion, facts, number, price
from tests.assess.builders import recommendation as advised


def line(
    low: int, high: int | None, *, vat: Number = 20, yearly: bool = False
) -> CostLine:
    row = price("prise", 6_700, 9_500, 12_500, vat=vat, yearly=yearly)
    return CostLine(
        row, Quantity(Fraction(low), None if high is None else Fraction(high))
    )


def amount(minimum: int, typical: int, maximum: int) -> Amount:
    return Amount(Fraction(minimum), Fraction(typical), Fraction(maximum))


def test_few_at_the_least_price_many_at_the_typical_and_greatest() -> None:
    cost = cost_of([line(2, 4)])
    assert cost.once_ht == amount(13_400, 38_000, 50_000)
    assert cost.once_ttc == amount(16_080, 45_600, 60_000)
    assert cost.yearly_ht == cost.yearly_ttc == NOTHING
    assert not cost.free


def test_once_and_yearly_stay_apart() -> None:
    cost = cost_of([line(1, 1), line(1, 1, yearly=True)])
    assert cost.once_ht == cost.yearly_ht == amount(6_700, 9_500, 12_500)


def test_an_unbounded_quantity_has_a_least_cost_only() -> None:
    assert cost_of([line(3, None)]).once_ht == Amount(Fraction(20_100), None, None)
    assert added([NOTHING, Amount(Fraction(1), None, None), NOTHING]).maximum is None


def test_tax_is_exact_and_rounded_once() -> None:
    ttc = cost_of([line(1, 1, vat="5.5")]).once_ttc
    assert ttc.typical == Fraction(10_022_500, 1_000)
    assert half_up(ttc.typical) == 10_023


def test_nothing_to_pay_is_free() -> None:
    assert cost_of([]) == FREE
    assert FREE.free


def test_totals_add_what_fires_by_rate_and_leave_out_the_rest() -> None:
    grid = checklist(
        [number("prises"), number("bornes"), number("postes")],
        [
            criterion("a", {1: "prises >= 1"}),
            criterion("b", {1: "bornes >= 1"}),
            criterion("c", {1: "postes >= 1"}),
        ],
        [
            advised("ra", "a", 1, prices={"vingt": "1", "dix": "2"}),
            advised("rb", "b", 1, prices={"vingt": "1", "an": "1"}),
            advised("rc", "c", 1, prices={"vingt": "100"}),
        ],
        [
            price("vingt", 100, 100, 100),
            price("dix", 10, 10, 10, vat=10),
            price("an", 3, 3, 3, vat="5.5", yearly=True),
        ],
    )
    found = totals(assess(facts({"prises": 0, "bornes": 0}), grid).advice)
    assert found.once_ht == amount(220, 220, 220)
    assert found.once_ttc == amount(262, 262, 262)
    assert found.yearly_ttc.typical == Fraction(3_165, 1_000)
    assert [group.rate for group in found.by_vat] == ["5.5", 10, 20]
    assert [group.once_vat.typical for group in found.by_vat] == [0, 2, 40]
    taxed = added([found.once_ht, *(group.once_vat for group in found.by_vat)])
    assert taxed == found.once_ttc
