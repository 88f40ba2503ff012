"""What stands before the routes: how many at once, how long, what went wrong."""

from time import perf_counter

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from diag.sync.hub.answers import refusal
from diag.sync.hub.logs import tell
from diag.sync.hub.metrics import Metrics
from diag.sync.problems import ProblemError

MOST = 128
"""Requests served at once; one more is told to come back."""


_QUIET = frozenset({"health", "measures"})


_BUSY = refusal(ProblemError("busy"))


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

        async def heard(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self._inside += 1
        try:
            served = self._app if self._inside <= self._most else _BUSY
            await served(scope, receive, heard)
        except Exception as error:  # noqa: BLE001 - whoever asks gets a problem, not a stack
            if not status:
                await refusal(error)(scope, receive, heard)
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
            tell("request", route=route, status=status, device=device, ms=ms)
