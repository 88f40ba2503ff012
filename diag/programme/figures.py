"""What a programme brings and costs: each payer's budget, each commune's share.

Amounts are cents with tax. What a payer buys, less the part that the other pays it, is
what is left to it. Aids are a range until they are notified. The FCTVA stands apart, in
the year it is received, on all that its buyer invests. What orders really cost is
offered back to the prices.

The view by IPS sets groups of communes side by side, never one; it is for the committee
and goes in no document that is posted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from diag.assess.terms import fctva_rule, kept_part
from diag.model.checklist import Checklist, Finance
from diag.model.enums import BudgetSection, FollowUpState, PlaceKind
from diag.model.text import exact
from diag.programme.assembling import Board
from diag.programme.operations import Contender, SchoolLoad
from diag.programme.placing import Schedule
from diag.programme.terms import INVESTMENT, RUNNING, Operation, Precedence, Purse
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


# Fairness: to each commune next to its need, and by IPS.

LEAST = 5
"""Communes in a group, at least: fewer would point at one."""

FIFTHS = 5
"""Groups, where there are communes enough."""

_PARTS = {
    2: ("1re", "moitié"),
    3: ("1er", "tiers"),
    4: ("1er", "quart"),
    FIFTHS: ("1er", "cinquième"),
}
"""Number of groups → how the first is counted, and what one is called."""


class Worth(NamedTuple):
    """What a plan brings, in figures that can be set side by side."""

    points: Fraction
    """Score × pupils × years left, over the operations that are in."""
    placed: int
    late: int
    """Operations that a law or a date requires, out or after its year."""
    least_covered: Fraction
    """Of all communes that need something, the least part of its need that is in."""
    moved: int
    """Operations whose year another plan gave otherwise."""


def worth(plan: Schedule, other: Schedule) -> Worth:
    """Return what a plan brings; `other` is the one that it is set beside."""
    last = plan.terms.years[-1]
    needs: dict[str, int] = {}
    covered: dict[str, int] = {}
    points, late = Fraction(0), 0
    for each in plan.terms.operations:
        year = plan.years.get(each.id)
        paid = plan.placements[each.id].paid.values()
        cost = sum(line.once for line in each.lines) if year is None else sum(paid)
        needs[each.commune] = needs.get(each.commune, 0) + cost
        if year is not None:
            points += each.points * (last - year + 1)
            covered[each.commune] = covered.get(each.commune, 0) + cost
        late += _is_overdue(plan, each)
    parts = (Fraction(covered.get(one, 0), need) for one, need in needs.items() if need)
    least = min(parts, default=Fraction(1))
    return Worth(points, len(plan.years), late, least, len(plan.moved(other)))


def _is_overdue(plan: Schedule, operation: Operation) -> bool:
    """Say whether a law or a date requires an operation that is too late, or out."""
    last = plan.terms.years[-1]
    year = plan.years.get(operation.id, last + 1)
    return operation.turn is Precedence.LAW and year > (operation.due or last)


class CommuneShare(NamedTuple):
    """What a plan gives a commune, beside what it needs; amounts in cents."""

    insee: str
    name: str
    pupils: int
    ips: Fraction | None
    """Mean of its schools, by pupil; None where none is known."""
    need: int
    """What all its operations cost once: as placed, else as asked."""
    placed: int
    """What those that have a year cost once."""
    right: int
    """Of the syndicat's money, what it may draw."""
    helped: int
    """What the syndicat pays of its operations, and of those it shares."""
    late: int
    """Operations that a law or a date requires, out or after its year."""

    @property
    def covered(self) -> Fraction:
        """The part of its need that has a year."""
        return Fraction(self.placed, self.need) if self.need else Fraction(1)

    @property
    def per_pupil(self) -> Fraction | None:
        """Cents of the syndicat a pupil; None where nobody knows the pupils."""
        return Fraction(self.helped, self.pupils) if self.pupils else None


class IpsGroup(NamedTuple):
    """Communes of neighbouring IPS, taken together."""

    rank: int
    """From 1: the lowest IPS."""
    words: str
    """« 1er cinquième »."""
    communes: int
    low: Fraction
    high: Fraction
    pupils: int
    need: int
    placed: int
    helped: int

    @property
    def covered(self) -> Fraction:
        """The part of their need that has a year."""
        return Fraction(self.placed, self.need) if self.need else Fraction(1)

    @property
    def per_pupil(self) -> Fraction:
        """Cents of the syndicat a pupil."""
        return Fraction(self.helped, self.pupils)


