"""Who buys, who pays a part, what comes back and when: the budgets of a programme.

Amounts are cents with tax. What a payer buys, less the part that the other pays it, is
what is left to it. Aids are a range until they are notified. The FCTVA stands apart, in
the year it is received, on all that its buyer invests.

When each thing is to be done comes from the dated rules of finances, or from the table
that a syndicat lays over them; what orders really cost is offered back to the prices.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from statistics import median
from typing import NamedTuple
from uuid import UUID, uuid5

from diag.assess.terms import YearDay, fctva_rule, kept_part, year_day
from diag.model.checklist import Checklist, Finance
from diag.model.enums import BudgetSection, FollowUpState, Milestone
from diag.model.text import exact
from diag.programme.assembling import Board
from diag.programme.operations import Contender
from diag.programme.terms import INVESTMENT, RUNNING, Purse
from diag.workspace.editions import current


@dataclass(slots=True)
class PurseYear:
    """What one payer's budget holds for a programme, in a year and a section."""

    gross: int = 0
    """What it buys and runs."""
    participation: int = 0
    """What it pays the other for; below zero, what the other pays it."""
    kept: int = 0
    """Of that, money kept for one operation: an aid that was notified, often."""

    @property
    def own(self) -> int:
        """What is left to it: what the plan charges its purse."""
        return self.gross + self.participation

    @property
    def left(self) -> int:
        """What its envelope pays, once what is kept has served."""
        return self.own - self.kept


def checklist_of(board: Board) -> Checklist:
    """Return the checklists in use here: they hold the rules of local finances."""
    workspace = board.container.workspace
    return workspace.editions.open(current(workspace).digest)


def budgets(board: Board) -> dict[int, dict[Purse, PurseYear]]:
    """Return what each purse pays each year, for what is in the programme."""
    found: dict[int, dict[Purse, PurseYear]] = {
        year: {} for year in board.programme.years
    }

    def at(year: int, purse: Purse) -> PurseYear:
        return found[year].setdefault(purse, PurseYear())

    for name, placed in board.schedule.placements.items():
        if placed.year is None:
            continue
        buyer = board.buyer(name)
        for purse, cents in placed.paid.items():
            here = at(placed.year, purse)
            here.kept += _kept_money(board, name, purse)
            if purse.section is INVESTMENT and purse.payer != buyer:
                here.participation += cents
                buying = at(placed.year, Purse(buyer, INVESTMENT))
                buying.gross += cents
                buying.participation -= cents
            else:
                here.gross += cents
        for year in board.programme.years:
            if placed.yearly and year >= placed.year:
                at(year, Purse(board.payers[name], RUNNING)).gross += placed.yearly
    return found


class YearSum(NamedTuple):
    """What a budget of the programme adds up to, in cents."""

    operations: int
    once: int
    whole: int
    """Yearly costs among it, those of what was placed before too."""
    syndicat: int
    syndicat_may: int
    """What it may plan, in whole euros, as `may`: they add up as they are printed."""
    may: int


def year_sums(board: Board) -> list[YearSum]:
    """Return what each budget adds up to."""
    terms, found = board.programme, []
    for at, (year, purses) in enumerate(budgets(board).items()):
        placed = [one for one in board.schedule.placements.values() if one.year == year]
        may = {
            purse: whole_euros(terms.planned(purse)[at]) for purse in terms.envelopes
        }
        ours = [purse for purse in (purses | may) if purse.payer == terms.syndicat]
        found.append(
            YearSum(
                operations=len(placed),
                once=sum(sum(one.paid.values()) for one in placed),
                whole=sum(one.own for one in purses.values()),
                syndicat=sum(purses[one].own for one in ours if one in purses),
                syndicat_may=sum(may.get(one, 0) for one in ours),
                may=sum(may.values()),
            )
        )
    return found


def whole_euros(cents: int) -> int:
    """Return cents without what is under a euro: what may be spent, as it is shown."""
    return cents // 100 * 100


def _kept_money(board: Board, operation: str, purse: Purse) -> int:
    """Return what money kept for an operation pays of its one-off cost."""
    placed = board.schedule.placements[operation]
    carries = board.programme.carries(purse)
    kept = sum(
        one.cents
        for one in board.programme.earmarks
        if one.operation == operation
        and one.purse == purse
        and placed.year is not None
        and (one.year == placed.year or (carries and one.year < placed.year))
    )
    return min(kept, placed.paid.get(purse, 0))


