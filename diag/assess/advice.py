"""Verdicts at places become actions: which fire where, how many, in which order."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from math import ceil

from diag.assess.criteria import CriterionJudge, open_share, share_reaching
from diag.assess.effects import (
    NO_GAIN,
    Demand,
    Draft,
    Gains,
    Kept,
    NeedKey,
    Remedies,
    Remedy,
)
from diag.assess.facts import FactsReading, Limits
from diag.assess.results import (
    FREE,
    Advice,
    Cost,
    CostLine,
    CriterionResult,
    Danger,
    Shared,
    Target,
    Verdict,
)
from diag.model.checklist import Need, Price, Requirement
from diag.model.enums import Gate, Kind, Nature, Standing, Trigger
from diag.model.text import Quantity
from diag.rules.expressions import Exact, Truth, reach

Results = Mapping[str, CriterionResult]
"""Criteria by id."""


class Prerequisites:
    """Whether criteria stand high enough, seen from a place."""

    def __init__(self, results: Results, reading: FactsReading) -> None:
        self._results = results
        self._reading = reading
        self._at: dict[str, dict[str, Verdict]] = {}

    def verdicts(self, criterion: str) -> dict[str, Verdict]:
        """Return a criterion's verdicts, by place."""
        found = self._at.get(criterion)
        if found is None:
            verdicts = self._results[criterion].verdicts
            found = self._at[criterion] = {each.place: each for each in verdicts}
        return found

    def holds(self, requirement: Requirement, place: str) -> Truth:
        """Say whether one holds at a place; what is sans objet does.

        It is read there, else at the nearest place that holds it, else over those
        inside it.
        """
        verdicts = self.verdicts(requirement.criterion)
        for each in self._reading.tree.line(place):
            if each in verdicts:
                return _holds(requirement, [verdicts[each]])
        result = self._results[requirement.criterion]
        kind = result.criterion.place
        if kind in reach(self._reading.tree.kinds[place]):
            return True  # no such place holds this one
        inside = set(self._reading.tree.inside(place, kind))
        here = [each for each in result.verdicts if each.place in inside]
        return _holds(requirement, here, is_open=result.open)


def _holds(
    requirement: Requirement, verdicts: Sequence[Verdict], *, is_open: bool = False
) -> Truth:
    """Say whether enough places reach a level; without a sure one it never fails."""
    level, wanted = requirement.at_least, Fraction(requirement.share or 1)
    share = share_reaching(level, verdicts)
    if is_open:
        share = open_share(level, wanted, verdicts)
    if share is None or share.low >= wanted:
        return True
    is_sure = any(each.counts_surely for each in verdicts)
    return False if is_sure and share.high < wanted else None


