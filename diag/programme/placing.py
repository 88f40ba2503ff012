"""Each operation in the first year that every purse and its right allow, and why.

Operations are taken one by one, law first, then what blocks, then points per euro; what
is placed never moves afterwards. So each place has one reason, and what would change it
is proved by placing all of them again: never a guess.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import count
from typing import NamedTuple

from diag.programme.terms import (
    Bill,
    Earmark,
    Lack,
    Operation,
    Precedence,
    Programme,
    Purse,
    Purses,
    bill,
    share,
    split_cost,
)


class First(NamedTuple):
    """Placed in the first year that it may have."""


class Waited(NamedTuple):
    """Placed later, or never: what lacked the year before."""

    year: int
    lack: Lack


class AfterNeed(NamedTuple):
    """Placed with, or left out with, what comes first."""

    operation: str


class AfterOpening(NamedTuple):
    """Placed when a grouped purchase opens, or left out if it opens too late."""

    grouping: str


class Unmoved(NamedTuple):
    """Placed in the year that was adopted."""


class Imposed(NamedTuple):
    """Placed, or left out, by a lock."""


class Unmet(NamedTuple):
    """Not placed, though a lock imposes its year: what lacked then."""

    lack: Lack | None
    """None: what comes first is not there yet, or its year is outside."""


class Settled(NamedTuple):
    """Placed where every payer decided it; what lacks, if the purses do not hold it."""

    lacks: tuple[Lack, ...] = ()


class Circular(NamedTuple):
    """Left out: it waits for itself."""


Reason = (
    First
    | Waited
    | AfterNeed
    | AfterOpening
    | Unmoved
    | Imposed
    | Unmet
    | Settled
    | Circular
)


def lacks_of(reason: Reason) -> tuple[Lack, ...]:
    """Return what lacked, of the reasons that hold it: whose purse is in each."""
    match reason:
        case Waited(_, lack):
            return (lack,)
        case Unmet(lack):
            return (lack,) if lack else ()
        case Settled(lacks):
            return lacks
    return ()


class Placement(NamedTuple):
    """Where an operation stands, and the one reason for it."""

    year: int | None
    """None: outside the programme."""
    reason: Reason
    rank: int
    """In which turn it was taken, from 1."""
    paid: Mapping[Purse, int]
    """What each payer pays once, in cents; earmarked money included."""
    yearly: int = 0
    """Cents of running costs each year from the placement's on."""
    parts: Mapping[str, int] = {}
    """Commune → cents that its right gave."""


@dataclass(frozen=True)
class Schedule:
    """What follows from terms: the year and the reason of every operation."""

    terms: Programme
    placements: Mapping[str, Placement]
    """Operation → placement, in the order in which they were taken, then those out."""
    rights: Mapping[str, int]
    """Commune → cents, once all was released."""
    first_rights: Mapping[str, int]
    """Commune → cents, as they were first shared."""
    left: Mapping[Purse, tuple[int, ...]]
    """Purse → what is left each year; cumulated where the envelope carries."""
    dissolved: frozenset[str]
    """Grouped purchases too small for their discount."""
    shortages: tuple[Earmark, ...] = ()
    """What the operation that was watched lacked at its turn."""

    @cached_property
    def years(self) -> dict[str, int]:
        """Operation → year, of those that are in the programme."""
        return {
            name: each.year
            for name, each in self.placements.items()
            if each.year is not None
        }

    @cached_property
    def drawn(self) -> dict[str, int]:
        """Commune → cents that its right has given."""
        total: dict[str, int] = dict.fromkeys(self.rights, 0)
        for each in self.placements.values():
            for commune, cents in each.parts.items():
                total[commune] = total.get(commune, 0) + cents
        return total

    def is_in(self, operation: str, year: int) -> bool:
        """Say whether an operation is in, that year or sooner."""
        return self.years.get(operation, year + 1) <= year

    def moved(self, other: "Schedule") -> list[str]:
        """Return the operations whose year differs from another plan's, sorted."""
        names = self.placements.keys() | other.placements.keys()
        return sorted(
            name for name in names if self.years.get(name) != other.years.get(name)
        )


