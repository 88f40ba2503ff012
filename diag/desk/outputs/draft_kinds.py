"""The drafts that exist, by name: which are of a commune, which of one school."""

from enum import StrEnum

from diag.model.enums import PlaceKind


class Draft(StrEnum):
    """What can be drafted."""

    NOTE = "note"
    DELIBERATION = "deliberation"
    MINUTES = "compte-rendu"
    PROJECT = "projet"
    APPLICATION = "dossier"
    LOAN = "convention"


TITLES = {
    Draft.NOTE: "Projet de note explicative de synthèse",
    Draft.DELIBERATION: "Projet de délibération",
    Draft.MINUTES: "Compte rendu du comité de suivi",
    Draft.PROJECT: "Projet pédagogique numérique",
    Draft.APPLICATION: "Dossier de candidature",
    Draft.LOAN: "Convention de prêt",
}
"""What a draft is called, in lists and in its own properties."""

OF_COMMUNES = (Draft.NOTE, Draft.DELIBERATION, Draft.MINUTES)
"""What may tell several schools; one too."""


def possible_drafts(kind: PlaceKind) -> tuple[Draft, ...]:
    """Return what can be drafted about a subject: nothing about a syndicat."""
    if kind is PlaceKind.ECOLE:
        return tuple(Draft)
    return OF_COMMUNES if kind is PlaceKind.COMMUNE else ()
