"""The hub over HTTP: each route reads a request, asks the hub, writes an answer."""

import re
from asyncio import Transport, get_running_loop, timeout_at
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from hashlib import sha256
from threading import Lock
from time import perf_counter

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from diag.model.errors import DiagError
from diag.sync.hub import supervision
from diag.sync.hub.door import Caller
from diag.sync.hub.files import forget_set_aside, gather
from diag.sync.hub.home import HubHome
from diag.sync.hub.http import (
    STEP,
    Body,
    answer,
    check_model,
    find_caller,
    find_hub,
    log_event,
    log_to_stderr,
    read_body,
    read_model,
    read_number,
    read_sha,
    recognise,
    refuse,
    write_json,
)
from diag.sync.hub.hub import Hub
from diag.sync.hub.store import Store
from diag.sync.protocol import (
    Enrolling,
    FilesGiven,
    FilesQuestion,
    FilesTaken,
    LogPage,
    ProblemError,
    PullQuestion,
    SyncQuestion,
    TreeQuestion,
    WantedBlobs,
    write_page,
)

MOST = 128
"""Requests of known devices served at once; the next is asked to come back."""

STRANGERS = 8
"""Requests without a good token served at once, besides…"""

STRANGERS_EACH = 2
"""… and from one address."""

STRANGER_SECONDS = 5.0
"""How long such a request may take to come, its body included."""

_QUIET = frozenset({"health", "measures"})


class Places:
    """Places for the requests in progress: strangers take none of the devices'."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._devices = 0
        self._strangers = Counter[str]()

    @contextmanager
    def take(self, device: int, address: str) -> Iterator[None]:
        """Hold a place; `device` is 0 for a request that showed no good token.

        Raises:
            ProblemError: `busy`.
        """
        held = self._strangers
        if device:
            is_full = self._devices >= self._most
        else:
            is_full = held.total() >= STRANGERS or held[address] >= STRANGERS_EACH
        if is_full:
            raise ProblemError("busy")
        self._devices += bool(device)
        self._strangers[address] += not device
        try:
            yield
        finally:
            self._devices -= bool(device)
            self._strangers[address] -= not device
            self._strangers += Counter()  # forgets the addresses that hold none


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
        self._places = Places(most)

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

        request = Request(scope)
        try:
            device = await recognise(request)
            address = request.client.host if request.client else ""
            with self._places.take(device, address):
                come = receive if device else _within(receive, STRANGER_SECONDS)
                await self._app(scope, come, send_on)
        except Exception as error:  # noqa: BLE001 - a client gets a problem, not a stack
            if not status:
                await refuse(error)(scope, receive, send_on)
        finally:
            seconds = perf_counter() - start
            route = getattr(request.scope.get("endpoint"), "__name__", "none")
            self._metrics.count("requests_total", route=route, status=status)
            self._metrics.count("request_seconds_total", seconds, route=route)
            if route not in _QUIET:
                device = request.scope.get("state", {}).get("device", 0)
                ms = round(seconds * 1000)
                log_event("request", route=route, status=status, device=device, ms=ms)


def _within(receive: Receive, seconds: float) -> Receive:
    """Return what gives a request's parts until so many seconds from now."""
    end = get_running_loop().time() + seconds

    async def receive_in_time() -> Message:
        async with timeout_at(end):
            return await receive()

    return receive_in_time


_LOCAL = frozenset({"127.0.0.1", "::1"})
_CONTENT_RANGE = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12})")
_RANGE = re.compile(r"bytes=(\d{1,12})-(\d{0,12})")
_IDLE = 15
"""Seconds for which a line may stay open with no whole request on it."""

_GRACE = 20


async def hello(request: Request) -> Response:
    """Describe the hub, and how much it accepts; no token."""
    content = find_hub(request).hello().model_dump_json()
    return answer(request, content.encode())


async def enrol(request: Request) -> Response:
    """Let a device in; no token, a code."""
    asked = await read_model(request, Enrolling)
    given = await run_in_threadpool(find_hub(request).door.enrol, asked)
    return answer(request, given.model_dump_json().encode(), status=201)


async def rotate(request: Request, hub: Hub, caller: Caller) -> Response:
    """Give a new token."""
    renewed = await run_in_threadpool(hub.door.rotate, caller)
    return answer(request, renewed.model_dump_json().encode())


async def drop_device(request: Request, hub: Hub, caller: Caller) -> Response:
    """Revoke a device."""
    number = request.path_params["device"]
    await run_in_threadpool(hub.door.drop_device, caller, number)
    return Response(status_code=204)


async def manifest(request: Request, hub: Hub, caller: Caller) -> Response:
    """Return the sum of each audit in scope; 304 when it is what was seen."""
    territory = request.query_params.get("territory", "")
    sums = await run_in_threadpool(hub.manifest, caller, territory)
    content = write_json(sums)
    tag = f'"{sha256(content).hexdigest()}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"etag": tag})
    return answer(request, content, headers={"etag": tag})


