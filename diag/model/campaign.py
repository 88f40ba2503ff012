"""Campaigns: how one is named, and the ids that are made of its name."""

import re
from datetime import date
from uuid import UUID, uuid5

NS_DIAG = UUID("3b8f2a52-6f0d-5f5c-9d0e-6a1f7c1d2b90")
"""Namespace of every id that two laptops must find alike, apart."""

_CAMPAIGN = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")

_FIRST_MONTH = 8
"""A campaign opened from August on belongs to the school year that starts."""


def is_campaign(text: str) -> bool:
    """Say whether a text can name a campaign: it names folders too, so only a slug."""
    return bool(_CAMPAIGN.fullmatch(text))


def checked_campaign(text: str) -> str:
    """Return a campaign's name as it is.

    Raises:
        ValueError: when it is no slug; the message gives the rule.
    """
    if not is_campaign(text):
        raise ValueError(
            f"Campagne « {text[:40]} » refusée : lettres minuscules sans accent, "
            "chiffres et tirets seulement, par exemple 2026-2027."
        )
    return text


def school_year(day: date) -> str:
    """Return the school year of a day: the default campaign, `2026-2027`."""
    start = day.year if day.month >= _FIRST_MONTH else day.year - 1
    return f"{start}-{start + 1}"


def is_school_year(text: str) -> bool:
    """Say whether a campaign is named after a school year, as they should be."""
    first, _, last = text.partition("-")
    is_years = re.fullmatch(r"[0-9]{4}-[0-9]{4}", text)
    return bool(is_years) and int(last) == int(first) + 1


def id_in_campaign(campaign: str, subject: str) -> str:
    """Return the id of the audit of a subject, `ecole:UAI`, in a campaign."""
    return str(uuid5(uuid5(NS_DIAG, campaign), subject))
