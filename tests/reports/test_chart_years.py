"""A budget year by year: amounts are read from the words that the table prints."""

import re

import pytest

from diag.assess.money import Money
from diag.documents.drawings import span, years_drawing
from diag.documents.formats.html import html
from diag.documents.parts.budget import EXPENSE, REMAINS
from diag.documents.templates import markdown
from diag.model.enums import Audience
from tests.reports.builders import report


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (Money(1240), (1240, 1240)),
        (Money(), (0, 0)),
        (Money(900, more=12_340), (900, 13_240)),
        (Money(more=17_545), (0, 17_545)),
        (Money(1240, at_least=True), (1240, 1240)),
    ],
)
def test_an_amount_is_read_as_it_is_printed(
    amount: Money, expected: tuple[int, int]
) -> None:
    assert span(str(amount)) == expected


def test_years_are_drawn_on_one_scale_with_their_words() -> None:
    found = years_drawing([
        [EXPENSE, "2026", "2027", "2028", "Total TTC"],
        ["Wi-Fi", "5 €", "0 €", "0 €", "5 €"],
        [REMAINS, "500 €", "1 000 €", "0 €", "1 500 € (soit 1 250 € HT)"],
    ])
    assert found is not None
    assert found.words == "2026 : 500 € ; 2027 : 1 000 € ; 2028 : 0 €."
    full = re.findall(r'fill="#1a5c6b" .*?width="(\d+)"', found.body)
    assert [int(one) for one in full] == [197, 394]
    assert "500 €</text>" in found.body


def test_the_mayor_sees_the_budget_and_what_is_not_deducted() -> None:
    page = html(markdown(report(), Audience.MAIRIE), "x")
    assert page.count('<figure class="drawing">') == 2
    assert "aucune aide déduite" in page
    assert "si aucune aide n'était accordée" in page
