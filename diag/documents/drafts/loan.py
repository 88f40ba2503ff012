"""The frame of a loan convention: its articles, what is known of each, its votes."""

from collections.abc import Iterable
from dataclasses import dataclass

from diag.answers.types import heads_words
from diag.audit.findings import names_judged
from diag.audit.report import Report
from diag.documents.blocks import Pair, table
from diag.documents.document import Document
from diag.documents.drafts.school import draft
from diag.documents.escape import Md
from diag.documents.parts.votes import (
    amounts_words,
    call_of,
    vote_words,
    votes_shown,
)
from diag.model.enums import State
from diag.words.sentences import uncapitalised

# The headings are those that the domain dossier reads in an existing convention (S96);
# what the audit knows of each is filled in, the rest is for the three parties to write.
MODEL = "S96"
"""The source whose headings are followed."""

DOMAIN = "individuel"
"""Whose criteria are all about what a pupil is lent."""


@dataclass(frozen=True, slots=True)
class LoanHeading:
    """One heading of the convention."""

    title: str
    clause: str
    """What is proposed, to be corrected."""
    asks: str
    """What the parties write."""
    facts: tuple[str, ...] = ()
    """Questions of the audit that speak of it."""


HEADINGS = (
    LoanHeading("Objet et propriété",
        "La commune prête un appareil à l'élève pour son travail scolaire. "
        "L'appareil reste sa propriété.",
        "le modèle, le numéro de l'appareil et ses accessoires",
        ("nb_appareils_individuels", "terminaux_emportes")),
    LoanHeading("Remise, restitution et renouvellement",
        "Une fiche signée décrit l'état de l'appareil à la remise et au retour. "
        "L'appareil est effacé à son retour.",
        "le lieu, les dates et l'âge de renouvellement",
        ("retour_prevu",)),
    LoanHeading("Durée",
        "Le prêt vaut pour une année scolaire. Il cesse si l'élève part.",
        "la date de fin, et ce qui vaut pendant les vacances"),
    LoanHeading("Engagements de l'élève et de sa famille",
        "L'élève prend soin de l'appareil, le recharge et l'apporte en classe.",
        "les règles de la maison et de la classe, en mots d'enfant",
        ("charte_internet",)),
    LoanHeading("Réglages et comptes",
        "L'appareil est préparé avant la remise. Personne ne demande à l'élève "
        "d'ouvrir un compte personnel.",
        "les applications fournies et qui peut en ajouter",
        ("gestion_flotte",)),
    LoanHeading("Filtrage et traces",
        "La navigation est filtrée à l'école. La convention dit qui filtre "
        "à la maison.",
        "le filtre employé hors de l'école, et ce qui est enregistré",
        ("filtrage_domicile",)),
    LoanHeading("Sauvegarde",
        "Le travail important est gardé ailleurs que sur l'appareil.",
        "où l'élève dépose son travail"),
    LoanHeading("Sécurité",
        "L'appareil se verrouille. Une perte se signale le jour même.",
        "qui prévenir, et comment l'appareil est bloqué à distance"),
    LoanHeading("Usage en classe", "Le maître décide quand l'appareil sert.",
        "les moments et les usages prévus, repris du projet pédagogique"),
    LoanHeading("Usage hors de l'école",
        "L'appareil sert au travail scolaire, sous la responsabilité des parents.",
        "les heures d'arrêt, et l'usage par la famille",
        ("jours_hors_classe",)),
    LoanHeading("Assistance", "Une seule adresse reçoit les questions des familles.",
        "cette adresse, et son délai de réponse",
        ("familles_accompagnees",)),
    LoanHeading("Maintenance", "La famille ne répare pas et ne fait pas réparer.",
        "qui répare, et l'appareil prêté en attendant",
        ("contrat_maintenance",)),
    LoanHeading("Garantie", "La garantie du fournisseur est rappelée à la remise.",
        "sa durée et ce qu'elle exclut"),
    LoanHeading("Casse, perte et vol",
        "La convention dit d'avance qui paie, et avec quoi l'élève travaille le "
        "lendemain.",
        "le barème, l'assurance ou le fonds, et la pièce demandée en cas de vol",
        ("casse_prevue", "cout_annuel_vote", "reserve_casse")),
    LoanHeading("Localisation",
        "L'appareil n'est pas localisé, sauf s'il est déclaré perdu ou volé.",
        "qui peut la demander, et comment la famille en est informée"),
    LoanHeading("Données personnelles",
        "La gestion des appareils emploie le moins de données possible : un numéro "
        "d'appareil plutôt qu'un nom.",
        "le responsable du traitement, l'avis du délégué à la protection des données, "
        "les durées",
        ("identite_appareils",)),
    LoanHeading("Manquement et conciliation",
        "On se parle d'abord. Aucune sanction ne prive un élève du travail de la "
        "classe.",
        "qui réunit les parties, et comment le prêt peut cesser"),
)  # fmt: skip
"""In the order in which a family reads them."""


def loan(report: Report, title: str, _population_of: str) -> Document:
    """Return the frame of a loan convention."""
    model = report.checklist.sources.get(MODEL)
    view: dict[str, object] = {
        "caution": _caution(report),
        "model": model.title if model else "",
        "headings": [
            (rank, one, list(_known(report, one.facts)))
            for rank, one in enumerate(HEADINGS, 1)
        ],
        "votes": _votes_bound(report),
        "is_frozen": report.frozen is not None,
    }
    return draft(
        "convention-de-pret",
        report,
        view,
        title=title,
        who="la commune, l'école et la famille",
        explained=False,
    )


def _votes_bound(report: Report) -> Md:
    """Return the votes that it binds: those that mend what its articles rest on."""
    names = {name for one in HEADINGS for name in one.facts}
    criteria = report.checklist.criteria
    bound = {
        ident
        for ident, one in criteria.items()
        if one.domain == DOMAIN or names.intersection(names_judged(one))
    }
    rows = [
        (
            f"{call_of(each, vote)} : {vote.title}",
            vote_words(each, vote),
            amounts_words(vote),
        )
        for each in votes_shown(report)
        for vote in each.votes.votes
        if bound.intersection(vote.findings)
    ]
    columns = ("Vote", "Ce qu'il contient", "Montant")
    return table("Votes dont cette convention dépend", columns, rows)


def _known(report: Report, names: Iterable[str]) -> Iterable[Pair]:
    """Give what the audit knows of some questions."""
    for name in names:
        question = report.checklist.questions.get(name)
        heads = report.facts.answers.get((report.facts.root, name), ())
        if question is None or not heads:
            continue
        if all(head.state is State.KNOWN for head in heads):
            yield question.label, uncapitalised(heads_words(question, heads))


def _caution(report: Report) -> str:
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
