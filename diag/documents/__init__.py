"""Documents and tables written, of one audit or of many; the registry of audiences."""

from collections.abc import Mapping
from dataclasses import dataclass

from diag.model.enums import Audience


@dataclass(frozen=True, slots=True)
class AudienceDocument:
    """The document of an audience: its names, and the module that builds it."""

    title: str
    """In lists, and in its own properties."""
    stem: str
    """Name of its files in an atlas."""
    in_mail: str
    """What a message brings: « le rapport à la commune »."""
    reading: str
    """How the message advises to read it."""
    module: str
    """Its builder, in this package, loaded by the first document that needs it.

    Its `view` returns what the template prints, its `printed` what its own pages do.
    """
    in_subject: str = ""
    """What the subject of the message adds."""
    has_paper: bool = False
    """Whether its PDF has pages of its own, the whole being too long."""


AUDIENCES: Mapping[Audience, AudienceDocument] = {
    Audience.MAIRIE: AudienceDocument(
        "Rapport à la commune",
        "rapport-commune",
        "le rapport à la commune",
        "La première page suffit : elle dit ce qui demande votre décision, avec les "
        "montants et les dates. Elle se lit en trois minutes.",
        "mairie",
    ),
    Audience.EQUIPE: AudienceDocument(
        "Rapport à l'équipe",
        "rapport-equipe",
        "le rapport à l'équipe",
        "Il dit ce qui marche, ce qui est proposé et pour quand, ce que cela rendrait "
        "possible en classe et qui appeler.",
        "equipe",
        has_paper=True,
    ),
    Audience.ACADEMIE: AudienceDocument(
        "Note à l'académie",
        "note-academie",
        "la note à l'académie",
        "Elle dit où en sont le projet, la formation, l'ENT et la loi, et ce "
        "qui est attendu de l'académie.",
        "academie",
        has_paper=True,
    ),
    Audience.TECHNIQUE: AudienceDocument(
        "Annexe technique",
        "annexe-technique",
        "l'annexe technique",
        "Elle dit comment chaque action se fait, où, à quel prix, et à quoi l'on "
        "reconnaît qu'elle est finie.",
        "technique",
        in_subject="annexe technique",
        has_paper=True,
    ),
    Audience.RESERVE: AudienceDocument(
        "Feuillet réservé",
        "feuillet-reserve",
        "le feuillet réservé",
        "Il se remet en main propre.",
        "reserve",
    ),
}
"""The documents of an audit, each with its template `AUDIENCE.md.jinja`."""
