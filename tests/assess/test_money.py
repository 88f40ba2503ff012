"""Estimates: rounded once, ranges told, before and with tax apart."""

from fractions import Fraction

import pytest

from diag.assess.advice import cost_of
from diag.assess.money import (
    Money,
    estimate,
    format_cost,
    format_range,
    is_counted,
    total_words,
)
from diag.assess.results import Amount, Cost, CostLine
from diag.model.checklist import Price
from diag.model.number import Quantity
from diag.words.typography import NBSP, NNBSP


def cost(
    low: int, high: int | None, *cents: int, yearly: bool = False, vat: int = 0
) -> Cost:
    minimum, typical, maximum = cents
    price = Price(
        id="p", label="p", unit="u", year=2025, minimum=minimum, typical=typical,
        maximum=maximum, vat=vat, yearly=yearly,
    )  # fmt: skip
    top = None if high is None else Fraction(high)
    return cost_of([CostLine(price, Quantity(Fraction(low), top))])


def plain(text: str) -> str:
    return text.replace(NBSP, " ").replace(NNBSP, " ")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (cost(1, 1, 10_000, 10_000, 10_000), "100 € TTC"),
        (cost(1, 1, 10_000, 124_000, 190_000), "environ 1 240 € TTC"),
        (cost(1, 2, 10_000, 10_000, 10_000), "de 100 à 200 € TTC"),
        (cost(1, 2, 5_000, 10_000, 15_000), "de 50 à 300 € TTC"),
        (cost(0, 2, 5_000, 10_000, 15_000), "jusqu'à 300 € TTC"),
        (cost(0, 2, 0, 0, 0), "sans dépense"),
        (cost(3, None, 10_000, 20_000, 30_000), "au moins 300 € TTC"),
        (cost(1, 1, 6_000, 6_000, 6_000, yearly=True), "60 € TTC par an"),
        (cost(1, 1, 10_000, 10_000, 10_000, vat=20), "120 € TTC"),
        (cost_of([]), "sans dépense"),
        (cost(0, 0, 10_000, 20_000, 30_000), "sans dépense"),
        (cost(0, None, 10_000, 20_000, 30_000), "au moins 0 € TTC"),
    ],
)
def test_a_cost_is_said_with_tax(told: Cost, said: str) -> None:
    assert plain(format_cost(told)) == said


def test_what_is_paid_every_year_comes_after() -> None:
    once, yearly = (
        cost(1, 1, 1, 25_000, 50_000),
        cost(1, 1, 6_000, 6_000, 6_000, yearly=True),
    )
    both = cost_of([*once.lines, *yearly.lines])
    assert plain(format_cost(both)) == "environ 250 € TTC, puis 60 € TTC par an"


def test_a_range_is_told_when_there_is_one() -> None:
    assert (
        plain(format_range(cost(1, 1, 10_000, 20_000, 30_000))) == "de 100 à 300 € TTC"
    )
    assert not format_range(cost(1, 1, 10_000, 10_000, 10_000))
    assert not format_range(cost(1, 2, 10_000, 20_000, 30_000))
    assert not format_range(cost(1, None, 10_000, 20_000, 30_000))


def test_an_unbounded_amount_stays_so_in_a_sum() -> None:
    unbounded = estimate(Amount(Fraction(10_050), None, None))
    assert unbounded == Money(101, at_least=True)
    assert unbounded + Money(9) == Money(110, at_least=True)
    assert plain(str(unbounded)) == "au moins 101 €"


def test_a_sum_that_holds_a_range_is_a_range() -> None:
    told = Money(100) + Money(50, more=250)
    assert plain(str(told)) == "entre 150 et 400 €"
    assert plain(str(Money(more=250))) == "jusqu'à 250 €"


def test_only_a_known_quantity_has_a_typical_amount() -> None:
    between = cost(0, 3, 10_000, 20_000, 30_000)
    assert not is_counted(between, yearly=False)
    assert is_counted(between, yearly=True)
    assert estimate(between.once_ttc, counted=False) == Money(0, more=900)


@pytest.mark.parametrize(
    ("total", "count", "said"),
    [
        ("", 0, ""),
        ("90 €", 0, "90 €."),
        ("90 €", 1, "90 €, hors 1 action à confirmer."),
        ("90 €", 2, "90 €, hors 2 actions à confirmer."),
        ("", 1, "aucune encore ; 1 action à confirmer en demanderait une."),
        ("", 2, "aucune encore ; 2 actions à confirmer en demanderaient une."),
    ],
)
def test_a_total_never_hides_what_is_still_to_be_checked(
    total: str, count: int, said: str
) -> None:
    assert total_words(total, count) == said
