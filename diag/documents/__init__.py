"""Documents and tables written, of one audit or of many; the registry of audiences."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from diag.model.enums import Audience

if TYPE_CHECKING:
    from diag.audit.report import Report


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
    """Its builder, in this package; loaded by the first document that needs it."""
    in_subject: str = ""
    """What the subject of the message adds."""
    paper: str = ""
    """Whose `printed` gives the pages of its PDF, where the whole is too long."""

    def view(self, report: "Report") -> dict[str, object]:
        """Return what the template of the audience may print."""
        builder = import_module(f"{__name__}.{self.module}")
        view: dict[str, object] = builder.view(report)
        return view


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
        paper="equipe",
    ),
    Audience.ACADEMIE: AudienceDocument(
        "Note à l'académie",
        "note-academie",
        "la note à l'académie",
        "Elle dit où en sont le projet, la formation, l'ENT et la loi, et ce "
        "qui est attendu de l'académie.",
        "academie",
        paper="academie",
    ),
    Audience.TECHNIQUE: AudienceDocument(
        "Annexe technique",
        "annexe-technique",
        "l'annexe technique",
        "Elle dit comment chaque action se fait, où, à quel prix, et à quoi l'on "
        "reconnaît qu'elle est finie.",
        "technique",
        in_subject="annexe technique",
        paper="technique",
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
