"""The engineer's own recommendation, as advice: documents tell it like any other."""

from fractions import Fraction

from diag.assess.costs import FREE, cost_of
from diag.assess.results import Advice, CostLine
from diag.model.audit import OwnAdvice
from diag.model.checklist import Below, Recommendation, Wording
from diag.model.enums import Audience, Gate, Trigger
from diag.model.money import Price
from diag.model.number import Quantity

_ONE = Quantity(Fraction(1), Fraction(1))


def advised(own: OwnAdvice, year: int) -> Advice:
    """Return an engineer's own recommendation as advice: sure, needing nothing first.

    It raises no score: nobody declared which level it reaches.
    """
    words = Wording(title=own.title, why=own.why)
    recommendation = Recommendation(
        id=own.id,
        domain="",
        when=Below(criterion=own.criterion, below=1),
        owner=own.owner,
        delay=own.delay,
        wording=dict.fromkeys(Audience, words),
        done_when="",
        sources=("metier",),
    )
    return Advice(
        recommendation=recommendation,
        trigger=Trigger.FIRES,
        gate=Gate.OPEN,
        waits_for=(),
        quantity=_ONE,
        cost=cost_of([CostLine(_price(own, year), _ONE)]) if own.cents else FREE,
        effort_days=None,
        gain=Fraction(),
        places=(),
    )


def _price(own: OwnAdvice, year: int) -> Price:
    return Price(
        id=own.id,
        label=own.title,
        unit="forfait",
        year=year,
        minimum=own.cents,
        typical=own.cents,
        maximum=own.cents,
        vat=own.vat,
        note="estimation de l'ingénieur",
    )
