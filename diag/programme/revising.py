"""What was adopted, beside what a revision and a fresh start would make of it."""

from typing import NamedTuple

from diag.model.errors import DiagError
from diag.programme.assembling import (
    Board,
    adopted_in,
    board_of,
    costs_adopted,
)
from diag.programme.container import Container
from diag.programme.log import YearMoved, years_moved


class Revised(NamedTuple):
    """A programme worked out again, against what was adopted."""

    board: Board
    moved: tuple[YearMoved, ...]
    recosted: tuple[str, ...]
    """Operations in both whose cost changed."""

    @property
    def cents(self) -> int:
        """What it costs once, all payers together."""
        placed = self.board.schedule.placements.values()
        return sum(sum(one.paid.values()) for one in placed)


class ProgrammeRevision(NamedTuple):
    """What was adopted, moved as little as can be, and started again."""

    placed: int
    """How many operations were adopted."""
    cents: int
    """What they cost once, in cents, when they were."""
    least: Revised
    afresh: Revised


def revision_of(container: Container) -> ProgrammeRevision:
    """Return what would change in what was last adopted; nothing is written.

    Raises:
        DiagError: nothing was adopted, or a part of it has not come yet.
    """
    record = container.record()
    then = adopted_in(container, record)
    if record.adoption is None or then is None:
        raise DiagError(
            "Rien n'est encore arrêté, ou une partie n'en est pas arrivée ici : "
            "il n'y a rien à réviser.",
            command="diag programme adopt --decision NUMÉRO",
        )
    variant, costs = record.adoption[1].variant, costs_adopted(container, record)

    def revised(board: Board) -> Revised:
        placed = board.schedule.placements
        paid = {
            name: sum(placed[name].paid.values()) for name in costs if name in placed
        }
        recosted = (name for name, cents in paid.items() if 0 < cents != costs[name])
        moved = years_moved(then.years, board.schedule.years)
        return Revised(board, moved, tuple(recosted))

    least = board_of(container, variant, afresh=False)
    afresh = board_of(container, variant, least.gathered)
    return ProgrammeRevision(
        len(then.years), sum(costs.values()), revised(least), revised(afresh)
    )
