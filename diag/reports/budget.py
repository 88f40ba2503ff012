"""Three budgets of a commune, year by year, with totals that add up as printed.

What is paid once falls in the year of its deadline (the next budget when none is
set); what is paid every year counts whole from that year on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from diag.assess.results import Amount, Cost
from diag.reports.money import Money, estimate, is_counted
from diag.reports.plan import Action

YEARS = 3
"""How many budgets are laid out."""


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """What one action costs, TTC by year, and HT over all of them."""

    action: Action
    years: tuple[Money, ...]
    ht: Money

    @property
    def total(self) -> Money:
        """The years added up, TTC."""
        return sum(self.years, Money())


@dataclass(frozen=True, slots=True)
class BudgetShare:
    """What the actions of one domain cost together, TTC by year."""

    domain: str
    """Id of the domain; empty for what belongs to none."""
    years: tuple[Money, ...]

    @property
    def total(self) -> Money:
        """The years added up."""
        return added(self.years)


@dataclass(frozen=True, slots=True)
class Budget:
    """The rows, and those that fall after the last year, named but not added."""

    years: tuple[int, ...]
    rows: tuple[BudgetRow, ...]
    beyond: tuple[Action, ...]

    @property
    def totals(self) -> tuple[Money, ...]:
        """The sum of each year, TTC."""
        columns = zip(*(row.years for row in self.rows), strict=True)
        return tuple(added(column) for column in columns)

    @property
    def shares(self) -> tuple[BudgetShare, ...]:
        """The rows added up by domain, in the order of the plan."""
        rows: dict[str, list[BudgetRow]] = {}
        for row in self.rows:
            rows.setdefault(row.action.advice.recommendation.domain, []).append(row)
        return tuple(
            BudgetShare(
                domain,
                tuple(
                    added(column)
                    for column in zip(*(row.years for row in told), strict=True)
                ),
            )
            for domain, told in rows.items()
        )

    @property
    def total(self) -> Money:
        """Everything, TTC."""
        return added(row.total for row in self.rows)

    @property
    def ht(self) -> Money:
        """Everything, HT."""
        return added(row.ht for row in self.rows)

    @property
    def conditional(self) -> Money:
        """The part that waits for something else, TTC."""
        return added(row.total for row in self.rows if row.action.conditional)


def budget_of(actions: Sequence[Action], today: date) -> Budget:
    """Return the budget of what is surely needed; free actions have no row."""
    years = tuple(today.year + offset for offset in range(YEARS))
    paid = [action for action in actions if not action.advice.cost.free]
    within = [action for action in paid if _year(action, years) <= years[-1]]
    beyond = tuple(action for action in paid if action not in within)
    return Budget(years, tuple(_row(action, years) for action in within), beyond)


def added(amounts: Iterable[Money]) -> Money:
    """Return the sum of amounts as they are printed."""
    return sum(amounts, Money())


def _row(action: Action, years: tuple[int, ...]) -> BudgetRow:
    cost, start = action.advice.cost, _year(action, years)
    ttc = _spread(cost, cost.once_ttc, cost.yearly_ttc, start, years)
    ht = _spread(cost, cost.once_ht, cost.yearly_ht, start, years)
    return BudgetRow(action, ttc, added(ht))


def _spread(
    cost: Cost, once: Amount, yearly: Amount, start: int, years: tuple[int, ...]
) -> tuple[Money, ...]:
    first = estimate(once, counted=is_counted(cost, yearly=False))
    every = estimate(yearly, counted=is_counted(cost, yearly=True))
    return tuple(
        (first if year == start else Money()) + (every if year >= start else Money())
        for year in years
    )


def _year(action: Action, years: tuple[int, ...]) -> int:
    return action.due.year if action.due else years[1]
