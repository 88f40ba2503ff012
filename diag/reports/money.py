"""Estimates as they are printed: whole euros, so that what is shown adds up.

Each line is rounded once; a total is the sum of the lines that the reader sees.
Before tax (HT) and with tax (TTC) never meet in one amount.
"""

from dataclasses import dataclass
from fractions import Fraction

from diag.assess.results import Amount, Cost
from diag.reports.figures import euros, half_up


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole euros; `at_least` when nothing bounds it above."""

    euros: int = 0
    at_least: bool = False

    def __add__(self, other: "Money") -> "Money":
        """Return the sum; unbounded when one of the two is."""
        return Money(self.euros + other.euros, self.at_least or other.at_least)

    def __str__(self) -> str:
        """Return « 1 240 € » or « au moins 1 240 € »."""
        return ("au moins " if self.at_least else "") + euros(self.euros)


def estimate(amount: Amount) -> Money:
    """Return the typical amount; the least one when the quantity is unbounded."""
    if amount.typical is None:
        return Money(_euros(amount.minimum), at_least=True)
    return Money(_euros(amount.typical))


def spoken_cost(cost: Cost) -> str:
    """Return what {cout} says: « environ 1 500 € TTC, puis 240 € TTC par an »."""
    once, yearly = _about(cost.once_ttc), _about(cost.yearly_ttc)
    said = [f"{once} TTC"] if once else []
    if yearly:
        said.append(f"{yearly} TTC par an")
    return ", puis ".join(said) or "sans dépense"


def spoken_range(cost: Cost) -> str:
    """Return « de 1 240 € à 1 900 € TTC », empty when there is no range to tell."""
    said = [
        f"de {euros(low)} à {euros(high)} TTC{rhythm}"
        for amount, rhythm in ((cost.once_ttc, ""), (cost.yearly_ttc, " par an"))
        if amount.maximum is not None
        and (low := _euros(amount.minimum)) < (high := _euros(amount.maximum))
    ]
    return ", puis ".join(said)


def _about(amount: Amount) -> str:
    shown = estimate(amount)
    if shown.at_least:
        return str(shown)
    if not shown.euros and not amount.maximum:
        return ""
    sure = _euros(amount.minimum) == _euros(amount.maximum or amount.minimum)
    return str(shown) if sure else f"environ {shown}"


def _euros(cents: Fraction) -> int:
    return half_up(cents / 100)
