"""The drafts of one school: project, application, frame of a loan convention."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from diag.answers.types import heads_words
from diag.assess.terms import LEFT_TO_COMMUNE
from diag.assess.words import is_printable
from diag.audit.findings import names_judged, observed, strength_lines
from diag.audit.report import Report
from diag.documents.blocks import Md, Pair, bullets, definitions, table
from diag.documents.document import Document
from diag.documents.drafts import (
    TO_WRITE,
    draft_meta,
    population_words,
    prefilled,
    tools,
)
from diag.documents.equipe import READER as EQUIPE
from diag.documents.parts import advice, frame
from diag.documents.parts.budget import (
    budget_by_domain,
    listed_aids,
    possible_aids,
    source_words,
    sources_list,
)
from diag.documents.parts.frame import version
from diag.documents.parts.votes import (
    TO_ASK,
    EuroSpan,
    amounts_words,
    call_of,
    money_line,
    unvoted_table,
    vote_words,
    votes_shown,
    votes_tables,
)
from diag.documents.synthesis.common import build_page
from diag.model.audit import School
from diag.model.checklist import AidState
from diag.model.enums import BudgetSection, Kind, Owner, Standing, State
from diag.model.votes import DecisionList
from diag.words.dates import describe_day, long_date
from diag.words.sentences import (
    NBSP,
    euros,
    half_up,
    listed,
    number,
    percent,
    phone_number,
    uncapitalised,
)

STRENGTHS = 6
"""At most so many strong points listed."""

FIRST = 8
"""At most so many actions that come first."""


def draft(
    template: str,
    report: Report,
    view: dict[str, object],
    *,
    title: str,
    who: str,
    explained: bool = True,
) -> Document:
    """Return a draft about a school, for `who` finishes it."""
    commune = report.commune.name if report.commune else report.about.commune
    days = listed([describe_day(one.date) for one in report.visits])
    seen = f" (visite : {days})" if days else " (aucune visite notée)"
    state = ", encore provisoire" if report.provisional else ""
    source = f"d'après l'audit{seen}, tel qu'au {long_date(report.date)}{state}."
    shared = {
        **tools(),
        "report": report,
        "cover": definitions((
            ("École", report.about.name),
            ("UAI", report.about.code),
            ("Commune", commune),
            ("Date du projet", long_date(report.date)),
            ("Préparé par", report.office.name),
            ("Version", version(report)),
            ("Audit", report.status_words),
        )),
        "prefilled": prefilled(source, who),
        "school": definitions(_school(report.about.school)),
        "strengths": bullets(strength_lines(report, STRENGTHS)),
    }
    meta = draft_meta(frame.build_meta(report, title), "Projet")
    office = report.office
    reach = filter(None, (report.author, phone_number(office.phone), office.email))
    return build_page(
        meta,
        template,
        shared | view,
        definitions([(office.name, " · ".join(reach))]),
        office.house,
        listed=False,
        explained=explained,
    )


def _criteria_table(report: Report, caption: str, prefixes: Sequence[str]) -> Md:
    """Return how the school stands on some criteria."""
    rows = [
        (one.criterion.title, observed(report, one))
        for one in report.assessment.criteria.values()
        if one.criterion.ref.startswith(tuple(prefixes))
        and one.standing is not Standing.OUT
    ]
    return table(caption, ("Ce qui est attendu", "Ce que l'audit a constaté"), rows)


def _school(school: School | None) -> Iterable[Pair]:
    """Give what the official files hold, each with its year."""
    if school is None:
        return
    year = f" ({school.headcount_year})" if school.headcount_year else ""
    taught = {"maternelle": school.nursery, "élémentaire": school.elementary}
    yield "Niveaux", listed([name for name in taught if taught[name]])
    yield "Classes", f"{school.classes}{year}" if school.classes is not None else ""
    yield "Élèves", f"{school.pupils}{year}" if school.pupils is not None else ""
    yield "Éducation prioritaire", school.priority_education
    yield "Circonscription", school.circonscription
    # As on an envelope; empty without a street.
    town = " ".join(filter(None, (school.postcode, school.commune)))
    yield "Adresse", f"{school.address}, {town}" if school.address else ""


def application(report: Report, title: str, population_of: str) -> Document:
    """Return a draft dossier; `population_of`: when the population was read."""
    call = "Vérifiez d'abord quel appel est ouvert, et ses pièces."
    aid = report.checklist.aids.get("enir")
    if aid and aid.state is AidState.CLOSED:
        call = (
            f"Cette trame suit un appel terminé, « {aid.title} » ({aid.period}, "
            f"information de {describe_day(aid.as_of)}). {call}"
        )
    bearer: list[Pair] = []
    if commune := report.commune:
        bearer = [
            ("Commune", commune.name),
            ("Code INSEE", commune.insee),
            ("SIREN", commune.siren),
            ("Population", population_words(commune, population_of)),
            ("Intercommunalité", commune.epci_name),
        ]
    votes = votes_shown(report)
    decisions = votes[0].votes
    # Before tax: what an aid is reckoned on.
    spent = [
        (f"Vote {one.number} : {one.title}", half_up(decisions.invested(one) / 100))
        for one in decisions.votes
        if decisions.invested(one)
    ]
    whole = sum(each for _, each in spent)
    if spent:
        spent.append(("Ensemble", whole))
    cited = [one.source for one in listed_aids(report)]
    rule = report.checklist.finances.get(LEFT_TO_COMMUNE)
    if rule and whole:
        cited.append(rule.source)
    overall = report.assessment.overall
    view: dict[str, object] = {
        "call": call,
        "bearer": definitions(bearer),
        "scored": is_printable(overall),
        "score": frame.printed_words(overall),
        "completeness": percent(overall.completeness),
        "socle": frame.socle_words(report),
        "domains": frame.domain_table(report),
        "money": money_line(votes),
        "expenses": votes_tables(votes, ticked=False) if decisions.votes else "",
        "sums": unvoted_table(votes),
        "budget": budget_by_domain(report),
        "aids": possible_aids(report),
        "sources": sources_list(report, cited),
        "spending": table(
            "Dépenses d'investissement",
            ("Dépense", "Hors taxes, €"),
            [(title, number(each)) for title, each in spent],
            numeric=(1,),
        ),
        "kept": _left_words(report),
        "funding": _funding(report, decisions, whole),
    }
    return draft(
        "dossier",
        report,
        view,
        title=title,
        who="la commune et l'équipe de l'école, ensemble",
    )


def _left_words(report: Report) -> str:
    """Return what part of an investment no aid pays, in the words of its rule."""
    rule = report.checklist.finances.get(LEFT_TO_COMMUNE)
    if rule is None or not rule.holds(report.date.isoformat()):
        return ""
    seen = f"{source_words(rule.source)}, relevé : {describe_day(rule.as_of)}"
    return f"{rule.says.rstrip('.')} ({seen})."


def _funding(report: Report, votes: DecisionList, whole: int) -> Md:
    """Return who may pay what is invested: ranges, blanks, and what is left.

    The commune pays the rest of the `whole`, whatever is granted; nothing is promised.
    """
    spans: dict[str, EuroSpan] = {}
    for each in (share for aid in votes.aids for share in aid.shares):
        if each.section == BudgetSection.INVESTISSEMENT:
            low, high = spans.get(each.title, (0, 0))
            spans[each.title] = EuroSpan(low + each.low, high + each.high)
    asked = [one.title for one in listed_aids(report) if one.title not in spans]
    low, high = (sum(one[end] for one in spans.values()) for end in (0, 1))
    rows = [
        *(
            (name, f"{span}, si elle est accordée", _part(span, whole), TO_WRITE)
            for name, span in spans.items()
        ),
        *((name, TO_ASK, "–", TO_WRITE) for name in asked),
        ("Autres aides", TO_WRITE, "–", TO_WRITE),
    ]
    if whole:
        left = EuroSpan(whole - high, whole - low)
        rows.append(("Part de la commune", str(left), _part(left, whole), TO_WRITE))
        rows.append(("Ensemble", euros(whole), f"100{NBSP}%", ""))
    else:
        rows.append(("Part de la commune", TO_WRITE, TO_WRITE, TO_WRITE))
    columns = ("Ressource", "Montant hors taxes", "Part", "État de la demande")
    return table("Plan de financement de l'investissement", columns, rows)


def _part(span: EuroSpan, whole: int) -> str:
    low, high = (half_up(Fraction(100 * each, whole)) for each in span)
    return f"{low}{NBSP}%" if low == high else f"{low} à {high}{NBSP}%"


USES = 3
"""So many uses to choose: a page that promises more is not kept."""


def project(report: Report, title: str, _population_of: str) -> Document:
    """Return a draft pedagogical project."""
    # What nothing works without and is still to be done, by others' hands.
    first = [
        advice.line(report, one, EQUIPE, priced=False)
        for one in report.plan.actions
        if one.advice.recommendation.owner not in {Owner.ECOLE, Owner.ACADEMIE}
        and (result := report.result(one.advice.recommendation.when.criterion))
        and result.criterion.kind is Kind.BLOCKING
    ]
    view: dict[str, object] = {
        "project": _criteria_table(report, "Projet et usages", ("GOV", "USG", "PER")),
        "training": _criteria_table(report, "Formation", ("FOR",)),
        "uses": table(
            "Trois usages, pas davantage",
            ("Usage", "Classes", "Quand", "Avec quoi", "Ce que l'élève apprend"),
            [(f"Usage {rank}", *(TO_WRITE,) * 4) for rank in range(1, USES + 1)],
        ),
        "first": table(
            "Ce qui doit venir d'abord",
            ("N°", "Action", "Qui", "Avant le"),
            first[:FIRST],
        ),
        "follow_up": table(
            "Ce que l'on regardera",
            ("Indicateur", "Aujourd'hui", "Dans un an"),
            [
                ("Classes qui pratiquent l'usage chaque semaine", TO_WRITE, TO_WRITE),
                ("Élèves qui manipulent eux-mêmes", TO_WRITE, TO_WRITE),
                ("Maîtres formés à cet usage", TO_WRITE, TO_WRITE),
            ],
        ),
    }
    return draft(
        "projet-pedagogique",
        report,
        view,
        title=title,
        who="l'équipe de l'école",
    )


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
    names = {name for one in HEADINGS for name in one.facts}
    criteria = report.checklist.criteria
    bound = {
        ident
        for ident, one in criteria.items()
        if one.domain == DOMAIN or names.intersection(names_judged(one))
    }
    headings = []
    for rank, heading in enumerate(HEADINGS, 1):
        known: list[Pair] = []
        for name in heading.facts:
            question = report.checklist.questions.get(name)
            heads = report.facts.answers.get((report.facts.root, name), ())
            is_known = heads and all(head.state is State.KNOWN for head in heads)
            if question and is_known:
                words = uncapitalised(heads_words(question, heads))
                known.append((question.label, words))
        headings.append((rank, heading, known))
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
    view: dict[str, object] = {
        "caution": _caution(report),
        "model": model.title if model else "",
        "headings": headings,
        "votes": table("Votes dont cette convention dépend", columns, rows),
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


def _caution(report: Report) -> str:
    """Return what the audit knows of devices that leave the school."""
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
