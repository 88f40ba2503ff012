"""Audits: one subject in one campaign; who visited, what was decided."""

from typing import Any, Literal
from uuid import UUID, uuid5

from pydantic import Field

from diag.model.base import Noun
from diag.model.campaign import id_in_campaign
from diag.model.enums import FollowUpState, Owner, PlaceKind


class Subject(Noun):
    """What an audit is about: `ecole:UAI`, `commune:INSEE` or `syndicat:SIREN`."""

    kind: PlaceKind
    code: str

    def __str__(self) -> str:
        """Return the stable text form that ids are made of."""
        return f"{self.kind}:{self.code}"


class Audit(Noun):
    """One subject in one campaign."""

    id: str
    campaign: str
    subject: Subject


class Visit(Noun):
    """A day on site."""

    id: str
    date: str
    """ISO date."""
    present: tuple[str, ...] = ()
    """Who came, for the syndicat."""
    met: tuple[str, ...] = ()
    """Whom they met: name and role as told."""
    authorisation: str = ""
    """The commune's authorisation to enter and measure: who gave it, when."""


class FollowUp(Noun):
    """One step in the life of a recommendation; appended, never rewritten."""

    recommendation: str
    place: str | None = None
    state: FollowUpState
    on: str = ""
    """ISO date of the decision, order, completion…"""
    by: str = ""
    """Who decided: « conseil municipal », « comité de pilotage »…"""
    why: str = ""
    author: str = ""
    revision: str = ""


class OwnAdvice(Noun):
    """A recommendation of the engineer's own, that no checklist makes."""

    id: str
    """UUID."""
    title: str
    owner: Owner
    why: str = ""
    criterion: str = ""
    """Criterion that it cures, if it is one's remedy: its finding is told beside."""
    cents: int = Field(default=0, ge=0, le=10**11)
    """Estimate before tax, paid once; 0: nothing to pay."""
    vat: Literal[0, "2.1", "5.5", 10, 20] = 20
    """VAT rate, in percent."""
    delay: str = Field(default="", pattern=r"^(|P\d{1,3}[YMWD])$")
    """ISO 8601 duration within which to act; empty: with the next budget."""


class Scenario(Noun):
    """Suppositions kept under a name: never facts, never judged as such."""

    id: str
    """UUID."""
    name: str = Field(min_length=1, max_length=120)
    suppositions: tuple[dict[str, Any], ...] = Field(min_length=1, max_length=200)
    """Each as its kind and its fields, in the order in which they were made."""


def audit_id(campaign: str, subject: Subject) -> str:
    """Return the id that every laptop finds for this subject in this campaign."""
    return id_in_campaign(campaign, str(subject))


def root_place_id(audit: str, kind: PlaceKind) -> str:
    """Return the id of the subject's own place: uuid5(audit, kind)."""
    return str(uuid5(UUID(audit), str(kind)))
