"""The three-year budget as tables: by domain for who votes, by action for who buys."""

from collections.abc import Iterable, Mapping, Sequence

from diag.assess.money import WORKS, Money, added, by_year
from diag.audit.report import Report
from diag.documents.blocks import bold, table
from diag.documents.drawings import draw_years
from diag.documents.escape import Md
from diag.documents.parts.advice import ELSEWHERE
from diag.model.enums import Audience
from diag.words.sentences import counted

UNDEDUCTED = "Total TTC, avant FCTVA et aides"
"""Label of the total: « reste » would name what is left of it."""

DUE = "dont à engager, sans rien attendre d'autre"
"""Label of the part that waits for nothing else."""

SHARES = 8
"""At most so many domains apart, the costliest first; the others together."""

Row = tuple[str, Sequence[Money]]
"""A label, and an amount for each year."""


def budget_by_domain(report: Report) -> Md:
    """Return what each domain costs, year by year; nothing while nothing is sure."""
    if not report.budget.is_sure:
        return Md("")
    titles = {one.id: one.title for one in report.checklist.domains}
    shares = sorted(report.budget.shares, key=lambda one: -one.total.most)
    rows: list[Row] = [(titles.get(one.domain, ELSEWHERE), one.years) for one in shares]
    few = gather_rest(rows, SHARES, "domaines")
    return _budget(report, "Dépenses estimées, en euros TTC", [*few, *_unsure(report)])


def _unsure(report: Report) -> list[Row]:
    """Return what a check may call for, in one row: it only raises the totals."""
    rows = report.budget.unsure
    return unsure_row(by_year(row.years for row in rows), len(rows))


def unsure_row(years: Sequence[Money], count: int) -> list[Row]:
    """Return the row of what is to be confirmed; none when there is nothing."""
    return [(f"{counted(count, 'action')} à confirmer", years)] if count else []


def budget_by_action(report: Report, audience: Audience) -> Md:
    """Return what each action costs, year by year."""
    rows = []
    for row in report.budget.rows:
        after = " (sous condition)" if row.action.conditional else ""
        title = row.action.titled(report.title(row.action, audience)) + after
        rows.append((title, row.years))
    caption = "Dépenses de chaque action, en euros TTC"
    return _budget(report, caption, [*rows, *_unsure(report)])


def _budget(report: Report, caption: str, rows: Iterable[Row]) -> Md:
    budget = report.budget
    years = dict(zip(budget.years, budget.totals, strict=False))
    return budget_table(caption, rows, years, budget.ht, budget.due, works=budget.works)


def gather_rest(rows: Sequence[Row], limit: int, what: str) -> list[Row]:
    """Return the first rows, and the sum of the others in a row of their own."""
    rest = rows[limit:]
    if len(rest) <= 1:
        return list(rows)
    columns = zip(*(years for _, years in rest), strict=True)
    return [*rows[:limit], (f"{len(rest)} autres {what}", tuple(map(added, columns)))]


def budget_table(
    caption: str,
    rows: Iterable[Row],
    years: Mapping[int, Money],
    ht: Money,
    due: Money,
    *,
    works: Money,
    first: str = "",
) -> Md:
    """Return amounts by year, over what all of them cost; no rows, no table.

    Works on the building have the last row, outside the total.
    The years are drawn, unless the table has a `first` header of its own: then it
    divides the amounts of another one.
    """
    cells: list[tuple[str, ...]] = [
        (label, *(one.cell for one in amounts), added(amounts).cell)
        for label, amounts in rows
    ]
    if not cells and works == Money():
        return Md("")
    blanks, total = ("",) * len(years), added(years.values())
    sums = (one.cell for one in years.values())
    cells.append((bold(UNDEDUCTED), *sums, bold(total.cell)))
    cells.append(("soit hors taxes (HT)", *blanks, ht.cell))
    if due != total:
        cells.append((DUE, *blanks, due.cell))
    if works != Money():
        cells.append((WORKS, *blanks, works.cell))
    columns = (first or "Dépense", *map(str, years), "Total TTC")
    drawing = None if first else draw_years(tuple(years.items()))
    numeric = range(1, len(columns))
    return table(caption, columns, cells, numeric=numeric, drawing=drawing)
