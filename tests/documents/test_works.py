"""Works on the building stand apart, old prices are told, documents add up."""

import re
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from diag.assess.judge import assess
from diag.assess.words import Money, added, works_of
from diag.audit.report import Report
from diag.documents.drafts.council import note
from diag.documents.synthesis import commune_synthesis
from diag.documents.synthesis.gathering import extract_of
from diag.documents.tables.basket import basket_of, by_article, by_school, in_order
from diag.documents.technique import cost_table
from diag.model.checklist import Checklist
from diag.model.enums import Audience, BudgetSection
from diag.words.sentences import euros_and_cents, half_up
from tests.documents.builders import CHECKLIST, report
from tests.documents.reading import markdown
from tests.documents.synthesis.gatherings import gathering
from tests.documents.tables.test_basket import records
from tests.goldens.golden import NAMES, facts_told, golden
from tests.shipped import shipped

WORKS = "travaux du bâtiment, hors budget numérique"


def with_works() -> Checklist:
    """Return the small checklist, its screens become works on the building."""
    screen = CHECKLIST.prices["ecran"].model_copy(
        update={"section": BudgetSection.TRAVAUX}
    )
    return CHECKLIST.model_copy(update={"prices": CHECKLIST.prices | {"ecran": screen}})


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2019", "'")


def test_works_leave_the_total_and_stand_beside_it() -> None:
    usual, apart = report().budget, report(checklist=with_works()).budget
    assert apart.works == Money(4432)
    assert apart.total + apart.works == usual.total
    assert apart.due == usual.due  # the screens waited
    assert [one.id for one in apart.building] == ["equiper"]


@pytest.mark.parametrize("audience", [Audience.MAIRIE, Audience.TECHNIQUE])
def test_the_budget_of_a_school_has_a_row_for_them(audience: Audience) -> None:
    usual = plain(markdown(report(), audience))
    text = plain(markdown(report(checklist=with_works()), audience))
    assert WORKS not in usual
    (row,) = [line for line in text.splitlines() if WORKS in line and "4 432 €" in line]
    assert row.split("|")[1].strip() == WORKS


def test_page_1_says_that_its_total_leaves_them_out() -> None:
    made = report(checklist=with_works())
    text = plain(markdown(made, Audience.MAIRIE))
    total = plain(str(made.budget.total))
    assert re.search(
        rf"Dépense estimée sur trois ans :\*\* {total} TTC.*"
        r", hors travaux du bâtiment \(4 432 €\)\.",
        text,
    )


def test_the_synthesis_and_the_note_of_the_council_leave_them_out() -> None:
    made = report(checklist=with_works())
    told = gathering(replace(extract_of(made), digest="0" * 64))
    for page in (commune_synthesis(told), note(told, "Note")):
        text = plain(page.markdown)
        assert "hors travaux du bâtiment (4 432 €)" in text
        assert plain(str(made.budget.total)) in text
    assert f"| {WORKS} |" in plain(commune_synthesis(told).markdown)


def test_the_order_has_them_in_a_lot_of_their_own_the_last() -> None:
    table = records(
        by_school(in_order(basket_of(report(checklist=with_works())).lines))
    )
    assert [one["article"] for one in table][-1] == "ecran"
    assert table[-1]["lot"] == "Travaux du bâtiment, hors budget numérique"
    assert table[-1]["section"] == "travaux du bâtiment"
    assert {one["section"] for one in table[:-1]} == {"à confirmer"}


def test_a_price_over_three_years_old_is_told_so_wherever_prices_are_listed() -> None:
    aged = "prix relevé en 2016, à actualiser"
    for audience in (Audience.MAIRIE, Audience.TECHNIQUE):
        text = plain(markdown(report(), audience))
        assert (aged in text) is (audience is Audience.TECHNIQUE)
    lines = in_order(basket_of(report()).lines)
    for table in (by_school(lines), by_article(lines)):
        told = {str(one["article"]): str(one["remark"]) for one in records(table)}
        assert aged in told["prise"]
        assert "actualiser" not in told["acces"]
    later = report(today=date(2028, 1, 1))
    assert "prix relevé en 2024, à actualiser" in plain(
        markdown(later, Audience.TECHNIQUE)
    )


@cache
def whole(name: str) -> Report:
    """Return a told school under the shipped checklists, on the day of its visit."""
    told = golden(name)
    return report(facts_told(told, shipped()), shipped(), today=told.visited)


@pytest.mark.parametrize("name", NAMES)
def test_the_mayor_s_rows_add_up_to_what_the_actions_are_charged(name: str) -> None:
    """Row by row as printed: rounded once each, and works apart."""
    budget = whole(name).budget
    plan = whole(name).plan
    rows = {row.action.id for row in budget.every}
    later = {one.id for one in budget.beyond}
    for action in plan.actions:
        assert action.id in rows | later or action.advice.cost.digital.free
    assert budget.total == added(row.total for row in budget.every)
    assert budget.works == added(
        works_of(one.advice.cost) for one in (*plan.actions, *plan.to_confirm)
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_order_adds_up_to_the_basket(name: str) -> None:
    """Its unit rows, at the typical price, before tax."""
    made = whole(name)
    lines = basket_of(made, to_confirm=True).lines
    basket = assess(made.facts, shipped()).basket
    once = basket.once_ht.low + basket.yearly_ht.low
    assert sum(one.usual.ht or 0 for one in lines) == once


@pytest.mark.parametrize("name", NAMES)
def test_the_annex_adds_up_to_the_basket(name: str) -> None:
    """The totals that it prints, once, by the year, and works: at the low quantity."""
    made = whole(name)
    text = plain(str(cost_table(made)))
    basket = made.assessment.basket
    for label, amount in (
        ("payé une fois", basket.digital.once_ht.low),
        ("par an", basket.digital.yearly_ht.low),
        (WORKS, basket.works.once_ht.low),
    ):
        rows = [line for line in text.splitlines() if f"**{label}**" in line]
        if amount:
            (row,) = rows
            assert plain(euros_and_cents(half_up(amount))) in row, (label, row)
