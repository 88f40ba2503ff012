"""What the user can do in Bilan: see, act on a recommendation, act on the audit."""

from diag.tui.commands import (
    AUDIT_GROUP,
    Command,
    ListNoted,
    ShowPlaces,
    Undo,
    WriteNote,
)

_SHOW, _ADVISE = "Voir", "Préconisation sous le curseur"


class NextFace(Command, keys="tab", title="Volet suivant", group=_SHOW, priority=True):
    """Passer des constats aux préconisations, puis à ce qui a changé."""


class ShowFindings(Command, keys="1", title="Constats", group=_SHOW):
    """Montrer les constats : alertes, domaines, critères."""


class ShowCounsel(Command, keys="2", title="Préconisations", group=_SHOW):
    """Montrer les préconisations, dans leur ordre."""


class ShowEvolution(Command, keys="3", title="Évolution", group=_SHOW):
    """Montrer ce qui a changé depuis le dernier audit."""


class FollowUpCommand(Command, keys="s", title="Suite", group=_ADVISE, footer=True):
    """Noter la suite d'une préconisation, ou ce que le conseil a décidé d'un vote."""


class SetAside(Command, keys="e", title="Écarter", group=_ADVISE):
    """Écarter la préconisation, avec un motif que la commune lira."""


class Reword(Command, keys="t", title="Texte", group=_ADVISE, footer=True):
    """Reformuler la préconisation pour un destinataire, en voyant le résultat."""


class HandleVote(Command, keys="g", title="Vote", group=_ADVISE):
    """Regrouper, reformuler ou dater le vote, en voyant ce qui change."""


class MoveUp(Command, keys="h", title="Plus haut", group=_ADVISE):
    """Monter la préconisation d'un rang."""


class MoveDown(Command, keys="b", title="Plus bas", group=_ADVISE):
    """Descendre la préconisation d'un rang."""


class OpenFact(Command, keys="right", title="Question", group=_SHOW, footer=True):
    """Ouvrir la question du fait sous le curseur, là où elle fut répondue."""


class GoAdvice(Command, keys="p", title="Que faire ?", group=_SHOW):
    """Aller à la préconisation qui corrige le critère sous le curseur."""


class ComputedOrder(Command, title="Ordre calculé", group=_ADVISE):
    """Revenir à l'ordre calculé des préconisations."""


class AddAdvice(Command, keys="n", title="Nouvelle préconisation", group=AUDIT_GROUP):
    """Ajouter une préconisation de votre main ; les rapports la disent."""


class RemoveAdvice(Command, keys="delete", title="Retirer", group=_ADVISE):
    """Retirer la préconisation que vous aviez ajoutée."""


class Suppose(Command, keys="i", title="Et si…", group=AUDIT_GROUP, footer=True):
    """Essayer « et si… » : rien n'est enregistré."""


class OpenDebrief(Command, keys="c", title="À chaud", group=AUDIT_GROUP, footer=True):
    """Montrer à la directrice, avant de partir, quelques faits et ce qui se décide."""


class WriteReports(Command, keys="r", title="Rapports", group=AUDIT_GROUP, footer=True):
    """Écrire les quatre rapports, et dire où ils sont."""


class OpenWritten(Command, keys="o", title="Documents écrits", group=AUDIT_GROUP):
    """Voir les documents écrits en dernier, leur dossier, et les ouvrir."""


class DraftPaper(Command, title="Projets à achever", group=AUDIT_GROUP):
    """Préparer un document que d'autres achèvent : délibération, projet, convention."""


class Advance(Command, keys="a", title="État de l'audit", group=AUDIT_GROUP):
    """Soumettre, accepter, retourner ou clore l'audit, en voyant ce qui reste."""


class NewEdition(Command, title="Passer à l'édition courante", group=AUDIT_GROUP):
    """Passer l'audit à l'édition courante des grilles, en voyant ce que cela change."""


class GoVisit(Command, keys="v", title="Visite", group=AUDIT_GROUP):
    """Aller à la visite."""


ON_ADVICE = (
    FollowUpCommand,
    SetAside,
    Reword,
    HandleVote,
    MoveUp,
    MoveDown,
    RemoveAdvice,
)
"""What needs a recommendation under the cursor."""

BILAN_COMMANDS = (
    OpenFact,
    OpenDebrief,
    FollowUpCommand,
    WriteReports,
    WriteNote,
    ShowPlaces,
    Suppose,
    Reword,
    GoAdvice,
    NextFace,
    SetAside,
    HandleVote,
    MoveUp,
    MoveDown,
    GoVisit,
    Advance,
    AddAdvice,
    OpenWritten,
    Undo,
    RemoveAdvice,
    ShowFindings,
    ShowCounsel,
    ShowEvolution,
    ComputedOrder,
    DraftPaper,
    NewEdition,
    ListNoted,
)
"""All of them, in order of use."""
