"""What each action costs, price row by price row, before tax and to the cent."""

from collections.abc import Sequence

from diag.assess.results import CostLine
from diag.reports.citations import source_words
from diag.reports.escape import Md
from diag.reports.figures import euros_and_cents, half_up, plural
from diag.reports.layout import bold, table
from diag.reports.plan import Action
from diag.reports.report import Report
from diag.reports.wording import counted


def cost_table(report: Report) -> Md:
    """Return every row that the plan pays for, and the sum of the rows shown.

    What is to be confirmed has no row; each row is rounded to the cent, once.
    """
    priced = [
        (action, line, _cents(line))
        for action in report.plan.actions
        for line in action.advice.cost.lines
    ]
    rows = [_row(action, line, cents) for action, line, cents in priced]
    lines = [(line, cents) for _, line, cents in priced]
    rows += _total(
        "Total payé une fois", [one for one in lines if not one[0].price.yearly]
    )
    rows += _total("Total par an", [one for one in lines if one[0].price.yearly])
    columns = ("Action", "Poste", "Quantité", "Prix HT", "Total HT", "Année", "Source")
    return table("Détail des coûts, en euros HT", columns, rows, numeric=(3, 4))


def _total(
    caption: str, lines: Sequence[tuple[CostLine, int]]
) -> list[tuple[str, ...]]:
    """Return the row that adds up what the rows above show; none without rows."""
    if not lines:
        return []
    least = any(line.quantity.high is None for line, _ in lines)
    total = _shown(sum(cents for _, cents in lines), at_least=least)
    return [(bold(caption), "", "", "", bold(total), "", "")]


def _row(action: Action, line: CostLine, cents: int) -> tuple[str, ...]:
    price, unbounded = line.price, line.quantity.high is None
    rhythm = " par an" if price.yearly else ""
    return (
        action.ref,
        price.label,
        counted(line.quantity, price.unit, plural(price.unit)),
        euros_and_cents(_unit_price(line)),
        _shown(cents, at_least=unbounded) + rhythm,
        str(price.year),
        source_words(price.source),
    )


def _shown(cents: int, *, at_least: bool) -> str:
    return ("au moins " if at_least else "") + euros_and_cents(cents)


def _cents(line: CostLine) -> int:
    quantity = line.quantity
    known = quantity.low if quantity.high is None else quantity.high
    return half_up(known * _unit_price(line))


def _unit_price(line: CostLine) -> int:
    """Return the typical price; the least one when the quantity is unbounded."""
    return line.price.minimum if line.quantity.high is None else line.price.typical
