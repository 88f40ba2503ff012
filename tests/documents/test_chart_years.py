"""A budget year by year: what is sure, what it may add, on one scale."""

import re

import pytest

from diag.assess.money import Money
from diag.documents.drawings import draw_years
from diag.documents.templates import build_document
from diag.model.enums import Audience
from tests.documents.builders import report
from tests.documents.reading import html


@pytest.mark.parametrize(
    ("amount", "full", "light"),
    [
        (Money(500), [197], []),
        (Money(), [], []),
        (Money(250, more=500), [98], [198]),
        (Money(more=500), [], [197]),
        (Money(500, at_least=True), [197], []),
    ],
)
def test_a_bar_shows_what_is_sure_and_what_may_come(
    amount: Money, full: list[int], light: list[int]
) -> None:
    found = draw_years([(2026, amount), (2027, Money(1000))])
    assert found is not None
    first = found.body.split("2027</text>")[0]
    for colour, widths in (("#1a5c6b", full), ("#86b4bd", light)):
        shown = re.findall(rf'fill="{colour}" .*?width="(\d+)"', first)
        assert [int(one) for one in shown] == widths


def test_years_are_drawn_on_one_scale_with_their_words() -> None:
    found = draw_years([(2026, Money(500)), (2027, Money(1000)), (2028, Money())])
    assert found is not None
    words = found.words.replace("\u00a0", " ").replace("\u202f", " ")
    assert words == "2026 : 500 € ; 2027 : 1 000 € ; 2028 : 0 €."
    full = re.findall(r'fill="#1a5c6b" .*?width="(\d+)"', found.body)
    assert [int(one) for one in full] == [197, 394]
    assert "500\u00a0€</text>" in found.body


def test_the_mayor_sees_the_budget_and_what_is_not_deducted() -> None:
    page = html(build_document(report(), Audience.MAIRIE), "x")
    assert page.count('<figure class="drawing">') == 2
    assert "aucune aide déduite" in page
    assert "si aucune aide n'était accordée" in page
