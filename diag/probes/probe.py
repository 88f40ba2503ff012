"""What a probe is: what it will send, what it needs, what it gives.

A probe knows keys of measures, never questions. Its plan is shown before anybody
agrees, and yields what it finds as it finds it, so that a run cut half-way keeps it.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from enum import IntEnum

from diag.model.measure import MeasureContext
from diag.probes.finding import ProbeFinding
from diag.probes.host import Host
from diag.probes.server import Mire


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
