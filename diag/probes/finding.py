"""What a probe finds, before the runner dates and doubts it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from diag.model.measure import HeardNetwork, MeasureStatus


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
