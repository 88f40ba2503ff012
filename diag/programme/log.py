"""What bodies decided, in order, and what each decision moved."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

from diag.model.programme import BodyDecision
from diag.programme.assembling import adopted_parts, years_adopted
from diag.programme.container import Container


class YearMoved(NamedTuple):
    """An operation whose year an adoption changed."""

    operation: str
    before: int | None
    """None: it was not in the programme."""
    after: int | None
    """None: it is no more."""


class LoggedDecision(NamedTuple):
    """A decision, and all that rests on it."""

    ident: str
    decision: BodyDecision
    adopts: bool
    """Whether the programme, or a variant, was adopted by it."""
    moved: tuple[YearMoved, ...]
    """Against what was adopted before; empty where a part has not come yet."""
    locks: tuple[str, ...]
    """Operations whose year it imposes."""
    weighs: bool
    """Whether the weights of themes were adopted by it."""


def log_of(container: Container) -> Iterator[LoggedDecision]:
    """Give the decisions of a programme by day, with what each one moved."""
    record = container.record()
    moved = dict(_moved_by(container))
    for ident, one in record.decisions.items():
        yield LoggedDecision(
            ident,
            one,
            adopts=ident in moved,
            moved=moved.get(ident, ()),
            locks=tuple(
                name for name, lock in record.locks.items() if lock.decision == ident
            ),
            weighs=record.weighing is not None and record.weighing.decision == ident,
        )


def _moved_by(container: Container) -> Iterator[tuple[str, tuple[YearMoved, ...]]]:
    """Give each decision that adopted, and what it moved.

    One that adopted again, to write more steps, counts once: as it did last.
    """
    before: Mapping[str, int] = {}
    adoptions = container.record().adoptions.items()
    for decision, group in groupby(adoptions, lambda one: one[1].decision):
        ident, adoption = list(group)[-1]
        parts = adopted_parts(container, ident, adoption)
        if parts is None:
            yield decision, ()
            continue
        after = years_adopted(parts)
        yield decision, years_moved(before, after)
        before = after


def years_moved(
    before: Mapping[str, int], after: Mapping[str, int]
) -> tuple[YearMoved, ...]:
    """Return the operations whose year differs, in the order of their turn."""
    names = dict.fromkeys((*after, *before))
    changed = (YearMoved(one, before.get(one), after.get(one)) for one in names)
    return tuple(one for one in changed if one.before != one.after)
