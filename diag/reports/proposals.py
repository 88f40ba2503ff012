"""What page 1 asks of the town hall: to stop a danger, to vote, to see to without one.

Three short lists, none of which holds what waits for something else.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

from diag.model.enums import Audience, Compliance, Kind
from diag.reports import advice
from diag.reports.choice import for_the_council, needs, pressing
from diag.reports.plan import Action
from diag.reports.report import Report

DECISIONS = 3
"""At most so many things put to the vote: a reader who is asked for more does none."""
UNVOTED = 2
"""At most so many things to be done without a vote, dangers counted."""
AT_ONCE = timedelta(days=2)
"""A breach to be cured within this delay cannot wait for a council: a danger."""
SOON = timedelta(days=92)
"""What is due within this delay is urgent; the rest is told further on."""

_COUNCIL_ACTS = re.compile(
    r"\b(?:vot\w+|délib\w+|budgets?|convention\w*|adh[ée]r\w+|adopt\w+|groupement)\b",
    re.IGNORECASE,
)
"""Words by which an author tells an act of the council where nothing is to pay."""


def dangers(report: Report) -> tuple[Action, ...]:
    """Return what is to be done on receipt: a danger is not put to the vote."""
    return tuple(one for one in _ripe(report) if _is_at_once(report, one))


def decisions(report: Report) -> tuple[Action, ...]:
    """Return what the council should vote now: what is to pay, then what is free.

    What the engineer put first is kept, then the law, which leaves room for the
    indispensable thing that would change most; told in the order of the plan.
    """
    voted = [one for one in _patient(report) if is_voted(report, one)]
    paid = [one for one in voted if not one.advice.cost.free]
    needed = _most_needed(report, paid)
    lawful = [one for one in paid if _is_lawful(report, one)]
    told = (
        *(one for one in paid[:DECISIONS] if one.by_hand),
        *lawful[: DECISIONS - bool(needed)],
        *needed,
        *paid,
        *voted,
    )
    asked = list({one.id: one for one in told}.values())[:DECISIONS]
    return tuple(sorted(asked, key=[*paid, *voted].index))


def duties(report: Report) -> tuple[Action, ...]:
    """Return what is urgent and takes no vote, the earliest first."""
    free = (one for one in _patient(report) if not is_voted(report, one))
    soon = [one for one in free if one.due and one.due - report.date <= SOON]
    room = UNVOTED - len(dangers(report))
    return tuple(advice.by_day(pressing(report, soon))[: max(0, room)])


def is_voted(report: Report, action: Action) -> bool:
    """Say whether it takes a vote: money, or an act that is the council's own."""
    words = report.wording(action, Audience.MAIRIE).decision
    return not action.advice.cost.free or bool(_COUNCIL_ACTS.search(words))


def _most_needed(report: Report, paid: Sequence[Action]) -> list[Action]:
    """Return what cures a lack, what is missing altogether first, then by gain."""
    return sorted(
        needs(report, paid),
        key=lambda one: (not _is_missing(report, one), -one.advice.gain),
    )


def _is_missing(report: Report, action: Action) -> bool:
    result = report.result(action.advice.recommendation.when.criterion)
    return result is not None and not result.high


def _is_lawful(report: Report, action: Action) -> bool:
    result = report.result(action.advice.recommendation.when.criterion)
    return (
        result is not None
        and result.criterion.kind is Kind.COMPLIANCE
        and result.compliance is not Compliance.CONFORME
    )


def _patient(report: Report) -> Iterable[Action]:
    return (one for one in _ripe(report) if not _is_at_once(report, one))


def _ripe(report: Report) -> list[Action]:
    return [
        action
        for action in report.plan.actions
        if action.undecided and action.ready and for_the_council(report, action)
    ]


def _is_at_once(report: Report, action: Action) -> bool:
    result = report.result(action.advice.recommendation.when.criterion)
    broken = result is not None and result.compliance is Compliance.NON_CONFORME
    return broken and action.due is not None and action.due - report.date <= AT_ONCE
