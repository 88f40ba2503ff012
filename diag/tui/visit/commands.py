"""What the user can do in Visite: on both faces, then in the grid."""

from diag.tui.commands import VISIT_GROUP as _VISIT
from diag.tui.commands import (
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

_GRID = "Grille"


class SwapFace(Command, keys="f2", title="Fiche", group=_VISIT, footer=True):
    """Revenir de la grille à la fiche, à la même question."""


class ShowGrid(SwapFace, title="Grille"):
    """Passer à la grille des salles et des questions, à la même question."""


class GoAnswered(Command, keys="left", title="Répondue", group=_VISIT, footer=True):
    """Revenir à ce qui vient d'être répondu, tant que rien n'est tapé ici."""


class MostUseful(Command, keys="f3", title="Plus utile", group=_VISIT, footer=True):
    """Aller à la question la plus utile : danger, loi, score."""


class TurnFlag(Command, keys="f5", title="À revoir", group=_VISIT, footer=True):
    """Marquer la question « à revoir » avant de partir, ou ne plus la marquer."""


class ShowProposals(Command, keys="ctrl+y", title="Réponses proposées", group=_VISIT):
    """Accepter ou écarter ce que formulaires, téléphones et fichiers proposent."""


class StillTrue(Command, keys="f8", title="Pareil", group=_VISIT, footer=True):
    """Reprendre la réponse de l'audit précédent, sinon celle de la salle d'avant."""


class TurnProvenance(
    Command, keys="ctrl+t", title="Mesuré, constaté, déclaré", group=_VISIT
):
    """Dire comment la réponse est connue : mesuré, constaté ou déclaré."""


class AnswerUnknown(Command, title="Inconnu", group=_VISIT):
    """Répondre « inconnu », et dire pourquoi (touche * dans une réponse vide)."""


class AnswerWithoutObject(Command, title="Sans objet", group=_VISIT):
    """Répondre « sans objet », et dire pourquoi (touche / dans une réponse vide)."""


class AnswerRefused(Command, title="Non communiqué", group=_VISIT):
    """Répondre « non communiqué », et dire pourquoi (touche ! en réponse vide)."""


class BeforeLeaving(
    Command, keys="ctrl+r", title="Avant de partir", group=_VISIT, footer=True
):
    """À vérifier avant de partir : la liste, à lire ou à imprimer."""


class DateVisit(Command, title="Dater la visite", group=_VISIT):
    """Dater la visite : le jour, qui est venu, qui a reçu, l'accord de la commune."""


class PlanVisit(Command, keys="ctrl+o", title="Ce qui tient", group=_VISIT):
    """Voir ce qui tient dans la visite : sa durée, salle par salle, dangers d'abord."""


class WhatChanged(Command, title="Ce qui a changé", group=_VISIT):
    """Voir ce qui a changé depuis le dernier audit, et confirmer le reste d'un coup."""


class SettleConflict(
    Command, keys="ctrl+k", title="Trancher", group=_VISIT, priority=True
):
    """Trancher : voir qui a répondu quoi à cette question, et choisir."""


class NextBelow(
    Command, keys="enter", title="En dessous", place=KeyPlace.GRID, group=_GRID
):
    """Enregistrer et descendre.

    Un choix se tape par ses premières lettres ou son numéro, oui et non par o et n. Une
    réponse qui se suffit passe d'elle-même à la prochaine cellule vide : en dessous
    après Entrée, à droite après Tab. Les flèches n'y changent rien.
    """


class NextRight(
    Command, keys="tab", title="À droite", place=KeyPlace.GRID, group=_GRID
):
    """Enregistrer et passer à la question suivante qui se pose."""


class LikePrevious(
    Command,
    keys="f8",
    title="Pareil",
    place=KeyPlace.GRID,
    group=_GRID,
    footer=True,
):
    """Répondre comme la salle précédente, là où cette salle n'a pas de réponse.

    Dans une grille vide : reprendre les lieux de l'audit précédent, tels quels.
    """


class CopyDown(
    Command,
    keys="ctrl+d",
    title="Recopier",
    place=KeyPlace.GRID,
    group=_GRID,
    footer=True,
):
    """Recopier vers le bas.

    Une sélection prend la réponse de sa première ligne ; sinon la cellule répondue se
    recopie dans les cellules vides dessous, et la cellule vide prend celle du dessus.
    """


class ChooseColumn(
    Command,
    keys="ctrl+a",
    title="Colonne",
    place=KeyPlace.GRID,
    group=_GRID,
):
    """Sélectionner la colonne, pour y taper une seule réponse.

    Maj et les flèches sélectionnent moins : la réponse vaut pour toute la sélection.
    """


class CopyCells(
    Command, keys="ctrl+c", title="Copier", place=KeyPlace.GRID, group=_GRID
):
    """Copier la sélection, pour la coller dans un tableur."""


class PasteFile(
    Command, title="Coller un fichier CSV", place=KeyPlace.GRID, group=_GRID
):
    """Coller un fichier CSV.

    Un fichier glissé sur le terminal, ou ce qui est copié d'un tableur, se colle sans
    cette commande.
    """


class ClearCells(
    Command, keys="delete", title="Retirer la réponse", place=KeyPlace.GRID, group=_GRID
):
    """Retirer les réponses de la sélection, comme si rien n'avait été demandé."""


class DuplicatePlace(
    Command, keys="ctrl+n", title="Dupliquer la salle", place=KeyPlace.GRID, group=_GRID
):
    """Ajouter une salle pareille à celle-ci ; une mesure y devient un constat."""


class NextDomain(
    Command, keys="ctrl+f", title="Domaine suivant", place=KeyPlace.GRID, group=_GRID
):
    """Ne montrer que les questions d'un domaine, puis du suivant, puis toutes."""


class NextKind(
    Command, keys="ctrl+l", title="Salles ou lots", place=KeyPlace.GRID, group=_GRID
):
    """Passer des salles aux lots de matériel, et retour."""


class NextProvenance(
    Command, keys="ctrl+t", title="Constaté, déclaré…", place=KeyPlace.GRID, group=_GRID
):
    """Dire comment la suite est connue : comme prévu, constaté, déclaré ou mesuré."""


class CloseList(
    Command,
    keys="ctrl+g",
    title="Toutes les salles sont là",
    place=KeyPlace.GRID,
    group=_GRID,
):
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
