"""What judging returns: computed from facts each time, never stored as truth.

For programs, the same as plain values: an exact number is an integer or a « n/d » text,
enumerations are their values, nothing is rounded, so that anyone may recompute.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from diag.model.audit import ROOT_KINDS, Answer
from diag.model.base import Noun
from diag.model.checklist import (
    Checklist,
    Criterion,
    Domain,
    Need,
    Price,
    Question,
    Recommendation,
)
from diag.model.enums import (
    BudgetSection,
    Compliance,
    Gate,
    Nature,
    Socle,
    Standing,
    Trigger,
)
from diag.model.text import Bounds, Number, Quantity, exact
from diag.rules.expressions import Exact, Truth

if TYPE_CHECKING:
    from diag.assess.effects import Basis


TOP = 3
"""The highest level."""


class Weight(NamedTuple):
    """How much a member weighs in a mean: an interval while something is unknown."""

    least: Exact
    """0 when it may be sans objet."""
    most: Exact


ONE_WEIGHT = Weight(1, 1)
"""How much a place weighs, unless its criterion says otherwise."""


class Verdict(NamedTuple):
    """The levels that a criterion can still reach at one place."""

    criterion: str
    place: str
    standing: Standing
    low: int
    high: int
    declared_out: bool = False
    """« Déclaré sans objet »: a fact it names was answered not applicable."""
    given: Truth = True
    """Whether what must be there before the question makes sense is there."""
    weight: Weight = ONE_WEIGHT
    """In the mean of the places, were it surely in scope."""

    @property
    def may_count(self) -> bool:
        """Say whether it may weigh in the mean of the places."""
        return self.standing is not Standing.OUT and self.weight.most > 0

    @property
    def is_settled(self) -> bool:
        """Say whether it is surely in scope, at one level."""
        return self.standing is Standing.IN and self.low == self.high

    @property
    def counts_surely(self) -> bool:
        """Say whether it surely weighs in it."""
        return self.standing is Standing.IN and self.weight.least > 0


class SocleBounds(NamedTuple):
    """How a blocking criterion may hold over its places, at worst and at best."""

    low: Socle
    """`ATTEINT`, `ATTEINT_SAUF` or `NON_ATTEINT`."""
    high: Socle


class CriterionResult(NamedTuple):
    """A criterion's verdicts, place by place, and their mean."""

    criterion: Criterion
    standing: Standing
    """Whether it counts: in where a place surely weighs, else maybe, or out."""
    bounds: Bounds
    """The mean of its places, as ratios: it feeds the score and nothing else."""
    settled: Fraction
    """Share of its places whose scope and level are known, 0 to 1."""
    verdicts: tuple[Verdict, ...]
    open: bool = False
    """The list of places was not closed: there may be others."""
    is_read: bool = False
    """Whether the text that it rests on was read, not long before the visit."""
    compliance: Compliance | None = None
    """For compliance criteria only."""
    socle: SocleBounds | None = None
    """For blocking criteria only, unless all is sans objet."""

    @property
    def is_law(self) -> bool:
        """Say whether it may be given as law: a law, and one that was read."""
        return self.is_read and self.criterion.nature is Nature.LOI

    @property
    def alone(self) -> Verdict | None:
        """The one verdict of a criterion judged at the subject itself."""
        at_subject = self.criterion.place in ROOT_KINDS
        return self.verdicts[0] if at_subject and self.verdicts else None


@dataclass(frozen=True, slots=True)
class Score:
    """A domain's score, or the whole; `bounds` is None when sans objet."""

    standing: Standing
    bounds: Bounds | None
    completeness: Fraction
    """Settled weight over applicable weight, 0 to 1; 1 when nothing applies."""


@dataclass(frozen=True, slots=True)
class DomainResult:
    """One domain, its score and its criteria in declared order."""

    domain: Domain
    score: Score
    criteria: tuple[CriterionResult, ...]

    @property
    def only_complies(self) -> bool:
        """Say whether it raises alerts and is never averaged: it has no score."""
        applies = any(one.standing is not Standing.OUT for one in self.criteria)
        return self.score.bounds is None and applies


