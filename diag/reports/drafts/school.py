"""What the drafts of one school share: who it is, what is known, what comes first."""

from collections.abc import Iterable, Sequence

from diag.model.enums import Audience, Kind, Owner, Standing
from diag.model.territory import School
from diag.reports import advice
from diag.reports.drafts.frame import draft_line, prefilled, tools
from diag.reports.escape import Md
from diag.reports.findings import observed, praised, strengths
from diag.reports.frame import version
from diag.reports.layout import Pair, bullets, definitions, table
from diag.reports.plan import Action
from diag.reports.report import Report
from diag.reports.synthesis.page import page
from diag.words.dates import describe_day, long_date
from diag.words.sentences import listed, phone_number

STRENGTHS = 6
"""At most so many strong points told."""
FIRST = 8
"""At most so many actions that come first."""


def draft(
    template: str,
    report: Report,
    reader: Audience,
    told: dict[str, object],
    who: str,
    *,
    explained: bool = True,
) -> str:
    """Return the Markdown of a draft about a school, for `who` finishes it."""
    shared = {
        **tools(),
        "report": report,
        "cover": _cover(report),
        "prefilled": prefilled(_source(report), who),
        "school": definitions(_school(report)),
        "strengths": bullets(_strengths(report, reader)),
    }
    running = draft_line(
        "Projet", report.date, version(report), provisional=report.provisional
    )
    reach = _contacts(report)
    told = shared | told
    house = report.office.house
    return page(
        template, told, reach, running, listed=False, explained=explained, house=house
    )


def criteria_table(
    report: Report, caption: str, prefixes: Sequence[str], reader: Audience
) -> Md:
    """Return how the school stands on some criteria; never on a reserved one."""
    rows = [
        (one.criterion.title, observed(report, one, reader))
        for one in report.assessment.criteria.values()
        if one.criterion.ref.startswith(tuple(prefixes))
        and one.standing is not Standing.OUT
        and one.criterion.id not in report.discretion.criteria
    ]
    return table(caption, ("Ce qui est attendu", "Ce que l'audit a constaté"), rows)


def first_actions(report: Report) -> list[Action]:
    """Return what nothing works without and is still to be done, by others' hands."""
    return [
        one
        for one in tellable(report)
        if one.advice.recommendation.owner not in {Owner.ECOLE, Owner.ACADEMIE}
        and (result := report.result(one.advice.recommendation.when.criterion))
        and result.criterion.kind is Kind.BLOCKING
    ][:FIRST]


def tellable(report: Report) -> list[Action]:
    """Return the actions that a draft may name."""
    hidden = report.discretion.recommendations
    return [one for one in report.plan.actions if one.id not in hidden]


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
    """Give what the official files say, each with its year."""
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


def _strengths(report: Report, reader: Audience) -> Iterable[str]:
    told = [
        one
        for one in strengths(report)
        if one.criterion.id not in report.discretion.criteria
    ]
    for one in told[:STRENGTHS]:
        yield f"{one.criterion.title} : {praised(report, one, reader)}"


def _contacts(report: Report) -> Md:
    office = report.office
    reach = (report.author, phone_number(office.phone), office.email)
    return definitions([(office.name, " · ".join(filter(None, reach)))])
