"""Places for tests: a scope whose values are given, and its rooms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from diag.model.enums import PlaceKind
from diag.rules.expressions import ABSENT, Flag, OneOf, RuleValue, Several, Span, Truth

YES = Flag(can_be_true=True, can_be_false=False)
NO = Flag(can_be_true=False, can_be_false=True)
YES_OR_NO = Flag(can_be_true=True, can_be_false=True)


@dataclass(frozen=True)
class Here:
    """A scope: what it lacks is absent."""

    values: Mapping[str, RuleValue] = field(default_factory=dict)
    rooms: Sequence["Here"] = ()
    is_open: bool = False
    out: Mapping[str, Truth] = field(default_factory=dict)

    def value(self, name: str) -> RuleValue:
        return self.values.get(name, ABSENT)

    def inside(self, kind: PlaceKind) -> tuple[Sequence["Here"], bool]:
        return (self.rooms, self.is_open) if kind is PlaceKind.SALLE else ((), False)

    def is_out(self, name: str) -> Truth:
        return self.out.get(name, False)


def one_of(*ids: str, maybe_absent: bool = False, order: str = "") -> OneOf:
    return OneOf(frozenset(ids), maybe_absent, tuple(order.split()))


def several(sure: str, possible: str, *, maybe_absent: bool = False) -> Several:
    return Several(frozenset(sure.split()), frozenset(possible.split()), maybe_absent)


def span(low: int | None, high: int | None, *, maybe_absent: bool = False) -> Span:
    return Span(low, high, maybe_absent)


def here(**values: RuleValue) -> Here:
    return Here(values)
