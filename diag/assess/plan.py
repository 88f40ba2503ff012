"""The recommendations as every document prints them: numbered, dated, then budgeted.

A3 names the same action in every document. What waits for another action follows
it; what is only « à confirmer », done or set aside stands apart, outside totals.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import count

from diag.assess.results import FREE, Advice, Amount, Cost, CostLine
from diag.assess.words import Money, added, by_year, estimate, total_words, works_of
from diag.model.audit import FollowUp, OwnAdvice
from diag.model.checklist import Below, Price, Recommendation, Wording
from diag.model.enums import READERS, FollowUpState, Gate, Trigger
from diag.model.text import Quantity
from diag.words.dates import later
from diag.words.sentences import NBSP, listed

DONE = frozenset({FollowUpState.FAITE, FollowUpState.VERIFIEE})
"""States of what was carried out."""

CLOSED = DONE | {FollowUpState.ECARTEE}
"""States after which nothing is left to decide or to pay."""


RANK = f"n°{NBSP}"
"""Before the rank of an action that bears no number yet: it moves with answers."""


@dataclass(frozen=True, slots=True)
class Action:
    """A recommendation in its place: what one document line or block describes."""

    ref: str
    """« A3 », given for ever; before the closing « n° 3 », its rank of today."""
    advice: Advice
    due: date | None
    """Day before which to act; None: with the next budget."""
    under: str = ""
    """Id of the action that it waits for, and right under which it stands."""
    state: FollowUpState | None = None
    """Where it stands, when somebody followed it up."""
    rank: Fraction = Fraction()
    """What orders it: its number as computed, or where the engineer puts it."""
    by_hand: bool = False
    """Whether the engineer put it there."""

    @property
    def id(self) -> str:
        """Id of the recommendation."""
        return self.advice.recommendation.id

    @property
    def number(self) -> str:
        """How a column numbers it: « A3 », or « 3 »."""
        return self.ref.removeprefix(RANK)

    def titled(self, title: str) -> str:
        """Return « A3. Câbler », or « Câbler (n° 3) » for a rank, which will move."""
        is_ranked = self.ref.startswith(RANK)
        return f"{title} ({self.ref})" if is_ranked else f"{self.ref}. {title}"

    @property
    def unsure_places(self) -> tuple[str, ...]:
        """Ids of the places that may need it too, beside those that surely do."""
        if self.advice.trigger is not Trigger.FIRES:
            return ()
        return tuple(
            one.place
            for one in self.advice.targets
            if one.trigger is Trigger.TO_CONFIRM
        )

    @property
    def conditional(self) -> bool:
        """Say whether something must be done first."""
        return self.advice.gate is Gate.WAITS

    @property
    def ready(self) -> bool:
        """Say whether nothing must be done or checked first."""
        return self.advice.gate is Gate.OPEN

    @property
    def undecided(self) -> bool:
        """Say whether a decision is still to be taken."""
        return self.state in {None, FollowUpState.PROPOSEE}

    def cures(self, criterion: str) -> bool:
        """Say whether it is advised because of this criterion."""
        return self.advice.recommendation.when.criterion == criterion


@dataclass(frozen=True)
class Plan:
    """What is to be done, what is to be confirmed, what is behind us."""

    actions: tuple[Action, ...] = ()
    """Surely needed, each followed by those that wait for it."""
    to_confirm: tuple[Action, ...] = ()
    closed: tuple[Action, ...] = ()
    """Done, checked or set aside."""

    def __iter__(self) -> Iterator[Action]:
        """Go through every action, in the order of the plan."""
        yield from (*self.actions, *self.to_confirm, *self.closed)

    def action(self, recommendation: str) -> Action | None:
        """Return the action of a recommendation, if it is advised."""
        return self._by_id.get(recommendation)

    @cached_property
    def _by_id(self) -> Mapping[str, Action]:
        return {one.id: one for one in self}


def plan_of(
    advice: Sequence[Advice],
    follow_ups: Sequence[FollowUp],
    today: date,
    ranks: Mapping[str, Fraction] | None = None,
    refs: Mapping[str, str] | None = None,
    *,
    moved: Mapping[str, date] | None = None,
) -> Plan:
    """Return the advice numbered and dated, counting delays from `today`.

    It keeps the order of the assessment, in which dangers and the law come first; so
    does what the engineer adds for them. `ranks` is the engineer's own order, which has
    the last word. An action that has a number in `refs` keeps it; others have a
    rank, counted after those. One in `moved` is due that day, else on the day agreed
    with people, else by its delay.
    """
    states = states_of(follow_ups)
    sure = [one for one in advice if _is_sure(one, states)]

    def rank(group: Sequence[Action]) -> tuple[bool, bool]:  # dangers, then the law
        first = group[0].advice
        return not first.is_danger, not first.is_law

    groups = sorted(_grouped(sure, today), key=rank)
    ordered = _by_hand(groups, ranks or {})
    rest = [one for one in advice if not _is_sure(one, states)]
    ordered += [Action("", one, _due(one, today)) for one in rest]
    known = refs or {}
    free = (f"{RANK}{rank}" for rank in count(len(known) + 1))
    days = {
        **{
            one.recommendation: date.fromisoformat(one.due)
            for one in follow_ups
            if one.due and one.place is None
        },
        **(moved or {}),
    }
    placed = [
        replace(
            one,
            ref=known.get(one.id) or next(free),
            state=states.get(one.id),
            due=days.get(one.id, one.due),
        )
        for one in ordered
    ]
    later_on = placed[len(sure) :]
    return Plan(
        actions=tuple(placed[: len(sure)]),
        to_confirm=tuple(one for one in later_on if one.state not in CLOSED),
        closed=tuple(one for one in later_on if one.state in CLOSED),
    )


def refs_words(actions: Iterable[Action]) -> str:
    """Return the numbers of actions, where a sentence names them: « A3 et A5 »."""
    numbers = [one.number for one in actions]
    is_ranked = any(one.ref.startswith(RANK) for one in actions)
    return f"{RANK * is_ranked}{listed(numbers, len(numbers))}"


def states_of(follow_ups: Sequence[FollowUp]) -> Mapping[str, FollowUpState]:
    """Return the last state of each recommendation, for the whole school."""
    return {one.recommendation: one.state for one in follow_ups if one.place is None}


def still_standing(earlier: Sequence[FollowUp]) -> tuple[FollowUp, ...]:
    """Return the steps of the audit before that still bind.

    What was done then and is advised again now is to be done again: the facts are
    newer. What was decided, ordered or set aside stays so.
    """
    last = states_of(earlier)
    return tuple(one for one in earlier if last.get(one.recommendation) not in DONE)


def _due(advice: Advice, start: date) -> date | None:
    delay = advice.recommendation.delay
    return later(start, delay) if delay else None


def _is_sure(advice: Advice, states: Mapping[str, FollowUpState]) -> bool:
    alive = states.get(advice.recommendation.id) not in CLOSED
    return alive and advice.trigger is Trigger.FIRES


def _grouped(advice: Sequence[Advice], today: date) -> list[list[Action]]:
    """Return actions that wait for none, each with those that follow it.

    One that waits is under the last it waits for, its delay counted from its day. The
    assessment already gives them in that order.
    """
    ordered, groups = list[Action](), list[list[Action]]()
    for one in advice:
        waits = one.waits_for if one.gate is Gate.WAITS else ()
        holder = next((each for each in reversed(ordered) if each.id in waits), None)
        start = holder.due or today if holder else today
        action = Action("", one, _due(one, start), holder.id if holder else "")
        ordered.append(action)
        if holder:
            groups[-1].append(action)
        else:
            groups.append([action])
    return groups


def _by_hand(
    groups: Iterable[Sequence[Action]], ranks: Mapping[str, Fraction]
) -> list[Action]:
    """Return actions with their followers, those with a rank where it puts them.

    Others keep the number that they have: 1, 2, 3…
    """
    ranked = [
        [
            replace(
                one,
                rank=ranks.get(group[0].id, Fraction(number)),
                by_hand=one.id in ranks,
            )
            for one in group
        ]
        for number, group in enumerate(groups, 1)
    ]
    ranked.sort(key=lambda group: (group[0].rank, not group[0].by_hand))
    return [one for group in ranked for one in group]


ONCE = Quantity(Fraction(1), Fraction(1))
"""How many, of what is done once."""


def advised(own: OwnAdvice, year: int, *, is_law: bool = False) -> Advice:
    """Return an engineer's own recommendation as advice: sure, needing nothing first.

    It raises no score: nobody declared what it changes. It shares no purchase.
    """
    words = Wording(title=own.title, why=own.why)
    recommendation = Recommendation(
        id=own.id,
        domain="",
        when=Below(criterion=own.criterion, below=1),
        owner=own.owner,
        delay=own.delay,
        wording=dict.fromkeys(READERS, words),
        done_when="",
        sources=("metier",),
    )
    cost = FREE
    if own.cents:
        price = Price(
            id=own.id,
            label=own.title,
            unit="forfait",
            as_of=str(year),
            minimum=own.cents,
            typical=own.cents,
            maximum=own.cents,
            vat=own.vat,
            note="estimation de l'ingénieur",
        )
        cost = Cost((CostLine(price, ONCE),))
    return Advice(
        recommendation=recommendation,
        trigger=Trigger.FIRES,
        gate=Gate.OPEN,
        waits_for=(),
        targets=(),
        places=(),
        quantity=ONCE,
        usual=None,
        cost=cost,
        due=cost,
        alone=cost,
        shared=(),
        effort_days=None,
        gain=Fraction(),
        is_legal=is_law,
        is_law=is_law,
    )


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

    def describe_total(self, total: str) -> str:
        """Return a `total` of it, and how much of it is not sure, in words."""
        return total_words(
            total, unsure=len(self.unsure), unpriced=self.unpriced, works=self.works
        )


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
