"""What a lock would cost, before anybody writes it: made again with it."""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from diag.model.errors import DiagError
from diag.programme import replay
from diag.programme.assembling import Board
from diag.programme.placing import Imposed, Settled, schedule_of
from diag.programme.words import cents_words
from diag.words.figures import euros, number
from diag.words.sentences import counted, of


class LockEffect(NamedTuple):
    """What imposing a year on an operation, or leaving it out, would change."""

    holds: bool
    """Whether it is then where it is asked."""
    moved: tuple[str, ...]
    """Others that change year."""
    out: tuple[str, ...]
    """Those of them that leave the programme."""
    points: Fraction
    """What the whole programme wins, or loses."""
    right: tuple[int, int]
    """Cents left of its commune's right, before and after."""


def lock_effect(board: Board, operation: str, year: int | None) -> LockEffect:
    """Return what imposing a year would change; None: leaving it out.

    Raises:
        DiagError: every payer decided it, its year moves no more.
    """
    before = board.schedule
    if isinstance(before.placements[operation].reason, Settled):
        raise DiagError("Elle est décidée : son année ne s'impose plus.")
    after = schedule_of(replay.locked(board.programme, operation, year))
    moved = tuple(one for one in before.moved(after) if one != operation)
    payer = board.payers[operation]
    left = [
        one.rights.get(payer, 0) - one.drawn.get(payer, 0) for one in (before, after)
    ]
    points = replay.worth(after, before).points - replay.worth(before, before).points
    return LockEffect(
        isinstance(after.placements[operation].reason, Imposed),
        moved,
        tuple(one for one in moved if one not in after.years),
        points,
        (left[0], left[1]),
    )


def lock_words(board: Board, operation: str, effect: LockEffect) -> Iterator[str]:
    """Give what a lock would change, a sentence each."""
    if not effect.holds:
        yield "Elle ne tiendrait pas : il manquerait de l'argent, ou un préalable."
    many = counted(len(effect.moved), "autre change", "autres changent")
    yield (
        f"{many} d'année, dont {len(effect.out)} hors programme."
        if effect.moved
        else "Aucune autre ne change d'année."
    )
    points = int(effect.points)
    if points:
        yield f"Points : {'+' * (points > 0)}{number(points)} sur tout le programme."
    before, after = effect.right
    name = board.payer_name(board.payers[operation])
    if before != after and board.named(operation).commune:
        left = (
            f"il resterait {euros(after // 100)}"
            if after >= 0
            else f"il serait dépassé de {cents_words(-after)}"
        )
        yield f"Droit {of(name)} : {left}, au lieu de {euros(before // 100)}."
