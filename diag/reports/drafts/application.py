"""An application dossier, shaped after ENIR: the facts are in it, not the wishes."""

from diag.model.dated import AidState
from diag.model.enums import Audience
from diag.reports import frame
from diag.reports.budget_tables import budget_by_domain
from diag.reports.citations import sources_list
from diag.reports.dated import possible_aids, told_aids
from diag.reports.drafts.requirement import population_words
from diag.reports.drafts.school import action_table, draft, tellable
from diag.reports.layout import definitions, table
from diag.reports.report import Report
from diag.words.dates import describe_day
from diag.words.figures import percent

READER = Audience.MAIRIE
TOLD = 12
"""At most so many expenses told one by one; the budget has them all."""

_BLANK = "à compléter"


def application(report: Report, population_of: str = "") -> str:
    """Return the Markdown of a draft dossier; `population_of`: when it was read."""
    overall = report.assessment.overall
    paid = [one for one in tellable(report) if not one.advice.cost.free]
    told: dict[str, object] = {
        "call": _call(report),
        "bearer": _bearer(report, population_of),
        "score": frame.score_words(overall),
        "completeness": percent(overall.completeness),
        "socle": frame.socle_words(report),
        "domains": frame.domain_table(report),
        "expenses": action_table(
            report,
            paid[:TOLD],
            READER,
            "Dépenses que l'audit propose, les premières d'abord",
            priced=True,
        ),
        "more": max(0, len(paid) - TOLD),
        "budget": budget_by_domain(report),
        "aids": possible_aids(report),
        "sources": sources_list(report, [one.source for one in told_aids(report)]),
        "funding": table(
            "Plan de financement",
            ("Ressource", "Montant", "État de la demande"),
            [
                (name, _BLANK, _BLANK)
                for name in ("Aide demandée", "Autres aides", "Part de la commune")
            ],
        ),
    }
    return draft(
        "dossier", report, READER, told, "la commune et l'équipe de l'école, ensemble"
    )


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
    """Return what is known of the call that this dossier is shaped after."""
    aid = report.checklist.aids.get("enir")
    if aid is None or aid.state is not AidState.CLOSED:
        return "Vérifiez d'abord quel appel est ouvert, et ses pièces."
    return (
        f"Cette trame suit un appel terminé, « {aid.title} » ({aid.period}, "
        f"information de {describe_day(aid.as_of)}). Vérifiez d'abord quel appel est "
        "ouvert, et ses pièces."
    )
