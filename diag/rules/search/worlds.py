"""Imagined places: every name has a value, and what is irrelevant is absent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from diag.model.enums import PlaceKind
from diag.rules.scope import Judge, Scope
from diag.rules.values import ABSENT, RuleValue, Truth


@dataclass(frozen=True, slots=True)
class World:
    """A place that a search makes up; its aggregates were given names."""

    values: dict[str, RuleValue]
    """Value of each name; the search changes them."""
    relevance: Mapping[str, Judge] = field(default_factory=dict)
    """When each fact exists at all."""

    def value(self, name: str) -> RuleValue:
        """Return the value of a name, absent where it is irrelevant."""
        value = self.values.get(name, ABSENT)
        judge = self.relevance.get(name)
        if judge is None or value is ABSENT:
            return value
        relevant = judge(self)
        if relevant is None:
            return replace(value, maybe_absent=True)
        return value if relevant else ABSENT

    def inside(self, _kind: PlaceKind) -> tuple[Sequence[Scope], bool]:
        """Return no place, of a list that is open: an aggregate may be anything."""
        return (), True

    def is_out(self, _name: str) -> Truth:
        """Say that every fact is applicable."""
        return False
