"""The closed lists of words that everything is filed under.

They stand apart from the nouns that use them, so that a list of schools is read
without pydantic, which costs as much as the screen that shows it.
"""

from enum import StrEnum


class PlaceKind(StrEnum):
    """The kinds of places, from the widest to the smallest."""

    SYNDICAT = "syndicat"
    COMMUNE = "commune"
    ECOLE = "ecole"
    BATIMENT = "batiment"
    SALLE = "salle"
    LOT = "lot"


class Audience(StrEnum):
    """To whom a report speaks."""

    MAIRIE = "mairie"
    EQUIPE = "equipe"
    ACADEMIE = "academie"
    TECHNIQUE = "technique"


class AuditStatus(StrEnum):
    """Where an audit stands; anything but `clos` prints « provisoire »."""

    EN_COURS = "en_cours"
    SOUMIS = "soumis"
    ACCEPTE = "accepte"
    RETOURNE = "retourne"
    CLOS = "clos"