@dataclass(frozen=True, slots=True)
class Danger:
    """A danger to bodies, known true at a place."""

    place: str
    question: Question


@dataclass(frozen=True, slots=True)
class Amount:
    """Exact cents, between the low quantity and the high one."""

    minimum: Exact
    """Minimum price × low quantity."""
    low: Exact
    """Typical price × low quantity."""
    high: Exact | None
    """Typical price × high quantity; None when the quantity is unbounded."""
    maximum: Exact | None
    """Maximum price × high quantity; None when the quantity is unbounded."""

    def __add__(self, other: "Amount") -> "Amount":
        """Return the sum; unbounded when one of the two is."""
        return Amount(
            self.minimum + other.minimum,
            self.low + other.low,
            _sum(self.high, other.high),
            _sum(self.maximum, other.maximum),
        )

    def times(self, factor: Fraction) -> "Amount":
        """Return the amount multiplied: by a tax rate, for example."""
        return Amount(
            self.minimum * factor,
            self.low * factor,
            None if self.high is None else self.high * factor,
            None if self.maximum is None else self.maximum * factor,
        )


def _sum(left: Exact | None, right: Exact | None) -> Exact | None:
    return None if left is None or right is None else left + right


NOTHING = Amount(0, 0, 0, 0)
"""No money at all."""


class CostLine(NamedTuple):
    """One row of the price table, times a quantity; in packs where it has them."""

    price: Price
    quantity: Quantity

    @property
    def is_works(self) -> bool:
        """Whether it is for works on the building."""
        return self.price.section is BudgetSection.TRAVAUX

    @property
    def ht(self) -> Amount:
        """What it costs before tax."""
        low, high = self.quantity.low, self.quantity.high
        return Amount(
            low * self.price.minimum,
            low * self.price.typical,
            None if high is None else high * self.price.typical,
            None if high is None else high * self.price.maximum,
        )

    @property
    def ttc(self) -> Amount:
        """What it costs with tax."""
        return self.ht.times(1 + exact(self.price.vat) / 100)


@dataclass(frozen=True)
class Cost:
    """What actions cost; before tax (ht) and with tax (ttc) kept apart."""

    lines: tuple[CostLine, ...] = ()

    @property
    def free(self) -> bool:
        """Say whether nothing is to be paid."""
        return not self.lines

    @cached_property
    def digital(self) -> "Cost":
        """The part of it that the digital budget pays: all but works."""
        kept = (one for one in self.lines if not one.is_works)
        return Cost(tuple(kept))

    @cached_property
    def works(self) -> "Cost":
        """The works on the building, outside the digital budget."""
        return Cost(tuple(one for one in self.lines if one.is_works))

    @cached_property
    def once_ht(self) -> Amount:
        """What is paid once, before tax."""
        return sum((one.ht for one in self.lines if not one.price.yearly), NOTHING)

    @cached_property
    def once_ttc(self) -> Amount:
        """What is paid once, with tax."""
        return sum((one.ttc for one in self.lines if not one.price.yearly), NOTHING)

    @cached_property
    def yearly_ht(self) -> Amount:
        """What is paid every year, before tax."""
        return sum((one.ht for one in self.lines if one.price.yearly), NOTHING)

    @cached_property
    def yearly_ttc(self) -> Amount:
        """What is paid every year, with tax."""
        return sum((one.ttc for one in self.lines if one.price.yearly), NOTHING)


FREE = Cost()
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


def by_vat(cost: Cost) -> tuple[VatGroup, ...]:
    """Return a cost rate by rate, from the lowest."""
    rates = sorted({exact(line.price.vat) for line in cost.lines})
    groups = []
    for rate in rates:
        at_rate = (line for line in cost.lines if exact(line.price.vat) == rate)
        here = Cost(tuple(at_rate))
        once, yearly = here.once_ht, here.yearly_ht
        taxed, taxed_yearly = once.times(rate / 100), yearly.times(rate / 100)
        vat = here.lines[0].price.vat
        groups.append(VatGroup(vat, once, taxed, yearly, taxed_yearly))
    return tuple(groups)


