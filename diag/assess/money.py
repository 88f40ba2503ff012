"""Estimates as they are printed: whole euros, so that what is shown adds up.

Each line is rounded once; a total is the sum of the lines that the reader sees.
Before tax (HT) and with tax (TTC) never meet in one amount. A typical price is printed
for a known quantity only: for another, from the least to the most.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from diag.assess.plan import Action
from diag.assess.results import Amount, Cost
from diag.words.figures import euros, half_up, number


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole euros; `at_least` when nothing bounds it above."""

    euros: int = 0
    at_least: bool = False
    more: int = 0
    """How many euros it may add, when its quantity is known between bounds."""

    @property
    def most(self) -> int:
        """The greatest amount that it may be, when bounded."""
        return self.euros + self.more

    def __add__(self, other: "Money") -> "Money":
        """Return the sum; unbounded when one of the two is."""
        return Money(
            self.euros + other.euros,
            self.at_least or other.at_least,
            self.more + other.more,
        )

    def __str__(self) -> str:
        """Return « 1 240 € », « entre 900 et 1 240 € » or « au moins 1 240 € »."""
        if self.at_least:
            return f"au moins {euros(self.euros)}"
        if not self.more:
            return euros(self.euros)
        if not self.euros:
            return f"jusqu'à {euros(self.most)}"
        return f"entre {number(self.euros)} et {euros(self.most)}"


def estimate(amount: Amount, *, counted: bool = True) -> Money:
    """Return the typical amount; from the least when the quantity is not `counted`."""
    least = _euros(amount.minimum)
    if amount.typical is None or amount.maximum is None:
        return Money(least, at_least=True)
    if counted:
        return Money(_euros(amount.typical))
    return Money(least, more=_euros(amount.maximum) - least)


def is_counted(cost: Cost, *, yearly: bool) -> bool:
    """Say whether we know how much of everything is paid once, or every year."""
    return all(
        line.quantity.low == line.quantity.high
        for line in cost.lines
        if line.price.yearly is yearly
    )


def format_cost(cost: Cost, *, headed: bool = False) -> str:
    """Return what {cout} prints: « environ 1 500 € TTC, puis 240 € TTC par an ».

    `headed`: its column has « environ » and « TTC » in its title.
    """
    around, tax = ("", "") if headed else ("environ ", " TTC")
    once = _about(cost.once_ttc, around, counted=is_counted(cost, yearly=False))
    yearly = _about(cost.yearly_ttc, around, counted=is_counted(cost, yearly=True))
    parts = [f"{once}{tax}"] if once else []
    if yearly:
        parts.append(f"{yearly}{tax} par an")
    return ", puis ".join(parts) or "sans dépense"


def format_range(cost: Cost) -> str:
    """Return « de 1 240 à 1 900 € TTC », empty when the cost already shows it."""
    parts = [
        f"{_from_to(low, high)} TTC{rhythm}"
        for amount, yearly, rhythm in (
            (cost.once_ttc, False, ""),
            (cost.yearly_ttc, True, " par an"),
        )
        if amount.maximum is not None
        and is_counted(cost, yearly=yearly)
        and (low := _euros(amount.minimum)) < (high := _euros(amount.maximum))
    ]
    return ", puis ".join(parts)


def format_sum(costs: Sequence[Cost]) -> str:
    """Return several costs: « 900 € TTC (750 € HT), puis 60 € TTC (50 € HT) par an ».

    Each amount is rounded as it is printed alone, so that a reader can add them up.
    """
    parts = []
    for yearly, rhythm in ((False, ""), (True, " par an")):
        ttc, ht = Money(), Money()
        for one in costs:
            counted = is_counted(one, yearly=yearly)
            ttc += estimate(one.yearly_ttc if yearly else one.once_ttc, counted=counted)
            ht += estimate(one.yearly_ht if yearly else one.once_ht, counted=counted)
        if ttc != Money():
            parts.append(f"{ttc} TTC ({ht} HT){rhythm}")
    return ", puis ".join(parts) or "sans dépense"


def total_words(total: str, count: int) -> str:
    """Return a `total`, and how many actions to be checked it leaves out.

    Empty when there is nothing to pay, and nothing to check that would cost.
    """
    if not count:
        return f"{total}." if total else ""
    many = f"{count} action{'s' * (count > 1)}"
    if total:
        return f"{total}, hors {many} à confirmer."
    verb = "demanderaient" if count > 1 else "demanderait"
    return f"aucune encore ; {many} à confirmer en {verb} une."


def _about(amount: Amount, around: str, *, counted: bool) -> str:
    shown = estimate(amount, counted=counted)
    if shown.at_least:
        return str(shown)
    if not shown.most and not amount.maximum:
        return ""
    if shown.more:
        return _from_to(shown.euros, shown.most) if shown.euros else str(shown)
    sure = _euros(amount.minimum) == _euros(amount.maximum or amount.minimum)
    return str(shown) if sure else f"{around}{shown}"


def _from_to(low: int, high: int) -> str:
    return f"de {number(low)} à {euros(high)}" if low else f"jusqu'à {euros(high)}"


def _euros(cents: Fraction) -> int:
    return half_up(cents / 100)


# Three budgets of a commune, year by year, with totals that add up as printed.
#
# What is paid once falls in the year of its deadline (the next budget when none is
# set); what is paid every year counts whole from that year on.


YEARS = 3
"""How many budgets are drawn up."""


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
                    for column in zip(*(row.years for row in group), strict=True)
                ),
            )
            for domain, group in rows.items()
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
