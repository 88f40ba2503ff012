"""The order basket: what the plans of some audits buy, price row by price row.

Only what surely fires, unless asked; never what is set aside, done or ordered. A lot
of the consultation is the domain whose recommendations buy the article most often.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from diag.assess.results import CostLine
from diag.model.checklist import Checklist
from diag.model.enums import Audience, FollowUpState, Trigger
from diag.model.money import Price
from diag.model.number import Quantity, exact
from diag.reports.advice import owner, waiting
from diag.reports.plan import Action
from diag.reports.report import Report
from diag.reports.tables.identity import identity
from diag.reports.tables.table import Cell
from diag.words.figures import half_up
from diag.words.sentences import sentence
from diag.words.vocabulary import FOLLOW_UPS

READER = Audience.MAIRIE
"""The basket goes to buyers: it tells what the commune reads, no more."""
OWN_LOT = "Hors grilles"
"""Where what the engineer advises of their own is filed."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Cents, before tax and with tax, each rounded once; None when unbounded."""

    ht: int | None
    ttc: int | None

    def __add__(self, other: "Sum") -> "Sum":
        """Return both together; unbounded when one is."""
        return Sum(_added(self.ht, other.ht), _added(self.ttc, other.ttc))


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One article that one audit's plan buys, for one action."""

    audit: tuple[Cell, ...]
    """Cells of `identity`."""
    lot: str
    price: Price
    quantity: Quantity
    least: Sum
    usual: Sum
    """At the typical price, of a quantity that is known."""
    most: Sum
    action: tuple[Cell, ...]
    """Number, title, who acts, places, condition, follow-up, deadline."""
    sure: bool
    rank: int
    """Where its article stands, lot by lot."""
    provisional: bool
    """Whether the audit may still change."""


@dataclass(frozen=True, slots=True)
class Basket:
    """What one audit puts in the basket, and how many lines stay out of it."""

    lines: tuple[BasketLine, ...]
    left_out: Counter[str]
    """Why → how many lines."""


def basket_of(report: Report, *, to_confirm: bool = False) -> Basket:
    """Return what an audit's plan buys; with what is `to_confirm` when asked."""
    lots = lots_of(report.checklist)
    lines: list[BasketLine] = []
    left_out: Counter[str] = Counter()
    for action in report.plan:
        why = _why_not(action, to_confirm=to_confirm)
        told = [line for line in action.advice.cost.lines if line.quantity.high != 0]
        if why:
            left_out[why] += len(told)
        else:
            lines += (_line(report, action, line, lots) for line in told)
    return Basket(tuple(lines), +left_out)


def lots_of(checklist: Checklist) -> dict[str, str]:
    """Return the lot of each price row, lots and rows in the order of the checklist."""
    buyers: dict[str, Counter[str]] = {}
    for advice in checklist.recommendations.values():
        for name in advice.prices:
            buyers.setdefault(name, Counter())[advice.domain] += 1
    ranks = {domain.id: rank for rank, domain in enumerate(checklist.domains)}
    titles = {domain.id: domain.title for domain in checklist.domains}
    lots = {
        name: buyers[name].most_common(1)[0][0]
        for name in checklist.prices
        if name in buyers
    }
    by_lot = sorted(lots, key=lambda name: ranks.get(lots[name], len(ranks)))
    return {name: titles.get(lots[name], OWN_LOT) for name in by_lot}


def _why_not(action: Action, *, to_confirm: bool) -> str:
    """Return why an action buys nothing here; empty when it does."""
    match action.state:
        case FollowUpState.ECARTEE:
            return "écartées"
        case FollowUpState.FAITE | FollowUpState.VERIFIEE:
            return "déjà faites"
        case FollowUpState.COMMANDEE:
            return "déjà commandées"
    if action.advice.trigger is Trigger.FIRES or to_confirm:
        return ""
    return "à confirmer"


def _line(
    report: Report, action: Action, line: CostLine, lots: dict[str, str]
) -> BasketLine:
    price, quantity = line.price, line.quantity
    known = quantity.low == quantity.high
    return BasketLine(
        audit=identity(report),
        lot=lots.get(price.id, OWN_LOT),
        price=price,
        quantity=quantity,
        least=_sum(price, quantity.low, price.minimum),
        usual=_sum(price, quantity.high if known else None, price.typical),
        most=_sum(price, quantity.high, price.maximum),
        action=tuple(_told(report, action)),
        sure=action.advice.trigger is Trigger.FIRES,
        rank=list(lots).index(price.id) if price.id in lots else len(lots),
        provisional=report.provisional,
    )


def _told(report: Report, action: Action) -> Iterator[Cell]:
    discreet = report.is_discreet(action.id, READER)
    places = () if discreet else action.advice.places
    yield action.ref
    yield report.title(action, READER)
    yield owner(action)
    yield " ; ".join(map(report.place_name, places))
    yield sentence(waiting(report, action, READER))
    yield FOLLOW_UPS[action.state] if action.state else ""
    yield action.due


def _sum(price: Price, quantity: Fraction | None, cents: int) -> Sum:
    if quantity is None:
        return Sum(None, None)
    amount = quantity * cents
    return Sum(half_up(amount), half_up(amount * (1 + exact(price.vat) / 100)))


def _added(left: int | None, right: int | None) -> int | None:
    return None if left is None or right is None else left + right
