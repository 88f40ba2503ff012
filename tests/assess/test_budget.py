"""What is shown adds up, whatever the prices and the quantities."""

from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from diag.assess.plan import Action, Budget, budget_of
from diag.assess.results import FREE, Advice, Cost, CostLine
from diag.assess.words import Money, added
from diag.model.checklist import Price
from diag.model.enums import Gate, Trigger
from diag.model.text import Quantity
from tests.documents.builders import CHECKLIST, ORDINARY, facts, report

TODAY = date(2026, 3, 12)


@st.composite
def actions(draw: st.DrawFn, *, sure: bool = True) -> list[Action]:
    return [draw(action(rank, sure=sure)) for rank in range(draw(st.integers(0, 6)))]


@st.composite
def action(draw: st.DrawFn, rank: int, *, sure: bool) -> Action:
    cents = sorted(draw(st.tuples(*[st.integers(0, 99_999)] * 3)))
    price = Price(
        id="p", label="p", unit="u", as_of="2025", minimum=cents[0], typical=cents[1],
        maximum=cents[2], vat=draw(st.sampled_from([0, "5.5", 10, 20])),
        yearly=draw(st.booleans()),
    )  # fmt: skip
    low = draw(st.integers(0, 40)) if sure else 0
    high = draw(st.one_of(st.none(), st.just(low), st.just(low + 3)))
    quantity = Quantity(low, high)
    gate = draw(st.sampled_from(Gate))
    cost = Cost((CostLine(price, quantity),))
    advice = Advice(
        recommendation=CHECKLIST.recommendations["fibre"],
        trigger=Trigger.FIRES if sure else Trigger.TO_CONFIRM,
        gate=gate,
        waits_for=(),
        targets=(),
        places=(),
        quantity=quantity,
        usual=None,
        cost=cost,
        due=FREE if gate is Gate.WAITS else cost,
        alone=cost,
        shared=(),
        effort_days=None,
        gain=Fraction(),
    )
    due = draw(st.one_of(st.none(), st.dates(TODAY, date(2031, 1, 1))))
    return Action(f"R{rank + 1}", advice, due)


@given(actions(), actions(sure=False))
def test_rows_and_columns_give_the_same_total(
    plan: list[Action], maybe: list[Action]
) -> None:
    budget = budget_of(plan, TODAY, maybe)
    assert budget.total == added(budget.totals or [Money()])
    assert budget.total == added(row.total for row in budget.every)
    assert budget.due.euros <= budget.total.euros
    assert budget.ht.euros <= budget.total.euros + len(budget.every)


@given(actions(), actions(sure=False))
def test_what_may_be_needed_raises_the_high_bound_alone(
    plan: list[Action], maybe: list[Action]
) -> None:
    sure, whole = budget_of(plan, TODAY), budget_of(plan, TODAY, maybe)
    assert whole.total.euros == sure.total.euros
    assert whole.total.more >= sure.total.more
    assert whole.shares == sure.shares
    assert whole.unpriced == sum(row.total.at_least for row in whole.every)


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


def test_what_waits_is_in_the_total_and_not_due() -> None:
    budget = report(ORDINARY).budget
    waiting = next(row for row in budget.rows if row.action.conditional)
    assert budget.due.euros == budget.total.euros - waiting.total.euros


def test_while_nothing_is_known_all_of_it_may_be_needed() -> None:
    budget = report(facts(rooms=("CP",))).budget
    assert not budget.rows
    assert budget.unsure
    assert (budget.total.euros, budget.total.more > 0) == (0, True)


def test_what_costs_nothing_has_no_row() -> None:
    assert "filtrer" not in {row.action.id for row in report().budget.rows}
    assert Budget((2026,), (), (), Money(), ()).total == Money()
