"""Money: integer cents before tax, with a VAT rate; totals exact, never mixed."""

from fractions import Fraction

from diag.model.base import Noun
from diag.model.number import Number


class Price(Noun):
    """One row of the dated price table: cents before tax (HT), per unit."""

    id: str
    label: str
    unit: str
    """What one is: « prise posée », « mois », « poste »."""
    year: int
    minimum: int
    typical: int
    maximum: int
    """Integer cents HT."""
    vat: Number = 20
    """VAT rate, in percent."""
    yearly: bool = False
    """True for what is paid every year: subscription, maintenance."""
    lifetime: str = ""
    """ISO 8601 duration after which one buys again, `P7Y`; empty for a service."""
    source: str = "metier"
    """Id of a registered source, or `metier`."""
    note: str = ""


def rounded_cents(amount: Fraction) -> int:
    """Round an exact amount of cents half up, once, for display."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)
