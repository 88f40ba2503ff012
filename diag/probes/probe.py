"""What a probe is: what it will send, what it needs, what it finds.

A probe knows keys of measures, never questions. Its plan is shown before anybody
agrees, and yields what it finds as it finds it, so that a run cut half-way keeps it.
How far a figure may be believed is a matter of rules, never of opinion.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum

from diag.model.measure import (
    Confidence,
    HeardNetwork,
    MeasureContext,
    MeasureStatus,
)
from diag.probes.host import Host
from diag.probes.mire import Mire


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


def believed(
    found: ProbeFinding, context: MeasureContext
) -> tuple[Confidence, tuple[str, ...]]:
    """Return how far one thing found may be believed, and why no further.

    One measure alone is never high: see `diag.audit.offering`.
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


class Risk(IntEnum):
    """What a probe may disturb; from LOAD on, only with a written authorisation."""

    LOCAL = 0
    """Reads this computer."""
    REQUESTS = 1
    """Sends a few requests to servers that are named."""
    LOAD = 2
    """Fills the line of the school."""


@dataclass(frozen=True, slots=True)
class ProbePlan:
    """What a probe will send, exactly, shown before anybody agrees."""

    targets: tuple[str, ...] = ()
    """« mire.example.fr:443 », « résolveur 192.0.2.1 »."""
    packets: int = 0
    """Requests or connections, at most."""
    down_bytes: int = 0
    """Bytes received, at most."""
    up_bytes: int = 0
    """Bytes sent, at most."""
    seconds: float = 5.0
    """How long it lasts as a rule; the runner stops it at twice that."""


MEGA = 1_000_000
MOST_BYTES, MOST_METERED = 300 * MEGA, 30 * MEGA
"""Bytes of one run, both ways together: a fixed line, a line paid by volume (4G)."""


@dataclass(slots=True)
class Allowance:
    """Bytes that a run may still move; no probe goes past it."""

    left: int

    @classmethod
    def of(cls, *, is_metered: bool) -> "Allowance":
        """Return what a whole run may move."""
        return cls(MOST_METERED if is_metered else MOST_BYTES)

    def take(self, count: int) -> bool:
        """Count bytes that were moved; return whether more may be."""
        self.left -= count
        return self.left > 0


def _ignore(_share: float, _words: str) -> None: ...


USUAL_NAMES = ("www.education.gouv.fr", "eduscol.education.fr", "www.service-public.fr")


@dataclass(frozen=True, slots=True)
class Setting:
    """Where, with what and within what limits a run measures."""

    host: Host
    mire: Mire | None = None
    """The speed server; None when nobody named one."""
    room: str = ""
    """Name of the room; empty: the school at large."""
    names: tuple[str, ...] = USUAL_NAMES
    """Names that resolvers are asked for: public, and of every school."""
    context: MeasureContext = field(default_factory=MeasureContext)
    allowance: Allowance = field(default_factory=lambda: Allowance(MOST_BYTES))
    tell: Callable[[float, str], None] = _ignore
    """Called with the share done, 0 to 1, of the probe under way, and a few words."""

    @property
    def is_of_room(self) -> bool:
        """Return whether it is the room that is measured: by Wi-Fi, from there."""
        return bool(self.room) and self.context.is_wired is not True

    def key(self, of_line: str) -> str:
        """Return the key of a measure: of the room, `wifi.` stands for `internet.`."""
        if self.is_of_room:
            return of_line.replace("internet.", "wifi.", 1)
        return of_line


class Probe(ABC):
    """One way of finding something; it keeps nothing between two runs."""

    name: str
    """French, short, as `--only` takes it: `latence`."""
    version: str
    title: str
    """French: « Débit et latence en charge »."""
    risk: Risk
    produces: tuple[str, ...]
    """Keys of measures."""

    def missing(self, setting: Setting) -> str:  # noqa: ARG002 - most lack nothing
        """Return what it lacks here and what to do, in French; empty: it can run."""
        return ""

    @abstractmethod
    def plan(self, setting: Setting) -> ProbePlan:
        """Return what it will send; sends nothing."""

    @abstractmethod
    def run(self, setting: Setting) -> AsyncGenerator[ProbeFinding, None]:
        """Yield what it finds, as it finds it; may be cancelled at any `await`.

        Raises:
            DiagError: why there is nothing, or nothing more, to find.
        """
