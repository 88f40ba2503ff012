"""What the world gives to a workspace: the time, the day, chance."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from random import Random

from diag.journal.draft import fresh_nonce, now


@dataclass(frozen=True, slots=True)
class World:
    """The real world unless told otherwise."""

    clock: Callable[[], int] = now
    """Wall clock, UTC milliseconds."""
    nonce: Callable[[], bytes] = fresh_nonce
    """8 random bytes."""
    today: Callable[[], date] = date.today
    """The user's day."""


def fixed_world(day: date, seed: int) -> World:
    """Return a world that is the same each time: a minute passes at every look."""
    start = int(datetime(day.year, day.month, day.day, 8, tzinfo=UTC).timestamp())
    minutes = count()
    chance = Random(seed)  # noqa: S311 - reproducible on purpose, never a secret
    return World(
        clock=lambda: (start + 60 * next(minutes)) * 1000,
        nonce=lambda: chance.randbytes(8),
        today=lambda: day,
    )
