"""The frame of a loan convention for individual tablets: seventeen headings to agree.

The headings are those that the domain dossier reads in an existing convention (S96);
what the audit knows of each is told, the rest is for the three parties to write.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from diag.model.enums import Audience, State
from diag.reports.answers import heads_words
from diag.reports.drafts.school import draft
from diag.reports.layout import Pair
from diag.reports.report import Report
from diag.words.sentences import uncapitalised

READER = Audience.MAIRIE
MODEL = "S96"
"""The source whose headings are followed."""


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of the convention."""

    title: str
    clause: str
    """What is proposed, to be corrected."""
    asks: str
    """What the parties write."""
    facts: tuple[str, ...] = ()
    """Questions of the audit that speak of it."""


HEADINGS = (
    Heading("Objet et propriété",
        "La commune prête un appareil à l'élève pour son travail scolaire. "
        "L'appareil reste sa propriété.",
        "le modèle, le numéro de l'appareil et ses accessoires",
        ("nb_appareils_individuels", "terminaux_emportes")),
    Heading("Remise, restitution et renouvellement",
        "Une fiche signée décrit l'état de l'appareil à la remise et au retour. "
        "L'appareil est effacé à son retour.",
        "le lieu, les dates et l'âge de renouvellement",
        ("retour_prevu",)),
    Heading("Durée", "Le prêt vaut pour une année scolaire. Il cesse si l'élève part.",
        "la date de fin, et ce qui vaut pendant les vacances"),
    Heading("Engagements de l'élève et de sa famille",
        "L'élève prend soin de l'appareil, le recharge et l'apporte en classe.",
        "les règles de la maison et de la classe, en mots d'enfant",
        ("charte_usage",)),
    Heading("Réglages et comptes",
        "L'appareil est préparé avant la remise. Personne ne demande à l'élève "
        "d'ouvrir un compte personnel.",
        "les applications fournies et qui peut en ajouter",
        ("gestion_flotte",)),
    Heading("Filtrage et traces",
        "La navigation est filtrée à l'école. La convention dit qui filtre "
        "à la maison.",
        "le filtre employé hors de l'école, et ce qui est enregistré",
        ("filtrage_domicile",)),
    Heading("Sauvegarde", "Le travail important est gardé ailleurs que sur l'appareil.",
        "où l'élève dépose son travail"),
    Heading("Sécurité",
        "L'appareil se verrouille. Une perte se signale le jour même.",
        "qui prévenir, et comment l'appareil est bloqué à distance"),
    Heading("Usage en classe", "Le maître décide quand l'appareil sert.",
        "les moments et les usages prévus, repris du projet pédagogique"),
    Heading("Usage hors de l'école",
        "L'appareil sert au travail scolaire, sous la responsabilité des parents.",
        "les heures d'arrêt, et l'usage par la famille",
        ("jours_hors_classe",)),
    Heading("Assistance", "Une seule adresse reçoit les questions des familles.",
        "cette adresse, et son délai de réponse",
        ("familles_accompagnees",)),
    Heading("Maintenance", "La famille ne répare pas et ne fait pas réparer.",
        "qui répare, et l'appareil prêté en attendant"),
    Heading("Garantie", "La garantie du fournisseur est rappelée à la remise.",
        "sa durée et ce qu'elle exclut"),
    Heading("Casse, perte et vol",
        "La convention dit d'avance qui paie, et avec quoi l'élève travaille le "
        "lendemain.",
        "le barème, l'assurance ou le fonds, et la pièce demandée en cas de vol",
        ("casse_prevue", "cout_annuel_vote")),
    Heading("Localisation",
        "L'appareil n'est pas localisé, sauf s'il est déclaré perdu ou volé.",
        "qui peut la demander, et comment la famille en est informée"),
    Heading("Données personnelles",
        "La gestion des appareils emploie le moins de données possible : un numéro "
        "d'appareil plutôt qu'un nom.",
        "le responsable du traitement, l'avis du délégué à la protection des données, "
        "les durées",
        ("identite_appareils",)),
    Heading("Manquement et conciliation",
        "On se parle d'abord. Aucune sanction ne prive un élève du travail de la "
        "classe.",
        "qui réunit les parties, et comment le prêt peut cesser"),
)  # fmt: skip
"""In the order in which a family reads them."""


def loan(report: Report) -> str:
    """Return the Markdown of the frame of a loan convention."""
    model = report.checklist.sources.get(MODEL)
    told: dict[str, object] = {
        "caution": _caution(report),
        "model": model.title if model else "",
        "headings": [
            (rank, one, list(_known(report, one.facts)))
            for rank, one in enumerate(HEADINGS, 1)
        ],
    }
    who = "la commune, l'école et la famille"
    return draft("convention-de-pret", report, READER, told, who, explained=False)


def _known(report: Report, names: Iterable[str]) -> Iterable[Pair]:
    """Give what the audit knows of some questions, never of a sensitive one."""
    for name in names:
        question = report.checklist.questions.get(name)
        heads = report.facts.answers.get((report.facts.root, name), ())
        if question is None or question.sensitive or not heads:
            continue
        if all(head.state is State.KNOWN for head in heads):
            yield question.label, uncapitalised(heads_words(question, heads))


def _caution(report: Report) -> str:
    """Return what to settle before lending anything."""
    school = report.about.school
    if school and school.nursery and not school.elementary:
        return (
            "Cette école est une maternelle : l'audit n'y attend que du matériel "
            "collectif et encadré. Une convention de prêt n'y a pas d'usage prévu."
        )
    leave = report.facts.answers.get((report.facts.root, "terminaux_emportes"), ())
    known = [head.value for head in leave if head.state is State.KNOWN]
    if known == [False]:
        return (
            "L'audit n'a relevé aucun appareil qui sort de l'école : cette trame "
            "prépare une décision, elle n'en constate aucune."
        )
    if known == [True]:
        return (
            "L'audit a relevé des appareils qui sortent de l'école : la convention se "
            "signe avant la prochaine remise."
        )
    return (
        "L'audit ne sait pas encore si des appareils sortent de l'école : vérifiez-le."
    )
