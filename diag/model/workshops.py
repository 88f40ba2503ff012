"""What workshops gather: cards, ballots, themes, and the weights that follow.

Who speaks is a role, never a name.
"""

from datetime import date
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from diag.model.base import Noun
from diag.model.enums import Participant
from diag.model.number import Number, exact

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
    on: str
    """ISO day."""
    where: str = Field(default="", max_length=120)
    animator: str = Field(default="", max_length=120)
    present: dict[Participant, int] = Field(default_factory=dict)

    @field_validator("on")
    @classmethod
    def _is_day(cls, text: str) -> str:
        return date.fromisoformat(text).isoformat()

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
