"""Audits: one subject in one campaign; who visited, what was decided."""

import re
from enum import StrEnum
from typing import Literal
from uuid import UUID, uuid5

from pydantic import Field

from diag.model.base import Noun
from diag.model.checklist import Owner
from diag.model.place import PlaceKind

NS_DIAG = UUID("3b8f2a52-6f0d-5f5c-9d0e-6a1f7c1d2b90")
"""Namespace of every id that two laptops must find alike, apart."""
_CAMPAIGN = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class AuditStatus(StrEnum):
    """Where an audit stands; anything but `clos` prints « provisoire »."""

    EN_COURS = "en_cours"
    SOUMIS = "soumis"
    ACCEPTE = "accepte"
    RETOURNE = "retourne"
    CLOS = "clos"


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


class FollowUpState(StrEnum):
    """What became of a recommendation."""

    PROPOSEE = "proposee"
    DECIDEE = "decidee"
    FINANCEE = "financee"
    COMMANDEE = "commandee"
    FAITE = "faite"
    VERIFIEE = "verifiee"
    ECARTEE = "ecartee"


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


def is_campaign(text: str) -> bool:
    """Say whether a text can name a campaign: it names folders too, so only a slug."""
    return bool(_CAMPAIGN.fullmatch(text))


def checked_campaign(text: str) -> str:
    """Return a campaign's name as it is.

    Raises:
        ValueError: when it is no slug; says what one is made of.
    """
    if not is_campaign(text):
        raise ValueError(
            f"Campagne « {text[:40]} » refusée : lettres minuscules sans accent, "
            "chiffres et tirets seulement, par exemple 2026-2027."
        )
    return text


def audit_id(campaign: str, subject: Subject) -> str:
    """Return the id that every laptop finds for this subject in this campaign."""
    return str(uuid5(uuid5(NS_DIAG, campaign), str(subject)))


def root_place_id(audit: str, kind: PlaceKind) -> str:
    """Return the id of the subject's own place: uuid5(audit, kind)."""
    return str(uuid5(UUID(audit), str(kind)))
