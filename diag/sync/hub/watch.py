"""What stands before the routes: how many at once, how long, what went wrong."""

from collections import defaultdict
from collections.abc import Iterator
from threading import Lock
from time import perf_counter

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from diag.sync.hub.http import log_event, refuse
from diag.sync.protocol import ProblemError

MOST = 128
"""Requests served at once; the next is asked to come back."""

_QUIET = frozenset({"health", "measures"})
_BUSY = refuse(ProblemError("busy"))


class Metrics:
    """Counters by name and labels, since the start, as Prometheus reads them."""

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


class Watch:
    """Counts, times and logs each request; turns what is raised into a problem."""

    def __init__(self, app: ASGIApp, metrics: Metrics, most: int = MOST) -> None:
        self._app = app
        self._metrics = metrics
        self._most = most
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start, status = perf_counter(), 0

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self._inside += 1
        try:
            served = self._app if self._inside <= self._most else _BUSY
            await served(scope, receive, send_on)
        except Exception as error:  # noqa: BLE001 - a client gets a problem, not a stack
            if not status:
                await refuse(error)(scope, receive, send_on)
        finally:
            self._inside -= 1
            self._record(Request(scope), status, perf_counter() - start)

    def _record(self, request: Request, status: int, seconds: float) -> None:
        route = getattr(request.scope.get("endpoint"), "__name__", "none")
        self._metrics.count("requests_total", route=route, status=status)
        self._metrics.count("request_seconds_total", seconds, route=route)
        if route not in _QUIET:
            device = request.scope.get("state", {}).get("device", 0)
            ms = round(seconds * 1000)
            log_event("request", route=route, status=status, device=device, ms=ms)
