"""Scores as the atlas tells them: an interval in words, drawn, never a single guess."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from diag.assess.results import Score
from diag.model.number import Bounds
from diag.words.figures import displayed, in_words


@dataclass(frozen=True, slots=True)
class Gauge:
    """A score out of 100, ready to be written and drawn."""

    words: str
    """« entre 47 et 61 », « 58 », or why there is none."""
    span: tuple[int, int] | None = None
    """What is sure, and what remains possible; None without a score."""

    @property
    def sure(self) -> int:
        """How much is drawn in full."""
        return self.span[0] if self.span else 0

    @property
    def possible(self) -> int:
        """How much is drawn in light, after what is sure."""
        return self.span[1] - self.span[0] if self.span else 0


def gauge(score: Score, otherwise: str = "sans objet") -> Gauge:
    """Return a score as a gauge; `otherwise` is said where there is none."""
    return gauge_of(score.bounds, otherwise)


def gauge_of(bounds: Bounds | None, otherwise: str) -> Gauge:
    """Return bounds as a gauge; `otherwise` is said where there are none."""
    if bounds is None:
        return Gauge(otherwise)
    return Gauge(in_words(bounds), displayed(bounds))


def middle(scores: Iterable[Bounds]) -> Bounds | None:
    """Return what surely holds the median of scores that are only known in part."""
    told = list(scores)
    if not told:
        return None
    low = median(one.low for one in told)
    high = median(one.high for one in told)
    return Bounds(Fraction(low), Fraction(high))
