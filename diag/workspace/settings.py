"""Who works here, for which syndicat and in which campaign; names of colleagues."""

from collections.abc import Mapping
from secrets import token_hex
from typing import TYPE_CHECKING

from diag.journal.journal import get_setting
from diag.model.base import Noun
from diag.model.errors import DiagError
from diag.model.text import campaign_named, clean_line, is_school_year, normal_siren
from diag.words.sentences import person_words

if TYPE_CHECKING:
    from diag.workspace.workspace import Workspace

FORGOTTEN = "forgotten_people"
"""The setting that holds the labels of people whose name is not learnt again."""


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
    reserved_per_class: int = 0
    """Whole euros with tax that each class is counted for what is reserved; 0: none."""

    def name_of(self, label: str) -> str:
        """Return a person's name, or that nobody here knows whose the label is."""
        return person_words(label, self.people)

    def plain_name(self, label: str) -> str:
        """Return a person's name, or their label: what a program reads."""
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
    name = _name(author)
    wanted = campaign_named(campaign)
    label = f"u-{token_hex(4)}"
    return Settings(
        author=label,
        device=f"d-{token_hex(4)}",
        people={label: name},
        syndicat=_line(syndicat, "syndicat"),
        campaign=wanted,
        phone=_line(phone, "phone"),
        email=_line(email, "email"),
        siren=_siren(siren),
    )


def changed_settings(
    settings: Settings,
    *,
    author: str | None = None,
    syndicat: str | None = None,
    campaign: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    siren: str | None = None,
    reserved_per_class: int | None = None,
) -> Settings:
    """Return the settings once some are changed; None: as it was.

    The label stays: what was written under another name still is the same person's.

    Raises:
        DiagError: as at first, or when the new campaign is no school year.
    """
    new: dict[str, object] = {}
    if author is not None:
        new["people"] = {**settings.people, settings.author: _name(author)}
    if campaign is not None:
        wanted = campaign.strip()
        if wanted != settings.campaign and not is_school_year(wanted):
            raise DiagError(
                f"« {wanted[:40]} » n'est pas une année scolaire. Écrivez-la en "
                "entier, par exemple 2027-2028.",
                about="campaign",
            )
        new["campaign"] = wanted
    if siren is not None:
        new["siren"] = _siren(siren)
    if reserved_per_class is not None:
        new["reserved_per_class"] = reserved_per_class
    lines = {"syndicat": syndicat, "phone": phone, "email": email}
    new |= {
        name: _line(typed, name) for name, typed in lines.items() if typed is not None
    }
    return settings.model_copy(update=new)


def learn_names(workspace: "Workspace", told: Mapping[str, str]) -> None:
    """Learn the names of people unknown here; those known keep theirs.

    Who was forgotten is not learnt again.
    """
    if not workspace.knows_author:
        return
    settings = workspace.settings
    gone = get_setting(workspace.journal, FORGOTTEN, ())
    unknown = {
        label: clean_line(name) for label, name in told.items() if label not in gone
    }
    people = {**unknown, **settings.people}
    if people != settings.people:
        workspace.keep_settings(settings.model_copy(update={"people": people}))


def _name(typed: str) -> str:
    name = _line(typed, "author")
    if not name:
        raise DiagError(
            "Le nom est vide : donnez votre prénom et votre nom.", about="author"
        )
    return name


def _line(typed: str, about: str) -> str:
    try:
        return clean_line(typed)
    except ValueError as error:
        raise DiagError(
            f"Ce que vous avez donné : {error}. Retapez-le.", about=about
        ) from error


def _siren(typed: str) -> str:
    try:
        return normal_siren(typed) if typed.strip() else ""
    except ValueError as error:
        raise DiagError(f"{error}.") from error