class Targets:
    """Where the actions of one assessment fire or may fire, and what they cover."""

    def __init__(
        self,
        remedies: Remedies,
        results: Results,
        reading: FactsReading,
        counting: FactsReading,
        looked_at: Iterable[str],
        *,
        kept: Kept,
    ) -> None:
        """Find them; `counting` reads the same facts, unknown numbers unbounded.

        `looked_at` are ids, each after those that cover it.
        """
        self._remedies = remedies
        self._results = results
        self._reading = reading
        self._counting = counting
        self.prerequisites = Prerequisites(results, reading)
        """Whether criteria stand high enough."""
        self._covers: dict[str, dict[str, None]] = {}
        self._found: dict[str, dict[str, Target]] = {}
        for ident in looked_at:
            draft = kept.get(ident)
            targets = draft.advice.targets if draft else ()
            if draft:
                self._covers[ident] = dict.fromkeys(draft.advice.covers)
            elif ident not in kept:
                targets = tuple(self._targets_of(ident))
            if targets:
                self._found[ident] = {each.place: each for each in targets}
        # What each place waits for is known once all that fires is.
        for ident in self._found.keys() - kept.keys():
            for place, target in self._found[ident].items():
                if target.gate is not Gate.OPEN:
                    waits_for = self._waits_for(ident, place)
                    self._found[ident][place] = target._replace(waits_for=waits_for)

    def of(self, action: str) -> tuple[Target, ...]:
        """Return the places where an action fires or may, in order."""
        return tuple(self._found.get(action, {}).values())

    def covered_by(self, action: str) -> tuple[str, ...]:
        """Return the actions that one makes needless somewhere."""
        return tuple(self._covers.get(action, ()))

    @property
    def actions(self) -> list[str]:
        """Ids of what fires or may, in declared order."""
        return [ident for ident in self._remedies.by_id if ident in self._found]

    @cached_property
    def _usual(self) -> FactsReading:
        return self._reading.with_limits(Limits.LIKELY)

    def _targets_of(self, ident: str) -> Iterator[Target]:
        remedy = self._remedies.by_id[ident]
        when, requires = remedy.recommendation.when, remedy.recommendation.requires
        is_covered = bool(self._remedies.covered_by[ident])
        for verdict in self._results[when.criterion].verdicts:
            if verdict.low >= when.below or verdict.standing is Standing.OUT:
                continue
            place, trigger = verdict.place, self._trigger(remedy, verdict)
            if trigger is not None and is_covered:
                trigger = self._left_by_covers(ident, place, trigger)
            if trigger is None:
                continue
            usual = None
            if remedy.fixed:  # no scope to build
                quantity = remedy.fixed[trigger]
            else:
                quantity = remedy.quantity(self._counting.scope(place), trigger)
            if quantity.high is None:
                found = remedy.quantity(self._usual.scope(place), trigger)
                usual = None if found.high is None else found
            held = [self.prerequisites.holds(each, place) for each in requires]
            gate = Gate.CHECK_FIRST if None in held else Gate.OPEN
            if False in held:
                gate = Gate.WAITS
            yield Target(place, trigger, gate, (), quantity, usual)

    def _trigger(self, remedy: Remedy, verdict: Verdict) -> Trigger | None:
        """Say whether it fires at a place, whatever covers it; None: it does not.

        Behind a shut gate it is silent: the gate's own criterion has its action.
        """
        if verdict.given is False:
            return None
        where: Truth = True
        if remedy.where:
            where = remedy.is_where(self._reading.scope(verdict.place))
        if where is False:
            return None
        sure = (
            verdict.high < remedy.recommendation.when.below
            and verdict.standing is Standing.IN
            and verdict.given is True
            and where is True
        )
        return Trigger.FIRES if sure else Trigger.TO_CONFIRM

    def _left_by_covers(
        self, ident: str, place: str, trigger: Trigger
    ) -> Trigger | None:
        left: Trigger | None = trigger
        for covering in self._remedies.covered_by[ident]:
            target = self._found.get(covering, {}).get(place)
            if target is None or target.gate is Gate.WAITS:
                continue
            if target.trigger is Trigger.FIRES and target.gate is Gate.OPEN:
                self._covers.setdefault(covering, {})[ident] = None
                left = None
            elif left is not None:
                left = Trigger.TO_CONFIRM
        return left

    def _waits_for(self, ident: str, place: str) -> tuple[str, ...]:
        """Return what comes first, failures first; what is to be checked last.

        Of what fails: what cures it, else what opens its gate, else the criterion.
        """
        failing: dict[str, None] = {}
        unknown: dict[str, None] = {}
        for each in self._remedies.by_id[ident].recommendation.requires:
            truth = self.prerequisites.holds(each, place)
            if truth is False:
                given = self._results[each.criterion].criterion.given
                cures = (
                    self._standing(ident, self._remedies.cures(each))
                    or self._standing(ident, self._remedies.opening(given))
                    or [each.criterion]
                )
                failing |= dict.fromkeys(cures)
            elif truth is None:
                unknown[each.criterion] = None
        return tuple(failing | unknown)

    def _standing(self, ident: str, cures: Iterable[str]) -> list[str]:
        """Return the cures that fire or may, for one that is covered what covers it."""
        found: dict[str, None] = {}
        for cure in cures:
            covering = self._remedies.covered_by[cure]
            found |= dict.fromkeys(
                [cure]
                if cure in self._found
                else [each for each in covering if cure in self._covers.get(each, ())]
            )
        found.pop(ident, None)
        return [*found]


