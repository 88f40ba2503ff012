"""The drafts of one school: project, application; what they share with the loan's."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from diag.assess.finances import LEFT_TO_COMMUNE
from diag.assess.plan import Action
from diag.assess.words import is_printable
from diag.audit.findings import observed, praised, strengths
from diag.audit.report import Report
from diag.audit.votes import votes_of
from diag.documents.blocks import Pair, bullets, definitions, table
from diag.documents.document import Document
from diag.documents.drafts.frame import draft_meta, population_words, prefilled, tools
from diag.documents.equipe import READER as EQUIPE
from diag.documents.escape import Md
from diag.documents.parts import advice, frame
from diag.documents.parts.budget import budget_by_domain
from diag.documents.parts.frame import version
from diag.documents.parts.sources import (
    TO_ASK,
    listed_aids,
    possible_aids,
    source_words,
    sources_list,
)
from diag.documents.parts.votes import (
    EuroSpan,
    money_line,
    unvoted_table,
    votes_shown,
    votes_tables,
)
from diag.documents.synthesis.common import build_page
from diag.model.checklist import AidState
from diag.model.enums import (
    Audience,
    BudgetSection,
    Kind,
    Owner,
    Standing,
)
from diag.model.territory import School
from diag.model.votes import DecisionList
from diag.words.dates import describe_day, long_date
from diag.words.figures import NBSP, euros, half_up, number, percent
from diag.words.sentences import listed, phone_number

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
    shared = {
        **tools(),
        "report": report,
        "cover": _cover(report),
        "prefilled": prefilled(_source(report), who),
        "school": definitions(_school(report)),
        "strengths": bullets(_strengths(report)),
    }
    meta = draft_meta(frame.build_meta(report, title), "Projet")
    reach, house = _contacts(report), report.office.house
    return build_page(
        meta,
        template,
        shared | view,
        reach,
        house,
        listed=False,
        explained=explained,
    )


def criteria_table(report: Report, caption: str, prefixes: Sequence[str]) -> Md:
    """Return how the school stands on some criteria."""
    rows = [
        (one.criterion.title, observed(report, one))
        for one in report.assessment.criteria.values()
        if one.criterion.ref.startswith(tuple(prefixes))
        and one.standing is not Standing.OUT
    ]
    return table(caption, ("Ce qui est attendu", "Ce que l'audit a constaté"), rows)


def first_actions(report: Report) -> list[Action]:
    """Return what nothing works without and is still to be done, by others' hands."""
    return [
        one
        for one in report.plan.actions
        if one.advice.recommendation.owner not in {Owner.ECOLE, Owner.ACADEMIE}
        and (result := report.result(one.advice.recommendation.when.criterion))
        and result.criterion.kind is Kind.BLOCKING
    ][:FIRST]


def action_table(
    report: Report,
    actions: Iterable[Action],
    reader: Audience,
    caption: str,
    *,
    priced: bool = False,
) -> Md:
    """Return actions in rows; with their estimates when `priced`."""
    rows = [advice.line(report, one, reader, priced=priced) for one in actions]
    price = ("Coût estimé, TTC",) if priced else ()
    return table(caption, ("N°", "Action", "Qui", *price, "Avant le"), rows)


def _cover(report: Report) -> Md:
    commune = report.commune.name if report.commune else report.about.commune
    return definitions((
        ("École", report.about.name),
        ("UAI", report.about.code),
        ("Commune", commune),
        ("Date du projet", long_date(report.date)),
        ("Préparé par", report.office.name),
        ("Version", version(report)),
        ("Audit", report.status_words),
    ))


def _source(report: Report) -> str:
    days = listed([describe_day(one.date) for one in report.visits])
    seen = f" (visite : {days})" if days else " (aucune visite notée)"
    state = ", encore provisoire" if report.provisional else ""
    return f"d'après l'audit{seen}, tel qu'au {long_date(report.date)}{state}."


def _school(report: Report) -> Iterable[Pair]:
    """Give what the official files hold, each with its year."""
    school = report.about.school
    if school is None:
        return
    year = f" ({school.headcount_year})" if school.headcount_year else ""
    levels = [
        name
        for name, taught in (
            ("maternelle", school.nursery),
            ("élémentaire", school.elementary),
        )
        if taught
    ]
    yield "Niveaux", listed(levels)
    yield "Classes", f"{school.classes}{year}" if school.classes is not None else ""
    yield "Élèves", f"{school.pupils}{year}" if school.pupils is not None else ""
    yield "Éducation prioritaire", school.priority_education
    yield "Circonscription", school.circonscription
    yield "Adresse", _address(school)


def _address(school: School) -> str:
    """Return where it stands, as on an envelope; empty without a street."""
    town = " ".join(filter(None, (school.postcode, school.commune)))
    return f"{school.address}, {town}" if school.address else ""


def _strengths(report: Report) -> Iterable[str]:
    for one in strengths(report)[:STRENGTHS]:
        yield f"{one.criterion.title} : {praised(report, one)}"


def _contacts(report: Report) -> Md:
    office = report.office
    reach = (report.author, phone_number(office.phone), office.email)
    return definitions([(office.name, " · ".join(filter(None, reach)))])


_BLANK = "à compléter"


