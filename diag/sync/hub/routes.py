"""The routes of the protocol: each reads a request, asks the hub, writes an answer."""

import re
from hashlib import sha256

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from diag.sync.hub.answers import answer
from diag.sync.hub.requests import (
    body_of,
    caller_of,
    hub_of,
    model_of,
    number_of,
    plain,
    sha_of,
)
from diag.sync.problems import ProblemError
from diag.sync.protocol import Enrolling, Wanted

_CONTENT_RANGE = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12})")


_RANGE = re.compile(r"bytes=(\d{1,12})-(\d{0,12})")


async def hello(request: Request) -> Response:
    """Say who is here, and how much is accepted; no token."""
    told = hub_of(request).hello()
    return answer(request, told.model_dump_json().encode())


async def enrol(request: Request) -> Response:
    """Let a device in; no token, a code."""
    asked = await model_of(request, Enrolling)
    given = await run_in_threadpool(hub_of(request).door.enrol, asked)
    return answer(request, given.model_dump_json().encode(), status=201)


async def rotate(request: Request) -> Response:
    """Give a new token."""
    caller = await caller_of(request)
    renewed = await run_in_threadpool(hub_of(request).door.rotate, caller)
    return answer(request, renewed.model_dump_json().encode())


async def drop_device(request: Request) -> Response:
    """Revoke a device."""
    caller = await caller_of(request)
    number = request.path_params["device"]
    await run_in_threadpool(hub_of(request).door.drop_device, caller, number)
    return Response(status_code=204)


async def manifest(request: Request) -> Response:
    """Return the sum of each audit in scope; 304 when it is what was seen."""
    caller = await caller_of(request)
    territory = request.query_params.get("territory", "")
    sums = await run_in_threadpool(hub_of(request).manifest, caller, territory)
    content = plain(sums)
    tag = f'"{sha256(content).hexdigest()}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"etag": tag})
    return answer(request, content, headers={"etag": tag})


async def people(request: Request) -> Response:
    """Return the names of colleagues, by the label of their words."""
    await caller_of(request)
    return answer(request, plain(await run_in_threadpool(hub_of(request).people)))


async def page(request: Request) -> Response:
    """Return what follows a revision, one line each."""
    caller = await caller_of(request)
    after, limit = number_of(request, "after", 0), number_of(request, "limit", 0)
    audit = str(request.path_params["audit"])
    found = await run_in_threadpool(
        hub_of(request).page, caller, audit, after, limit or None
    )
    headers = {
        "next-after": str(found.after),
        "audit-revisions": str(found.sum.revisions),
        "audit-digest": found.sum.digest,
    }
    content = b"".join(line + b"\n" for line in found.lines)
    return answer(request, content, media_type="application/jsonl", headers=headers)


async def push(request: Request) -> Response:
    """Take lines in."""
    caller = await caller_of(request)
    hub = hub_of(request)
    body = await body_of(request, hub.limits.push_bytes)
    lines = body.removesuffix(b"\n").split(b"\n") if body else []
    pushed = await run_in_threadpool(hub.push, caller, lines)
    request.app.state.metrics.count("revisions_total", pushed.new)
    return answer(request, pushed.model_dump_json().encode())


async def missing(request: Request) -> Response:
    """Return which attachments are wanted, and from which byte."""
    caller = await caller_of(request)
    wanted = await model_of(request, Wanted)
    held = await run_in_threadpool(hub_of(request).missing, caller, wanted.shas)
    return answer(request, plain(held))


async def put_blob(request: Request) -> Response:
    """Take a piece of an attachment."""
    caller = await caller_of(request)
    hub, sha = hub_of(request), sha_of(request)
    told = _CONTENT_RANGE.fullmatch(request.headers.get("content-range", ""))
    if told is None:
        raise ProblemError("bad-request", "Content-Range absent ou mal formé.")
    start, last, total = map(int, told.groups())
    piece = await body_of(request, hub.limits.piece_bytes)
    if start + len(piece) != last + 1:
        raise ProblemError("bad-request", "Le morceau n'a pas la taille annoncée.")
    held = await run_in_threadpool(hub.put_piece, caller, sha, start, piece, total)
    request.app.state.metrics.count("blob_bytes_total", len(piece))
    status = 201 if held == total else 202
    return answer(request, plain({"offset": held}), status=status)


async def get_blob(request: Request) -> Response:
    """Return a piece of an attachment."""
    caller = await caller_of(request)
    hub, sha = hub_of(request), sha_of(request)
    told = _RANGE.fullmatch(request.headers.get("range", "bytes=0-"))
    if told is None:
        raise ProblemError("bad-request", "Range mal formé.")
    start = int(told[1])
    size = int(told[2]) - start + 1 if told[2] else hub.limits.piece_bytes
    piece = await run_in_threadpool(hub.piece, caller, sha, start, max(0, size))
    if not piece.content:
        raise ProblemError("offset", offset=piece.total)
    last = start + len(piece.content) - 1
    return Response(
        piece.content,
        206,
        {
            "cache-control": "no-store",
            "content-range": f"bytes {start}-{last}/{piece.total}",
        },
        "application/octet-stream",
    )
