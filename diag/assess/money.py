"""Estimates as they are printed: whole euros, so that what is shown adds up.

Each line is rounded once; a total is the sum of the lines that the reader sees.
Before tax (HT) and with tax (TTC) never meet in one amount. What is printed is at the
typical price, from the low quantity to the high one; a bracket gives the extremes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from diag.assess.plan import Action
from diag.assess.results import Amount, Cost
from diag.model.checklist import Price
from diag.model.enums import Trigger
from diag.words.dates import describe_day
from diag.words.sentences import euros, number

UNPRICED = "à chiffrer"
"""What costs something, when nothing says how much."""

FREE_WORDS = "sans dépense"
"""What costs nothing."""

WORKS = "travaux du bâtiment, hors budget numérique"
"""What works on the building are called, beside totals that leave them out."""


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

    @property
    def is_unpriced(self) -> bool:
        """Whether it costs something, and nobody knows how much."""
        return self.at_least and not self.euros

    def __add__(self, other: "Money") -> "Money":
        """Return the sum; unbounded when one of the two is."""
        return Money(
            self.euros + other.euros,
            self.at_least or other.at_least,
            self.more + other.more,
        )

    def __str__(self) -> str:
        """Return « 1 240 € », « entre 900 et 1 240 € » or « au moins 1 240 € »."""
        if self.at_least or not self.more:
            return self.cell
        if not self.euros:
            return f"jusqu'à {euros(self.most)}"
        return f"entre {number(self.euros)} et {euros(self.most)}"

    @property
    def cell(self) -> str:
        """The same in a table: « 900 à 1 240 € »."""
        if self.is_unpriced:
            return UNPRICED
        if self.at_least:
            return f"au moins {euros(self.euros)}"
        if not self.more:
            return euros(self.euros)
        return f"{number(self.euros)} à {euros(self.most)}"


def estimate(amount: Amount) -> Money:
    """Return an amount at the typical price, from the low quantity to the high one."""
    low = _euros(amount.low)
    if amount.high is None:
        return Money(low, at_least=True)
    return Money(low, more=_euros(amount.high) - low)


def format_cost(cost: Cost, *, headed: bool = False) -> str:
    """Return what {cout} prints: « environ 1 500 € TTC, puis 240 € TTC par an ».

    `headed`: its column has « environ » and « TTC » in its title.
    """
    once, yearly = (
        _about(cost.once_ttc, headed=headed),
        _about(cost.yearly_ttc, headed=headed),
    )
    parts = [once] if once else []
    if yearly:
        parts.append(f"{yearly} par an")
    return ", puis ".join(parts) or FREE_WORDS


def format_range(cost: Cost) -> str:
    """Return the extremes: « de 1 240 à 1 900 € TTC », empty when there are none.

    From the least price of the low quantity to the greatest one of the high quantity.
    """
    parts = [
        f"{_from_to(low, high)} TTC{rhythm}"
        for amount, rhythm in ((cost.once_ttc, ""), (cost.yearly_ttc, " par an"))
        if amount.maximum is not None and amount.high is not None
        for low, high in [(_euros(amount.minimum), _euros(amount.maximum))]
        if (low, high) != (_euros(amount.low), _euros(amount.high))
    ]
    return ", puis ".join(parts)


def format_sum(costs: Sequence[Cost]) -> str:
    """Return several costs: « 900 € TTC (750 € HT), puis 60 € TTC (50 € HT) par an ».

    Each amount is rounded as it is printed alone, so that a reader can add them up.
    """
    parts = []
    for yearly, rhythm in ((False, ""), (True, " par an")):
        ttc = added(
            estimate(one.yearly_ttc if yearly else one.once_ttc) for one in costs
        )
        ht = added(estimate(one.yearly_ht if yearly else one.once_ht) for one in costs)
        if ttc != Money():
            bare = ttc.at_least and not ttc.euros
            parts.append(f"{_taxed(ttc)}{'' if bare else f' ({ht} HT)'}{rhythm}")
    return ", puis ".join(parts) or FREE_WORDS


def aside(works: Money) -> str:
    """Return « hors travaux du bâtiment (7 500 €) », beside a total with tax."""
    return f"hors travaux du bâtiment ({works.cell})" if works != Money() else ""


def format_seen(price: Price, today: date) -> str:
    """Return when a price was seen: « 2025 », « prix relevé en 2016, à actualiser »."""
    if price.is_old(today.isoformat()):
        return f"prix relevé en {price.year}, à actualiser"
    return describe_day(price.as_of)


def total_words(
    total: str, *, unsure: int = 0, unpriced: int = 0, works: Money | None = None
) -> str:
    """Return a `total`, and how many of its actions are not known for sure.

    `unsure`: those that a check may call for, which only raise its high bound;
    `unpriced`: those that nobody can price yet; `works`: what the total leaves out,
    named once it has an amount. Empty when there is nothing to pay.
    """
    beside = aside(works) if works and not works.is_unpriced else ""
    if not total:
        return f"{FREE_WORDS}, {beside}." if beside else ""
    notes = []
    if unsure:
        many = "s" * (unsure > 1)
        notes.append(f"{unsure} action{many} à confirmer comprise{many}")
    if unpriced:
        action = "" if unsure else f" action{'s' * (unpriced > 1)}"
        notes.append(f"{unpriced}{action} {UNPRICED}")
    return f"{', '.join(filter(None, [total, *notes, beside]))}."


def _about(amount: Amount, *, headed: bool) -> str:
    shown = estimate(amount)
    if shown == Money() and not amount.maximum:
        return ""
    if headed:
        return shown.cell
    if shown.more and not shown.at_least:
        return f"{_from_to(shown.euros, shown.most)} TTC"
    known = shown.at_least or amount.minimum == amount.maximum
    return _taxed(shown) if known else f"environ {_taxed(shown)}"


def _taxed(shown: Money) -> str:
    return UNPRICED if shown.is_unpriced else f"{shown} TTC"


def _from_to(low: int, high: int) -> str:
    return f"de {number(low)} à {euros(high)}" if low else f"jusqu'à {euros(high)}"


def _euros(cents: Fraction | int) -> int:
    whole, parts = cents.numerator, cents.denominator
    return (2 * whole + 100 * parts) // (200 * parts)  # half up


# What is paid once falls in the year of its deadline (the next budget when none is
# set); what is paid every year counts whole from that year on. What a check may call
# for only raises the high bounds. Works on the building are counted apart, in no year.
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
        return added(self.years)


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
    """What is surely needed."""
    unsure: tuple[BudgetRow, ...]
    """What a check may call for: its low bounds are zero."""
    due: Money
    """The part that waits for nothing else, TTC: « dont à engager »."""
    beyond: tuple[Action, ...]
    building: tuple[Action, ...] = ()
    """What asks for works on the building, in no total: its other needs have a row."""

    @property
    def every(self) -> tuple[BudgetRow, ...]:
        """All the rows that the totals add."""
        return (*self.rows, *self.unsure)

    @property
    def totals(self) -> tuple[Money, ...]:
        """The sum of each year, TTC."""
        return by_year(row.years for row in self.every)

    @property
    def shares(self) -> tuple[BudgetShare, ...]:
        """The rows surely needed added up by domain, in the order of the plan."""
        rows: dict[str, list[BudgetRow]] = {}
        for row in self.rows:
            rows.setdefault(row.action.advice.recommendation.domain, []).append(row)
        return tuple(
            BudgetShare(domain, by_year(row.years for row in group))
            for domain, group in rows.items()
        )

    @property
    def total(self) -> Money:
        """Everything, TTC."""
        return added(row.total for row in self.every)

    @property
    def ht(self) -> Money:
        """Everything, HT."""
        return added(row.ht for row in self.every)

    @property
    def is_sure(self) -> bool:
        """Whether something to pay, works included, is surely needed."""
        works = (one.advice.trigger is Trigger.FIRES for one in self.building)
        return bool(self.rows) or any(works)

    @property
    def works(self) -> Money:
        """The works on the building, TTC: outside the totals."""
        return added(works_of(one.advice.cost) for one in self.building)

    @property
    def unpriced(self) -> int:
        """How many actions nobody can price yet."""
        return sum(row.total.at_least for row in self.every)


def budget_of(
    actions: Sequence[Action], today: date, to_confirm: Sequence[Action] = ()
) -> Budget:
    """Return the budget of what is surely needed, and of what a check may call for.

    Free actions have no row.
    """
    years = tuple(today.year + offset for offset in range(YEARS))
    paid = [action for action in actions if not action.advice.cost.digital.free]
    within = [action for action in paid if _year(action, years) <= years[-1]]
    maybe = [action for action in to_confirm if not action.advice.cost.digital.free]
    every = (*actions, *to_confirm)
    due: list[Money] = []
    for action in every:
        cost, start = action.advice.due.digital, _year(action, years)
        due += _spread(cost.once_ttc, cost.yearly_ttc, start, years)
    return Budget(
        years=years,
        rows=tuple(_row(action, years) for action in within),
        unsure=tuple(
            _row(action, years) for action in maybe if _year(action, years) <= years[-1]
        ),
        due=added(due),
        beyond=tuple(action for action in paid if action not in within),
        building=tuple(one for one in every if not one.advice.cost.works.free),
    )


def works_of(cost: Cost) -> Money:
    """Return the works on the building that a cost holds, TTC: paid once."""
    return estimate(cost.works.once_ttc)


def added(amounts: Iterable[Money]) -> Money:
    """Return the sum of amounts as they are printed."""
    return sum(amounts, Money())


def by_year(rows: Iterable[Sequence[Money]]) -> tuple[Money, ...]:
    """Return the sum of each year; no rows, no year."""
    return tuple(added(column) for column in zip(*rows, strict=True))


def _row(action: Action, years: tuple[int, ...]) -> BudgetRow:
    cost, start = action.advice.cost.digital, _year(action, years)
    ttc = _spread(cost.once_ttc, cost.yearly_ttc, start, years)
    ht = _spread(cost.once_ht, cost.yearly_ht, start, years)
    return BudgetRow(action, ttc, added(ht))


def _spread(
    once: Amount, yearly: Amount, start: int, years: tuple[int, ...]
) -> tuple[Money, ...]:
    first, every = estimate(once), estimate(yearly)
    return tuple(
        (first if year == start else Money()) + (every if year >= start else Money())
        for year in years
    )


def _year(action: Action, years: tuple[int, ...]) -> int:
    return action.due.year if action.due else years[1]