class Target(NamedTuple):
    """A place where an action fires, or may fire."""

    place: str
    trigger: Trigger
    gate: Gate
    """Whether its prerequisites hold there."""
    waits_for: tuple[str, ...]
    """Ids of actions (or criteria, when none cures them) that come first there."""
    quantity: Quantity
    usual: Quantity | None = None
    """How many as a rule, from `likely`, when `quantity` is unbounded."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A need of an action that another one, before it, already pays for."""

    need: Need
    payer: str
    """Id of the recommendation that it is charged to: « compris dans »."""


class Advice(NamedTuple):
    """An action that fires or may fire, place by place, with what it costs and brings.

    It fires when it has a sure place, and is « à confirmer » when it has only possible
    ones. It waits when each of its places does.
    """

    recommendation: Recommendation
    trigger: Trigger
    gate: Gate
    waits_for: tuple[str, ...]
    """What its places wait for, once each."""
    targets: tuple[Target, ...]
    """Where it fires or may, in order."""
    places: tuple[str, ...]
    """Ids of the places that fall short: the sure ones, else the possible ones; empty
    at the subject itself."""
    quantity: Quantity
    """The sum over its targets."""
    usual: Quantity | None
    """How many as a rule, when `quantity` is unbounded: « d'ordinaire 1 à 10 »."""
    cost: Cost
    """Its share of the basket: the shares of all actions add up to it."""
    due: Cost
    """The part of it for places that need not wait: « dont à engager »."""
    alone: Cost
    """What it would cost if nothing else were done."""
    shared: tuple[Shared, ...]
    effort_days: Quantity | None
    gain: Fraction
    """Rise of the overall low bound once done at its sure places, as a ratio."""
    covers: tuple[str, ...] = ()
    """Ids of actions that it makes needless at one of its places at least."""
    is_legal: bool = False
    """Whether it brings what a rule demands; else it improves."""
    is_law: bool = False
    """Whether that rule is a law that was read, not long before the visit."""
    is_danger: bool = False
    """Whether its criterion reads a danger that is there."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything computed from one audit's facts and one edition."""

    criteria: Mapping[str, CriterionResult]
    domains: tuple[DomainResult, ...]
    overall: Score
    socle: Socle
    dangers: tuple[Danger, ...]
    """What is to be told before everything, place by place."""
    advice: tuple[Advice, ...]
    """In order: what waits for another stands after it."""
    basket: Cost
    """What everything costs together, needs merged; what is only possible widens it."""
    due: Cost
    """The same for the places that need not wait: « dont à engager »."""
    basis: "Basis | None" = field(default=None, repr=False, compare=False)
    """What it stands on, so that the next one judges again what has moved."""

    @property
    def alerts(self) -> tuple[CriterionResult, ...]:
        """Return the compliance criteria that fail or are to be checked."""
        return tuple(
            result
            for result in self.criteria.values()
            if result.compliance in (Compliance.NON_CONFORME, Compliance.A_VERIFIER)
        )


Plain = dict[str, object]
"""A JSON object."""

_ASKED = {"id", "place", "type", "label", "unit", "range", "date_range", "relevant"}
"""What of a question one needs to judge its answer again."""

_NAMES = {"gate": "prerequisite"}
"""What has another name for programs: there, a gate would be what is `given`."""


def plain(value: object) -> object:
    """Return any value of this house as JSON has it."""
    match value:
        case Enum():
            return value.value
        case None | bool() | int() | str():
            return value
        case Fraction():
            whole = value.denominator == 1
            return (
                value.numerator if whole else f"{value.numerator}/{value.denominator}"
            )
        case date():
            return value.isoformat()
    return _composed(value)


