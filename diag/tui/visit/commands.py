"""What one can do in Visite, one class each: key, footer, palette and help."""

from diag.tui.commands import Command

_GROUP = "Visite"


class SwapFace(Command):
    """Revenir de la grille à la fiche, à la même question."""

    KEYS = "f2"
    TITLE = "Fiche"
    IN_FOOTER = True
    GROUP = _GROUP


class ShowGrid(SwapFace):
    """Passer à la grille des salles et des questions, à la même question."""

    TITLE = "Grille"


class MostUseful(Command):
    """Aller à la question qui resserre le plus le score."""

    KEYS = "f3"
    TITLE = "Plus utile"
    IN_FOOTER = True
    GROUP = _GROUP


class WriteNote(Command):
    """Écrire une note à côté de la réponse ; vide, elle est retirée."""

    KEYS = "f4"
    TITLE = "Note"
    IN_FOOTER = True
    GROUP = _GROUP


class TurnFlag(Command):
    """Marquer la question « à revoir » avant de partir, ou ne plus la marquer."""

    KEYS = "f5"
    TITLE = "À revoir"
    IN_FOOTER = True
    GROUP = _GROUP


class ShowPlaces(Command):
    """Ajouter, renommer, retirer des lieux ; dire que la liste est complète."""

    KEYS = "f6"
    TITLE = "Lieux"
    GROUP = _GROUP


class ShowPhotos(Command):
    """Joindre une photo à la question, ou voir celles qui le sont."""

    KEYS = "f7"
    TITLE = "Photos"
    GROUP = _GROUP


class StillTrue(Command):
    """Toujours vrai : reprendre la réponse de l'audit précédent."""

    KEYS = "f8"
    TITLE = "Toujours vrai"
    GROUP = _GROUP


class GoBilan(Command):
    """Aller au bilan : constats, préconisations, rapports."""

    KEYS = "f9"
    TITLE = "Bilan"
    GROUP = _GROUP


class TurnProvenance(Command):
    """Dire comment la réponse est connue : mesuré, constaté ou déclaré."""

    KEYS = "ctrl+t"
    TITLE = "Mesuré, constaté, déclaré"
    GROUP = _GROUP


class TakeBack(Command):
    """Annuler la dernière saisie ; répétable."""

    KEYS = "ctrl+z"
    TITLE = "Annuler"
    GROUP = _GROUP
    PRIORITY = True


class SayUnknown(Command):
    """Répondre « inconnu », et dire pourquoi (touche * dans une réponse vide)."""

    TITLE = "Inconnu"
    GROUP = _GROUP


class SayWithoutObject(Command):
    """Répondre « sans objet », et dire pourquoi (touche / dans une réponse vide)."""

    TITLE = "Sans objet"
    GROUP = _GROUP


class SayRefused(Command):
    """Répondre « non communiqué », et dire pourquoi (touche ! en réponse vide)."""

    TITLE = "Non communiqué"
    GROUP = _GROUP


class BeforeLeaving(Command):
    """À vérifier avant de partir : la liste, à lire ou à imprimer."""

    KEYS = "ctrl+r"
    TITLE = "Avant de partir"
    GROUP = _GROUP


class DateVisit(Command):
    """Dater la visite : le jour, qui est venu, qui a reçu, l'accord de la commune."""

    TITLE = "Dater la visite"
    GROUP = _GROUP


class ChooseProfile(Command):
    """Choisir la durée de la visite : parcours court, standard ou complet."""

    KEYS = "ctrl+o"
    TITLE = "Parcours"
    GROUP = _GROUP


class SettleConflict(Command):
    """Trancher : voir qui a répondu quoi à cette question, et choisir."""

    KEYS = "ctrl+k"
    TITLE = "Trancher"
    GROUP = _GROUP
    PRIORITY = True


FICHE_COMMANDS = (ShowGrid, MostUseful, WriteNote, TurnFlag)
"""Those that the footer shows beside the fiche."""


VISIT_COMMANDS = (
    SwapFace,
    ShowGrid,
    MostUseful,
    WriteNote,
    TurnFlag,
    ShowPlaces,
    ShowPhotos,
    StillTrue,
    GoBilan,
    TurnProvenance,
    TakeBack,
    SettleConflict,
    SayUnknown,
    SayWithoutObject,
    SayRefused,
    BeforeLeaving,
    DateVisit,
    ChooseProfile,
)
"""All that both faces offer, in the order of the help."""
