"""Which actions a document tells at length, and which in one line of a table."""

from collections.abc import Callable, Iterable, Sequence

from diag.model.enums import Audience, Compliance, Kind, Owner
from diag.reports.plan import Action
from diag.reports.report import Report

LAWFUL = 4
"""At most so many actions told at length for the law; a table has them all."""
NEEDED = 4
"""At most so many told at length for what nothing works without."""
OTHERS = 2
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
    return foremost(report, asked, last=_is_light)


def foremost(
    report: Report, actions: Sequence[Action], *, last: Callable[[Action], bool]
) -> tuple[Action, ...]:
    """Return the few that come first: law, what is indispensable, improvements.

    Among improvements, the engineer's own first, and some `last`.
    """
    first = pressing(report, actions)
    needed = needs(report, first)
    lawful = [one for one in first if one not in needed]
    rest = [one for one in actions if one not in first]
    others = sorted(rest, key=lambda one: (not is_own(report, one), last(one)))
    told = (*lawful[:LAWFUL], *needed[:NEEDED], *others[:OTHERS])
    kept = {one.id for one in told}
    return tuple(one for one in actions if one.id in kept)


def needs(report: Report, actions: Iterable[Action]) -> list[Action]:
    """Return what cures the lack of something indispensable, the missing ones first."""
    told = [
        (result.high > 0, action)
        for action in actions
        if (result := report.result(action.advice.recommendation.when.criterion))
        and result.criterion.kind is Kind.BLOCKING
    ]
    return [action for _, action in sorted(told, key=lambda one: one[0])]


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


def _is_light(action: Action) -> bool:
    """Say whether a council can let it be done without a vote on money."""
    owner = action.advice.recommendation.owner
    return action.advice.cost.free or owner is not Owner.COMMUNE


def _is_pressing(report: Report, action: Action) -> bool:
    result = report.result(action.advice.recommendation.when.criterion)
    if result is None or result.compliance is Compliance.CONFORME:
        return False
    return result.criterion.kind is not Kind.IMPROVEMENT
