"""What the user can do in Programme: see, act on what the cursor is on, set, settle."""

from diag.tui.commands import Command

_SHOW, _ACT, _SET = "Voir", "Sous le curseur", "Le programme"


class NextProgrammeFace(
    Command, keys="tab", title="Volet suivant", group=_SHOW, priority=True
):
    """Passer au volet suivant : années, communes, variantes, décisions, ateliers."""


class ShowYears(Command, keys="1", title="Années", group=_SHOW):
    """Montrer les opérations par année, et la raison de chacune."""


class ShowCommunes(Command, keys="2", title="Communes", group=_SHOW):
    """Montrer ce que chaque commune demande et reçoit, la moins aidée d'abord."""


class ShowVariants(Command, keys="3", title="Variantes", group=_SHOW):
    """Comparer les variantes au programme, chacune recalculée."""


class ShowDecisions(Command, keys="4", title="Décisions", group=_SHOW):
    """Montrer ce que les instances ont dit, et ce que chacune a fait bouger."""


class SeeWhy(Command, keys="enter", title="Pourquoi", group=_ACT, footer=True):
    """Dire pourquoi l'opération est là : sa raison, ce qu'elle attend, qui paie."""


class AskWhatIf(Command, keys="q", title="Que faudrait-il", group=_ACT, footer=True):
    """Dire la somme qui manque pour une année, en refaisant le programme avec elle."""


class LockYear(Command, keys="v", title="Verrou", group=_ACT, footer=True):
    """Imposer une année, ou aucune, avec un motif ; l'effet se voit avant d'écrire."""


class AdvanceOperation(Command, keys="s", title="Suite", group=_ACT):
    """Noter la suite : financée, commandée à son prix, faite, vérifiée, écartée."""


class FreeMoney(Command, title="Libérer la somme", group=_ACT):
    """Retirer la somme réservée à l'opération : elle reprend son tour."""


class SeekOperation(Command, keys="slash", title="Opération", group=_SHOW):
    """Chercher une opération par son titre, son école, sa commune."""


class Replay(Command, keys="r", title="Refaire", group=_SET, footer=True):
    """Relire les audits et refaire tout le calcul."""


class SeeCommune(
    Command, keys="enter", title="Ses opérations", group=_ACT, footer=True
):
    """Montrer les opérations de la commune, année par année."""


class SeeFifths(Command, keys="i", title="Par IPS", group=_SHOW, footer=True):
    """Regrouper les communes par cinquièmes d'IPS ; cinq communes au moins chacun."""


class RetainVariant(Command, keys="enter", title="Retenir", group=_ACT, footer=True):
    """Travailler dans cette variante : les autres volets et les saisies la suivent."""


class SeeDifferences(Command, keys="d", title="Différences", group=_ACT, footer=True):
    """Dire ce que la variante change, et les opérations qui changent d'année."""


class CopyVariant(Command, keys="c", title="Copier", group=_ACT, footer=True):
    """Ouvrir une variante qui part des changements de celle-ci."""


class NewVariant(Command, keys="n", title="Nouvelle", group=_ACT, footer=True):
    """Ouvrir une variante : des changements nommés, sans copie du programme."""


class DropVariant(Command, keys="delete", title="Écarter", group=_ACT, footer=True):
    """Écarter la variante ; le programme ne change pas, « Annuler » la rend."""


class SeeDecision(Command, keys="enter", title="Lire", group=_ACT, footer=True):
    """Lire la décision en entier, et ce qu'elle a imposé ou arrêté."""


class NoteDecision(Command, keys="n", title="Noter", group=_ACT, footer=True):
    """Noter ce qu'une instance a dit : comité syndical, conseil, pilotage."""


class AdoptProgramme(Command, keys="a", title="Arrêter", group=_ACT, footer=True):
    """Arrêter le programme sur cette délibération, après un aperçu."""


class ShowWorkshops(Command, keys="5", title="Ateliers", group=_SHOW):
    """Montrer les ateliers, leurs cartes et bulletins, ce que les thèmes pèsent."""


class TypeCards(Command, keys="enter", title="Cartes", group=_ACT, footer=True):
    """Saisir les cartes de l'atelier, l'une après l'autre."""


class TypeBallots(Command, keys="b", title="Bulletins", group=_ACT, footer=True):
    """Saisir les bulletins de l'atelier, en grille : une ligne chacun."""


class BallotPhones(Command, keys="t", title="Téléphones", group=_ACT, footer=True):
    """Recevoir les bulletins des téléphones des présents, par un carré à viser."""


class NewWorkshop(Command, keys="n", title="Nouvel atelier", group=_ACT, footer=True):
    """Noter un atelier : titre, jour, lieu, présents par rôle."""


class NewTheme(Command, keys="h", title="Thème", group=_ACT, footer=True):
    """Nommer un thème, et les domaines dont les préconisations y répondent."""


class ImportGathered(Command, keys="i", title="Importer", group=_ACT, footer=True):
    """Lire un tableau de cartes ou de bulletins dans l'atelier, après un aperçu."""


class TurnCounted(Command, keys="space", title="Compter", group=_ACT):
    """Faire compter les bulletins de l'atelier dans les poids, ou ne plus le faire."""


class SetWeights(Command, keys="p", title="Poids", group=_ACT, footer=True):
    """Dire si chaque bulletin ou chaque atelier compte autant, et la borne."""


class AdoptWeights(Command, keys="p", title="Adopter les poids", group=_ACT):
    """Faire compter les poids des thèmes, adoptés par cette délibération."""


class SetEnvelopes(Command, keys="e", title="Enveloppes", group=_SET, footer=True):
    """Saisir ce que chacun peut dépenser, par année : une grille, un tableur collé."""


class SetRules(Command, keys="g", title="Règle", group=_SET, footer=True):
    """Changer l'ordre, la réserve, la part du syndicat, le partage des droits."""


class WriteDocuments(Command, keys="x", title="Documents", group=_SET, footer=True):
    """Écrire le programme, la page d'une commune, le dossier du comité, le classeur."""


class SeeAudit(Command, keys="b", title="Bilan", group=_ACT):
    """Ouvrir le bilan de l'école, sur la préconisation d'où vient l'opération."""


class SetSpan(Command, title="Années et campagnes", group=_SET):
    """Changer les années du programme, et les campagnes dont il prend les audits."""


class SettleRivals(Command, keys="k", title="À trancher", group=_SET, footer=True):
    """Choisir entre ce que deux postes ont écrit chacun de leur côté."""


class NewProgramme(Command, keys="n", title="Nouveau programme", group=_SET):
    """Ouvrir un programme : ses années, les campagnes dont il prend les audits."""


class OtherProgramme(Command, title="Autre programme", group=_SET):
    """Ouvrir un autre programme de ce territoire."""


class UndoEntry(Command, keys="ctrl+z", title="Annuler", group=_SET):
    """Annuler votre dernière saisie dans ce programme ; répétable."""
