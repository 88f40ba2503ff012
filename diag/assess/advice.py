"""Verdicts become recommendations: which fire, how many, at which cost and gain."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from diag.assess.facts import FactsReading, PlaceScope, WithNames
from diag.assess.results import (
    Advice,
    Amount,
    Cost,
    CostLine,
    CriterionResult,
    DomainResult,
)
from diag.assess.scores import Averages
from diag.model.checklist import Below, Price, Recommendation, Requirement
from diag.model.enums import Compliance, Gate, Kind, Standing, Trigger
from diag.model.number import Number, Quantity, exact
from diag.rules.evaluate import number
from diag.rules.language import Rule, parse_rule
from diag.rules.scope import Scope
from diag.rules.values import ABSENT, Absent, Span, plain

QUANTITY_NAME = "quantite"
"""What the rules of prices and effort call the quantity."""


class Remedy:
    """One recommendation of one checklist, ready to be counted and costed."""

    def __init__(
        self, recommendation: Recommendation, prices: dict[str, Price]
    ) -> None:
        self.recommendation = recommendation
        """What is to be done."""
        self.quantity_rule = parse_rule(recommendation.quantity)
        """How many."""
        self.price_rules = tuple(
            (prices[row], parse_rule(text))
            for row, text in recommendation.prices.items()
        )
        """How many of each row of the price table."""
        self.effort_rule = (
            parse_rule(recommendation.effort) if recommendation.effort else None
        )
        """How many days of work."""

    def quantity(self, root: PlaceScope) -> Quantity:
        """Return how many there are to do, seen from the subject's own place."""
        return _quantity(number(self.quantity_rule, root))

    def cost(self, root: PlaceScope, quantity: Quantity) -> Cost:
        """Return what that many cost."""
        if not self.price_rules:
            return FREE
        scope = _knowing(root, quantity)
        return cost_of([
            CostLine(price, _quantity(number(rule, scope)))
            for price, rule in self.price_rules
        ])

    def effort(self, root: PlaceScope, quantity: Quantity) -> Quantity | None:
        """Return the days of work for that many; None when unknown."""
        if self.effort_rule is None:
            return None
        return _quantity(number(self.effort_rule, _knowing(root, quantity)))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule that it counts with."""
        effort = () if self.effort_rule is None else (self.effort_rule,)
        return (self.quantity_rule, *(rule for _, rule in self.price_rules), *effort)


def _knowing(root: PlaceScope, quantity: Quantity) -> Scope:
    low, high = plain(quantity.low), quantity.high
    span = Span(low, None if high is None else plain(high))
    return WithNames(root, {QUANTITY_NAME: span})


def _quantity(value: Span | Absent) -> Quantity:
    if value is ABSENT:
        return Quantity(Fraction(), Fraction())
    low = Fraction(0 if value.low is None or value.maybe_absent else value.low)
    high = None if value.high is None else max(Fraction(), Fraction(value.high))
    return Quantity(max(Fraction(), low), high)


Results = Mapping[str, CriterionResult]
"""Criteria by id."""


def advice_of(
    remedies: Mapping[str, Remedy],
    results: Results,
    domains: Sequence[DomainResult],
    reading: FactsReading,
) -> list[Advice]:
    """Return what is recommended, in the order of the checklist."""
    triggers = {
        ident: trigger
        for ident, remedy in remedies.items()
        if (trigger := trigger_of(remedy.recommendation.when, results))
    }
    gates = Gates(remedies, triggers, results)
    averages = Averages(domains)
    root = reading.scope(reading.tree.root)
    found = []
    for ident, trigger in triggers.items():
        recommendation = remedies[ident].recommendation
        gate, waits_for = gates.gate(recommendation)
        quantity = remedies[ident].quantity(root)
        found.append(
            Advice(
                recommendation=recommendation,
                trigger=trigger,
                gate=gate,
                waits_for=waits_for,
                quantity=quantity,
                cost=remedies[ident].cost(root, quantity),
                effort_days=remedies[ident].effort(root, quantity),
                gain=averages.gain(recommendation.effect),
                places=_places(recommendation.when, trigger, results, root.place),
            )
        )
    return found


def trigger_of(when: Below, results: Results) -> Trigger | None:
    """Return whether a criterion stands below a level; None when it does not.

    A criterion that may be sans objet never fires by itself: it is to be confirmed.
    """
    result = results[when.criterion]
    if result.standing is Standing.OUT or result.low >= when.below:
        return None
    if result.standing is Standing.IN and result.high < when.below:
        return Trigger.FIRES
    return Trigger.TO_CONFIRM


def _places(
    when: Below, trigger: Trigger, results: Results, root: str
) -> tuple[str, ...]:
    result = results[when.criterion]
    roll_up = result.criterion.roll_up
    below: int = when.below
    if roll_up is not None and roll_up.method == "share_reaching":
        below = roll_up.threshold
    sure = trigger is Trigger.FIRES
    return tuple(
        verdict.place
        for verdict in result.verdicts
        if verdict.place != root
        and verdict.standing is not Standing.OUT
        and (verdict.high if sure else verdict.low) < below
        and not (sure and verdict.standing is Standing.MAYBE)
    )


NOTHING = Amount(Fraction(), Fraction(), Fraction())
"""No money at all."""

FREE = Cost((), NOTHING, NOTHING, NOTHING, NOTHING)
"""What costs nothing."""


@dataclass(frozen=True, slots=True)
class VatGroup:
    """What is taxed at one rate: the base, and the tax itself."""

    rate: Number
    """In percent."""
    once_ht: Amount
    once_vat: Amount
    yearly_ht: Amount
    yearly_vat: Amount


@dataclass(frozen=True, slots=True)
class Totals:
    """Costs that add up; to be confirmed ones are left out."""

    once_ht: Amount
    once_ttc: Amount
    yearly_ht: Amount
    yearly_ttc: Amount
    by_vat: tuple[VatGroup, ...]
    """From the lowest rate to the highest."""


def cost_of(lines: Sequence[CostLine]) -> Cost:
    """Return what some rows of the price table cost together."""
    if not lines:
        return FREE
    once = [line for line in lines if not line.price.yearly]
    yearly = [line for line in lines if line.price.yearly]
    return Cost(tuple(lines), _ht(once), _ttc(once), _ht(yearly), _ttc(yearly))


def totals(advice: Iterable[Advice]) -> Totals:
    """Return the sum of what surely fires; the rest is outside totals."""
    lines = [
        line
        for one in advice
        if one.trigger is Trigger.FIRES
        for line in one.cost.lines
    ]
    whole = cost_of(lines)
    rates = sorted({exact(line.price.vat) for line in lines})
    return Totals(
        whole.once_ht,
        whole.once_ttc,
        whole.yearly_ht,
        whole.yearly_ttc,
        tuple(_group(rate, lines) for rate in rates),
    )


def added(amounts: Iterable[Amount]) -> Amount:
    """Return the sum of amounts; unbounded when one of them is."""
    each = iter(amounts)
    total = next(each, NOTHING)
    for amount in each:
        total = Amount(
            total.minimum + amount.minimum,
            _sum(total.typical, amount.typical),
            _sum(total.maximum, amount.maximum),
        )
    return total


def times(amount: Amount, factor: Fraction) -> Amount:
    """Return an amount multiplied: by a tax rate, for example."""
    return Amount(
        amount.minimum * factor,
        None if amount.typical is None else amount.typical * factor,
        None if amount.maximum is None else amount.maximum * factor,
    )


def _line_ht(line: CostLine) -> Amount:
    low, high = line.quantity.low, line.quantity.high
    return Amount(
        low * line.price.minimum,
        None if high is None else high * line.price.typical,
        None if high is None else high * line.price.maximum,
    )


def _ht(lines: Iterable[CostLine]) -> Amount:
    return added(_line_ht(line) for line in lines)


def _ttc(lines: Iterable[CostLine]) -> Amount:
    return added(
        times(_line_ht(line), 1 + exact(line.price.vat) / 100) for line in lines
    )


def _group(rate: Fraction, lines: Sequence[CostLine]) -> VatGroup:
    here = [line for line in lines if exact(line.price.vat) == rate]
    once = _ht(line for line in here if not line.price.yearly)
    yearly = _ht(line for line in here if line.price.yearly)
    tax = rate / 100
    return VatGroup(
        here[0].price.vat, once, times(once, tax), yearly, times(yearly, tax)
    )


def _sum(left: Fraction | None, right: Fraction | None) -> Fraction | None:
    return None if left is None or right is None else left + right


class Gates:
    """The prerequisites of one assessment's recommendations."""

    def __init__(
        self,
        remedies: Mapping[str, Remedy],
        triggers: Mapping[str, Trigger],
        results: Mapping[str, CriterionResult],
    ) -> None:
        self._remedies = remedies
        self._triggers = triggers
        self._results = results

    def gate(self, recommendation: Recommendation) -> tuple[Gate, tuple[str, ...]]:
        """Return whether it may be done now, and what comes first, failures first."""
        held = {
            requirement: self.holds(requirement)
            for requirement in recommendation.requires
        }
        failing = [req for req, truth in held.items() if truth is False]
        unknown = [req for req, truth in held.items() if truth is None]
        waits_for = [
            *(first for req in failing for first in self._first(req, recommendation)),
            *(req.recommendation or req.criterion or "" for req in unknown),
        ]
        gate = Gate.OPEN
        if unknown:
            gate = Gate.CHECK_FIRST
        if failing:
            gate = Gate.WAITS
        return gate, tuple(dict.fromkeys(waits_for))

    def holds(self, requirement: Requirement) -> bool | None:
        """Say whether a prerequisite holds; one that is sans objet does."""
        if requirement.recommendation is not None:
            trigger = self._triggers.get(requirement.recommendation)
            return {None: True, Trigger.FIRES: False}.get(trigger)
        assert requirement.criterion is not None
        result = self._results[requirement.criterion]
        level = requirement.at_least or 0
        if result.standing is Standing.OUT or result.low >= level:
            return True
        fails = result.standing is Standing.IN and result.high < level
        return False if fails else None

    def _first(
        self, requirement: Requirement, waiting: Recommendation
    ) -> tuple[str, ...]:
        if requirement.recommendation is not None:
            return (requirement.recommendation,)
        assert requirement.criterion is not None
        cures = tuple(self._cures(requirement, waiting))
        return cures or (requirement.criterion,)

    def _cures(
        self, requirement: Requirement, waiting: Recommendation
    ) -> Iterator[str]:
        for ident in self._triggers:
            cure = self._remedies[ident].recommendation
            reached = cure.effect.get(requirement.criterion or "", 0)
            if ident != waiting.id and reached >= (requirement.at_least or 0):
                yield ident


