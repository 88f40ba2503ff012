"""The hub as an ASGI application."""

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diag.sync.hub import routes, watch
from diag.sync.hub.answers import answer, refusal
from diag.sync.hub.hub import Hub
from diag.sync.hub.metrics import Metrics
from diag.sync.hub.requests import caller_of, hub_of, plain
from diag.sync.problems import ProblemError

_LOCAL = frozenset({"127.0.0.1", "::1"})


ROUTES = (
    Route("/v1/hello", routes.hello),
    Route("/v1/enrol", routes.enrol, methods=["POST"]),
    Route("/v1/token/rotate", routes.rotate, methods=["POST"]),
    Route("/v1/devices/{device:int}", routes.drop_device, methods=["DELETE"]),
    Route("/v1/people", routes.people),
    Route("/v1/audits", routes.manifest),
    Route("/v1/audits/{audit}/revisions", routes.page),
    Route("/v1/revisions", routes.push, methods=["POST"]),
    Route("/v1/blobs/missing", routes.missing, methods=["POST"]),
    Route("/v1/blobs/{sha}", routes.put_blob, methods=["PUT"]),
    Route("/v1/blobs/{sha}", routes.get_blob),
)
"""The protocol; a breaking change is another version beside it."""


def build_app(hub: Hub, *, authority: str = "", most: int = watch.MOST) -> Starlette:
    """Return the application that serves a hub.

    `authority`: the office's own certificate authority, PEM, when it has one; laptops
    check it against the fingerprint that they were given.
    """
    metrics = Metrics()

    async def certificate(request: Request) -> Response:
        if not authority:
            raise ProblemError("not-found")
        media_type = "application/x-pem-file"
        return answer(request, authority.encode(), media_type=media_type)

    async def health(request: Request) -> Response:
        counts = await run_in_threadpool(hub_of(request).store.counts)
        told = {"status": "ok", "audits": counts.audits, "revisions": counts.revisions}
        return answer(request, plain(told))

    async def measures(request: Request) -> Response:
        if not (request.client and request.client.host in _LOCAL):
            (await caller_of(request)).need("admin")
        counts = await run_in_threadpool(hub_of(request).store.counts)
        lines = metrics.lines(**counts._asdict())
        content = "".join(f"{line}\n" for line in lines).encode()
        return answer(request, content, media_type="text/plain; version=0.0.4")

    app = Starlette(
        routes=[
            *ROUTES,
            Route("/v1/ca", certificate),
            Route("/health", health),
            Route("/metrics", measures),
        ],
        middleware=[Middleware(watch.Watch, metrics=metrics, most=most)],
        exception_handlers={404: _refused, 405: _refused, ProblemError: _refused},
    )
    app.state.hub = hub
    app.state.metrics = metrics
    return app


async def _refused(_request: Request, error: Exception) -> Response:
    return refusal(error)
