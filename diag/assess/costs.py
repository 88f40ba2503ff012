"""What things cost: exact cents, before and with tax kept apart, never rounded here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from diag.assess.results import Advice, Amount, Cost, CostLine
from diag.model.enums import Trigger
from diag.model.number import Number, exact

NOTHING = Amount(Fraction(), Fraction(), Fraction())
"""No money at all."""

FREE = Cost((), NOTHING, NOTHING, NOTHING, NOTHING)
"""What costs nothing."""


@dataclass(frozen=True, slots=True)
class VatGroup:
    """What is taxed at one rate: the base, and the tax itself."""

    rate: Number
    """In percent."""
    once_ht: Amount
    once_vat: Amount
    yearly_ht: Amount
    yearly_vat: Amount


@dataclass(frozen=True, slots=True)
class Totals:
    """Costs that add up; to be confirmed ones are left out."""

    once_ht: Amount
    once_ttc: Amount
    yearly_ht: Amount
    yearly_ttc: Amount
    by_vat: tuple[VatGroup, ...]
    """From the lowest rate to the highest."""


def cost_of(lines: Sequence[CostLine]) -> Cost:
    """Return what some rows of the price table cost together."""
    if not lines:
        return FREE
    once = [line for line in lines if not line.price.yearly]
    yearly = [line for line in lines if line.price.yearly]
    return Cost(tuple(lines), _ht(once), _ttc(once), _ht(yearly), _ttc(yearly))


def totals(advice: Iterable[Advice]) -> Totals:
    """Return the sum of what surely fires; the rest is outside totals."""
    lines = [
        line
        for one in advice
        if one.trigger is Trigger.FIRES
        for line in one.cost.lines
    ]
    whole = cost_of(lines)
    rates = sorted({exact(line.price.vat) for line in lines})
    return Totals(
        whole.once_ht,
        whole.once_ttc,
        whole.yearly_ht,
        whole.yearly_ttc,
        tuple(_group(rate, lines) for rate in rates),
    )


def added(amounts: Iterable[Amount]) -> Amount:
    """Return the sum of amounts; unbounded when one of them is."""
    each = iter(amounts)
    total = next(each, NOTHING)
    for amount in each:
        total = Amount(
            total.minimum + amount.minimum,
            _sum(total.typical, amount.typical),
            _sum(total.maximum, amount.maximum),
        )
    return total


def times(amount: Amount, factor: Fraction) -> Amount:
    """Return an amount multiplied: by a tax rate, say."""
    return Amount(
        amount.minimum * factor,
        None if amount.typical is None else amount.typical * factor,
        None if amount.maximum is None else amount.maximum * factor,
    )


def _line_ht(line: CostLine) -> Amount:
    low, high = line.quantity.low, line.quantity.high
    return Amount(
        low * line.price.minimum,
        None if high is None else high * line.price.typical,
        None if high is None else high * line.price.maximum,
    )


def _ht(lines: Iterable[CostLine]) -> Amount:
    return added(_line_ht(line) for line in lines)


def _ttc(lines: Iterable[CostLine]) -> Amount:
    return added(
        times(_line_ht(line), 1 + exact(line.price.vat) / 100) for line in lines
    )


def _group(rate: Fraction, lines: Sequence[CostLine]) -> VatGroup:
    here = [line for line in lines if exact(line.price.vat) == rate]
    once = _ht(line for line in here if not line.price.yearly)
    yearly = _ht(line for line in here if line.price.yearly)
    tax = rate / 100
    return VatGroup(
        here[0].price.vat, once, times(once, tax), yearly, times(yearly, tax)
    )


def _sum(left: Fraction | None, right: Fraction | None) -> Fraction | None:
    return None if left is None or right is None else left + right
