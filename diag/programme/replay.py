"""What would change a plan, proved by making it again: never a guess.

« Que faudrait-il pour 2027 ? », what a lock moves, what a variant brings.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from diag.programme.placing import Schedule, schedule_of
from diag.programme.terms import Adopted, Earmark, Operation, Precedence, Programme

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
    chain = dict.fromkeys(_chain(by_id, by_id[operation]))
    money: tuple[Earmark, ...] = ()
    held = terms  # what each of the chain took is not free for the next
    for name in chain:
        for _ in range(_TRIES):
            after = schedule_of(with_money(held, money), (name, year))
            if lands(after, name, year) or not after.shortages:
                break
            money += after.shortages
        held = locked(held, name, after.years.get(name, year))
    after = schedule_of(with_money(terms, money), (operation, year))
    moved = [name for name in before.moved(after) if name not in chain]
    return WhatIf(
        operation,
        year,
        money,
        after,
        lands(after, operation, year),
        tuple(moved),
        tuple(name for name in moved if is_later(before, after, name)),
    )


def with_money(terms: Programme, money: tuple[Earmark, ...]) -> Programme:
    """Return terms in which more is kept for some operations."""
    return replace(terms, earmarks=terms.earmarks + money)


def lands(plan: Schedule, operation: str, year: int) -> bool:
    """Say whether an operation is in, that year or sooner."""
    return plan.years.get(operation, year + 1) <= year


def is_later(before: Schedule, after: Schedule, operation: str) -> bool:
    """Say whether an operation comes later in another plan, or no more."""
    end = before.terms.years[-1] + 1
    return after.years.get(operation, end) > before.years.get(operation, end)


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


def adopted(plan: Schedule) -> Adopted:
    """Return what a revision of this plan starts from."""
    shared = {each.id for each in plan.terms.operations if each.served}
    return Adopted(
        dict(plan.years),
        dict(plan.rights),
        dict(plan.first_rights),
        {
            name: dict(plan.placements[name].parts)
            for name in shared & plan.years.keys()
        },
    )


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
        late += is_overdue(plan, each)
    parts = (Fraction(covered.get(one, 0), need) for one, need in needs.items() if need)
    least = min(parts, default=Fraction(1))
    return Worth(points, len(plan.years), late, least, len(plan.moved(other)))


def is_overdue(plan: Schedule, operation: Operation) -> bool:
    """Say whether a law requires an operation that comes too late, or never."""
    last = plan.terms.years[-1]
    year = plan.years.get(operation.id, last + 1)
    return operation.turn is Precedence.LAW and year > (operation.due or last)


def _chain(by_id: Mapping[str, Operation], operation: Operation) -> Iterator[str]:
    """Give what an operation waits for, then itself."""
    above: list[str] = []

    def walk(one: Operation) -> Iterator[str]:
        if one.id in above:
            return
        above.append(one.id)
        for need in one.needs:
            if need in by_id:
                yield from walk(by_id[need])
        yield one.id

    yield from walk(operation)
