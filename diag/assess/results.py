"""What judging returns: computed from facts each time, never stored as truth."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from diag.model.checklist import Criterion, Domain, Price, Recommendation
from diag.model.enums import Compliance, Gate, Socle, Standing, Trigger
from diag.model.number import Bounds, Quantity


@dataclass(frozen=True, slots=True)
class Verdict:
    """The levels that a criterion can still reach at one place."""

    criterion: str
    place: str
    standing: Standing
    low: int
    high: int
    declared_out: bool = False
    """« Déclaré sans objet »: a fact it names was answered not applicable."""


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """A criterion, rolled up over its places."""

    criterion: Criterion
    standing: Standing
    low: int
    high: int
    bounds: Bounds
    """As ratios; `mean` keeps them finer than the levels."""
    settled: Fraction
    """Share of its places whose applicability and level are known, 0 to 1."""
    verdicts: tuple[Verdict, ...]
    open: bool = False
    """The list of places was not closed: there may be others."""
    compliance: Compliance | None = None
    """For compliance criteria only."""


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
class CostLine:
    """One row of the price table, times a quantity."""

    price: Price
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class Amount:
    """Exact cents: minimum at the low quantity, typical and maximum at the high one."""

    minimum: Fraction
    typical: Fraction | None
    maximum: Fraction | None
    """None when the quantity is unbounded."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a recommendation costs; before tax (ht) and with tax (ttc) kept apart."""

    lines: tuple[CostLine, ...]
    once_ht: Amount
    once_ttc: Amount
    yearly_ht: Amount
    yearly_ttc: Amount

    @property
    def free(self) -> bool:
        """Say whether nothing is to be paid."""
        return not self.lines


@dataclass(frozen=True, slots=True)
class Advice:
    """A recommendation that fires or may fire, with what it costs and brings."""

    recommendation: Recommendation
    trigger: Trigger
    gate: Gate
    waits_for: tuple[str, ...]
    """Ids of recommendations (or criteria, when none cures them) that come first."""
    quantity: Quantity
    cost: Cost
    effort_days: Quantity | None
    gain: Fraction
    """Rise of the overall low bound once done, as a ratio."""
    places: tuple[str, ...]
    """Ids of the places that fall short, in order; empty at the subject itself."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything computed from one audit's facts and one edition."""

    criteria: Mapping[str, CriterionResult]
    domains: tuple[DomainResult, ...]
    overall: Score
    socle: Socle
    advice: tuple[Advice, ...]
    """In order: what waits for another stands after it."""

    @property
    def alerts(self) -> tuple[CriterionResult, ...]:
        """Return the compliance criteria that fail or are to be checked."""
        return tuple(
            result
            for result in self.criteria.values()
            if result.compliance in (Compliance.NON_CONFORME, Compliance.A_VERIFIER)
        )


TOP = 3
"""The highest level."""
