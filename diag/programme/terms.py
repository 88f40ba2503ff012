"""What a programme is made of: operations to place, purses, rights, groupings.

Amounts are cents, tax included; years are budget years (2027). Nothing here reads an
audit or a journal: the same terms give the same plan, on any machine.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from fractions import Fraction
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
    """A text in force requires it: its commune's right is not asked."""
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
