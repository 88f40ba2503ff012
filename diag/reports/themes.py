"""Many actions told in few lines: how many in each theme, what they cost together.

A reader who is given a hundred rows reads none; the technical document has them all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from diag.model.enums import Audience
from diag.reports.budget import added
from diag.reports.escape import Md
from diag.reports.layout import table
from diag.reports.money import Money
from diag.reports.plan import Action
from diag.reports.report import Report
from diag.words.sentences import listed

ELSEWHERE = "Autres sujets"
"""Theme of what belongs to no domain."""


@dataclass(frozen=True, slots=True)
class Theme:
    """The actions of one domain, at least one, in the order of the plan."""

    title: str
    actions: tuple[Action, ...]

    @property
    def refs(self) -> str:
        """Their numbers: « R2, R14 et R21 »."""
        return listed([one.ref for one in self.actions], len(self.actions))


def themes(report: Report, actions: Iterable[Action]) -> tuple[Theme, ...]:
    """Return actions by domain, in the order of the checklists."""
    titles = {one.id: one.title for one in report.checklist.domains}
    found: dict[str, list[Action]] = {}
    for one in actions:
        domain = one.advice.recommendation.domain
        found.setdefault(domain if domain in titles else "", []).append(one)
    order = [*titles, ""]
    return tuple(
        Theme(titles.get(domain, ELSEWHERE), tuple(found[domain]))
        for domain in sorted(found, key=order.index)
    )


def themes_table(
    report: Report,
    actions: Sequence[Action],
    audience: Audience,
    caption: str,
    *,
    priced: bool = False,
) -> Md:
    """Return a row for each theme: how many actions, the first of them, their numbers.

    When `priced`, what they cost together over the years of the budget.
    """
    rows = [
        (
            theme.title,
            str(len(theme.actions)),
            *((_cost(report, theme),) if priced else ()),
            report.title(theme.actions[0], audience),
            theme.refs,
        )
        for theme in themes(report, actions)
    ]
    price = (f"Coût {_years(report)}, TTC",) if priced else ()
    columns = ("Thème", "Actions", *price, "La première", "Numéros")
    return table(caption, columns, rows, numeric=range(1, 2 + len(price)))


def _cost(report: Report, theme: Theme) -> str:
    ids = {one.id for one in theme.actions}
    paid = added(row.total for row in report.budget.rows if row.action.id in ids)
    later = any(one.id in ids for one in report.budget.beyond)
    if paid == Money():
        return "plus tard" if later else "sans dépense"
    return str(paid)


def _years(report: Report) -> str:
    years = report.budget.years
    return f"{years[0]} à {years[-1]}"
