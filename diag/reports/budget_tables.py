"""The three-year budget as tables: by domain for who votes, by action for who buys."""

from collections.abc import Sequence

from diag.model.checklist import Audience
from diag.reports.budget import BudgetRow
from diag.reports.escape import Md
from diag.reports.layout import bold, table
from diag.reports.money import Money
from diag.reports.report import Report

_ELSEWHERE = "Hors domaine"


def budget_by_domain(report: Report) -> Md:
    """Return what each domain costs, year by year."""
    titles = {one.id: one.title for one in report.checklist.domains}
    rows = [
        (titles.get(one.domain, _ELSEWHERE), *map(str, one.years), str(one.total))
        for one in report.budget.shares
    ]
    return _table(report, "Dépenses estimées sur trois ans, en euros TTC", rows)


def budget_by_action(report: Report, audience: Audience) -> Md:
    """Return what each action costs, year by year."""
    rows = [_row(report, row, audience) for row in report.budget.rows]
    return _table(report, "Dépenses de chaque action, en euros TTC", rows)


def _table(report: Report, caption: str, rows: Sequence[tuple[str, ...]]) -> Md:
    budget = report.budget
    if not rows:
        return Md("")
    columns = ("Dépense", *map(str, budget.years), "Total TTC")
    whole = bold(f"{budget.total} (soit {budget.ht} HT)")
    told = [*rows, (bold("Total TTC"), *map(str, budget.totals), whole)]
    if budget.conditional != Money():
        blanks = ("",) * len(budget.years)
        waits = "dont actions sous condition"
        told.append((waits, *blanks, str(budget.conditional)))
    return table(caption, columns, told, numeric=range(1, len(columns)))


def _row(report: Report, row: BudgetRow, audience: Audience) -> tuple[str, ...]:
    after = " (sous condition)" if row.action.conditional else ""
    title = f"{row.action.ref}. {report.title(row.action, audience)}{after}"
    return title, *map(str, row.years), str(row.total)
