"""What the town hall reads after its first page: what to do, what it costs, when."""

from functools import partial

from diag.model.checklist import Audience, Owner
from diag.reports import advice, first_page, frame
from diag.reports.alerts import alerts_box, compliance_table
from diag.reports.budget import BudgetRow
from diag.reports.citations import prices_table, sources_table
from diag.reports.escape import Md
from diag.reports.findings import observed, open_words, strengths
from diag.reports.layout import Pair, bold, bullets, table
from diag.reports.money import Money
from diag.reports.plan import Action
from diag.reports.report import Report
from diag.reports.wording import listed, of, sentence

READER = Audience.MAIRIE
STRENGTHS = 8
"""At most so many strong points told."""

_ACTORS = {Owner.COMMUNE, Owner.SYNDICAT, Owner.PRESTATAIRE}


def view(report: Report) -> dict[str, object]:
    """Return what the template prints."""
    commune = report.commune.name if report.commune else report.school.commune
    ours = [one for one in report.plan.actions if _is_ours(one)]
    return {
        "cover": frame.cover(report, f"Mairie {of(commune)}"),
        "deadline": first_page.deadline(report),
        "alerts": alerts_box(report, READER),
        "decisions": first_page.decisions_box(report),
        "findings": first_page.findings_table(report),
        "open": open_words(report),
        "actions": advice.blocks(report, ours, READER, partial(_told, report)),
        "theirs": _theirs(report),
        "to_confirm": advice.to_confirm(report, READER),
        "strengths": bullets(_strengths(report)),
        "calendar": advice.calendar(report, READER),
        "budget": _budget(report),
        "total": _total(report),
        "beyond": listed([one.ref for one in report.budget.beyond]),
        "last_year": str(report.budget.years[-1]),
        "compliance": compliance_table(report, READER),
        "follow_ups": advice.follow_ups(report, READER),
        "sources": sources_table(report, _alerted(report)),
        "prices": prices_table(report),
    }


def _is_ours(action: Action) -> bool:
    return action.advice.recommendation.owner in _ACTORS


def _strengths(report: Report) -> list[str]:
    return [
        f"{one.criterion.title} : {observed(report, one, READER)}"
        for one in strengths(report)[:STRENGTHS]
    ]


def _told(report: Report, action: Action) -> tuple[Pair, ...]:
    words = report.wording(action, READER)
    what = report.told(action, words.decision or words.title, READER)
    done = report.told(action, action.advice.recommendation.done_when, READER)
    return (
        ("Constat", advice.finding(report, action, READER)),
        ("Pourquoi", advice.reason(report, action, READER)),
        ("Que faire", sentence(what)),
        ("Étapes", advice.steps(action)),
        ("Qui", sentence(advice.owner(action))),
        ("Coût", sentence(advice.cost(action))),
        ("Échéance", sentence(advice.due(report, action))),
        ("Où en est-on", sentence(advice.follow_up(action))),
        ("On saura que c'est fait", sentence(done)),
    )


def _theirs(report: Report) -> Md:
    rows = [
        (
            f"{one.ref}. {report.title(one, READER)}",
            advice.owner(one),
            advice.due(report, one),
        )
        for one in report.plan.actions
        if not _is_ours(one)
    ]
    columns = ("Action", "Qui", "Quand")
    return table("Ce que l'école et l'académie prennent en charge", columns, rows)


def _alerted(report: Report) -> list[str]:
    return [result.criterion.id for result in report.assessment.alerts]


def _total(report: Report) -> str:
    budget = report.budget
    if not budget.rows:
        return ""
    waits = f", dont {budget.conditional} sous condition"
    asked = waits if budget.conditional != Money() else ""
    return f"{budget.total} TTC (soit {budget.ht} HT){asked}."


def _budget(report: Report) -> Md:
    budget = report.budget
    columns = ("Action", *map(str, budget.years), "Total TTC")
    rows = [_budget_row(report, row) for row in budget.rows]
    if not rows:
        return Md("")
    whole = f"{budget.total} (soit {budget.ht} HT)"
    rows.append((bold("Total TTC"), *map(str, budget.totals), bold(whole)))
    if budget.conditional != Money():
        blanks = ("",) * len(budget.years)
        rows.append(("dont actions sous condition", *blanks, str(budget.conditional)))
    caption = "Dépenses estimées sur trois ans, en euros TTC"
    return table(caption, columns, rows, numeric=range(1, len(columns)))


def _budget_row(report: Report, row: BudgetRow) -> tuple[str, ...]:
    after = " (sous condition)" if row.action.conditional else ""
    title = f"{row.action.ref}. {report.title(row.action, READER)}{after}"
    return title, *map(str, row.years), str(row.total)