def invested(board: Board, operation: str) -> int:
    """Return what a placed operation invests, in cents with tax."""
    paid = board.schedule.placements[operation].paid
    return sum(cents for purse, cents in paid.items() if purse.section is INVESTMENT)


class AidedYear(NamedTuple):
    """What aids may pay a buyer for what it invests in a year, in cents; no promise."""

    low: int
    high: int
    unknown: int
    """Operations for which no rate is known: to be asked."""


def aids(board: Board, checklist: Checklist, day: date) -> dict[str, AidedYear]:
    """Return by buyer what aids may pay of the whole programme: none is promised.

    A scheme's rate counts as long as it holds when the budget is prepared. All that
    others pay, the syndicat's part among it, leaves the buyer its floor.
    """
    found: dict[str, AidedYear] = {}
    for name, placed in board.schedule.placements.items():
        candidate = board.gathered.candidates.get(name)
        if placed.year is None or candidate is None or not candidate.bare:
            continue
        shares = [
            one
            for one in (candidate.aid.shares if candidate.aid else ())
            if one.section == BudgetSection.INVESTISSEMENT
            and int(one.until[:4]) >= placed.year - 1
        ]
        room = max(_room(board, name, candidate.bare, kept_part(checklist, day)), 0)
        high = min(sum(one.high for one in shares) * 100, room)
        low = min(sum(one.low for one in shares) * 100, high)
        buyer = board.buyer(name)
        known = found.get(buyer, AidedYear(0, 0, 0))
        found[buyer] = AidedYear(
            known.low + low, known.high + high, known.unknown + (not shares)
        )
    return found


def under_floor(board: Board, checklist: Checklist, day: date) -> list[str]:
    """Return the operations that leave their buyer less than the floor to pay."""
    part = kept_part(checklist, day)
    candidates = board.gathered.candidates
    return [
        name
        for name in board.schedule.years
        if name in candidates
        and candidates[name].bare
        and part < 1
        and _room(board, name, candidates[name].bare, part) < 0
    ]


def _room(board: Board, operation: str, bare: int, part: Fraction) -> int:
    """Return what others may still pay, in cents: the floor is on what has no tax."""
    buyer, placed = board.buyer(operation), board.schedule.placements[operation]
    others = sum(
        cents
        for purse, cents in placed.paid.items()
        if purse.section is INVESTMENT and purse.payer != buyer
    )
    notified = _kept_money(board, operation, Purse(buyer, INVESTMENT))
    return int((1 - part) * bare) - others - notified


@dataclass(frozen=True, slots=True)
class GivenBack:
    """The FCTVA of a programme, by payer: cents, in the year it is received."""

    rule: Finance
    years: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    """Payer → year → cents; after the last budget too."""
    undated: Mapping[str, int] = field(default_factory=dict)
    """Payer → cents, where nobody said after how many years."""


def fctva(board: Board, checklist: Checklist, day: date) -> GivenBack | None:
    """Return what the State gives back of all that each buyer invests, in whole euros.

    None where no fresh rule gives the rate.
    """
    rule = fctva_rule(checklist, day)
    if rule is None:
        return None
    rate = Fraction(exact(rule.percent or 0)) / 100
    frame, delays = board.record.frame, board.gathered.delays
    years: dict[str, dict[int, int]] = {}
    undated: dict[str, int] = {}
    for year, purses in budgets(board).items():
        for purse in sorted(purses):
            if purse.section is not INVESTMENT or not purses[purse].gross:
                continue
            buyer, back = purse.payer, int(purses[purse].gross * rate) // 100 * 100
            delay = delays.get(buyer.partition(":")[2])
            if buyer == board.programme.syndicat:
                delay = frame.fctva_delay if frame else None
            if delay is None:
                undated[buyer] = undated.get(buyer, 0) + back
            else:
                mine = years.setdefault(buyer, {})
                mine[year + delay] = mine.get(year + delay, 0) + back
    return GivenBack(rule, years, undated)


_ORDERED = frozenset({
    FollowUpState.COMMANDEE,
    FollowUpState.FAITE,
    FollowUpState.VERIFIEE,
})