class Basket:
    """What actions buy, merged: the same need is never paid twice.

    Needs with the same item, use and place are one need, the greatest of them; other
    uses and places add up. It is charged to the first action that has it, so that the
    shares of all actions add up to the basket.
    """

    def __init__(self, prices: Mapping[str, Price], demands: Iterable[Demand]) -> None:
        self._prices = prices
        self._merged: dict[NeedKey, Quantity] = {}
        self._payers: dict[NeedKey, str] = {}
        self._pack_payers: dict[str, str] = {}
        self._needed: dict[str, dict[NeedKey, Need]] = {}
        for demand in demands:
            if demand.quantity.high == 0:
                continue
            key, item, payer = demand.key, demand.need.item, demand.action
            low, high = demand.quantity
            so_far = self._merged.get(key, demand.quantity)
            self._merged[key] = Quantity(
                max(so_far.low, low),
                None if so_far.high is None or high is None else max(so_far.high, high),
            )
            self._needed.setdefault(payer, {}).setdefault(key, demand.need)
            if self._prices[item].pack > 1:
                payer = self._pack_payers.setdefault(item, payer)
            self._payers.setdefault(key, payer)

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
        keys: dict[str, list[NeedKey]] = {}
        for key, payer in self._payers.items():
            keys.setdefault(payer, []).append(key)
        return {payer: self._cost_of(each) for payer, each in keys.items()}

    def _cost_of(self, keys: Collection[NeedKey]) -> Cost:
        quantities: dict[str, list[Quantity]] = {}
        for key in keys:
            quantities.setdefault(key[0], []).append(self._merged[key])
        lines = []
        for item, each in quantities.items():
            price, (low, high) = self._prices[item], _total(each)
            if price.pack > 1:
                low = ceil(Fraction(low) / price.pack)
                high = None if high is None else ceil(Fraction(high) / price.pack)
            lines.append(CostLine(price, Quantity(low, high)))
        return Cost(tuple(lines))


def _total(quantities: Sequence[Quantity]) -> Quantity:
    low: Exact = 0
    high: Exact | None = 0
    for one in quantities:
        low += one.low
        high = None if high is None or one.high is None else high + one.high
    return Quantity(low, high)


class Advising:
    """What one assessment recommends, counted, costed and ordered."""

    def __init__(
        self,
        remedies: Remedies,
        gauges: Mapping[str, CriterionJudge],
        results: Results,
        reading: FactsReading,
        *,
        prices: Mapping[str, Price],
        dangers: Sequence[Danger],
        advised: Collection[str] | None = None,
        aside: Collection[str] = (),
        kept: Kept,
    ) -> None:
        """Find where they fire; `advised` keeps to those, and to what covers them.

        Those of `aside` are as if nobody had declared them.
        """
        self._remedies = remedies
        self._gauges = gauges
        self._results = results
        self._reading = reading
        self._prices = prices
        self._dangers = dangers
        self._counting = reading.with_limits(Limits.NONE)
        looked_at = (
            remedies.covering_first
            if advised is None
            else remedies.with_covering(advised)
        )
        looked_at = tuple(each for each in looked_at if each not in aside)
        self._kept = kept
        self._targets = Targets(
            remedies, results, reading, self._counting, looked_at, kept=kept
        )

    def drafts(self, gains: Gains) -> dict[str, Draft]:
        """Return what is recommended, by id, before needs meet."""
        found: dict[str, Draft] = {}
        for ident in self._targets.actions:
            draft = self._kept.get(ident)
            if draft:
                advice = draft.advice._replace(gain=gains.gain(draft.raised))
                draft = draft._replace(advice=advice)
            found[ident] = draft or self._draft(ident, gains)
        return found

    def advice(
        self, drafts: Mapping[str, Draft]
    ) -> tuple[tuple[Advice, ...], Cost, Cost]:
        """Return what is recommended, in order; what all costs, and what is due."""
        ordered = in_order([each.advice for each in drafts.values()], self._results)
        # Charged first for what several need: what is sure, then what is due. A vote
        # then holds the whole price of what it needs, whatever waits for it.
        charged = sorted(
            ordered,
            key=lambda one: (one.trigger is not Trigger.FIRES, one.gate is Gate.WAITS),
        )
        wanted = [each for one in charged for each in drafts[_id(one)].demands]
        basket = due = Basket(self._prices, wanted)
        if any(each.target.gate is not Gate.OPEN for each in wanted):
            # What surely does not wait, and at most what may not.
            mostly = [
                each
                if each.target.gate is Gate.OPEN
                else each._replace(quantity=Quantity(0, each.quantity.high))
                for each in wanted
                if each.target.gate is not Gate.WAITS
            ]
            due = Basket(self._prices, mostly)
        advice = tuple(
            one
            if not drafts[_id(one)].demands
            else one._replace(
                cost=basket.shares.get(_id(one), FREE),
                due=due.shares.get(_id(one), FREE),
                shared=basket.shared(_id(one)),
            )
            for one in ordered
        )
        return advice, basket.cost, due.cost

    def _draft(self, ident: str, gains: Gains) -> Draft:
        remedy = self._remedies.by_id[ident]
        targets = self._targets.of(ident)
        sure = [each for each in targets if each.trigger is Trigger.FIRES]
        named = sure or targets
        quantity = _total([each.quantity for each in targets])
        usual = None
        if quantity.high is None:
            usual = _total([each.usual or each.quantity for each in targets])
        when = remedy.recommendation.when
        result = self._results[when.criterion]
        is_legal = when.below <= (result.criterion.conforms_at or 0)
        tree, demands = self._reading.tree, list[Demand]()
        for target in targets:
            scope, above = self._counting.scope(target.place), tree.line(target.place)
            for need, count in remedy.needs(scope, target.quantity):
                # For the place itself, one above or the subject.
                served = (each for each in above if tree.kinds[each] is need.at)
                place = next(served, tree.root) if need.at else target.place
                demands.append(Demand(ident, need, place, count, target))
        raised = gains.raised(remedy.effect, [each.place for each in sure])
        advice = Advice(
            recommendation=remedy.recommendation,
            trigger=Trigger.FIRES if sure else Trigger.TO_CONFIRM,
            gate=min((each.gate for each in named), key=_SOONEST.index),
            waits_for=tuple(
                dict.fromkeys(first for each in targets for first in each.waits_for)
            ),
            targets=targets,
            places=tuple(each.place for each in named if each.place != tree.root),
            quantity=quantity,
            usual=usual if usual and usual.high is not None else None,
            cost=FREE,
            due=FREE,
            alone=Basket(self._prices, demands).cost if demands else FREE,
            shared=(),
            effort_days=remedy.effort(self._counting.scope(tree.root), quantity),
            gain=gains.gain(raised),
            covers=self._targets.covered_by(ident),
            is_legal=is_legal,
            is_law=is_legal and result.is_law,
            is_danger=self._cures_danger(when.criterion, targets),
        )
        return Draft(advice, tuple(demands), raised)

    def _cures_danger(self, criterion: str, targets: Sequence[Target]) -> bool:
        """Say whether a criterion reads a danger that is there, at its places."""
        read = self._gauges[criterion].names
        are_near = self._reading.tree.are_near
        return any(
            are_near(danger.place, target.place)
            for danger in self._dangers
            if danger.question.id in read
            for target in targets
        )


