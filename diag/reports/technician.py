"""What the technician reads: everything, each fact with who said it and each rule."""

from functools import partial

from diag.model.checklist import Audience
from diag.reports import advice, frame
from diag.reports.alerts import alerts_box, compliance_table
from diag.reports.citations import prices_table, source_words, sources_table
from diag.reports.dates import spoken_day, spoken_duration
from diag.reports.escape import Md
from diag.reports.figures import number
from diag.reports.findings import observed, open_words, short_places
from diag.reports.layout import Pair, definitions, table
from diag.reports.plan import Action
from diag.reports.price_rows import cost_table
from diag.reports.records import (
    answers_by_place,
    contributors,
    measures,
    place_tables,
)
from diag.reports.report import Report
from diag.reports.rulebook import rulebook
from diag.reports.unknowns import unknowns
from diag.reports.wording import counted, listed, sentence

READER = Audience.TECHNIQUE


def view(report: Report) -> dict[str, object]:
    """Return what the template prints."""
    plan, ticket = report.plan, partial(_ticket, report)
    return {
        "cover": frame.cover(report, "Service technique et prestataires"),
        "alerts": alerts_box(report, READER),
        "open": open_words(report),
        "tickets": advice.blocks(report, plan.actions, READER, ticket),
        "to_confirm": advice.blocks(report, plan.to_confirm, READER, ticket),
        "untreated": _untreated(report),
        "unknowns": unknowns(report),
        "places": place_tables(report),
        "measures": measures(report),
        "answers": answers_by_place(report),
        "criteria": rulebook(report),
        "compliance": compliance_table(report, READER),
        "costs": cost_table(report),
        "follow_ups": advice.follow_ups(report, READER),
        "journal": _journal(report),
        "sources": sources_table(report, report.checklist.criteria),
        "prices": prices_table(report),
    }


def _ticket(report: Report, action: Action) -> tuple[Pair, ...]:
    words, told = report.wording(action, READER), action.advice.recommendation
    effort = action.advice.effort_days
    return (
        ("Lieux", sentence(report.spoken_places(action, READER))),
        ("Quantité", counted(action.advice.quantity)),
        ("Constat", advice.finding(report, action, READER)),
        ("Comment", sentence(report.told(action, words.how, READER))),
        ("Étapes", advice.steps(action)),
        ("Qui", sentence(advice.owner(action))),
        ("Échéance", sentence(advice.due(report, action))),
        ("Charge", counted(effort, "jour", "jours") if effort else ""),
        ("Coût", sentence(advice.cost(action))),
        ("Recette", sentence(report.told(action, told.done_when, READER))),
        ("Suite", sentence(advice.follow_up(action))),
        ("Durée de vie", spoken_duration(told.lifetime)),
        ("Sources", ", ".join(map(source_words, told.sources))),
    )


def _untreated(report: Report) -> Md:
    """Return what falls short and that no recommendation cures."""
    cured = {one.advice.recommendation.when.criterion for one in report.plan}
    rows = [
        (
            result.criterion.ref,
            result.criterion.title,
            observed(report, result, READER),
            listed([report.place_name(one.place) for one in short_places(result)], 12),
        )
        for result in report.assessment.criteria.values()
        if result.criterion.id not in cured and short_places(result)
    ]
    columns = ("Repère", "Critère", "Constat", "Lieux")
    return table("Ce qui reste en dessous sans action proposée", columns, rows)


def _journal(report: Report) -> Md:
    checklist = report.checklist
    pairs: list[Pair] = [
        ("Campagne", report.audit.campaign),
        ("Empreinte de l'audit", report.digest),
        (
            "Édition des grilles",
            f"{checklist.title}, {checklist.version}",
        ),
        ("Empreinte de l'édition", report.edition),
        ("Réponses", number(sum(map(len, report.facts.answers.values())))),
        ("Ont répondu", contributors(report)),
    ]
    for visit in report.visits:
        said = (
            f"présents : {listed(visit.present)}" * bool(visit.present),
            f"rencontrés : {listed(visit.met)}" * bool(visit.met),
            f"autorisation : {visit.authorisation}" * bool(visit.authorisation),
        )
        told = " ; ".join(one for one in said if one) or "sans précision"
        pairs.append((f"Visite du {spoken_day(visit.date)}", told))
    return definitions(pairs)
