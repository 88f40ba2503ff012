"""What a programme keeps in the journal: amounts in cents with tax, years of budgets.

A payer is `commune:INSEE` or `syndicat:SIREN`; an operation is `audit/recommendation`,
or `shared/uuid`. Who speaks in a workshop is a role, never a name.
"""

from collections.abc import Callable
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from diag.model.base import IsoDay, Noun
from diag.model.enums import Outcome, Participant
from diag.model.text import Number, exact

MOST_YEARS = 8
"""Longest programme, in budget years."""

MOST_CENTS = 10**13
"""Greatest amount that may be typed: a hundred billion euros."""

OUT = "hors"
"""The year of an operation that somebody leaves out."""

FIRST_YEAR, LAST_YEAR = 2020, 2100
"""Between which a budget year is believed."""


def _held(is_allowed: Callable[[Fraction], bool], sentence: str) -> AfterValidator:
    """Return what refuses a number, with a French sentence, where it may not be."""

    def check(value: Number) -> Number:
        if not is_allowed(exact(value)):
            raise ValueError(sentence)
        return value

    return AfterValidator(check)


_PER_CENT = _held(lambda one: 0 <= one <= 100, "la réserve va de 0 à 100 %")  # noqa: PLR2004


class ProgrammeFrame(Noun):
    """When a programme runs, what it gathers, how it is ordered."""

    first: int = Field(ge=FIRST_YEAR, le=LAST_YEAR)
    years: int = Field(default=5, ge=1, le=MOST_YEARS)
    campaigns: tuple[str, ...]
    """Campaigns whose audits give the operations; the latest of a school counts."""
    socle_first: bool = True
    """Whether what blocks comes before points per euro."""
    reserve: Annotated[Number, _PER_CENT] = 15
    """Per cent of every envelope that is not planned."""
    fctva_delay: int | None = Field(default=None, ge=0, le=2)
    """Years after which the FCTVA comes back to the syndicat; None: nobody said."""

    @property
    def budgets(self) -> tuple[int, ...]:
        """The budget years, in order."""
        return tuple(range(self.first, self.first + self.years))

    @property
    def span(self) -> str:
        """The same in a word: « 2027-2031 »."""
        return f"{self.first}-{self.first + self.years - 1}"


Weight = Annotated[Number, _held(lambda one: one >= 0, "un poids n'est jamais négatif")]
"""How much something counts: never negative."""


class IpsRule(Noun):
    """How much more a school weighs for each point of IPS under a value."""

    below: Weight
    step: Weight


class RightsRule(Noun):
    """How the syndicat's money is shared: so much a school, so much a pupil."""

    school: Weight = 30
    pupil: Weight = 1
    ips: IpsRule | None = None
    """None: not counted, as by default."""
    rural: Weight = 0
    """More for a school whose commune has fewer than 2,000 inhabitants, as a ratio."""
    why: str = ""


class EnvelopeState(StrEnum):
    """How sure an envelope is."""

    HYPOTHESE = "hypothese"
    VOTE = "vote"


class YearEnvelope(Noun):
    """What a payer may spend in a year and a section."""

    cents: int = Field(ge=0, le=MOST_CENTS)
    state: EnvelopeState = EnvelopeState.HYPOTHESE
    carry: bool = False
    """Whether what is left serves the next years."""
    source: str = ""
    why: str = ""


class CostSplit(Noun):
    """Who pays what of an investment, and who buys."""

    syndicat: Annotated[
        Number, _held(lambda one: 0 <= one <= 1, "la part du syndicat va de 0 à 1")
    ]
    """The syndicat's part, 0 to 1."""
    buyer: Literal["commune", "syndicat"] = "commune"


class JointPurchase(Noun):
    """Articles bought together, cheaper, some years, from a quantity on."""

    title: str = Field(min_length=1, max_length=120)
    prices: tuple[str, ...] = Field(min_length=1)
    """Rows of the price table."""
    discount: Annotated[
        Number, _held(lambda one: 0 <= one < 1, "elle va de 0 à 1, sans atteindre 1")
    ]
    """From 0 to 1, which is out: nothing is free."""
    opens: int = Field(alias="from", ge=FIRST_YEAR, le=LAST_YEAR)
    closes: int = Field(alias="until", ge=FIRST_YEAR, le=LAST_YEAR)
    at_least: int = Field(default=0, ge=0)
    members: tuple[str, ...] = ()
    """INSEE codes of the communes that join; empty: all."""

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if self.closes < self.opens:
            raise ValueError("un achat groupé ferme après avoir ouvert")
        return self


class SharedWork(Noun):
    """An operation that several communes share, which the syndicat pays and runs."""

    title: str = Field(min_length=1, max_length=120)
    once: tuple[int, int, int]
    """Cents, at least, as a rule and at most."""
    yearly: tuple[int, int, int] = (0, 0, 0)
    points: Number = 0
    """Points of score that it brings to a school."""
    communes: tuple[str, ...] = Field(min_length=1)
    """INSEE codes."""


