"""What is left of each envelope and of each right, as operations are charged."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate
from typing import NamedTuple

from diag.programme.terms import (
    INVESTMENT,
    RUNNING,
    Earmark,
    Operation,
    Programme,
    Purse,
)


class Charge(NamedTuple):
    """What an operation takes from a purse: once, then each year."""

    purse: Purse
    once: int
    yearly: int


class Bill(NamedTuple):
    """What an operation costs whom, if it is placed a given year."""

    charges: tuple[Charge, ...]
    drawn: int
    """The syndicat's part of the investment: what a right must cover."""


class Lack(NamedTuple):
    """What one purse, or a right, did not have when an operation came."""

    purse: Purse | None
    """None: its commune's right to the syndicat's money."""
    cents: int
    asked: int
    """What it was asked for, in cents, the lack included."""


def bill(
    terms: Programme, operation: Operation, year: int, dissolved: frozenset[str]
) -> Bill:
    """Return what an operation costs each payer; the syndicat's part, rounded down."""
    investment = running = yearly = 0
    for line in operation.lines:
        price = terms.price(line, year, dissolved)
        investment += price * (line.section == INVESTMENT)
        running += price * (line.section == RUNNING)
        yearly += line.yearly
    drawn = investment * operation.rate.numerator // operation.rate.denominator
    charges = (
        Charge(terms.shared_purse, drawn, 0),
        Charge(Purse(operation.commune, INVESTMENT), investment - drawn, 0),
        Charge(Purse(operation.commune, RUNNING), running, yearly),
    )
    return Bill(tuple(each for each in charges if each.once or each.yearly), drawn)


class Purses:
    """What is left of every envelope; running costs eat the years that follow."""

    def __init__(self, terms: Programme) -> None:
        self._terms = terms
        self._left: dict[Purse, list[int]] = {}
        self._carrying = frozenset(filter(terms.carries, terms.envelopes))

    def left(self, purse: Purse) -> list[int]:
        """Return what is left at each year: cumulated, where the envelope carries.

        Negative where a decided operation went beyond.
        """
        found = self._left.get(purse)
        if found is None:
            planned = self._terms.planned(purse)
            cumulated = purse in self._carrying
            found = list(accumulate(planned) if cumulated else planned)
            self._left[purse] = found
        return found

    def lacks(
        self, charges: Iterable[Charge], start: int, earmarks: Sequence[Earmark]
    ) -> Iterator[Lack]:
        """Give what each purse lacks at its worst year, for a placement at `start`.

        `start` is the index of the year; earmarks are the operation's own.
        """
        for charge in charges:
            purse, once, yearly = charge
            left = self.left(purse)
            if not (yearly or earmarks):  # as most are
                carries = purse in self._carrying
                least = min(left[start:]) if carries else left[start]
                if once > least:
                    yield Lack(purse, once - least, once)
                continue
            asked = self._asked(charge, start, earmarks)
            at = min(asked, key=lambda one: left[one] - asked[one])
            if asked[at] > left[at]:
                yield Lack(purse, asked[at] - left[at], asked[at])

    def missing(
        self, charges: Iterable[Charge], start: int, earmarks: Sequence[Earmark]
    ) -> Iterator[tuple[Purse, int, int]]:
        """Give each purse, year index and cents that would have to be added."""
        for charge in charges:
            left = self.left(charge.purse)
            asked = self._asked(charge, start, earmarks)
            short = {at: asked[at] - left[at] for at in asked if asked[at] > left[at]}
            if short and charge.purse in self._carrying:
                short = {start: max(short.values())}
            for at, cents in short.items():
                yield charge.purse, at, cents

    def take(
        self, charges: Iterable[Charge], start: int, earmarks: Sequence[Earmark]
    ) -> None:
        """Charge an operation placed at the year `start`, whatever is left."""
        for charge in charges:
            left = self.left(charge.purse)
            for at, cents in self._asked(charge, start, earmarks).items():
                left[at] -= cents

    def _asked(
        self, charge: Charge, start: int, earmarks: Sequence[Earmark]
    ) -> dict[int, int]:
        """Return each year that a charge reaches, and what it takes of it by then."""
        purse, once, yearly = charge
        carries = purse in self._carrying
        if carries:
            asked = dict.fromkeys(range(start, len(self._terms.years)), once)
        elif yearly:
            asked = dict.fromkeys(range(start, len(self._terms.years)), yearly)
            asked[start] += once
        else:
            asked = {start: once}
        for earmark in earmarks:
            if earmark.purse == purse:
                kept = self._terms.years.index(earmark.year)
                for at in asked:
                    if at == kept or (carries and at > kept):
                        asked[at] = max(asked[at] - earmark.cents, 0)
        return asked


def share(
    total: int, weights: Mapping[str, Fraction], most: Mapping[str, int]
) -> dict[str, int]:
    """Share cents by weight, nobody above their most: water-filling.

    The parts sum to the total, or to what all who have a weight can take; the cents
    that rounding leaves go one by one, in the order of names.
    """
    parts = dict.fromkeys(most, 0)
    thirsty = {name for name in most if most[name] > 0 and weights.get(name, 0) > 0}
    left = min(total, sum(most[name] for name in thirsty))
    while left > 0:
        whole = sum(weights[name] for name in thirsty)
        full = [name for name in thirsty if left * weights[name] >= most[name] * whole]
        for name in full:
            parts[name] = most[name]
        if not full:
            parts |= _by_weight(left, {name: weights[name] for name in thirsty})
            break
        left -= sum(most[name] for name in full)
        thirsty -= set(full)
    return parts


def split_cost(
    cost: int, rights: Mapping[str, int], worth: Mapping[str, Fraction]
) -> dict[str, int]:
    """Return what the right of each commune pays of a shared cost.

    Each pays in proportion to what it gets, never above its right: the least ratio that
    pays the cost (method of equal shares, Peters and Skowron). What all rights together
    cannot pay is theirs beyond, in the same proportion.
    """
    paid = {name: 0 for name in sorted(worth) if worth[name] > 0}
    payers = {name for name in paid if rights.get(name, 0) > 0}
    left = cost
    while payers:
        value = sum(worth[name] for name in payers)
        full = {name for name in payers if left * worth[name] >= rights[name] * value}
        if not full:
            return paid | _by_weight(left, {name: worth[name] for name in payers})
        for name in full:
            paid[name] = rights[name]
            left -= rights[name]
        payers -= full
    beyond = _by_weight(left, {name: worth[name] for name in paid})
    return {name: paid[name] + beyond.get(name, 0) for name in paid}


def _by_weight(cents: int, weights: Mapping[str, Fraction]) -> dict[str, int]:
    """Share cents in proportion to weights; what rounding leaves, in order of names."""
    whole = sum(weights.values())
    if not whole:
        return {}
    parts = {name: int(cents * weights[name] / whole) for name in sorted(weights)}
    for name in list(parts)[: cents - sum(parts.values())]:
        parts[name] += 1
    return parts
