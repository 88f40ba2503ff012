"""Which actions a document tells at length, and which in one line of a table."""

from collections.abc import Iterable

from diag.assess.results import Compliance
from diag.model.checklist import Audience, Kind, Owner
from diag.reports.plan import Action
from diag.reports.report import Report

PRESSING = 9
"""At most so many actions told at length for the law and for the indispensable."""
OTHERS = 3
"""At most so many improvements told at length: the plan puts the best ones first."""


def pressing(report: Report, actions: Iterable[Action]) -> tuple[Action, ...]:
    """Return the actions that cure a broken law or a missing condition."""
    return tuple(one for one in actions if _is_pressing(report, one))


def detailed(report: Report) -> tuple[Action, ...]:
    """Return what the commune must decide or pay now, and reads at length.

    What waits for another action comes after it; the rest is one line of a table.
    """
    asked = [
        one
        for one in report.plan.actions
        if not one.conditional and for_the_council(report, one)
    ]
    first = pressing(report, asked)
    rest = [one for one in asked if one not in first]
    others = sorted(rest, key=lambda one: not is_own(report, one))
    kept = {one.id for one in (*first[:PRESSING], *others[:OTHERS])}
    return tuple(one for one in asked if one.id in kept)


def is_own(report: Report, action: Action) -> bool:
    """Say whether the engineer advises it, and no checklist: it is told to all."""
    return action.id not in report.checklist.recommendations


def for_the_council(report: Report, action: Action) -> bool:
    """Say whether the council has a word to say: it acts, pays or mandates."""
    owner = action.advice.recommendation.owner
    if owner is Owner.COMMUNE:
        return True
    mandated = owner in {Owner.SYNDICAT, Owner.PRESTATAIRE}
    paid = not action.advice.cost.free
    words = report.wording(action, Audience.MAIRIE)
    return bool(words.decision) and (mandated or paid)


def _is_pressing(report: Report, action: Action) -> bool:
    result = report.result(action.advice.recommendation.when.criterion)
    if result is None or result.compliance is Compliance.CONFORME:
        return False
    return result.criterion.kind is not Kind.IMPROVEMENT