class YearLock(Noun):
    """A year that somebody imposes, and why: nobody does without saying it."""

    year: int | Literal["hors"]
    by: str = Field(min_length=1, max_length=120)
    why: str = Field(min_length=1, max_length=500)
    decision: str = ""
    """Id of the decision that it rests on."""


class KeptMoney(Noun):
    """Money for one operation alone, beside the envelopes."""

    operation: str
    payer: str
    year: int
    section: Literal["investissement", "fonctionnement"] = "investissement"
    cents: int = Field(gt=0, le=MOST_CENTS)
    source: str = ""
    why: str = ""


class Variant(Noun):
    """Named changes over a programme: what is not named stays as it is."""

    name: str = Field(min_length=1, max_length=120)
    why: str = ""
    sets: dict[str, Any] = Field(default_factory=dict)
    """Subject → value, None where it takes it away."""


class BodyDecision(Noun):
    """What a body decided, and on what."""

    body: str = Field(min_length=1, max_length=120)
    """A payer, whose assembly decides; or `pilotage`, which gives an opinion."""
    on: IsoDay
    ref: str = Field(default="", max_length=120)
    """Number of the deliberation."""
    about: str = Field(default="", max_length=200)
    outcome: Outcome
    votes: str = Field(default="", max_length=120)
    """« 14 pour, 1 abstention »."""
    why: str = Field(default="", max_length=500)
    files: tuple[str, ...] = ()


class Adoption(Noun):
    """What was adopted; its placements stand beside it, in parts that fit a line."""

    variant: str = ""
    """Id of the variant; empty: the programme itself."""
    decision: str
    inputs: str
    """SHA-256 of all that was written then."""
    parts: int = Field(ge=0)
    rights: dict[str, int] = Field(default_factory=dict)
    """Commune → cents, as all was released."""
    first_rights: dict[str, int] = Field(default_factory=dict)


class AdoptedPart(Noun):
    """Some of the placements that were adopted, in the order of their turn."""

    years: dict[str, int] = Field(default_factory=dict)
    """Rank and operation, `00012 audit/recommendation` → year."""
    cents: dict[str, int] = Field(default_factory=dict)
    """Operation → what it costs once, tax included."""
    drawn: dict[str, dict[str, int]] = Field(default_factory=dict)
    """Shared operation → commune → what its right gave."""


MOST_POINTS = 10
"""What a ballot shares out."""

_MOST_PRESENT = 100_000


class ProgrammeTheme(Noun):
    """What people find that schools need, and which actions answer it."""

    title: str = Field(min_length=1, max_length=120)
    domains: tuple[str, ...] = ()
    """Domains whose actions it holds."""
    recommendations: tuple[str, ...] = ()
    """Actions that it holds beside."""


class Workshop(Noun):
    """A meeting: when, where, who led it, how many came of each role."""

    title: str = Field(min_length=1, max_length=120)
    on: IsoDay
    where: str = Field(default="", max_length=120)
    animator: str = Field(default="", max_length=120)
    present: dict[Participant, int] = Field(default_factory=dict)

    @field_validator("present")
    @classmethod
    def _is_count(cls, present: dict[Participant, int]) -> dict[Participant, int]:
        if not all(0 <= many <= _MOST_PRESENT for many in present.values()):
            raise ValueError("un nombre de présents va de 0 à 100 000")
        return present


class WorkshopCard(Noun):
    """What one person wrote, in their words."""

    text: str = Field(min_length=1, max_length=500)
    role: Participant
    theme: str = ""
    """Slug; empty: none yet."""
    commune: str = ""
    """INSEE code, if it is about one."""


class WorkshopBallot(Noun):
    """How one person shares ten points out among the themes."""

    role: Participant
    points: dict[str, int]
    """Theme → points."""

    @model_validator(mode="after")
    def _is_within(self) -> Self:
        if any(points < 0 for points in self.points.values()):
            raise ValueError("des points ne sont jamais négatifs")
        if sum(self.points.values()) > MOST_POINTS:
            raise ValueError(f"un bulletin a {MOST_POINTS} points au plus")
        return self


class WeightRule(Noun):
    """How ballots weigh on the order, and what a body adopted of them."""

    workshops: tuple[str, ...] = Field(min_length=1)
    """Ids of those that count."""
    per: Literal["ballot", "workshop"] = "ballot"
    """Whether each ballot weighs the same, or each workshop."""
    bound: Number = "1.25"
    """Greatest weight; its inverse is the least."""
    decision: str = ""
    """Id of the decision that adopts them; empty: they change nothing yet."""
    adopted: dict[str, Number] = Field(default_factory=dict)
    """Theme → weight, as the decision adopted them: later ballots change nothing."""

    @field_validator("bound")
    @classmethod
    def _is_bound(cls, value: Number) -> Number:
        if not 1 <= exact(value) <= 2:  # noqa: PLR2004 - half to double
            raise ValueError("un poids est borné entre 1 et 2")
        return value