def _composed(value: object) -> object:
    if isinstance(value, Question):
        return value.model_dump(mode="json", include=_ASKED)
    if isinstance(value, Noun):
        return value.model_dump(mode="json")
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    if isinstance(value, Answer) and value.is_masked:
        value = replace(value, value=None, reason="")
    named: Mapping[str, object] | None = None
    if is_dataclass(value):
        named = {each.name: getattr(value, each.name) for each in fields(value)}
    elif isinstance(value, tuple) and hasattr(value, "_asdict"):
        named = value._asdict()
    if named is not None:
        return {_NAMES.get(name, name): plain(each) for name, each in named.items()}
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, Iterable):
        return [plain(each) for each in value]
    raise TypeError(f"{value!r} has no plain form")


def assessment_json(assessment: Assessment, shown: Checklist) -> Plain:
    """Return an assessment for a program: `diag score --json`.

    Here and below, `shown` is the checklist as everyone may read it: what is not in it
    is not `public`.
    """
    return {
        "overall": plain(assessment.overall),
        "socle": plain(assessment.socle),
        "dangers": [
            {"place": each.place, "question": each.question.id}
            for each in assessment.dangers
        ],
        "domains": [
            {
                "id": each.domain.id,
                "weight": each.domain.weight,
                "score": plain(each.score),
                "criteria": [one.criterion.id for one in each.criteria],
            }
            for each in assessment.domains
        ],
        "criteria": {
            ident: criterion_json(result, shown)
            for ident, result in assessment.criteria.items()
        },
        "advice": [advice_json(each, shown) for each in assessment.advice],
        "basket": cost_json(assessment.basket),
        "due": cost_json(assessment.due),
    }


def criterion_json(result: CriterionResult, shown: Checklist) -> Plain:
    """Return a criterion's result for a program, its declaration by id."""
    criterion = result.criterion
    return {
        "domain": criterion.domain,
        "kind": plain(criterion.kind),
        "weight": criterion.weight,
        "public": criterion.id in shown.criteria,
        "standing": plain(result.standing),
        "bounds": plain(result.bounds),
        "settled": plain(result.settled),
        "open": result.open,
        "compliance": plain(result.compliance),
        "socle": plain(result.socle),
        "verdicts": [
            {
                "place": each.place,
                "standing": plain(each.standing),
                "low": each.low,
                "high": each.high,
                "declared_out": each.declared_out,
                "given": each.given,
                "weight": plain(each.weight),
            }
            for each in result.verdicts
        ],
    }


def advice_json(advice: Advice, shown: Checklist) -> Plain:
    """Return advice for a program, its recommendation and prices by id."""
    return {
        "recommendation": advice.recommendation.id,
        "public": advice.recommendation.id in shown.recommendations,
        "trigger": plain(advice.trigger),
        "prerequisite": plain(advice.gate),
        "waits_for": list(advice.waits_for),
        "targets": plain(advice.targets),
        "places": list(advice.places),
        "quantity": plain(advice.quantity),
        "usual": plain(advice.usual),
        "covers": list(advice.covers),
        "legal": advice.is_legal,
        "danger": advice.is_danger,
        "effort_days": plain(advice.effort_days),
        "gain": plain(advice.gain),
        "cost": cost_json(advice.cost),
        "due": cost_json(advice.due),
        "alone": cost_json(advice.alone),
        "shared": [
            {"item": each.need.item, "use": each.need.use, "payer": each.payer}
            for each in advice.shared
        ],
    }


def cost_json(cost: Cost) -> Plain:
    """Return what things cost, row by row and as sums."""
    return {
        "lines": [
            {"price": each.price.id, "quantity": plain(each.quantity)}
            for each in cost.lines
        ],
        "once_ht": plain(cost.once_ht),
        "once_ttc": plain(cost.once_ttc),
        "yearly_ht": plain(cost.yearly_ht),
        "yearly_ttc": plain(cost.yearly_ttc),
        "by_vat": plain(by_vat(cost)),
    }
