"""What orders really cost, offered back as observations of the price table.

An order has one amount, tax included: it prices an article where it buys only one.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from statistics import median
from typing import NamedTuple

from diag.model.enums import FollowUpState
from diag.programme.assembling import Board
from diag.programme.operations import Contender, PricedLine

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
        line = _only_line(one)
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


def _only_line(one: Contender) -> PricedLine | None:
    """Return the article that an order prices; None where it buys several."""
    bought = [line for line in one.priced if not line.yearly and line.many]
    alone = len(bought) == 1 and bought[0].cents
    return bought[0] if alone else None


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
