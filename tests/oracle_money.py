"""The oracle's accounts: needs, baskets, shares, and the order of actions."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil

from diag.assess.results import (
    Advice,
    Amount,
    Assessment,
    Cost,
    CostLine,
    Shared,
    Target,
)
from diag.model.audit import ROOT_KINDS, Facts
from diag.model.checklist import Checklist, Need, Price, Recommendation
from diag.model.enums import Gate, Kind, Nature
from diag.model.text import Quantity
from diag.rules.expressions import ABSENT, Span
from tests.oracle import Judged, states_law
from tests.oracle_actions import FIRES, MAY_FIRE, Actions
from tests.reading import in_quantities

NeedKey = tuple[str, str, str]
"""Item, use, place: one need, whoever has it."""

Part = Callable[[Target, Quantity], Quantity | None]
"""What of a need at a place is counted; None: nothing."""

NOTHING = Quantity(Fraction(), Fraction())


def assessed(facts: Facts, checklist: Checklist) -> Assessment:
    """Judge facts: everything that the design says of them."""
    judged = Judged(facts, checklist)
    accounts = Accounts(Actions(judged))
    return Assessment(
        criteria=judged.criteria,
        domains=judged.domains,
        overall=judged.overall,
        socle=judged.socle,
        dangers=judged.dangers,
        advice=accounts.advice,
        basket=accounts.cost_of(accounts.order, everything),
        due=accounts.cost_of(accounts.order, to_engage),
    )


def everything(_: Target, wanted: Quantity) -> Quantity:
    """Count a need wherever there is one."""
    return wanted


def to_engage(target: Target, wanted: Quantity) -> Quantity | None:
    """Count what need not wait: surely where the gate is open, perhaps if it may be."""
    if target.gate is Gate.WAITS:
        return None
    is_sure = target.trigger is FIRES and target.gate is Gate.OPEN
    return Quantity(wanted.low if is_sure else Fraction(), wanted.high)


@dataclass(eq=False)
class Accounts:
    """What actions need, what it costs, and who pays it."""

    actions: Actions

    @cached_property
    def order(self) -> Sequence[str]:
        """Ids of the actions, as they are printed."""
        return in_order(self)

    @cached_property
    def _charged(self) -> Sequence[str]:
        """Ids as they are charged: what fires first, of that what need not wait."""
        return sorted(
            self.order,
            key=lambda ident: (
                self.trigger(ident) is MAY_FIRE,
                self.gate(ident) is Gate.WAITS,
            ),
        )

    def trigger(self, ident: str) -> object:
        """Say whether an action fires or may."""
        triggers = {each.trigger for each in self.actions.targets[ident]}
        return FIRES if FIRES in triggers else MAY_FIRE

    def targets(self, ident: str) -> list[Target]:
        """Return the places that speak for an action: the sure ones, else all."""
        trigger = self.trigger(ident)
        return [each for each in self.actions.targets[ident] if each.trigger is trigger]

    def gate(self, ident: str) -> Gate:
        """Return the best gate of the places that speak for an action."""
        gates = {each.gate for each in self.targets(ident)}
        return next(each for each in Gate if each in gates)

    def needs(self, ident: str, part: Part) -> Iterator[tuple[Need, NeedKey, Quantity]]:
        """Yield what an action needs, place by place, before anything is merged."""
        for target, need, key, wanted in self._needs[ident]:
            counted = part(target, wanted)
            if counted is not None and counted.high != 0:
                yield need, key, counted

    @cached_property
    def _needs(
        self,
    ) -> Mapping[str, Sequence[tuple[Target, Need, NeedKey, Quantity]]]:
        return {
            ident: [
                (
                    target,
                    need,
                    self._key(need, target.place),
                    self._wanted(need, target),
                )
                for target in targets
                for need in self.actions.concerned[ident].buys
            ]
            for ident, targets in self.actions.targets.items()
        }

    def _wanted(self, need: Need, target: Target) -> Quantity:
        if not need.count:
            return target.quantity
        here = Span(target.quantity.low, target.quantity.high)
        reading = self.actions.readings[in_quantities]
        span = reading.number(need.count, target.place, quantite=here)
        if span is ABSENT:
            return Quantity(Fraction(), None)
        low = max(Fraction(), Fraction(span.low or 0))
        high = None if span.high is None else max(Fraction(), Fraction(span.high))
        is_sure = target.trigger is FIRES and not span.maybe_absent
        return Quantity(low if is_sure else Fraction(), high)

    def _key(self, need: Need, place: str) -> NeedKey:
        at: str | None = place
        if need.at is not None:
            reading = self.actions.judged.reading
            at = reading.holder(place, need.at) or reading.facts.root
        return need.item, need.use or need.item, at or place

    def merged(self, idents: Sequence[str], part: Part) -> Mapping[NeedKey, Quantity]:
        """Return the needs of some actions together: of each, the greatest."""
        found: dict[NeedKey, Quantity] = {}
        for ident in idents:
            for _, key, wanted in self.needs(ident, part):
                found[key] = greatest(found.get(key, NOTHING), wanted)
        return found

    def cost_of(self, idents: Sequence[str], part: Part = everything) -> Cost:
        """Return what some actions cost together."""
        return self._cost(self.merged(idents, part))

    def share(self, ident: str, part: Part) -> Cost:
        """Return what an action is charged with."""
        payers = self.payers[part]
        return self._cost({
            key: wanted
            for key, wanted in self.merged(self.order, part).items()
            if payers[key] == ident
        })

    @cached_property
    def payers(self) -> Mapping[Part, Mapping[NeedKey, str]]:
        """The action that each need is charged to: the first that has it.

        What is sold in packs is charged to the first that needs any of it.
        """
        return {part: self._payers_of(part) for part in (everything, to_engage)}

    def _payers_of(self, part: Part) -> Mapping[NeedKey, str]:
        found: dict[NeedKey, str] = {}
        of_packs: dict[str, str] = {}
        for ident in self._charged:
            for _, key, _ in self.needs(ident, part):
                first = of_packs.setdefault(key[0], ident)
                in_packs = self._price(key[0]).pack > 1
                found.setdefault(key, first if in_packs else ident)
        return found

    def _price(self, item: str) -> Price:
        return self.actions.judged.checklist.prices[item]

    def _cost(self, needs: Mapping[NeedKey, Quantity]) -> Cost:
        sums: dict[str, Quantity] = {}
        for (item, _, _), wanted in needs.items():
            sums[item] = added(sums.get(item, NOTHING), wanted)
        return Cost(
            tuple(
                CostLine(self._price(item), in_packs(quantity, self._price(item).pack))
                for item, quantity in sorted(sums.items())
                if quantity != NOTHING
            )
        )

    @cached_property
    def advice(self) -> tuple[Advice, ...]:
        """Every action, in order."""
        return tuple(map(self._advice, self.order))

    def _advice(self, ident: str) -> Advice:
        actions = self.actions
        action, targets = actions.concerned[ident], actions.targets[ident]
        criterion = actions.judged.checklist.criteria[action.when.criterion]
        usual = [each.usual or each.quantity for each in targets]
        quantity = total(each.quantity for each in targets)
        is_usual = quantity.high is None and total(usual).high is not None
        shared = [
            Shared(need, payer)
            for need, key, _ in self.needs(ident, everything)
            if (payer := self.payers[everything][key]) != ident
        ]
        return Advice(
            recommendation=action,
            trigger=FIRES if self.trigger(ident) is FIRES else MAY_FIRE,
            gate=self.gate(ident),
            waits_for=self.waits_for(ident),
            targets=targets,
            places=()
            if criterion.place in ROOT_KINDS
            else tuple(each.place for each in self.targets(ident)),
            quantity=quantity,
            usual=total(usual) if is_usual else None,
            cost=self.share(ident, everything),
            due=self.share(ident, to_engage),
            alone=self.cost_of([ident]),
            shared=tuple(dict.fromkeys(shared)),
            effort_days=None,
            gain=actions.gains[ident],
            covers=self._covers(action),
            is_legal=actions.is_legal(action),
            is_law=states_law(criterion, actions.judged.facts)
            and actions.is_legal(action),
            is_danger=actions.meets_danger(action),
        )

    def waits_for(self, ident: str) -> tuple[str, ...]:
        """Return what the places of an action wait for, once each."""
        targets = self.actions.targets[ident]
        return tuple(
            dict.fromkeys(first for each in targets for first in each.waits_for)
        )

    def _covers(self, action: Recommendation) -> tuple[str, ...]:
        """Return the actions that it makes needless somewhere."""
        done = [
            each.place
            for each in self.actions.targets[action.id]
            if each.trigger is FIRES and each.gate is Gate.OPEN
        ]
        return tuple(
            other
            for other in action.covers
            if other in self.actions.concerned
            and any(
                self.actions.would_fire(self.actions.concerned[other], place)
                for place in done
            )
        )


def in_order(accounts: Accounts) -> Sequence[str]:
    """Return the ids of actions in order, what waits under the last it waits for."""
    targets = accounts.actions.targets
    left = sorted(targets, key=lambda ident: _rank(accounts, ident))
    waits = {
        ident: targets.keys() & accounts.waits_for(ident)
        if accounts.gate(ident) is Gate.WAITS
        else set[str]()
        for ident in left
    }
    found: list[str] = []
    while left:
        ready = [ident for ident in left if waits[ident] <= {*found}]
        last = {
            ident: max((found.index(each) for each in waits[ident]), default=-1)
            for ident in ready
        }
        found.append(max(ready or left[:1], key=lambda ident: last.get(ident, -1)))
        left.remove(found[-1])
    return found


def _rank(accounts: Accounts, ident: str) -> tuple[object, ...]:
    """Return where an action stands: what it is, what it brings for its cost, id."""
    actions = accounts.actions
    action = actions.concerned[ident]
    criterion = actions.judged.checklist.criteria[action.when.criterion]
    alone = amount(accounts.cost_of([ident]).lines, taxed=False)
    kinds = (
        actions.meets_danger(action),
        actions.is_legal(action) and states_law(criterion, actions.judged.facts),
        criterion.kind is Kind.BLOCKING,
        actions.is_legal(action) and criterion.nature is Nature.CONSIGNE,
        True,
    )
    gain = actions.gains[ident]
    return (
        kinds.index(True),
        2 if alone.high is None else alone.low > 0,
        -gain / alone.low if alone.low else -gain,
        ident,
    )


def greatest(one: Quantity, other: Quantity) -> Quantity:
    """Return a need that is one and the other: the greatest, at worst and at best."""
    ends = one.high, other.high
    high = None if None in ends else max(end for end in ends if end is not None)
    return Quantity(max(one.low, other.low), high)


def added(one: Quantity, other: Quantity) -> Quantity:
    """Return two quantities together."""
    ends = one.high, other.high
    high = None if None in ends else sum(end for end in ends if end is not None)
    return Quantity(one.low + other.low, None if high is None else Fraction(high))


def total(quantities: Sequence[Quantity] | Iterator[Quantity]) -> Quantity:
    """Return the sum of quantities."""
    found = NOTHING
    for each in quantities:
        found = added(found, each)
    return found


def in_packs(quantity: Quantity, pack: int) -> Quantity:
    """Return how many packs one buys."""
    high = quantity.high
    return Quantity(
        Fraction(ceil(quantity.low / pack)),
        None if high is None else Fraction(ceil(high / pack)),
    )


def amount(lines: Sequence[CostLine], *, taxed: bool) -> Amount:
    """Return what some rows come to, in cents."""
    found = [Fraction()] * 4
    unbounded = False
    for line in lines:
        price, low, high = line.price, line.quantity.low, line.quantity.high
        rate = 1 + Fraction(price.vat) / 100 if taxed else Fraction(1)
        unbounded = unbounded or high is None
        most = high or Fraction()
        for rank, cents in enumerate((
            price.minimum * low,
            price.typical * low,
            price.typical * most,
            price.maximum * most,
        )):
            found[rank] += cents * rate
    return Amount(
        minimum=found[0],
        low=found[1],
        high=None if unbounded else found[2],
        maximum=None if unbounded else found[3],
    )