def commune_shares(board: Board) -> tuple[CommuneShare, ...]:
    """Return what each commune gets, the least covered first."""
    loads: dict[str, list[SchoolLoad]] = {}
    for load in board.gathered.schools:
        loads.setdefault(load.insee, []).append(load)
    operations: dict[str, list[Operation]] = {}
    for one in board.programme.operations:
        operations.setdefault(one.commune, []).append(one)
    helped = _helped(board)
    found = []
    for insee, name in board.gathered.communes.items():
        payer = f"{PlaceKind.COMMUNE}:{insee}"
        own = operations.get(payer, [])
        in_years = [one.id for one in own if one.id in board.schedule.years]
        placed = sum(
            sum(board.schedule.placements[name].paid.values()) for name in in_years
        )
        out = [one for one in own if one.id not in board.schedule.years]
        schools = loads.get(insee, [])
        known = [(one.ips, one.pupils) for one in schools if one.ips is not None]
        pupils = sum(many for _, many in known)
        points = sum((ips * many for ips, many in known), Fraction(0))
        found.append(
            CommuneShare(
                insee,
                name or insee,
                sum(one.pupils for one in schools),
                points / pupils if pupils else None,
                placed + sum(line.once for one in out for line in one.lines),
                placed,
                board.schedule.rights.get(payer, 0),
                helped.get(payer, 0),
                sum(_is_overdue(board.schedule, one) for one in own),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.covered, one.name, one.insee)))


def _helped(board: Board) -> dict[str, int]:
    """Return commune → what the syndicat pays of its own, and of what it shares."""
    found: dict[str, int] = {}
    drawn = board.programme.shared_purse
    for name, placed in board.schedule.placements.items():
        insee = board.named(name).commune
        own = {f"{PlaceKind.COMMUNE}:{insee}": placed.paid.get(drawn, 0)}
        for payer, cents in (own if insee else placed.parts).items():
            found[payer] = found.get(payer, 0) + cents
    return found


def ips_groups(shares: Sequence[CommuneShare]) -> tuple[IpsGroup, ...]:
    """Return the communes by fifths of IPS, the lowest first.

    Fewer groups where a fifth would hold fewer than `LEAST` communes; none where two
    would. Communes whose IPS or pupils nobody knows are in none.
    """
    known = sorted((one.ips, one.insee, one) for one in shares if one.ips is not None)
    many = min(FIFTHS, len(known) // LEAST)
    if many not in _PARTS:
        return ()
    first, part = _PARTS[many]
    bounds = [len(known) * rank // many for rank in range(many + 1)]
    groups = []
    for rank, (begin, end) in enumerate(pairwise(bounds), 1):
        own = [one for *_, one in known[begin:end]]
        low, high = known[begin][0], known[end - 1][0]
        words = f"{first if rank == 1 else f'{rank}e'} {part}"
        sums = (
            sum(getattr(one, name) for one in own)
            for name in ("pupils", "need", "placed", "helped")
        )
        groups.append(IpsGroup(rank, words, len(own), low, high, *sums))
    return tuple(groups)


class Spread(NamedTuple):
    """The communes that the syndicat helps least and most a pupil, and between."""

    least: CommuneShare
    median: Fraction
    """Cents a pupil."""
    most: CommuneShare
    communes: int
    """How many have pupils and something to do."""


def spread(shares: Sequence[CommuneShare]) -> Spread | None:
    """Return how far apart the syndicat's help a pupil is; None of no commune."""
    known = sorted(
        (one.per_pupil, one.insee, one)
        for one in shares
        if one.per_pupil is not None and one.need
    )
    if not known:
        return None
    half = len(known) // 2
    middle = known[half][0], known[-half - 1][0]
    return Spread(known[0][2], sum(middle, Fraction(0)) / 2, known[-1][2], len(known))


def unevenness(shares: Sequence[CommuneShare]) -> Fraction:
    """Return how unevenly the syndicat's help a pupil is spread: 0, the same for all.

    Gini's index over pupils; near 1, a few have it all.
    """
    known = sorted(
        (one.per_pupil, one.pupils, one.helped)
        for one in shares
        if one.per_pupil is not None and one.need
    )
    pupils = sum(many for _, many, _ in known)
    helped = sum(cents for *_, cents in known)
    if not helped:
        return Fraction(0)
    area, below = Fraction(0), 0
    for _, many, cents in known:
        area += Fraction(many * (2 * below + cents), pupils * helped)
        below += cents
    return 1 - area


def sort_of(board: Board, operation: str) -> Precedence:
    """Return what an operation answers to: a law, what blocks, or the rest.

    A decision or a lock gives it a turn of its own, and does not change that.
    """
    candidate = board.gathered.candidates.get(operation)
    return candidate.operation.turn if candidate else Precedence.REST


def unblocked(board: Board) -> tuple[Fraction, ...]:
    """Return, each year, the part of the schools with nothing left that blocks them.

    Of those that have an operation; empty where none has.
    """
    years = board.programme.years
    free: dict[str, int] = {}
    """School → the year from which nothing blocks it any more."""
    for name, one in board.gathered.candidates.items():
        until = free.setdefault(one.school, years[0])
        if sort_of(board, name) is Precedence.BLOCKING:
            placed = board.schedule.years.get(name, years[-1] + 1)
            free[one.school] = max(until, placed)
    if not free:
        return ()
    return tuple(
        Fraction(sum(one <= year for one in free.values()), len(free)) for year in years
    )
