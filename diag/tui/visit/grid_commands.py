"""What one can do in the grid, one class each: key, footer, palette and help."""

from diag.tui.commands import Command

_GROUP = "Grille"


class NextBelow(Command):
    """Enregistrer et descendre.

    Un choix se tape par ses premières lettres ou son numéro, oui et non par o et n. Une
    réponse qui se suffit passe d'elle-même à la prochaine cellule vide : en dessous
    après Entrée, à droite après Tab. Les flèches n'y changent rien.
    """

    KEYS = "enter"
    TITLE = "En dessous"
    GROUP = _GROUP


class NextRight(Command):
    """Enregistrer et passer à la question suivante qui se pose."""

    KEYS = "tab"
    TITLE = "À droite"
    GROUP = _GROUP


class LikePrevious(Command):
    """Répondre comme la salle précédente, là où cette salle n'a pas de réponse.

    Dans une grille vide : reprendre les lieux de l'audit précédent, tels quels.
    """

    KEYS = "f8"
    TITLE = "Comme la précédente"
    IN_FOOTER = True
    GROUP = _GROUP


class CopyDown(Command):
    """Recopier vers le bas.

    Une sélection prend la réponse de sa première ligne ; sinon la cellule répondue se
    recopie dans les cellules vides dessous, et la cellule vide prend celle du dessus.
    """

    KEYS = "ctrl+d"
    TITLE = "Recopier"
    IN_FOOTER = True
    GROUP = _GROUP


class ChooseColumn(Command):
    """Sélectionner la colonne, pour y taper une seule réponse.

    Maj et les flèches sélectionnent moins : la réponse vaut pour toute la sélection.
    """

    KEYS = "ctrl+a"
    TITLE = "Sélectionner la colonne"
    GROUP = _GROUP


class CopyCells(Command):
    """Copier la sélection, pour la coller dans un tableur."""

    KEYS = "ctrl+c"
    TITLE = "Copier"
    GROUP = _GROUP


class PasteFile(Command):
    """Coller un fichier CSV.

    Un fichier glissé sur le terminal, ou ce qui est copié d'un tableur, se colle sans
    cette commande.
    """

    TITLE = "Coller un fichier CSV"
    GROUP = _GROUP


class ClearCells(Command):
    """Retirer les réponses de la sélection, comme si rien n'avait été demandé."""

    KEYS = "delete"
    TITLE = "Retirer la réponse"
    GROUP = _GROUP


class DuplicatePlace(Command):
    """Ajouter une salle pareille à celle-ci ; une mesure y devient un constat."""

    KEYS = "ctrl+n"
    TITLE = "Dupliquer la salle"
    GROUP = _GROUP


class NextDomain(Command):
    """Ne montrer que les questions d'un domaine, puis du suivant, puis toutes."""

    KEYS = "ctrl+f"
    TITLE = "Domaine suivant"
    GROUP = _GROUP


class NextKind(Command):
    """Passer des salles aux lots de matériel, et retour."""

    KEYS = "ctrl+l"
    TITLE = "Salles ou lots"
    GROUP = _GROUP


class NextProvenance(Command):
    """Dire comment la suite est connue : comme prévu, constaté, déclaré ou mesuré."""

    KEYS = "ctrl+t"
    TITLE = "Constaté, déclaré…"
    GROUP = _GROUP


class CloseList(Command):
    """Dire que toutes les salles sont là ; montre ce que le score devient."""

    KEYS = "ctrl+g"
    TITLE = "Toutes les salles sont là"
    GROUP = _GROUP


GRID_COMMANDS = (
    NextBelow,
    NextRight,
    LikePrevious,
    CopyDown,
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
"""All of them, in the order of the help."""
