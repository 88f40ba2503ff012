"""What actions buy, merged into one basket: the same need is never paid twice.

Needs with the same item, use and place are one need, the greatest of them; other uses
and places add up. It is charged to the first action that has it, so that the shares of
all actions add up to the basket.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil
from typing import NamedTuple

from diag.assess.results import (
    NOTHING,
    Advice,
    Amount,
    Cost,
    CostLine,
    Shared,
    Target,
)
from diag.assess.scores import Replaced
from diag.model.checklist import Need, Price
from diag.model.text import Number, Quantity, exact

Key = tuple[str, str, str]
"""Item, use and place: what makes two needs the same."""


class Demand(NamedTuple):
    """What one action needs at one of its places."""

    action: str
    """Id of the recommendation."""
    need: Need
    place: str
    """Id of the place that the item serves."""
    quantity: Quantity
    target: Target
    """Where the action fires, or may."""

    @property
    def key(self) -> Key:
        """What makes it the same as another."""
        return self.need.item, self.need.use or self.need.item, self.place


class Draft(NamedTuple):
    """One action before its needs meet those of others."""

    advice: Advice
    """With neither a share of the basket nor what others pay for."""
    demands: tuple[Demand, ...]
    raised: Replaced
    """Criteria as they would count, once it is done at its sure places."""


class Basket:
    """Demands merged; those who are charged first come first."""

    def __init__(self, prices: Mapping[str, Price], demands: Iterable[Demand]) -> None:
        self._prices = prices
        self._merged: dict[Key, Quantity] = {}
        self._payers: dict[Key, str] = {}
        self._pack_payers: dict[str, str] = {}
        self._needed: dict[str, dict[Key, Need]] = {}
        for demand in demands:
            if demand.quantity.high != 0:
                self._add(demand)

    def _add(self, demand: Demand) -> None:
        key, item = demand.key, demand.need.item
        so_far = self._merged.get(key)
        quantity = demand.quantity
        self._merged[key] = quantity if so_far is None else _greatest(so_far, quantity)
        payer = demand.action
        if self._prices[item].pack > 1:
            payer = self._pack_payers.setdefault(item, payer)
        self._payers.setdefault(key, payer)
        self._needed.setdefault(demand.action, {}).setdefault(key, demand.need)

    @property
    def cost(self) -> Cost:
        """What everything costs together."""
        return self._cost_of(self._merged)

    def shared(self, action: str) -> tuple[Shared, ...]:
        """Return the needs of an action that another one pays for."""
        return tuple(
            Shared(need, self._payers[key])
            for key, need in self._needed.get(action, {}).items()
            if self._payers[key] != action
        )

    @cached_property
    def shares(self) -> Mapping[str, Cost]:
        """What each action is charged, by id; those that buy nothing are left out."""
        keys: dict[str, list[Key]] = {}
        for key, payer in self._payers.items():
            keys.setdefault(payer, []).append(key)
        return {payer: self._cost_of(each) for payer, each in keys.items()}

    def _cost_of(self, keys: Collection[Key]) -> Cost:
        quantities: dict[str, Quantity] = {}
        for key in keys:
            item = key[0]
            so_far, more = quantities.get(item), self._merged[key]
            quantities[item] = more if so_far is None else _added(so_far, more)
        return Cost(
            tuple(
                CostLine(self._prices[item], _in_packs(each, self._prices[item].pack))
                for item, each in quantities.items()
            )
        )


def _greatest(one: Quantity, other: Quantity) -> Quantity:
    high = None if one.high is None or other.high is None else max(one.high, other.high)
    return Quantity(max(one.low, other.low), high)


def _added(one: Quantity, other: Quantity) -> Quantity:
    high = None if one.high is None or other.high is None else one.high + other.high
    return Quantity(one.low + other.low, high)


def _in_packs(quantity: Quantity, pack: int) -> Quantity:
    if pack == 1:
        return quantity
    high = None if quantity.high is None else ceil(Fraction(quantity.high) / pack)
    return Quantity(ceil(Fraction(quantity.low) / pack), high)


@dataclass(frozen=True, slots=True)
class VatGroup:
    """What is taxed at one rate: the base, and the tax itself."""

    rate: Number
    """In percent."""
    once_ht: Amount
    once_vat: Amount
    yearly_ht: Amount
    yearly_vat: Amount


def by_vat(cost: Cost) -> tuple[VatGroup, ...]:
    """Return a cost rate by rate, from the lowest."""
    rates = sorted({exact(line.price.vat) for line in cost.lines})
    groups = []
    for rate in rates:
        here = [line for line in cost.lines if exact(line.price.vat) == rate]
        once = sum((line.ht for line in here if not line.price.yearly), NOTHING)
        yearly = sum((line.ht for line in here if line.price.yearly), NOTHING)
        taxed, taxed_yearly = once.times(rate / 100), yearly.times(rate / 100)
        vat = here[0].price.vat
        groups.append(VatGroup(vat, once, taxed, yearly, taxed_yearly))
    return tuple(groups)
