"""What each action costs, price row by price row, before tax and to the cent."""

from collections.abc import Sequence

from diag.assess.results import CostLine
from diag.reports.citations import source_words
from diag.reports.escape import Md
from diag.reports.layout import bold, table
from diag.reports.plan import Action
from diag.reports.report import Report
from diag.words.figures import euros_and_cents, half_up, plural
from diag.words.sentences import count_range


def cost_table(report: Report) -> Md:
    """Return every row that the plan pays for, and the sum of the rows shown.

    What is to be confirmed has no row; each row is rounded to the cent, once. Of a
    quantity that is not known, the row goes from the least to the most.
    """
    priced = [
        (action, line) for action in report.plan.actions for line in _lines(action)
    ]
    rows = [_row(action, line) for action, line in priced]
    lines = [line for _, line in priced]
    rows += _total("payé une fois", [one for one in lines if not _yearly(one)])
    rows += _total("par an", [one for one in lines if _yearly(one)])
    columns = ("Action", "Poste", "Quantité", "Prix HT", "Total HT", "Année", "Source")
    return table("Détail des coûts, en euros HT", columns, rows, numeric=(3, 4))


def _lines(action: Action) -> tuple[CostLine, ...]:
    return action.advice.cost.lines


def _yearly(line: CostLine) -> bool:
    return line.price.yearly


def _total(rhythm: str, lines: Sequence[CostLine]) -> list[tuple[str, ...]]:
    """Return the row that adds up what the rows above show; none without rows."""
    if not lines:
        return []
    sides = [_cents(line) for line in lines]
    least = sum(low for low, _ in sides)
    most = [high for _, high in sides if high is not None]
    bounded = len(most) == len(sides)
    total = _shown(least, sum(most) if bounded else None)
    return [(bold("Total"), bold(rhythm), "", "", bold(total), "", "")]


def _row(action: Action, line: CostLine) -> tuple[str, ...]:
    price = line.price
    rhythm = " par an" if price.yearly else ""
    return (
        action.ref,
        price.label,
        count_range(line.quantity, price.unit, plural(price.unit)),
        _shown(*_unit_price(line)),
        _shown(*_cents(line)) + rhythm,
        str(price.year),
        source_words(price.source),
    )


def _shown(low: int, high: int | None) -> str:
    if high is None:
        return f"au moins {euros_and_cents(low)}"
    if low == high:
        return euros_and_cents(low)
    if not low:
        return f"jusqu'à {euros_and_cents(high)}"
    return f"entre {euros_and_cents(low)} et {euros_and_cents(high)}"


def _cents(line: CostLine) -> tuple[int, int | None]:
    """Return the least and the most; the typical price of a known quantity, twice."""
    quantity, (cheap, dear) = line.quantity, _unit_price(line)
    low = half_up(quantity.low * cheap)
    return low, None if quantity.high is None else half_up(quantity.high * dear)


def _unit_price(line: CostLine) -> tuple[int, int]:
    """Return the typical price, twice; from least to most of an unknown quantity."""
    quantity, price = line.quantity, line.price
    if quantity.high is None:
        return price.minimum, price.minimum
    if quantity.low == quantity.high:
        return price.typical, price.typical
    return price.minimum, price.maximum
