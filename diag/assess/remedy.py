"""A recommendation made ready: how many, at which cost, with how much work."""

from fractions import Fraction

from diag.assess.costs import FREE, cost_of
from diag.assess.reading import PlaceScope, WithNames
from diag.assess.results import Cost, CostLine
from diag.model.checklist import Recommendation
from diag.model.money import Price
from diag.model.number import Quantity
from diag.rules.evaluate import number
from diag.rules.language import Rule, parse_rule
from diag.rules.scope import Scope
from diag.rules.values import ABSENT, Absent, Exact, Span

QUANTITY_NAME = "quantite"
"""What the rules of prices and effort call the quantity."""


class Remedy:
    """One recommendation of one checklist, ready to be counted and costed."""

    def __init__(
        self, recommendation: Recommendation, prices: dict[str, Price]
    ) -> None:
        self.recommendation = recommendation
        """What is to be done."""
        self.quantity_rule = parse_rule(recommendation.quantity)
        """How many."""
        self.price_rules = tuple(
            (prices[row], parse_rule(text))
            for row, text in recommendation.prices.items()
        )
        """How many of each row of the price table."""
        self.effort_rule = (
            parse_rule(recommendation.effort) if recommendation.effort else None
        )
        """How many days of work."""

    def quantity(self, root: PlaceScope) -> Quantity:
        """Return how many there are to do, seen from the subject's own place."""
        return _quantity(number(self.quantity_rule, root))

    def cost(self, root: PlaceScope, quantity: Quantity) -> Cost:
        """Return what that many cost."""
        if not self.price_rules:
            return FREE
        scope = _knowing(root, quantity)
        return cost_of([
            CostLine(price, _quantity(number(rule, scope)))
            for price, rule in self.price_rules
        ])

    def effort(self, root: PlaceScope, quantity: Quantity) -> Quantity | None:
        """Return the days of work for that many; None when nobody said."""
        if self.effort_rule is None:
            return None
        return _quantity(number(self.effort_rule, _knowing(root, quantity)))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule that it counts with."""
        effort = () if self.effort_rule is None else (self.effort_rule,)
        return (self.quantity_rule, *(rule for _, rule in self.price_rules), *effort)


def _knowing(root: PlaceScope, quantity: Quantity) -> Scope:
    low, high = _exact(quantity.low), quantity.high
    span = Span(low, None if high is None else _exact(high))
    return WithNames(root, {QUANTITY_NAME: span})


def _exact(number: Fraction) -> Exact:
    return number.numerator if number.denominator == 1 else number


def _quantity(value: Span | Absent) -> Quantity:
    """Return a number as a quantity: never negative, nothing when absent."""
    if value is ABSENT:
        return Quantity(Fraction(), Fraction())
    low = Fraction(0 if value.low is None or value.maybe_absent else value.low)
    high = None if value.high is None else max(Fraction(), Fraction(value.high))
    return Quantity(max(Fraction(), low), high)