class PriceSeen(NamedTuple):
    """What one of an article cost, in one order."""

    price: str
    """Row of the price table."""
    operation: str
    on: str
    """ISO day of the step that gave it."""
    where: str
    """Name of the commune."""
    cents: Fraction
    """Before tax, for one."""


class ObservedPrice(NamedTuple):
    """All that orders show of one article."""

    price: str
    as_of: str
    """ISO day of the last order."""
    where: tuple[str, ...]
    minimum: int
    """Cents before tax, for one, as the others."""
    typical: int
    """The median."""
    maximum: int
    orders: int


def prices_seen(board: Board) -> Iterator[PriceSeen]:
    """Give the price of one article in each order that buys only that article."""
    for name, one in ordered(board):
        bought = [line for line in one.priced if not line.yearly and line.many]
        alone = len(bought) == 1 and bought[0].cents
        line = bought[0] if alone else None
        if line and one.step:
            share = line.bare / line.cents / line.many
            insee = board.named(name).commune
            yield PriceSeen(
                line.price,
                name,
                one.step.on,
                board.gathered.communes.get(insee) or insee,
                one.step.cents * share,
            )


def ordered(board: Board) -> Iterator[tuple[str, Contender]]:
    """Give the operations that were ordered at a real price."""
    for name, one in board.gathered.candidates.items():
        if one.step and one.step.cents and one.step.state in _ORDERED:
            yield name, one


def observed(seen: Sequence[PriceSeen]) -> Iterator[ObservedPrice]:
    """Give what orders show of each article, by their ids."""
    for price in sorted({one.price for one in seen}):
        own = [one for one in seen if one.price == price]
        cents = sorted(one.cents for one in own)
        yield ObservedPrice(
            price,
            max(one.on for one in own),
            tuple(dict.fromkeys(one.where for one in own)),
            round(cents[0]),
            round(median(cents)),
            round(cents[-1]),
            len(own),
        )


_SHARED = (Milestone.BESOINS, Milestone.DEBAT, Milestone.PROJET, Milestone.BUDGET)
"""What a budget year has once, whatever it holds."""


_BEFORE_VOTE = ("quart-des-credits", "fonctionnement-avant-vote")


class DatedStep(NamedTuple):
    """Something to be done by a day."""

    opens: date
    """The first day; the last one where only that is known."""
    closes: date
    kind: Milestone
    budget: int
    rule: Finance
    operation: str = ""
    """Empty: the whole budget's."""

    def uid(self, container: str) -> str:
        """Return what names it in every calendar: it moves there with its operation."""
        return str(
            uuid5(UUID(container), f"{self.operation or self.budget} {self.kind}")
        )


def deadlines(
    board: Board, checklist: Checklist, insee: str = ""
) -> tuple[DatedStep, ...]:
    """Return the deadlines of a programme in order; `insee`: of one commune's part."""
    mine = {
        name: year
        for name, year in board.schedule.years.items()
        if not insee or board.named(name).commune == insee
    }
    found = []
    for budget in sorted(set(mine.values())):
        for kind in _SHARED:
            day = year_day(checklist, kind, budget - (kind is Milestone.BESOINS))
            if day:
                found.append(_deadline(day, kind, budget))
    for name, budget in mine.items():
        # What it waits for: the request for aids, then the works.
        for kind in (Milestone.AIDE, Milestone.TRAVAUX):
            day = year_day(checklist, kind, budget) if invested(board, name) else None
            if day:
                found.append(_deadline(day, kind, budget, name))
    return tuple(sorted(found, key=lambda one: (one.closes, one.kind, one.operation)))


def before_vote(checklist: Checklist) -> tuple[Finance, ...]:
    """Return the rules of what may be spent before a budget is voted."""
    found = (checklist.finances.get(one) for one in _BEFORE_VOTE)
    return tuple(filter(None, found))


def _deadline(
    found: YearDay, kind: Milestone, budget: int, operation: str = ""
) -> DatedStep:
    closes = _first_day(found.closes)
    if found.closes.count("-") <= 1:  # a month: until its last day
        closes = closes.replace(day=monthrange(closes.year, closes.month)[1])
    opens = _first_day(found.opens) if found.opens else closes
    return DatedStep(opens, closes, kind, budget, found.rule, operation)


def _first_day(text: str) -> date:
    return date.fromisoformat(text if text.count("-") > 1 else f"{text}-01")
