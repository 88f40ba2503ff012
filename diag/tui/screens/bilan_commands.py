"""What one can do in the bilan, one class each: key, footer, palette and help."""

from diag.tui.commands import Command

_SHOW = "Voir"
_ADVISE = "Préconisation sous le curseur"
_AUDIT = "Audit"


class NextFace(Command):
    """Passer des constats aux préconisations, puis à ce qui a changé."""

    KEYS = "tab"
    TITLE = "Volet suivant"
    GROUP = _SHOW
    PRIORITY = True


class ShowFindings(Command):
    """Montrer les constats : alertes, domaines, critères."""

    KEYS = "1"
    TITLE = "Constats"
    GROUP = _SHOW


class ShowCounsel(Command):
    """Montrer les préconisations, dans leur ordre."""

    KEYS = "2"
    TITLE = "Préconisations"
    GROUP = _SHOW


class ShowEvolution(Command):
    """Montrer ce qui a changé depuis le dernier audit."""

    KEYS = "3"
    TITLE = "Évolution"
    GROUP = _SHOW


class FollowUpCommand(Command):
    """Noter la suite : décidée, financée, commandée, faite, vérifiée."""

    KEYS = "s"
    TITLE = "Suite"
    IN_FOOTER = True
    GROUP = _ADVISE


class SetAside(Command):
    """Écarter la préconisation, avec un motif que la commune lira."""

    KEYS = "e"
    TITLE = "Écarter"
    GROUP = _ADVISE


class Reword(Command):
    """Reformuler la préconisation pour un destinataire, en voyant le résultat."""

    KEYS = "t"
    TITLE = "Texte"
    IN_FOOTER = True
    GROUP = _ADVISE


class MoveUp(Command):
    """Monter la préconisation d'un rang."""

    KEYS = "h"
    TITLE = "Plus haut"
    GROUP = _ADVISE


class MoveDown(Command):
    """Descendre la préconisation d'un rang."""

    KEYS = "b"
    TITLE = "Plus bas"
    GROUP = _ADVISE


class GoAdvice(Command):
    """Aller à la préconisation qui corrige le critère sous le curseur."""

    KEYS = "p"
    TITLE = "Que faire ?"
    GROUP = _SHOW


class ComputedOrder(Command):
    """Revenir à l'ordre calculé des préconisations."""

    TITLE = "Ordre calculé"
    GROUP = _ADVISE


class AddAdvice(Command):
    """Ajouter une préconisation de votre main ; les rapports la disent."""

    KEYS = "n"
    TITLE = "Nouvelle préconisation"
    GROUP = _AUDIT


class RemoveAdvice(Command):
    """Retirer la préconisation que vous aviez ajoutée."""

    KEYS = "delete"
    TITLE = "Retirer"
    GROUP = _ADVISE


class Suppose(Command):
    """Essayer « et si… » : rien n'est enregistré."""

    KEYS = "i"
    TITLE = "Et si…"
    IN_FOOTER = True
    GROUP = _AUDIT


class WriteReports(Command):
    """Écrire les quatre rapports, et dire où ils sont."""

    KEYS = "r,f9"
    TITLE = "Rapports"
    IN_FOOTER = True
    GROUP = _AUDIT


class OpenWritten(Command):
    """Voir les documents écrits en dernier, leur dossier, et les ouvrir."""

    KEYS = "o"
    TITLE = "Documents écrits"
    GROUP = _AUDIT


class DraftPaper(Command):
    """Préparer un document que d'autres achèvent : délibération, projet, convention."""

    TITLE = "Projets à achever"
    GROUP = _AUDIT


class Advance(Command):
    """Soumettre, accepter, retourner ou clore l'audit, en voyant ce qui reste."""

    KEYS = "a"
    TITLE = "État de l'audit"
    GROUP = _AUDIT


class NewEdition(Command):
    """Passer l'audit à l'édition courante des grilles, en voyant ce que cela change."""

    TITLE = "Passer à l'édition courante"
    GROUP = _AUDIT


class Undo(Command):
    """Annuler la dernière saisie : texte, rang, ajout ou réponse."""

    KEYS = "ctrl+z"
    TITLE = "Annuler la saisie"
    GROUP = _AUDIT


class GoVisit(Command):
    """Aller à la visite."""

    KEYS = "v"
    TITLE = "Visite"
    GROUP = _AUDIT


ON_ADVICE = (FollowUpCommand, SetAside, Reword, MoveUp, MoveDown, RemoveAdvice)
"""What needs a recommendation under the cursor."""

BILAN_COMMANDS = (
    FollowUpCommand,
    Reword,
    Suppose,
    WriteReports,
    NextFace,
    ShowFindings,
    ShowCounsel,
    ShowEvolution,
    GoAdvice,
    SetAside,
    MoveUp,
    MoveDown,
    ComputedOrder,
    RemoveAdvice,
    AddAdvice,
    OpenWritten,
    DraftPaper,
    Advance,
    NewEdition,
    Undo,
    GoVisit,
)
"""All of them, those of the footer first."""