Key = tuple[int, bool, bool, Fraction, str]


def ordered(
    advice: Iterable[Advice], results: Mapping[str, CriterionResult]
) -> tuple[Advice, ...]:
    """Return advice in order, each that waits right under the first it waits for."""

    def key(one: Advice) -> Key:
        rank = _rank(results[one.recommendation.when.criterion])
        return (rank, *_worth(one), one.recommendation.id)

    return _nested(sorted(advice, key=key))


def typical_cost(advice: Advice) -> Fraction | None:
    """Return the typical cents before tax, a year of what is paid yearly included."""
    once, yearly = advice.cost.once_ht.typical, advice.cost.yearly_ht.typical
    return None if once is None or yearly is None else once + yearly


def _rank(result: CriterionResult) -> int:
    if result.compliance is Compliance.CONFORME:
        return 2
    ranks = {Kind.COMPLIANCE: 0, Kind.BLOCKING: 1, Kind.IMPROVEMENT: 2}
    return ranks[result.criterion.kind]


def _worth(advice: Advice) -> tuple[bool, bool, Fraction]:
    cost = typical_cost(advice)
    if cost == 0:
        return False, False, -advice.gain
    if cost is None:
        return True, True, -advice.gain
    return True, False, -advice.gain / cost


def _nested(advice: Sequence[Advice]) -> tuple[Advice, ...]:
    under: dict[str, list[Advice]] = {}
    tops: list[Advice] = []
    for one in advice:
        holder = _holder(one, advice)
        (tops if holder is None else under.setdefault(holder, [])).append(one)
    read: dict[str, Advice] = {}

    def take(one: Advice) -> None:
        if one.recommendation.id not in read:
            read[one.recommendation.id] = one
            for waiting in under.get(one.recommendation.id, ()):
                take(waiting)

    for one in (*tops, *advice):  # the second time for those that wait in a circle
        take(one)
    return tuple(read.values())


def _holder(one: Advice, advice: Sequence[Advice]) -> str | None:
    if one.gate is not Gate.WAITS:
        return None
    for other in advice:
        if other.recommendation.id in one.waits_for:
            return other.recommendation.id
    return None
