"""How rules see places, and what compiled rules look like."""

from collections.abc import Callable, Sequence
from typing import NoReturn, Protocol

from diag.model.enums import PlaceKind
from diag.model.fact import PARENT_KINDS, ROOT_KINDS
from diag.rules.values import Absent, RuleValue, Span, Truth


class Scope(Protocol):
    """A place, as rules see it."""

    def value(self, name: str, /) -> RuleValue:
        """Return what a name stands for here: own fact, ancestor's, or extra name.

        A missing ancestor, an irrelevant fact and one declared not applicable are
        `ABSENT`. A choice of an `ordered` question carries its order.
        """

    def inside(self, kind: PlaceKind) -> tuple[Sequence["Scope"], bool]:
        """Return the places of a kind held here, and whether more may come."""

    def is_out(self, name: str) -> Truth:
        """Say whether a fact was answered not applicable here: then it counts not.

        None when heads disagree about it: the place then may count or not.
        """


Judge = Callable[[Scope], Truth]
"""A compiled condition."""

Reader = Callable[[Scope], RuleValue]
"""A compiled term."""

Measure = Callable[[Scope], Span | Absent]
"""A compiled number."""


def mistyped(name: str, value: RuleValue) -> NoReturn:
    """Stop on a rule that `typecheck` would have refused."""
    raise TypeError(f"{name} cannot be read here as {value}")


def reach(kind: PlaceKind) -> frozenset[PlaceKind]:
    """Return a kind and every kind that may hold it: what bare names may read."""
    parents = PARENT_KINDS.get(kind, frozenset())
    return frozenset({kind}).union(*(reach(parent) for parent in parents))


def root_of(kind: PlaceKind) -> PlaceKind:
    """Return the kind of subject whose audit has places of this kind."""
    (root,) = reach(kind) & ROOT_KINDS
    return root


def may_hold(kind: PlaceKind) -> frozenset[PlaceKind]:
    """Return the kinds that may stand in a place of this kind, near or deep."""
    return frozenset(
        other for other in PlaceKind if other is not kind and kind in reach(other)
    )
