"""What an explanation is made of: rules with their truth, facts with their authors."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from diag.assess.facts_read import FactRead
from diag.assess.results import Advice, CriterionResult, Verdict
from diag.model.checklist import (
    Criterion,
    Recommendation,
    Requirement,
    RollUp,
    Source,
)
from diag.model.money import Price
from diag.model.number import Quantity
from diag.rules.values import Truth


@dataclass(frozen=True, slots=True)
class RuleRead:
    """A condition, and whether it holds."""

    text: str
    truth: Truth


@dataclass(frozen=True, slots=True)
class LevelRead:
    """The condition of a level, and whether it holds."""

    level: int
    text: str
    truth: Truth
    fired: bool
    """Whether it is the one that surely gives the level."""


@dataclass(frozen=True, slots=True)
class PlaceRead:
    """One place's verdict, with its reasons."""

    place: str
    name: str
    verdict: Verdict
    applicable: RuleRead | None
    """When the criterion applies; None: always."""
    levels: tuple[LevelRead, ...]
    """From the highest."""
    facts: tuple[FactRead, ...]
    declared_out: tuple[str, ...]
    """Questions answered « sans objet » that take the criterion out here."""


@dataclass(frozen=True, slots=True)
class RollUpRead:
    """How many places made the level."""

    method: RollUp
    sure: int
    """Places surely in scope."""
    maybe: int
    """Places perhaps in scope."""
    open: bool
    """There may be other places."""
    share: tuple[Fraction, Fraction] | None
    """Least and greatest share of places at the threshold, when that is the method."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a criterion stands where it does."""

    criterion: Criterion
    result: CriterionResult
    roll_up: RollUpRead
    places: tuple[PlaceRead, ...]
    sources: tuple[Source, ...]
    visit_date: date | None


@dataclass(frozen=True, slots=True)
class CountRead:
    """A rule that counts, and what it gives."""

    what: Price | None
    """Row of the price table; None: what is to be done, or days of work."""
    text: str
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class RequirementRead:
    """What must come first, and whether it holds."""

    requirement: Requirement
    truth: Truth


@dataclass(frozen=True, slots=True)
class AdviceExplanation:
    """Why a recommendation is made, or is not."""

    recommendation: Recommendation
    advice: Advice | None
    """None: its criterion stands high enough, or is sans objet."""
    criterion: Explanation
    requires: tuple[RequirementRead, ...]
    quantity: CountRead
    prices: tuple[CountRead, ...]
    effort: CountRead | None
    facts: tuple[FactRead, ...]
    """What counting read."""
    sources: tuple[Source, ...]
