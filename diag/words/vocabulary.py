"""The words of judgements, people and places, one for each, everywhere."""

from diag.model.enums import (
    Audience,
    AuditStatus,
    Compliance,
    FollowUpState,
    Kind,
    Owner,
    PlaceKind,
    Provenance,
    Socle,
    State,
)

LEVELS = ("insuffisant", "base", "recommandé", "exemplaire")
"""Levels 0 to 3."""


LEVEL_PHRASES = (
    *("niveau insuffisant", "niveau de base"),
    *("niveau recommandé", "niveau exemplaire"),
)
"""The same, as a sentence says them: « base » alone says nothing."""


LEVELS_EXPLAINED = (
    "Niveaux : insuffisant (à reprendre), base (dépanne), recommandé "
    "(répond au besoin), exemplaire (au-delà)."
)
"""What every document says once, before its first level."""


OWNERS = {
    Owner.COMMUNE: "la commune",
    Owner.SYNDICAT: "le syndicat",
    Owner.ECOLE: "l'école",
    Owner.ACADEMIE: "l'académie",
    Owner.PRESTATAIRE: "le prestataire",
}
"""Who acts."""


WHOM = {
    "direction": "la direction",
    "equipe": "l'équipe",
    "commune": "la mairie",
    "syndicat": "le syndicat",
    "baie": "à voir à la baie",
    "salle": "à voir dans la salle",
    "lot": "à voir sur le matériel",
}
"""Of whom a question is asked, or where its answer is seen."""


COMPLIANCES = {
    Compliance.CONFORME: "conforme",
    Compliance.NON_CONFORME: "non conforme",
    Compliance.A_VERIFIER: "à vérifier",
    Compliance.SANS_OBJET: "sans objet",
}
"""What a compliance criterion says."""


SOCLES = {
    Socle.ATTEINT: "Le socle est atteint : toutes les conditions indispensables "
    "sont réunies.",
    Socle.NON_ATTEINT: "Le socle n'est pas atteint : au moins une condition "
    "indispensable manque",
    Socle.INDETERMINE: "On ne sait pas encore si le socle est atteint : des "
    "conditions indispensables restent à vérifier.",
    Socle.SANS_OBJET: "",
}
"""Whether everything blocking holds; what is missing is named after it."""


UNSCORED = "conformité seule"
"""Said of a domain that raises alerts and is never averaged: it has no score."""


PRIORITIES = {
    Kind.COMPLIANCE: "immédiate",
    Kind.BLOCKING: "haute",
    Kind.IMPROVEMENT: "normale",
}
"""How soon a criterion of each kind is to be cured."""


KINDS = {
    Kind.COMPLIANCE: "conformité",
    Kind.BLOCKING: "indispensable",
    Kind.IMPROVEMENT: "amélioration",
}
"""How a criterion weighs."""


PLACES = {
    PlaceKind.SYNDICAT: ("syndicat", "syndicats"),
    PlaceKind.COMMUNE: ("commune", "communes"),
    PlaceKind.ECOLE: ("école", "écoles"),
    PlaceKind.BATIMENT: ("bâtiment", "bâtiments"),
    PlaceKind.SALLE: ("salle", "salles"),
    PlaceKind.LOT: ("lot de matériel", "lots de matériel"),
}
"""One place of a kind, and several."""


SUBJECTS = {
    PlaceKind.SYNDICAT: ("le syndicat", "du syndicat"),
    PlaceKind.COMMUNE: ("la commune", "de la commune"),
    PlaceKind.ECOLE: ("l'école", "de l'école"),
}
"""How a document calls whom it is about, and what is theirs."""


PROVENANCES = {
    Provenance.MEASURED: "mesuré",
    Provenance.OBSERVED: "constaté",
    Provenance.DECLARED: "déclaré",
    Provenance.IMPORTED: "importé",
    Provenance.CARRIED: "repris d'un autre audit",
}
"""How a fact became known."""


STATES = {
    State.KNOWN: "connu",
    State.UNKNOWN: "inconnu",
    State.NOT_APPLICABLE: "sans objet",
    State.REFUSED: "non communiqué",
}
"""How far a fact is known."""


FOLLOW_UPS = {
    FollowUpState.PROPOSEE: "proposée",
    FollowUpState.DECIDEE: "décidée",
    FollowUpState.FINANCEE: "financée",
    FollowUpState.COMMANDEE: "commandée",
    FollowUpState.FAITE: "faite",
    FollowUpState.VERIFIEE: "vérifiée",
    FollowUpState.ECARTEE: "écartée",
}
"""What became of a recommendation."""


def levels(low: int, high: int) -> str:
    """Return « niveau de base », or « niveau entre base et recommandé »."""
    if low == high:
        return LEVEL_PHRASES[low]
    return f"niveau entre {LEVELS[low]} et {LEVELS[high]}"


AUDIENCES = {
    Audience.MAIRIE: "la mairie",
    Audience.EQUIPE: "l'équipe",
    Audience.ACADEMIE: "l'académie",
    Audience.TECHNIQUE: "la technique",
}
"""To whom a wording speaks."""


STATUS_WORDS = {
    AuditStatus.EN_COURS: "en cours",
    AuditStatus.SOUMIS: "soumis",
    AuditStatus.ACCEPTE: "accepté",
    AuditStatus.RETOURNE: "retourné",
    AuditStatus.CLOS: "clos",
}
"""Where an audit stands, in a word."""


STATE_WORDS = {
    State.UNKNOWN: "inconnu",
    State.NOT_APPLICABLE: "sans objet",
    State.REFUSED: "refusé",
}
"""What a cell says where there is no value."""
