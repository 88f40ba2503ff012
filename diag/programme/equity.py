"""What a plan brings, and whether it is fair: to each commune beside its need, by IPS.

The view by IPS sets groups of communes side by side, never one; it is for the committee
and goes in no document that is posted.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from diag.model.enums import PlaceKind
from diag.programme.assembling import Board
from diag.programme.operations import SchoolLoad
from diag.programme.placing import Schedule
from diag.programme.terms import Operation, Precedence

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
    """Operations that a law requires, out or after the year it says."""
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
    """Say whether a law requires an operation that comes too late, or never."""
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
    """Operations that a law requires, out or after the year it says."""

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
