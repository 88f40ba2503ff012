"""By when each thing is to be done, from the dated rules of finances.

A budget N begins with needs settled the year before, asks for aids, is talked over, is
handed out, voted; works come in summer. Days are those of `finances.yaml`, or of the
table that a syndicat lays over it.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple
from uuid import UUID, uuid5

from diag.assess.finances import YearDay, year_day
from diag.model.checklist import Checklist, Finance
from diag.model.enums import Milestone
from diag.programme.assembling import Board
from diag.programme.money import invested

_SHARED = (Milestone.BESOINS, Milestone.DEBAT, Milestone.PROJET, Milestone.BUDGET)
"""What a budget year has once, whatever it holds."""


_BEFORE_VOTE = ("quart-des-credits", "fonctionnement-avant-vote")


class DatedStep(NamedTuple):
    """Something to be done by a day."""

    opens: date
    """The first day; the last one where only that is known."""
    closes: date
    kind: Milestone
    budget: int
    rule: Finance
    operation: str = ""
    """Empty: the whole budget's."""

    def uid(self, container: str) -> str:
        """Return what names it in every calendar: it moves there with its operation."""
        return str(
            uuid5(UUID(container), f"{self.operation or self.budget} {self.kind}")
        )


def deadlines(
    board: Board, checklist: Checklist, insee: str = ""
) -> tuple[DatedStep, ...]:
    """Return the deadlines of a programme in order; `insee`: of one commune's part."""
    years = {
        year
        for name, year in board.schedule.years.items()
        if not insee or board.named(name).commune == insee
    }
    shared = (one for year in sorted(years) for one in _shared(checklist, year))
    own = _own(board, checklist, insee)
    return tuple(
        sorted((*shared, *own), key=lambda one: (one.closes, one.kind, one.operation))
    )


def before_vote(checklist: Checklist) -> tuple[Finance, ...]:
    """Return the rules of what may be spent before a budget is voted."""
    found = (checklist.finances.get(one) for one in _BEFORE_VOTE)
    return tuple(filter(None, found))


def _shared(checklist: Checklist, budget: int) -> Iterator[DatedStep]:
    for kind in _SHARED:
        year = budget - (kind is Milestone.BESOINS)
        if found := year_day(checklist, kind, year):
            yield _deadline(found, kind, budget)


def _own(board: Board, checklist: Checklist, insee: str) -> Iterator[DatedStep]:
    """Give what each operation waits for: the request for aids, then the works."""
    for name, year in board.schedule.years.items():
        if (insee and board.named(name).commune != insee) or not invested(board, name):
            continue
        for kind in (Milestone.AIDE, Milestone.TRAVAUX):
            if found := year_day(checklist, kind, year):
                yield _deadline(found, kind, year, name)


def _deadline(
    found: YearDay, kind: Milestone, budget: int, operation: str = ""
) -> DatedStep:
    closes = _last_day(found.closes)
    opens = _first_day(found.opens) if found.opens else closes
    return DatedStep(opens, closes, kind, budget, found.rule, operation)


def _first_day(text: str) -> date:
    return date.fromisoformat(text if text.count("-") > 1 else f"{text}-01")


def _last_day(text: str) -> date:
    first = _first_day(text)
    if text.count("-") > 1:
        return first
    return first.replace(day=monthrange(first.year, first.month)[1])