async def people(request: Request, hub: Hub, caller: Caller) -> Response:
    """Return the names of colleagues, by the label of their revisions."""
    return answer(request, write_json(await run_in_threadpool(hub.people, caller)))


async def cards(request: Request, hub: Hub, caller: Caller) -> Response:
    """Return whose the keys are, as the hub signs them."""
    signed = await run_in_threadpool(hub.cards, caller)
    return answer(request, write_json([card._asdict() for card in signed]))


async def unproven(request: Request, hub: Hub, caller: Caller) -> Response:
    """Return which lines their author did not give, and who did."""
    after = read_number(request, "after")
    found = await run_in_threadpool(hub.unproven, caller, after)
    return answer(request, found.model_dump_json().encode())


async def page(request: Request, hub: Hub, caller: Caller) -> Response:
    """Return what follows a revision, one line each."""
    after, limit = read_number(request, "after"), read_number(request, "limit")
    audit = str(request.path_params["audit"])
    found = await run_in_threadpool(hub.page, caller, audit, after, limit)
    return _give_page(request, found)


async def unread_sums(request: Request, hub: Hub, caller: Caller) -> Response:
    """Return the sum of what the hub cannot read, for each audit in scope."""
    sums = await run_in_threadpool(hub.unread_sums, caller)
    return answer(request, write_json(sums))


async def unread_page(request: Request, hub: Hub, caller: Caller) -> Response:
    """Return what follows a line in what the hub cannot read, one line each."""
    audit, after = str(request.path_params["audit"]), read_number(request, "after")
    found = await run_in_threadpool(hub.unread_page, caller, audit, after)
    return _give_page(request, found)


def _give_page(request: Request, found: LogPage) -> Response:
    headers = {
        "next-after": str(found.after),
        "audit-revisions": str(found.sum.revisions),
        "audit-digest": found.sum.digest,
    }
    content = b"".join(line + b"\n" for line in found.lines)
    return answer(request, content, media_type="application/jsonl", headers=headers)


async def push(request: Request, hub: Hub, caller: Caller) -> Response:
    """Take lines in."""
    lines = _split(await read_body(request, hub.limits.push_bytes))
    pushed = await run_in_threadpool(hub.push, caller, lines)
    request.app.state.metrics.count("revisions_total", pushed.new)
    return answer(request, pushed.model_dump_json().encode())


async def sync(request: Request, hub: Hub, caller: Caller) -> Response:
    """Take lines in, and return what is new."""
    body = await read_body(request, hub.limits.push_bytes)
    head, _, rest = body.partition(b"\n")
    question = check_model(head, SyncQuestion)
    given = await run_in_threadpool(hub.sync, caller, question, _split(rest))
    request.app.state.metrics.count("revisions_total", given.pushed.new)
    return answer(request, given.model_dump_json(exclude_none=True).encode())


async def tree(request: Request, hub: Hub, caller: Caller) -> Response:
    """Return the rows that are not as the laptop remembers them."""
    question = await read_model(request, TreeQuestion)
    found = await run_in_threadpool(hub.tree, caller, question)
    return answer(request, found.model_dump_json().encode())


async def pull(request: Request, hub: Hub, caller: Caller) -> Response:
    """Return what follows numbers in several audits, one line each."""
    question = await read_model(request, PullQuestion)
    found = await run_in_threadpool(hub.pull, caller, question)
    return answer(request, write_page(found), media_type="application/jsonl")


async def give(request: Request, hub: Hub, caller: Caller) -> Response:
    """Take lines in, and return what is held of their audits."""
    lines = _split(await read_body(request, hub.limits.push_bytes))
    given = await run_in_threadpool(hub.give, caller, lines)
    request.app.state.metrics.count("revisions_total", given.pushed.new)
    return answer(request, given.model_dump_json().encode())


def _split(body: bytes) -> list[bytes]:
    return body.removesuffix(b"\n").split(b"\n") if body else []


async def missing(request: Request, hub: Hub, caller: Caller) -> Response:
    """Return which attachments are wanted, and from which byte."""
    wanted = await read_model(request, WantedBlobs)
    held = await run_in_threadpool(hub.missing, caller, wanted.shas)
    return answer(request, write_json(held))


def _read_range(request: Request) -> tuple[int, int, int]:
    """Return where a piece starts and ends, and how long the whole is.

    Raises:
        ProblemError: `bad-request`.
    """
    match = _CONTENT_RANGE.fullmatch(request.headers.get("content-range", ""))
    if match is None:
        raise ProblemError("bad-request", "Content-Range absent ou mal formé.")
    start, last, total = map(int, match.groups())
    return start, last, total


