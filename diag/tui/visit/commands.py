"""What the user can do in Visite: on both faces, then in the grid."""

from diag.tui.commands import (
    VISIT_GROUP,
    Command,
    GoBilan,
    KeyPlace,
    ListNoted,
    ShowMeasures,
    ShowPhotos,
    ShowPlaces,
    TakeBack,
    WriteNote,
)

NOT_ASKED = "Rien à répondre : la question ne se pose pas ici."


class VisitCommand(Command, group=VISIT_GROUP):
    """What both faces offer."""


class GridCommand(Command, place=KeyPlace.GRID, group="Grille"):
    """What the grid offers, over what both faces do."""


class SwapFace(VisitCommand, keys="f2", title="Fiche", footer=True):
    """Revenir de la grille à la fiche, à la même question."""


class ShowGrid(SwapFace, title="Grille"):
    """Passer à la grille des salles et des questions, à la même question."""


class GoAnswered(VisitCommand, keys="left", title="Répondue", footer=True):
    """Revenir à ce qui vient d'être répondu, tant que rien n'est tapé ici."""


class MostUseful(VisitCommand, keys="f3", title="Plus utile", footer=True):
    """Aller à la question la plus utile : danger, loi, score."""


class TurnFlag(VisitCommand, keys="f5", title="À revoir", footer=True):
    """Marquer la question « à revoir » avant de partir, ou ne plus la marquer."""


class ShowProposals(VisitCommand, keys="ctrl+y", title="Réponses proposées"):
    """Accepter ou écarter ce que formulaires, téléphones et fichiers proposent."""


class StillTrue(VisitCommand, keys="f8", title="Pareil", footer=True):
    """Reprendre la réponse de l'audit précédent, sinon celle de la salle d'avant."""


class TurnProvenance(VisitCommand, keys="ctrl+t", title="Mesuré, constaté, déclaré"):
    """Dire comment la réponse est connue : mesuré, constaté ou déclaré."""


class AnswerUnknown(VisitCommand, title="Inconnu"):
    """Répondre « inconnu », et dire pourquoi (touche * dans une réponse vide)."""


class AnswerWithoutObject(VisitCommand, title="Sans objet"):
    """Répondre « sans objet », et dire pourquoi (touche / dans une réponse vide)."""


class AnswerRefused(VisitCommand, title="Non communiqué"):
    """Répondre « non communiqué », et dire pourquoi (touche ! en réponse vide)."""


class BeforeLeaving(VisitCommand, keys="ctrl+r", title="Avant de partir", footer=True):
    """À vérifier avant de partir : la liste, à lire ou à imprimer."""


class DateVisit(VisitCommand, title="Dater la visite"):
    """Dater la visite : le jour, qui est venu, qui a reçu, l'accord de la commune."""


class PlanVisit(VisitCommand, keys="ctrl+o", title="Ce qui tient"):
    """Voir ce qui tient dans la visite : sa durée, salle par salle, dangers d'abord."""


class WhatChanged(VisitCommand, title="Ce qui a changé"):
    """Voir ce qui a changé depuis le dernier audit, et confirmer le reste d'un coup."""


class SettleConflict(VisitCommand, keys="ctrl+k", title="Trancher", priority=True):
    """Trancher : voir qui a répondu quoi à cette question, et choisir."""


class NextBelow(GridCommand, keys="enter", title="En dessous"):
    """Enregistrer et descendre.

    Un choix se tape par ses premières lettres ou son numéro, oui et non par o et n. Une
    réponse qui se suffit passe d'elle-même à la prochaine cellule vide : en dessous
    après Entrée, à droite après Tab. Les flèches n'y changent rien.
    """


class NextRight(GridCommand, keys="tab", title="À droite"):
    """Enregistrer et passer à la question suivante qui se pose."""


class LikePrevious(GridCommand, keys="f8", title="Pareil", footer=True):
    """Répondre comme la salle précédente, là où cette salle n'a pas de réponse.

    Dans une grille vide : reprendre les lieux de l'audit précédent, tels quels.
    """


class CopyDown(GridCommand, keys="ctrl+d", title="Recopier", footer=True):
    """Recopier vers le bas.

    Une sélection prend la réponse de sa première ligne ; sinon la cellule répondue se
    recopie dans les cellules vides dessous, et la cellule vide prend celle du dessus.
    """


class ChooseColumn(GridCommand, keys="ctrl+a", title="Colonne"):
    """Sélectionner la colonne, pour y taper une seule réponse.

    Maj et les flèches sélectionnent moins : la réponse vaut pour toute la sélection.
    """


class CopyCells(GridCommand, keys="ctrl+c", title="Copier"):
    """Copier la sélection, pour la coller dans un tableur."""


class PasteFile(GridCommand, title="Coller un fichier CSV"):
    """Coller un fichier CSV.

    Un fichier glissé sur le terminal, ou ce qui est copié d'un tableur, se colle sans
    cette commande.
    """


class ClearCells(GridCommand, keys="delete", title="Retirer la réponse"):
    """Retirer les réponses de la sélection, comme si rien n'avait été demandé."""


class DuplicatePlace(GridCommand, keys="ctrl+n", title="Dupliquer la salle"):
    """Ajouter une salle pareille à celle-ci ; une mesure y devient un constat."""


class NextDomain(GridCommand, keys="ctrl+f", title="Domaine suivant"):
    """Ne montrer que les questions d'un domaine, puis du suivant, puis toutes."""


class NextKind(GridCommand, keys="ctrl+l", title="Salles ou lots"):
    """Passer des salles aux lots de matériel, et retour."""


class NextProvenance(GridCommand, keys="ctrl+t", title="Constaté, déclaré…"):
    """Dire comment la suite est connue : comme prévu, constaté, déclaré ou mesuré."""


class CloseList(GridCommand, keys="ctrl+g", title="Toutes les salles sont là"):
    """Dire que toutes les salles sont là ; montre ce que le score devient."""


VISIT_COMMANDS = (
    GoAnswered,
    WriteNote,
    ShowPhotos,
    ShowProposals,
    StillTrue,
    SwapFace,
    ShowGrid,
    ShowPlaces,
    TurnFlag,
    GoBilan,
    MostUseful,
    BeforeLeaving,
    ListNoted,
    TakeBack,
    SettleConflict,
    TurnProvenance,
    AnswerUnknown,
    AnswerWithoutObject,
    AnswerRefused,
    DateVisit,
    PlanVisit,
    WhatChanged,
    ShowMeasures,
)
"""All that both faces offer, in order of use."""

GRID_COMMANDS = (
    LikePrevious,
    CopyDown,
    NextBelow,
    NextRight,
    ChooseColumn,
    CopyCells,
    PasteFile,
    ClearCells,
    DuplicatePlace,
    NextDomain,
    NextKind,
    NextProvenance,
    CloseList,
)
"""All that the grid offers, in order of use."""
