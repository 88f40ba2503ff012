"""Whether a council must get an explanatory note: what the population known tells."""

from enum import Enum, auto

from diag.model.territory import Commune
from diag.reports.drafts.frame import REREAD
from diag.words.dates import describe_day
from diag.words.figures import number

THRESHOLD = 3500
"""Inhabitants from which the note is required (CGCT, art. L. 2121-12)."""
MARGIN = 200
"""So near to the threshold, another year's count may fall on the other side."""


class Need(Enum):
    """Whether the note must go with the convocation."""

    REQUIRED = auto()
    NOT_REQUIRED = auto()
    UNKNOWN = auto()


def need_of(commune: Commune | None) -> Need:
    """Return whether the note is required, as far as the population is known."""
    if commune is None or commune.population is None:
        return Need.UNKNOWN
    return Need.REQUIRED if commune.population >= THRESHOLD else Need.NOT_REQUIRED


def need_words(commune: Commune | None, read_on: str) -> str:
    """Return whether it is required, from what population, and what to check."""
    rule = (
        f"Le code général des collectivités territoriales (art. L. 2121-12) la demande "
        f"à partir de {number(THRESHOLD)} habitants ({REREAD})."
    )
    need = need_of(commune)
    if commune is None or commune.population is None:
        return (
            "On ne sait pas si cette note est obligatoire : la population n'est pas "
            f"connue ici. {rule} Vérifiez la population en vigueur."
        )
    said = "obligatoire" if need is Need.REQUIRED else "non obligatoire"
    more = "" if need is Need.REQUIRED else " Elle reste utile à qui vote."
    near = (
        " La population est proche du seuil : vérifiez le chiffre en vigueur."
        if abs(commune.population - THRESHOLD) <= MARGIN
        else ""
    )
    known = population_words(commune, read_on)
    return f"Note {said} d'après la population connue : {known}. {rule}{more}{near}"


def population_words(commune: Commune, read_on: str) -> str:
    """Return a population and the age of that knowledge."""
    if commune.population is None:
        return "inconnue"
    read = f" lue le {describe_day(read_on)}" if read_on else ""
    return (
        f"{number(commune.population)} habitants (liste des communes{read}, "
        "qui ne dit pas l'année du recensement : à vérifier)"
    )


def convocation_words(commune: Commune | None) -> str:
    """Return how long before the sitting the convocation goes, to be checked."""
    match need_of(commune):
        case Need.REQUIRED:
            told = "La convocation part au moins cinq jours francs avant la séance"
        case Need.NOT_REQUIRED:
            told = "La convocation part au moins trois jours francs avant la séance"
        case Need.UNKNOWN:
            told = (
                "Le délai de convocation est de cinq jours francs à partir de "
                f"{number(THRESHOLD)} habitants, de trois en dessous"
            )
    return f"{told} (art. L. 2121-11 et L. 2121-12, {REREAD})."