_SOONEST = (Gate.OPEN, Gate.CHECK_FIRST, Gate.WAITS)


def _id(advice: Advice) -> str:
    return advice.recommendation.id


Key = tuple[int, bool, bool, float, Fraction, str]


def in_order(advice: Iterable[Advice], results: Results) -> tuple[Advice, ...]:
    """Return advice in order, each that waits right under the last it waits for."""

    def key(one: Advice) -> Key:
        # Danger, law, socle, what the ministry asks, all the rest. A law that nobody
        # read, or too long ago, is of the rest.
        criterion = results[one.recommendation.when.criterion].criterion
        classes = (
            one.is_danger,
            one.is_law,
            criterion.kind is Kind.BLOCKING,
            one.is_legal and criterion.nature is Nature.CONSIGNE,
            True,
        )
        # Typical cents before tax, alone and at least; None: nothing bounds them.
        lines, gain = one.alone.lines, one.gain
        cost = None
        if all(line.quantity.high is not None for line in lines):
            cost = sum(line.quantity.low * line.price.typical for line in lines)
        is_paid, is_unbounded, worth = cost != 0, cost is None, -gain or NO_GAIN
        if cost and gain:
            is_paid, worth = True, gain / -cost
        # Nearest floats are in the same order, or equal: they settle most at once.
        return classes.index(True), is_paid, is_unbounded, float(worth), worth, _id(one)

    return _nested(sorted(advice, key=key))


def _nested(advice: Sequence[Advice]) -> tuple[Advice, ...]:
    ids = {_id(one) for one in advice}
    under: dict[str, list[Advice]] = {}
    waits: dict[str, set[str]] = {}
    for one in advice:
        waits[_id(one)] = ids & {*one.waits_for} if one.gate is Gate.WAITS else set()
        for each in waits[_id(one)]:
            under.setdefault(each, []).append(one)
    read: dict[str, Advice] = {}

    def take(one: Advice, *, anyway: bool = False) -> None:
        is_ready = anyway or waits[_id(one)] <= read.keys()
        if is_ready and _id(one) not in read:
            read[_id(one)] = one
            for waiting in under.get(_id(one), ()):
                take(waiting)

    for one in advice:
        take(one)
    for one in advice:  # those that wait in a circle
        take(one, anyway=True)
    return tuple(read.values())