def schedule_of(terms: Programme, watched: tuple[str, int] | None = None) -> Schedule:
    """Place every operation; dissolve the grouped purchases that stay too small.

    `watched`: an operation and a year, of which what lacks at its turn is noted.
    """
    lines = {each.id: each.lines for each in terms.operations}
    dissolved: frozenset[str] = frozenset()
    while True:
        plan = _Placing(terms, dissolved, watched).run()
        bought = dict.fromkeys(terms.groupings.keys() - dissolved, 0)
        for name, year in plan.years.items():
            for line in lines[name]:
                grouping = terms.groupings.get(line.grouping)
                is_open = grouping and grouping.opens <= year <= grouping.closes
                if is_open and line.grouping in bought:
                    bought[line.grouping] += line.quantity
        small = [
            name
            for name, quantity in bought.items()
            if quantity < terms.groupings[name].at_least
        ]
        if not small:
            return plan
        dissolved |= {min(small)}


class _Placing:
    """One run: rights shared, operations taken in turn, rights released, again."""

    def __init__(
        self,
        terms: Programme,
        dissolved: frozenset[str],
        watched: tuple[str, int] | None,
    ) -> None:
        self._terms = terms
        self._dissolved = dissolved
        self._watched = watched
        self._shortages: tuple[Earmark, ...] = ()
        self._by_id = {each.id: each for each in terms.operations}
        self._bills: dict[tuple[str, int], Bill] = {}
        self._groupings: dict[str, list[str]] = {}
        self._kept: dict[str, list[Earmark]] = {}
        for earmark in terms.earmarks:
            self._kept.setdefault(earmark.operation, []).append(earmark)
        self._adopted = terms.adopted.years if terms.adopted else {}
        self._taken_then = {name: turn for turn, name in enumerate(self._adopted)}
        self._purses = Purses(terms)
        self._ranks: dict[str, int] = {}
        self._placed: dict[str, Placement] = {}
        self._out: dict[str, Placement] = {}
        total = sum(terms.planned(terms.shared_purse))
        shared = share(total, terms.weights, self._needs(terms.operations))
        self._first_rights = shared
        self._given = dict(shared)
        """Each right, with what was released to it."""
        if (adopted := terms.adopted) is not None:
            # Those adopted, changed as the first sharing changes them.
            self._given = {
                name: adopted.rights.get(name, 0)
                + shared.get(name, 0)
                - adopted.first_rights.get(name, 0)
                for name in sorted(shared.keys() | adopted.rights.keys())
            }
        self._rights = dict(self._given)
        """What is left of each right."""

    def run(self) -> Schedule:
        """Take every operation, until a pass places nothing."""
        waiting = self._ordered()
        self._ranks = {each.id: rank for rank, each in enumerate(waiting, 1)}
        for turn in count():
            for operation in waiting:
                self._take(operation)
            left = [each for each in waiting if each.id not in self._placed]
            if not left or (turn and len(left) == len(waiting)):
                break
            waiting = left
            self._release(waiting)
        return Schedule(
            self._terms,
            self._placed | self._out,
            self._given,
            self._first_rights,
            {purse: tuple(self._purses.left(purse)) for purse in self._terms.envelopes},
            self._dissolved,
            self._shortages,
        )

    # rights

    def _needs(self, operations: Iterable[Operation]) -> dict[str, int]:
        """Return what each commune could draw of the syndicat's money.

        Money kept for one operation changes no right: others keep theirs.
        """
        needs = dict.fromkeys(sorted(self._terms.weights), 0)
        for operation in operations:
            drawn = self._bill(operation, self._opening(operation)).drawn
            for commune in _communes(operation):
                if commune in needs:
                    needs[commune] += drawn
        return needs

    def _release(self, waiting: list[Operation]) -> None:
        """Give what a commune can no longer use to those that can, by weight."""
        needs = self._needs(waiting)
        over = {name: self._rights.get(name, 0) - needs[name] for name in needs}
        spare = {name: max(more, 0) for name, more in over.items()}
        wanted = {name: max(-more, 0) for name, more in over.items()}
        given = share(sum(spare.values()), self._terms.weights, wanted)
        by_spare = {name: Fraction(more) for name, more in spare.items()}
        taken = share(sum(given.values()), by_spare, spare)
        for name in needs:
            change = given[name] - taken[name]
            self._rights[name] = self._rights.get(name, 0) + change
            self._given[name] = self._given.get(name, 0) + change

    # order

    def _ordered(self) -> list[Operation]:
        """Return the operations as they are taken: each after what it waits for."""
        ordered: dict[str, Operation] = {}

        def walk(operation: Operation, above: frozenset[str]) -> bool:
            if operation.id in ordered or operation.id in self._out:
                return operation.id in ordered
            if operation.id in above:
                return False
            inner = above | {operation.id}
            known = (
                self._by_id[each] for each in operation.needs if each in self._by_id
            )
            if not all(walk(each, inner) for each in known):
                self._leave_out(operation, Circular())
                return False
            ordered[operation.id] = operation
            return True

        for operation in sorted(self._terms.operations, key=self._key):
            walk(operation, frozenset())
        return list(ordered.values())

    def _key(self, operation: Operation) -> tuple[object, ...]:
        """Return what orders operations: imposed, adopted, then by class and worth."""
        turn = self._terms.turn(operation)
        then = len(self._adopted)
        if turn > Precedence.LOCKED:
            then = self._taken_then.get(operation.id, then)
        due = (operation.due or 0) if turn is Precedence.LAW else 0
        half = -(-len(self._terms.years) // 2)
        year = self._opening(operation)
        cost = sum(
            self._terms.price(line, year, self._dissolved) + half * line.yearly
            for line in operation.lines
        )
        weight = operation.weight if turn is Precedence.REST else 1
        worth = operation.points * weight / (cost or 1)
        imposed = turn if turn <= Precedence.LOCKED else Precedence.LAW
        return imposed, then, turn, due, -worth, operation.id

    def _opening(self, operation: Operation) -> int:
        """Return the first year in which all that it joins is open."""
        opens = (self._terms.groupings[name].opens for name in self._joined(operation))
        return max(self._terms.years[0], *opens, 0)

    def _joined(self, operation: Operation) -> list[str]:
        """Return the grouped purchases that an operation joins, those dissolved not."""
        found = self._groupings.get(operation.id)
        if found is None:
            names = {line.grouping for line in operation.lines}
            known = names & self._terms.groupings.keys()
            found = self._groupings[operation.id] = sorted(known - self._dissolved)
        return found

    # placement

    def _take(self, operation: Operation) -> None:
        """Place an operation, or keep why it is not."""
        if operation.turn <= Precedence.LOCKED:
            self._impose(operation)
            return
        for need in operation.needs:
            if need not in self._placed:
                self._leave_out(operation, AfterNeed(need))
                return
        begins, reason = self._beginning(operation)
        then = self._adopted.get(operation.id)
        is_free = then is not None or operation.turn is Precedence.LAW
        possible = [year for year in self._terms.years if year >= begins]
        if then in possible and not self._lacks(operation, then, asks_right=False):
            self._place(operation, then, Unmoved())
            return
        for year in possible:
            lacks = self._lacks(operation, year, asks_right=not is_free)
            if self._watched == (operation.id, year) and not self._shortages:
                self._shortages = self._missing(operation, year, asks_right=not is_free)
            if not lacks:
                self._place(operation, year, reason)
                return
            reason = Waited(year, lacks[0])
        self._leave_out(operation, reason)

    def _beginning(self, operation: Operation) -> tuple[int, Reason]:
        """Return the first year that an operation may have, and what sets it."""
        begins: int = self._terms.years[0]
        reason: Reason = First()
        for grouping in self._joined(operation):
            opens = self._terms.groupings[grouping].opens
            if opens > begins:
                begins, reason = opens, AfterOpening(grouping)
        for need in operation.needs:
            year = self._placed[need].year
            if year is not None and year > begins:
                begins, reason = year, AfterNeed(need)
        return begins, reason

    def _impose(self, operation: Operation) -> None:
        year, first = operation.year, map(self._placed.get, operation.needs)
        if year is None:
            self._leave_out(operation, Imposed())
        elif year not in self._terms.years:
            self._leave_out(operation, Unmet(None))
        elif operation.turn is Precedence.DECIDED:
            lacks = self._lacks(operation, year, asks_right=False)
            self._place(operation, year, Settled(tuple(lacks)))
        elif not all(one and one.year and one.year <= year for one in first):
            self._leave_out(operation, Unmet(None))
        elif lacks := self._lacks(operation, year, asks_right=False):
            self._leave_out(operation, Unmet(lacks[0]))
        else:
            self._place(operation, year, Imposed())

    def _lacks(
        self, operation: Operation, year: int, *, asks_right: bool
    ) -> list[Lack]:
        """Return what lacks to place it that year: the right, then the greatest."""
        billed = self._bill(operation, year)
        kept = self._kept.get(operation.id, ())
        start = self._terms.years.index(year)
        found = list(self._purses.lacks(billed.charges, start, kept))
        if len(found) > 1:
            found.sort(key=lambda each: (-each.cents, each.purse or ()))
        right = self._right_lack(operation, year) if asks_right else None
        return [right, *found] if right else found

    def _right_lack(self, operation: Operation, year: int) -> Lack | None:
        drawn = self._drawn(operation, year)
        rights = (self._rights.get(name, 0) for name in _communes(operation))
        left = sum(max(each, 0) for each in rights)
        return Lack(None, drawn - left, drawn) if drawn > left else None

    def _missing(
        self, operation: Operation, year: int, *, asks_right: bool
    ) -> tuple[Earmark, ...]:
        """Return the money that would place it that year.

        For the syndicat's investment, the greater of its purse and of the right.
        """
        billed = self._bill(operation, year)
        kept = self._kept.get(operation.id, ())
        start = self._terms.years.index(year)
        asked = {
            (purse, self._terms.years[at]): cents
            for purse, at, cents in self._purses.missing(billed.charges, start, kept)
        }
        right = self._right_lack(operation, year) if asks_right else None
        if right:
            key = (self._terms.shared_purse, year)
            asked[key] = max(asked.get(key, 0), right.cents)
        return tuple(
            Earmark(operation.id, purse, at, cents)
            for (purse, at), cents in asked.items()
        )

    def _drawn(self, operation: Operation, year: int) -> int:
        """Return the syndicat's part that no earmark pays."""
        drawn = self._bill(operation, year).drawn
        for each in self._kept.get(operation.id, ()):
            if each.purse == self._terms.shared_purse and each.year <= year:
                drawn -= each.cents
        return max(drawn, 0)

    def _place(self, operation: Operation, year: int, reason: Reason) -> None:
        billed = self._bill(operation, year)
        kept = self._kept.get(operation.id, ())
        self._purses.take(billed.charges, self._terms.years.index(year), kept)
        drawn, adopted = self._drawn(operation, year), self._terms.adopted
        # What each right gives; of a shared operation, as adopted at that cost.
        parts = adopted.parts.get(operation.id, {}) if adopted else {}
        if not operation.served:
            parts = {operation.commune: drawn} if drawn else {}
        elif not parts or sum(parts.values()) != drawn:
            parts = split_cost(drawn, self._rights, dict(operation.served))
        for name, part in parts.items():
            self._rights[name] = self._rights.get(name, 0) - part
        self._placed[operation.id] = Placement(
            year,
            reason,
            self._ranks[operation.id],
            {each.purse: each.once for each in billed.charges if each.once},
            sum(each.yearly for each in billed.charges),
            parts,
        )
        self._out.pop(operation.id, None)

    def _leave_out(self, operation: Operation, reason: Reason) -> None:
        rank = self._ranks.get(operation.id, 0)
        self._out[operation.id] = Placement(None, reason, rank, {})

    def _bill(self, operation: Operation, year: int) -> Bill:
        # Most cost the same every year: those that join no grouped purchase.
        key = operation.id, year if self._joined(operation) else 0
        found = self._bills.get(key)
        if found is None:
            found = bill(self._terms, operation, year, self._dissolved)
            self._bills[key] = found
        return found


def _communes(operation: Operation) -> Iterable[str]:
    """Give the communes whose rights an operation draws from."""
    if operation.served:
        return [name for name, worth in operation.served if worth > 0]
    return (operation.commune,)


_TRIES = 3
"""Filling what lacks may dissolve a grouped purchase, which asks for more."""


@dataclass(frozen=True)
class WhatIf:
    """What an operation lacks to be in by a year, and what comes of it."""

    operation: str
    year: int
    money: tuple[Earmark, ...]
    """What would have to be kept for it, and for what it waits for; empty: nothing."""
    after: Schedule
    """The programme made again with that money."""
    lands: bool
    """Whether it is then in, that year or sooner."""
    moved: tuple[str, ...]
    """Others that change year."""
    receded: tuple[str, ...]
    """Those of them that come later, or no more."""


def what_if(terms: Programme, before: Schedule, operation: str, year: int) -> WhatIf:
    """Return what lacks for an operation to be in by a year; proved by a replay.

    Raises:
        KeyError: no such operation.
    """
    by_id = {each.id: each for each in terms.operations}
    chain = list(_chain(by_id, by_id[operation]))
    money: tuple[Earmark, ...] = ()
    held = terms  # what each of the chain took is not free for the next
    for name in chain:
        for _ in range(_TRIES):
            kept = replace(held, earmarks=held.earmarks + money)
            after = schedule_of(kept, (name, year))
            if after.is_in(name, year) or not after.shortages:
                break
            money += after.shortages
        held = locked(held, name, after.years.get(name, year))
    kept = replace(terms, earmarks=terms.earmarks + money)
    after, never = schedule_of(kept, (operation, year)), terms.years[-1] + 1
    moved = [name for name in before.moved(after) if name not in chain]
    return WhatIf(
        operation,
        year,
        money,
        after,
        after.is_in(operation, year),
        tuple(moved),
        tuple(
            name
            for name in moved
            if after.years.get(name, never) > before.years.get(name, never)
        ),
    )


def _chain(by_id: Mapping[str, Operation], operation: Operation) -> Iterator[str]:
    """Give what an operation waits for, then itself, each once."""
    seen = set[str]()

    def walk(one: Operation) -> Iterator[str]:
        if one.id not in seen:
            seen.add(one.id)
            for need in one.needs:
                if need in by_id:
                    yield from walk(by_id[need])
            yield one.id

    return walk(operation)


def locked(terms: Programme, operation: str, year: int | None) -> Programme:
    """Return terms in which an operation's year is imposed; None: left out.

    One that every payer has decided stays as it is.
    """
    changed = tuple(
        replace(each, turn=Precedence.LOCKED, year=year)
        if each.id == operation and each.turn is not Precedence.DECIDED
        else each
        for each in terms.operations
    )
    return replace(terms, operations=changed)


def unweighted(terms: Programme, names: Collection[str]) -> Programme:
    """Return terms in which no ballot weighs on some operations."""
    changed = tuple(
        replace(each, weight=Fraction(1)) if each.id in names else each
        for each in terms.operations
    )
    return replace(terms, operations=changed)