async def _put_blob(request: Request, hub: Hub, caller: Caller) -> Response:
    """Take a piece of an attachment."""
    sha, (start, last, total) = read_sha(request), _read_range(request)
    piece = await read_body(request, hub.limits.piece_bytes)
    if start + len(piece) != last + 1:
        raise ProblemError("bad-request", "Le morceau n'a pas la taille annoncée.")
    held = await run_in_threadpool(hub.put_piece, caller, sha, start, piece, total)
    request.app.state.metrics.count("blob_bytes_total", len(piece))
    status = 201 if held == total else 202
    return answer(request, write_json({"offset": held}), status=status)


async def _stream_blob(request: Request, hub: Hub, caller: Caller) -> Response:
    """Take the rest of an attachment, each part of it kept as it arrives."""
    sha, (start, last, total) = read_sha(request), _read_range(request)
    held, step = start, min(STEP, hub.limits.piece_bytes)
    async with Body(request) as body:
        while held < total and (part := await body.read(step)):
            if held + len(part) > last + 1:
                detail = "Le morceau dépasse la taille annoncée."
                raise ProblemError("bad-request", detail)
            given = (sha, held, part, total)
            held = await run_in_threadpool(hub.put_piece, caller, *given)
            request.app.state.metrics.count("blob_bytes_total", len(part))
    status = 201 if held == total else 202
    return answer(request, write_json({"offset": held}), status=status)


async def _give_blobs(request: Request, hub: Hub, caller: Caller) -> Response:
    """Take several attachments, one after the other; each is judged alone."""
    caller.need_writing()
    taken, step = FilesTaken(), min(STEP, hub.limits.piece_bytes)
    async with Body(request) as body:
        asked = check_model(await body.read_line(), FilesGiven)
        for one in asked.parts:
            left, held = one.total - one.start, one.start
            while left and (piece := await body.read(min(step, left))):
                left -= len(piece)
                if one.sha in taken.refused or held >= one.total:
                    continue
                given = (one.sha, held, piece, one.total)
                try:
                    held = await run_in_threadpool(hub.put_piece, caller, *given)
                except ProblemError as problem:
                    taken.refused[one.sha] = (problem.kind, problem.detail)
                request.app.state.metrics.count("blob_bytes_total", len(piece))
            taken.held[one.sha] = held
    return answer(request, taken.model_dump_json().encode())


async def _get_blobs(request: Request, hub: Hub, caller: Caller) -> Response:
    """Return what follows in several attachments, one after the other."""
    asked = await read_model(request, FilesQuestion)
    given = await run_in_threadpool(hub.give_files, caller, asked)
    head = given.head.model_dump_json().encode()
    content = b"".join((head, b"\n", *given.contents))
    headers = {"cache-control": "no-store"}
    return Response(content, 200, headers, "application/octet-stream")


async def _get_blob(request: Request, hub: Hub, caller: Caller) -> Response:
    """Return a piece of an attachment."""
    sha = read_sha(request)
    match = _RANGE.fullmatch(request.headers.get("range", "bytes=0-"))
    if match is None:
        raise ProblemError("bad-request", "Range mal formé.")
    start = int(match[1])
    size = int(match[2]) - start + 1 if match[2] else hub.limits.piece_bytes
    piece = await run_in_threadpool(hub.piece, caller, sha, start, max(0, size))
    if not piece.content:
        raise ProblemError("offset", offset=piece.total)
    last = start + len(piece.content) - 1
    headers = {
        "cache-control": "no-store",
        "content-range": f"bytes {start}-{last}/{piece.total}",
    }
    return Response(piece.content, 206, headers, "application/octet-stream")


async def certificate(request: Request) -> Response:
    """Return the office's own certificate authority; no token."""
    content = request.app.state.authority.encode()
    if not content:
        raise ProblemError("not-found")
    return answer(request, content, media_type="application/x-pem-file")


async def health(request: Request) -> Response:
    """Answer that the hub is up, and how much it holds; no token."""
    counts = await run_in_threadpool(find_hub(request).store.counts)
    fields = {"status": "ok", "audits": counts.audits, "revisions": counts.revisions}
    return answer(request, write_json(fields))


async def measures(request: Request) -> Response:
    """Return the counters, to this machine or an administrator."""
    if not (request.client and request.client.host in _LOCAL):
        find_caller(request).need("admin")
    counts = await run_in_threadpool(find_hub(request).store.counts)
    lines = request.app.state.metrics.lines(**counts._asdict())
    content = "".join(f"{line}\n" for line in lines).encode()
    return answer(request, content, media_type="text/plain; version=0.0.4")


_Serve = Callable[[Request, Hub, Caller], Awaitable[Response]]


