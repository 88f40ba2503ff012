"""What a probe finds, and how far a figure may be believed: rules, no opinion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from statistics import median

from diag.model.measure import (
    Confidence,
    HeardNetwork,
    MeasureContext,
    MeasuredFigure,
    MeasureStatus,
)


@dataclass(frozen=True, slots=True)
class ProbeFinding:
    """One thing that a probe found, before the runner dates and doubts it."""

    key: str
    value: float | str | bool | None = None
    unit: str = ""
    status: MeasureStatus = MeasureStatus.OK
    why: str = ""
    """French sentence: why there is no value, or less than was asked."""
    stats: Mapping[str, float] = field(default_factory=dict)
    target: str = ""
    algorithm: str = ""
    method: str = ""
    is_own_server: bool = False
    """Whether a server of the syndicat answered, by its own name."""
    doubts: tuple[str, ...] = ()
    """What the probe itself saw amiss; French, no full stop."""
    heard: tuple[HeardNetwork, ...] = ()
    raw: Mapping[str, bytes] = field(default_factory=dict)
    """Name of a command → what it printed."""

    def nothing(self, why: str) -> "ProbeFinding":
        """Return the same without a value, and the French reason."""
        return replace(
            self, value=None, unit="", status=MeasureStatus.INCONCLUSIVE, why=why
        )


LINE = "internet."
"""What the keys of the line begin with, which are not of a room."""

NEAR_LINK = 0.9
"""Share of the link above which the link may be what was measured."""
OTHER_TRAFFIC = 1.15
"""Bytes of the interface over those of the measure; alone, headers make 1.055."""
SHORTEST = 4.0
"""Seconds under which a throughput has not settled, unless its seconds agree."""
ROOM_SHORTEST = 2.0
"""The same from a room, where one does not wait (métier)."""
WIDEST = 0.15
"""Spread between seconds above which a throughput is not one figure."""
CLOSE = 0.10
"""Spread between measures under which they agree."""
ENOUGH = 3
MOMENT = timedelta(minutes=20)
"""Between two measures of two moments of a visit (métier)."""


def believed(
    found: ProbeFinding, context: MeasureContext
) -> tuple[Confidence, tuple[str, ...]]:
    """Return how far one thing found may be believed, and why no further.

    One measure alone is never high: see `believed_together`.
    """
    reasons = [*found.doubts]
    is_line = found.key.startswith(LINE)
    if is_line and context.is_wired is False:
        reasons.append("mesurée en Wi-Fi : refaites-la par câble")
    if is_line and context.has_vpn:
        reasons.append("mesurée à travers un VPN")
    rate = found.value if is_line and found.unit == "Mbit/s" else None
    link = context.link_mbit or 0
    if link and isinstance(rate, int | float) and rate > NEAR_LINK * link:
        reasons.append(f"proche des {link:.0f} Mbit/s du lien de l'ordinateur")
    stats = found.stats
    if stats.get("nic_ratio", 0) > OTHER_TRAFFIC:
        reasons.append("autre trafic sur cet ordinateur pendant la mesure")
    least = SHORTEST if is_line else ROOM_SHORTEST
    if stats.get("steady_s", least) < least and not stats.get("is_settled"):
        reasons.append(f"moins de {least:.0f} secondes stables")
    if stats.get("spread", 0) > WIDEST:
        reasons.append(
            f"débit irrégulier : écart de {round(100 * stats['spread'])}\u00a0%"
        )
    if stats.get("errors"):
        reasons.append("connexions coupées pendant la mesure")
    if stats.get("clock_jump_s"):
        reasons.append("l'horloge de l'ordinateur a sauté pendant la mesure")
    level = Confidence.LOW if reasons else Confidence.MEDIUM
    return level, tuple(dict.fromkeys(reasons))


def believed_together(
    figures: Sequence[MeasuredFigure],
) -> tuple[Confidence, tuple[str, ...]]:
    """Return how far the median of several measures of one thing may be believed.

    High asks for three by wire against the syndicat's own server, at two moments,
    that agree; one doubt about any of them makes the whole low.
    """
    reasons = tuple(dict.fromkeys(why for one in figures for why in one.reasons))
    if reasons or any(one.confidence is Confidence.LOW for one in figures):
        return Confidence.LOW, reasons
    moments = sorted(one.at for one in figures if one.at)
    is_high = (
        len(figures) >= ENOUGH
        and all(one.is_controlled for one in figures)
        and len(moments) == len(figures)
        and moments[-1] - moments[0] >= MOMENT
        and spread_of(_numbers(figures)) < CLOSE
    )
    return (Confidence.HIGH if is_high else Confidence.MEDIUM), ()


def _numbers(figures: Sequence[MeasuredFigure]) -> list[float]:
    return [one.value for one in figures if not isinstance(one.value, str)]


def spread_of(values: Sequence[float]) -> float:
    """Return the width of values over their median; 0 for one, or for zeros."""
    middle = median(values) if values else 0
    return (max(values) - min(values)) / middle if middle else 0.0
