"""Units as authors write them: `Mbit/s` over `poste` is `Mbit/s/poste`.

No conversion: two numbers go together when their units are the same words.
"""

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of words, each to some power; empty for a pure number."""

    factors: frozenset[tuple[str, int]] = frozenset()
    """Each word with its power, never 0."""

    @classmethod
    def of(cls, text: str) -> "Unit":
        """Read a unit: words separated by `/`."""
        first, *others = [word.strip() for word in text.split("/")]
        powers = Counter({first: 1}) if first and first != "1" else Counter[str]()
        powers.subtract(others)
        return cls._from(powers)

    def times(self, other: "Unit") -> "Unit":
        """Return the unit of a product."""
        powers = Counter(dict(self.factors))
        for word, power in other.factors:
            powers[word] += power
        return self._from(powers)

    def over(self, other: "Unit") -> "Unit":
        """Return the unit of a quotient."""
        inverse = frozenset((word, -power) for word, power in other.factors)
        return self.times(Unit(inverse))

    def __str__(self) -> str:
        if not self.factors:
            return "sans unité"
        upper = [word for word, power in sorted(self.factors) for _ in range(power)]
        lower = [word for word, power in sorted(self.factors) for _ in range(-power)]
        return "/".join(["·".join(upper) or "1", *lower])

    @classmethod
    def _from(cls, powers: Counter[str]) -> "Unit":
        return cls(frozenset(item for item in powers.items() if item[1]))


PURE = Unit()
"""The unit of a count, a share, a ratio."""