def _for_devices(path: str, serve: _Serve, method: str = "GET") -> Route:
    """Return a route for who shows a good token: refused before anything is read."""

    @wraps(serve)
    async def endpoint(request: Request) -> Response:
        return await serve(request, find_hub(request), find_caller(request))

    return Route(path, endpoint, methods=[method])


ROUTES = (
    Route("/v1/hello", hello),
    Route("/v1/enrol", enrol, methods=["POST"]),
    _for_devices("/v1/token/rotate", rotate, "POST"),
    _for_devices("/v1/devices/{device:int}", drop_device, "DELETE"),
    _for_devices("/v1/people", people),
    _for_devices("/v1/cards", cards),
    _for_devices("/v1/unproven", unproven),
    _for_devices("/v1/audits", manifest),
    _for_devices("/v1/audits/{audit}/revisions", page),
    _for_devices("/v1/unread", unread_sums),
    _for_devices("/v1/audits/{audit}/unread", unread_page),
    _for_devices("/v1/revisions", push, "POST"),
    _for_devices("/v1/blobs/missing", missing, "POST"),
    _for_devices("/v1/blobs/{sha}", _put_blob, "PUT"),
    _for_devices("/v1/blobs/{sha}", _get_blob),
    Route("/v1/ca", certificate),
    _for_devices("/v2/sync", sync, "POST"),
    _for_devices("/v2/tree", tree, "POST"),
    _for_devices("/v2/pull", pull, "POST"),
    _for_devices("/v2/push", give, "POST"),
    _for_devices("/v2/blobs", _give_blobs, "POST"),
    _for_devices("/v2/blobs/wanted", _get_blobs, "POST"),
    _for_devices("/v2/blobs/{sha}", _stream_blob, "PUT"),
    Route("/health", health),
    Route("/metrics", measures),
    *supervision.ROUTES,
)
"""Both versions of the protocol; a breaking change is another next to them."""


def build_app(hub: Hub, *, authority: str = "", most: int = MOST) -> Starlette:
    """Return the ASGI application that serves a hub.

    `authority`: the office's own certificate authority, PEM, when it has one; laptops
    check it against the fingerprint that they were given.
    """
    metrics = Metrics()
    app = Starlette(
        routes=ROUTES,
        middleware=[Middleware(Watch, metrics=metrics, most=most)],
        exception_handlers={404: _refuse, 405: _refuse, ProblemError: _refuse},
    )
    app.state.hub = hub
    app.state.metrics = metrics
    app.state.authority = authority
    return app


async def _refuse(_request: Request, error: Exception) -> Response:
    return refuse(error)


class _Connection(H11Protocol):
    """A line that is closed when no whole request comes by it.

    As many silent ones as the system opens files would lock everyone out.
    """

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn's
        super().connection_made(transport)
        self.loop.call_later(_IDLE, self._expect, (None, True))

    def _expect(self, before: tuple[RequestResponseCycle | None, bool]) -> None:
        """Close a line that waited since the last look; one just answered asks on."""
        cycle = self.cycle
        state = cycle, cycle is None or cycle.response_complete
        if state == before and before[1]:
            self.transport.close()
        elif not self.transport.is_closing():
            self.loop.call_later(_IDLE, self._expect, state)


def build_server(
    home: HubHome, store: Store, *, host: str, port: int | None
) -> uvicorn.Server:
    """Return the server of a hub, ready to run."""
    behind_proxy = home.settings.tls == "proxy"
    certificate, key = (None, None) if behind_proxy else home.certificate()
    return uvicorn.Server(
        uvicorn.Config(
            build_app(home.hub(store), authority=home.authority),
            host=host,
            port=home.port if port is None else port,
            ssl_certfile=certificate,
            ssl_keyfile=key,
            http=_Connection,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=behind_proxy,
            timeout_keep_alive=_IDLE,
            timeout_graceful_shutdown=_GRACE,
            lifespan="off",
        )
    )


def serve(home: HubHome, *, host: str, port: int | None) -> None:
    """Serve with uvicorn, in one process, until interrupted.

    Raises:
        DiagError: when nothing can be served there.
    """
    log_to_stderr()
    store = home.store()
    try:
        server = build_server(home, store, host=host, port=port)
        hub = home.hub(store)
        gather(store, hub.erasures)
        erased, aside = hub.replay_erasures(), forget_set_aside(store)
        done = {"swept": hub.sweep(), "erased": erased, "aside": aside}
        log_event("start", hub=store.hub, url=home.settings.url, **done)
        server.run()
    except SystemExit as error:  # what uvicorn does of an address it cannot have
        where = f"{host}:{home.port if port is None else port}"
        raise DiagError(
            f"Le serveur ne peut pas écouter {where} : un autre programme s'en sert "
            "déjà (un autre diag hub serve ?), ou cette adresse n'est pas celle de la "
            "machine. Rien n'a été changé ; voyez --host et --port."
        ) from error
    finally:
        store.close()
        log_event("stop")
