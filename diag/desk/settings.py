"""Who works here, for which syndicat and in which campaign."""

from datetime import date
from secrets import token_hex

from diag.model.base import Noun
from diag.model.campaign import checked_campaign
from diag.model.errors import DiagError
from diag.model.siren import normal_siren
from diag.model.text import clean_line

_FIRST_MONTH = 8
"""A campaign opened from August on belongs to the school year that starts."""


class Settings(Noun):
    """The settings of a workspace; kept in its journal, one JSON value."""

    author: str
    """Pseudonymous label written in every revision."""
    device: str
    """Label of this laptop."""
    people: dict[str, str]
    """Label → name: the only place that knows names, so that one can be erased."""
    syndicat: str
    campaign: str
    phone: str = ""
    email: str = ""
    """How recipients of the reports reach the syndicat."""
    siren: str = ""
    """The syndicat's official number, once it was given."""

    def name_of(self, label: str) -> str:
        """Return a person's name, or the label when nobody knows it."""
        return self.people.get(label, label)


def first_settings(
    author: str,
    *,
    syndicat: str,
    campaign: str,
    phone: str = "",
    email: str = "",
    siren: str = "",
) -> Settings:
    """Return the settings of a new workspace, with fresh pseudonymous labels.

    Raises:
        DiagError: when the author's name is empty, a text is unreadable, the campaign
            is no slug, or the SIREN is wrong.
    """
    name = _line(author)
    if not name:
        raise DiagError(
            'Le nom de l\'auteur est vide. Donnez-le : --author "Prénom Nom".'
        )
    wanted = campaign_named(campaign)
    label = f"u-{token_hex(4)}"
    return Settings(
        author=label,
        device=f"d-{token_hex(4)}",
        people={label: name},
        syndicat=_line(syndicat),
        campaign=wanted,
        phone=_line(phone),
        email=_line(email),
        siren=_siren(siren),
    )


def _line(typed: str) -> str:
    try:
        return clean_line(typed)
    except ValueError as error:
        raise DiagError(f"Ce que vous avez donné : {error}. Retapez-le.") from error


def _siren(typed: str) -> str:
    try:
        return normal_siren(typed) if typed.strip() else ""
    except ValueError as error:
        raise DiagError(f"{error}.") from error


def campaign_named(text: str) -> str:
    """Return a campaign's name as typed.

    Raises:
        DiagError: when it is no slug.
    """
    try:
        return checked_campaign(text)
    except ValueError as error:
        raise DiagError(str(error)) from error


def school_year(day: date) -> str:
    """Return the school year of a day: the default campaign, `2026-2027`."""
    start = day.year if day.month >= _FIRST_MONTH else day.year - 1
    return f"{start}-{start + 1}"
