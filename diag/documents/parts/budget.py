"""The three-year budget as tables: by domain for who votes, by action for who buys."""

from collections.abc import Sequence

from diag.assess.money import BudgetRow, Money, added
from diag.audit.report import Report
from diag.documents.document import bold, table
from diag.documents.escape import Md
from diag.documents.parts.advice import ELSEWHERE
from diag.model.enums import Audience

EXPENSE = "Dépense"
"""Header by which the writers know the budget that they draw year by year."""


REMAINS = "Reste à charge TTC"
"""Label of the total: nothing is deducted from it."""


BEFORE_TAX = "soit hors taxes (HT)"
"""Label of the same total without its tax."""


SHARES = 8
"""At most so many domains told apart, the costliest first; the others together."""


def budget_by_domain(report: Report) -> Md:
    """Return what each domain costs, year by year, the costliest first."""
    titles = {one.id: one.title for one in report.checklist.domains}
    shares = sorted(report.budget.shares, key=lambda one: -one.total.most)
    told, rest = shares[:SHARES], shares[SHARES:]
    if len(rest) == 1:
        told, rest = shares, []
    rows = [
        (titles.get(one.domain, ELSEWHERE), *map(str, one.years), str(one.total))
        for one in told
    ]
    if rest:
        years = [added(year) for year in zip(*(x.years for x in rest), strict=True)]
        label = f"{len(rest)} autres domaines"
        rows.append((label, *map(str, years), str(added(years))))
    return _table(report, "Dépenses estimées, en euros TTC", rows)


def budget_by_action(report: Report, audience: Audience) -> Md:
    """Return what each action costs, year by year."""
    rows = [_row(report, row, audience) for row in report.budget.rows]
    return _table(report, "Dépenses de chaque action, en euros TTC", rows)


def _table(report: Report, caption: str, rows: Sequence[tuple[str, ...]]) -> Md:
    budget = report.budget
    if not rows:
        return Md("")
    columns = (EXPENSE, *map(str, budget.years), "Total TTC")
    blanks = ("",) * len(budget.years)
    whole = (bold(REMAINS), *map(str, budget.totals), bold(str(budget.total)))
    told = [*rows, whole, (BEFORE_TAX, *blanks, str(budget.ht))]
    if budget.conditional != Money():
        waits = "dont actions sous condition"
        told.append((waits, *blanks, str(budget.conditional)))
    return table(caption, columns, told, numeric=range(1, len(columns)))


def _row(report: Report, row: BudgetRow, audience: Audience) -> tuple[str, ...]:
    after = " (sous condition)" if row.action.conditional else ""
    title = f"{row.action.ref}. {report.title(row.action, audience)}{after}"
    return title, *map(str, row.years), str(row.total)
