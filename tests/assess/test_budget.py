"""What is shown adds up, whatever the prices and the quantities."""

from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from diag.assess.advice import cost_of
from diag.assess.money import Budget, Money, added, budget_of
from diag.assess.plan import Action
from diag.assess.results import Advice, CostLine
from diag.model.checklist import Price
from diag.model.enums import Gate, Trigger
from diag.model.number import Quantity
from tests.documents.builders import CHECKLIST, report

TODAY = date(2026, 3, 12)


@st.composite
def actions(draw: st.DrawFn) -> list[Action]:
    return [draw(action(rank)) for rank in range(draw(st.integers(0, 6)))]


@st.composite
def action(draw: st.DrawFn, rank: int) -> Action:
    cents = sorted(draw(st.tuples(*[st.integers(0, 99_999)] * 3)))
    price = Price(
        id="p", label="p", unit="u", year=2025, minimum=cents[0], typical=cents[1],
        maximum=cents[2], vat=draw(st.sampled_from([0, "5.5", 10, 20])),
        yearly=draw(st.booleans()),
    )  # fmt: skip
    low = draw(st.fractions(0, 40, max_denominator=4))
    high = draw(st.one_of(st.none(), st.just(low), st.just(low + 3)))
    quantity = Quantity(low, high)
    advice = Advice(
        recommendation=CHECKLIST.recommendations["fibre"],
        trigger=Trigger.FIRES,
        gate=draw(st.sampled_from(Gate)),
        waits_for=(),
        quantity=quantity,
        cost=cost_of([CostLine(price, quantity)]),
        effort_days=None,
        gain=Fraction(),
        places=(),
    )
    due = draw(st.one_of(st.none(), st.dates(TODAY, date(2031, 1, 1))))
    return Action(f"R{rank + 1}", advice, due)


@given(actions())
def test_rows_and_columns_give_the_same_total(plan: list[Action]) -> None:
    budget = budget_of(plan, TODAY)
    assert budget.total == added(budget.totals or [Money()])
    assert budget.total == added(row.total for row in budget.rows)
    assert budget.conditional.euros <= budget.total.euros
    assert budget.ht.euros <= budget.total.euros + len(budget.rows)


@given(actions())
def test_an_action_is_in_a_row_or_named_as_beyond(plan: list[Action]) -> None:
    budget = budget_of(plan, TODAY)
    named = [row.action.ref for row in budget.rows] + [one.ref for one in budget.beyond]
    assert sorted(named) == sorted(one.ref for one in plan)
    assert all(one.due and one.due.year > 2028 for one in budget.beyond)


def test_what_has_no_deadline_falls_in_the_next_budget() -> None:
    rows = {row.action.id: row for row in report().budget.rows}
    assert [one.euros for one in rows["cabler"].years] == [0, 458, 0]


def test_what_is_paid_every_year_counts_from_its_first() -> None:
    rows = {row.action.id: row for row in report().budget.rows}
    assert [one.euros for one in rows["fibre"].years] == [300 + 864, 864, 864]


def test_what_costs_nothing_has_no_row() -> None:
    assert "filtrer" not in {row.action.id for row in report().budget.rows}
    assert Budget((2026,), (), ()).total == Money()