def application(report: Report, title: str, population_of: str) -> Document:
    """Return a draft dossier; `population_of`: when the population was read."""
    overall = report.assessment.overall
    votes = votes_shown(report)
    view: dict[str, object] = {
        "call": _call(report),
        "bearer": _bearer(report, population_of),
        "scored": is_printable(overall),
        "score": frame.printed_words(overall),
        "completeness": percent(overall.completeness),
        "socle": frame.socle_words(report),
        "domains": frame.domain_table(report),
        "money": money_line(votes),
        "expenses": votes_tables(votes) if votes[0].votes.votes else "",
        "sums": unvoted_table(votes),
        "budget": budget_by_domain(report),
        "aids": possible_aids(report),
        "sources": sources_list(report, _cited(report)),
        "spending": _spending(votes[0].votes),
        "kept": _kept(report),
        "funding": _funding(report, votes[0].votes),
    }
    return draft(
        "dossier",
        report,
        view,
        title=title,
        who="la commune et l'équipe de l'école, ensemble",
    )


def _spending(votes: DecisionList) -> Md:
    """Return what each vote invests before tax: what an aid is reckoned on."""
    rows = [
        (f"Vote {one.number} : {one.title}", number(half_up(votes.invested(one) / 100)))
        for one in votes.votes
        if votes.invested(one)
    ]
    if not rows:
        return Md("")
    rows.append(("Ensemble", number(_before_tax(votes))))
    columns = ("Dépense", "Hors taxes, €")
    return table("Dépenses d'investissement", columns, rows, numeric=(1,))


def _cited(report: Report) -> list[str]:
    rule = report.checklist.finances.get(LEFT_TO_COMMUNE)
    kept = [rule.source] if rule and _before_tax(votes_of(report)) else []
    return [*(one.source for one in listed_aids(report)), *kept]


def _kept(report: Report) -> str:
    """Return what part of an investment no aid pays, in the words of its rule."""
    rule = report.checklist.finances.get(LEFT_TO_COMMUNE)
    if rule is None or not rule.holds(report.date.isoformat()):
        return ""
    seen = f"{source_words(rule.source)}, relevé : {describe_day(rule.as_of)}"
    return f"{rule.says.rstrip('.')} ({seen})."


def _before_tax(votes: DecisionList) -> int:
    """Return the sum of the rows above, each rounded to the euro."""
    return sum(half_up(votes.invested(one) / 100) for one in votes.votes)


def _funding(report: Report, votes: DecisionList) -> Md:
    """Return who may pay what is invested: ranges, blanks, and what is left.

    The commune pays the rest, whatever is granted; nothing is promised.
    """
    whole = _before_tax(votes)
    shares = [
        each
        for aid in votes.aids
        for each in aid.shares
        if each.section == BudgetSection.INVESTISSEMENT
    ]
    names = dict.fromkeys(each.title for each in shares)
    spans = {
        name: EuroSpan(
            sum(each.low for each in shares if each.title == name),
            sum(each.high for each in shares if each.title == name),
        )
        for name in names
    }
    asked = [one.title for one in listed_aids(report) if one.title not in names]
    low, high = (sum(one[end] for one in spans.values()) for end in (0, 1))
    rows = [
        *(
            (name, f"{span}, si elle est accordée", _part(span, whole), _BLANK)
            for name, span in spans.items()
        ),
        *((name, TO_ASK, "–", _BLANK) for name in asked),
        ("Autres aides", _BLANK, "–", _BLANK),
    ]
    if whole:
        left = EuroSpan(whole - high, whole - low)
        rows.append(("Part de la commune", str(left), _part(left, whole), _BLANK))
        rows.append(("Ensemble", euros(whole), f"100{NBSP}%", ""))
    else:
        rows.append(("Part de la commune", _BLANK, _BLANK, _BLANK))
    columns = ("Ressource", "Montant hors taxes", "Part", "État de la demande")
    return table("Plan de financement de l'investissement", columns, rows)


def _part(span: EuroSpan, whole: int) -> str:
    low, high = (half_up(Fraction(100 * each, whole)) for each in span)
    return f"{low}{NBSP}%" if low == high else f"{low} à {high}{NBSP}%"


def _bearer(report: Report, population_of: str) -> object:
    commune = report.commune
    if commune is None:
        return ""
    return definitions((
        ("Commune", commune.name),
        ("Code INSEE", commune.insee),
        ("SIREN", commune.siren),
        ("Population", population_words(commune, population_of)),
        ("Intercommunalité", commune.epci_name),
    ))


def _call(report: Report) -> str:
    aid = report.checklist.aids.get("enir")
    if aid is None or aid.state is not AidState.CLOSED:
        return "Vérifiez d'abord quel appel est ouvert, et ses pièces."
    return (
        f"Cette trame suit un appel terminé, « {aid.title} » ({aid.period}, "
        f"information de {describe_day(aid.as_of)}). Vérifiez d'abord quel appel est "
        "ouvert, et ses pièces."
    )


USES = 3
"""So many uses to choose: a page that promises more is not kept."""


def project(report: Report, title: str, _population_of: str) -> Document:
    """Return a draft pedagogical project."""
    view: dict[str, object] = {
        "project": criteria_table(report, "Projet et usages", ("GOV", "USG", "PER")),
        "training": criteria_table(report, "Formation", ("FOR",)),
        "uses": table(
            "Trois usages, pas davantage",
            ("Usage", "Classes", "Quand", "Avec quoi", "Ce que l'élève apprend"),
            [(f"Usage {rank}", *(_BLANK,) * 4) for rank in range(1, USES + 1)],
        ),
        "first": action_table(
            report, first_actions(report), EQUIPE, "Ce qui doit venir d'abord"
        ),
        "follow_up": table(
            "Ce que l'on regardera",
            ("Indicateur", "Aujourd'hui", "Dans un an"),
            [
                ("Classes qui pratiquent l'usage chaque semaine", _BLANK, _BLANK),
                ("Élèves qui manipulent eux-mêmes", _BLANK, _BLANK),
                ("Maîtres formés à cet usage", _BLANK, _BLANK),
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
