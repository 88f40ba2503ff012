"""What a programme is made of, and what is left of each envelope and of each right.

Amounts are cents, tax included; years are budget years (2027). Nothing here reads an
audit or a journal: the same terms give the same plan, on any machine.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from fractions import Fraction
from itertools import accumulate
from types import MappingProxyType
from typing import NamedTuple

from diag.model.enums import BudgetSection

INVESTMENT = BudgetSection.INVESTISSEMENT
RUNNING = BudgetSection.FONCTIONNEMENT


class Precedence(IntEnum):
    """In which class an operation is taken, the first first."""

    DECIDED = 0
    """Every payer has decided its year: it is charged, whatever is left."""
    LOCKED = 1
    """Somebody imposed its year, with a reason: it holds, or is refused."""
    LAW = 2
    """A text in force or a near date requires it: its commune's right is not asked."""
    BLOCKING = 3
    """A class or a school cannot work without it."""
    REST = 4


@dataclass(frozen=True, slots=True)
class Article:
    """What one article of an operation costs."""

    section: BudgetSection
    once: int
    """Cents, the year of the placement, in the line's section."""
    yearly: int = 0
    """Cents of running costs, each year from the placement's on."""
    quantity: int = 0
    grouping: str = ""
    """The grouped purchase that it may join; empty: none."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A priced piece of advice of one audit, or one that several communes share."""

    id: str
    commune: str
    """Whose budget pays what the syndicat does not: `commune:INSEE`."""
    lines: tuple[Article, ...]
    rate: Fraction = Fraction(0)
    """The syndicat's part of the investment, 0 to 1."""
    points: Fraction = Fraction(0)
    """What it brings: gain of the school's score, times its pupils, times 100."""
    turn: Precedence = Precedence.REST
    due: int | None = None
    """The budget year in which a text requires it; none: the first."""
    year: int | None = None
    """The year decided or imposed; None with a lock: left out of the programme."""
    needs: tuple[str, ...] = ()
    """Operations that come first; one that is not placed keeps this one out."""
    served: tuple[tuple[str, Fraction], ...] = ()
    """Communes that share it, and what it brings to each; empty: one commune's."""
    weight: Fraction = Fraction(1)
    """What its theme weighs: it orders the rest, and brings no point."""


class Purse(NamedTuple):
    """Whose money, for what."""

    payer: str
    section: BudgetSection


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a payer may spend in a section, by year of the programme."""

    cents: tuple[int, ...]
    carries: bool = False
    """Whether what is left of a year serves the next ones; never of running costs."""


@dataclass(frozen=True, slots=True)
class GroupPurchase:
    """A grouped purchase: cheaper from one year to another, from a quantity on."""

    discount: Fraction
    opens: int
    closes: int
    at_least: int = 0


@dataclass(frozen=True, slots=True)
class Earmark:
    """Money kept for one operation, beside the envelopes; it serves from its year on.

    Of running costs, and of an investment that does not carry, that year only.
    """

    operation: str
    purse: Purse
    year: int
    cents: int


@dataclass(frozen=True, slots=True)
class Adopted:
    """What a body adopted: a revision moves as little of it as it can."""

    years: Mapping[str, int]
    """Operation → year, in the order in which they were taken."""
    rights: Mapping[str, int]
    """Commune → cents, once all was placed and released."""
    first_rights: Mapping[str, int]
    """Commune → cents, as they were first shared."""
    parts: Mapping[str, Mapping[str, int]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """Shared operation → commune → cents that its right paid."""


@dataclass(frozen=True, slots=True)
class Programme:
    """All that a plan follows from."""

    years: tuple[int, ...]
    """Consecutive budget years, 1 to 8."""
    syndicat: str
    """The payer whose money the rights share: `syndicat:SIREN`."""
    operations: tuple[Operation, ...]
    envelopes: Mapping[Purse, Envelope]
    weights: Mapping[str, Fraction]
    """Commune → its share of the rights: its schools, pupils, and what was chosen."""
    reserve: Fraction = Fraction(0)
    """Per cent kept aside of every envelope."""
    groupings: Mapping[str, GroupPurchase] = field(
        default_factory=lambda: MappingProxyType({})
    )
    earmarks: tuple[Earmark, ...] = ()
    socle_first: bool = True
    """Whether what blocks a class or a school comes before points per euro."""
    adopted: Adopted | None = None

    @property
    def shared_purse(self) -> Purse:
        """The syndicat's investment: what the rights share."""
        return Purse(self.syndicat, INVESTMENT)

    def planned(self, purse: Purse) -> tuple[int, ...]:
        """Return what may be planned of an envelope, each year: the reserve is kept."""
        kept = self.envelopes.get(purse, Envelope((0,) * len(self.years)))
        return tuple(int(cents * 100 / (100 + self.reserve)) for cents in kept.cents)

    def turn(self, operation: Operation) -> Precedence:
        """Return its class: what blocks waits with the rest, where asked to."""
        waits = operation.turn is Precedence.BLOCKING and not self.socle_first
        return Precedence.REST if waits else operation.turn

    def carries(self, purse: Purse) -> bool:
        """Say whether what is left of a year serves the next ones."""
        kept = self.envelopes.get(purse)
        return kept is not None and kept.carries and purse.section == INVESTMENT

    def price(self, line: Article, year: int, dissolved: frozenset[str]) -> int:
        """Return what a line costs once, placed that year; `dissolved`: no discount."""
        grouping = self.groupings.get(line.grouping)
        if grouping is None or line.grouping in dissolved:
            return line.once
        if not grouping.opens <= year <= grouping.closes:
            return line.once
        return line.once - int(line.once * grouping.discount)


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
