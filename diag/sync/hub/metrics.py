"""What a hub counts since it started, as Prometheus reads it."""

from collections import defaultdict
from collections.abc import Iterator
from threading import Lock


class Metrics:
    """Counters by name and labels."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: defaultdict[str, float] = defaultdict(float)

    def count(self, name: str, amount: float = 1, **labels: object) -> None:
        """Add to a counter."""
        marks = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
        with self._lock:
            self._counts[f"{name}{{{marks}}}" if marks else name] += amount

    def lines(self, **gauges: int) -> Iterator[str]:
        """Give the counters, and what is measured now."""
        with self._lock:
            counts = sorted(self._counts.items())
        for name, count in counts:
            yield f"diag_hub_{name} {count:g}"
        for name, value in gauges.items():
            yield f"diag_hub_{name} {value}"
