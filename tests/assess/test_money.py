"""Estimates: rounded once, bounds told, before and with tax apart."""

from fractions import Fraction

import pytest

from diag.assess.results import FREE, Amount, Cost, CostLine
from diag.assess.words import (
    Money,
    estimate,
    format_cost,
    format_range,
    format_sum,
    total_words,
)
from diag.model.checklist import Price
from diag.model.text import Quantity
from diag.words.sentences import NBSP, NNBSP


def cost(
    low: int, high: int | None, *cents: int, yearly: bool = False, vat: int = 0
) -> Cost:
    minimum, typical, maximum = cents
    price = Price(
        id="p", label="p", unit="u", as_of="2025", minimum=minimum, typical=typical,
        maximum=maximum, vat=vat, yearly=yearly,
    )  # fmt: skip
    top = None if high is None else Fraction(high)
    return Cost((CostLine(price, Quantity(Fraction(low), top)),))


def both(*costs: Cost) -> Cost:
    return Cost(tuple(line for one in costs for line in one.lines))


def plain(text: str) -> str:
    return text.replace(NBSP, " ").replace(NNBSP, " ")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (cost(1, 1, 10_000, 10_000, 10_000), "100 € TTC"),
        (cost(1, 1, 10_000, 124_000, 190_000), "environ 1 240 € TTC"),
        (cost(1, 2, 10_000, 10_000, 10_000), "de 100 à 200 € TTC"),
        (cost(8, 13, 6_700, 9_500, 12_500), "de 760 à 1 235 € TTC"),
        (cost(8, 8, 6_700, 9_500, 12_500), "environ 760 € TTC"),
        (cost(0, 2, 5_000, 10_000, 15_000), "jusqu'à 200 € TTC"),
        (cost(0, 2, 0, 0, 0), "sans dépense"),
        (cost(3, None, 10_000, 20_000, 30_000), "au moins 600 € TTC"),
        (cost(1, 1, 6_000, 6_000, 6_000, yearly=True), "60 € TTC par an"),
        (cost(1, 1, 10_000, 10_000, 10_000, vat=20), "120 € TTC"),
        (FREE, "sans dépense"),
        (cost(0, 0, 10_000, 20_000, 30_000), "sans dépense"),
        (cost(0, None, 10_000, 20_000, 30_000), "à chiffrer"),
    ],
)
def test_a_cost_is_said_with_tax(told: Cost, said: str) -> None:
    assert plain(format_cost(told)) == said


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (cost(1, 1, 10_000, 124_000, 190_000), "1 240 €"),
        (cost(8, 13, 6_700, 9_500, 12_500), "760 à 1 235 €"),
        (cost(0, 2, 5_000, 10_000, 15_000), "0 à 200 €"),
        (cost(3, None, 10_000, 20_000, 30_000), "au moins 600 €"),
        (cost(0, None, 10_000, 20_000, 30_000), "à chiffrer"),
    ],
)
def test_a_column_says_it_shorter(told: Cost, said: str) -> None:
    assert plain(format_cost(told, headed=True)) == said


def test_what_is_paid_every_year_comes_after() -> None:
    once, yearly = (
        cost(1, 1, 1, 25_000, 50_000),
        cost(1, 1, 6_000, 6_000, 6_000, yearly=True),
    )
    assert (
        plain(format_cost(both(once, yearly)))
        == "environ 250 € TTC, puis 60 € TTC par an"
    )


def test_the_extremes_are_told_when_they_differ() -> None:
    assert (
        plain(format_range(cost(1, 1, 10_000, 20_000, 30_000))) == "de 100 à 300 € TTC"
    )
    assert (
        plain(format_range(cost(1, 2, 10_000, 20_000, 30_000))) == "de 100 à 600 € TTC"
    )
    assert not format_range(cost(1, 1, 10_000, 10_000, 10_000))
    assert not format_range(cost(1, 2, 10_000, 10_000, 10_000))
    assert not format_range(cost(1, None, 10_000, 20_000, 30_000))


def test_an_unbounded_amount_stays_so_in_a_sum() -> None:
    unbounded = estimate(Amount(Fraction(9_000), Fraction(10_050), None, None))
    assert unbounded == Money(101, at_least=True)
    assert unbounded + Money(9) == Money(110, at_least=True)
    assert plain(str(unbounded)) == "au moins 101 €"


def test_a_sum_that_holds_a_range_is_a_range() -> None:
    told = Money(100) + Money(50, more=250)
    assert plain(str(told)) == "entre 150 et 400 €"
    assert plain(told.cell) == "150 à 400 €"
    assert plain(str(Money(more=250))) == "jusqu'à 250 €"


def test_an_amount_is_typical_from_the_low_quantity_to_the_high_one() -> None:
    between = cost(1, 3, 10_000, 20_000, 30_000)
    assert estimate(between.once_ttc) == Money(200, more=400)
    assert estimate(between.yearly_ttc) == Money()


def test_a_sum_adds_what_is_printed_and_says_both_taxes() -> None:
    some = [cost(1, 1, 0, 10_050, 20_000, vat=20), cost(1, 2, 0, 10_050, 20_000)]
    assert plain(format_sum(some)) == ("entre 222 et 322 € TTC (entre 202 et 302 € HT)")
    assert plain(format_sum([cost(0, None, 1, 2, 3)])) == "à chiffrer"
    assert format_sum([FREE]) == "sans dépense"


@pytest.mark.parametrize(
    ("unsure", "unpriced", "said"),
    [
        (0, 0, "90 €."),
        (1, 0, "90 €, 1 action à confirmer comprise."),
        (2, 1, "90 €, 2 actions à confirmer comprises, 1 à chiffrer."),
        (0, 2, "90 €, 2 actions à chiffrer."),
    ],
)
def test_a_total_never_hides_what_is_still_to_be_checked(
    unsure: int, unpriced: int, said: str
) -> None:
    assert total_words("90 €", unsure=unsure, unpriced=unpriced) == said
    assert not total_words("", unsure=unsure)


def test_what_has_no_figure_bears_no_tax() -> None:
    """« À chiffrer TTC » stood for the whole of a school hardly visited."""
    assert Money(at_least=True).taxed == "à chiffrer"
    assert plain(Money(900, more=340).taxed) == "entre 900 et 1 240 € TTC"
