"""What a request carries, read by steps and within limits; who sends it."""

import json
import zlib
from asyncio import timeout
from collections.abc import AsyncIterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from diag.sync.hub.door import Caller
from diag.sync.hub.hub import Hub
from diag.sync.problems import ProblemError

M = TypeVar("M", bound=BaseModel)


_SMALL = 1024 * 1024
"""Longest body of a question; the lists of attachments fit."""


_STEP = 64 * 1024


_PATIENCE = 60.0
"""Seconds for the next part of a body: a slow line has sent something by then."""


def hub_of(request: Request) -> Hub:
    """Return the hub that serves a request."""
    hub: Hub = request.app.state.hub
    return hub


async def caller_of(request: Request) -> Caller:
    """Return who asks.

    Raises:
        ProblemError: `token-revoked`, whatever is wrong with the token.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise ProblemError("token-revoked")
    caller = await run_in_threadpool(hub_of(request).door.caller, token.strip())
    request.state.device = caller.device
    return caller


async def body_of(request: Request, most: int) -> bytes:
    """Return a body, inflated by steps: never more than `most` in memory.

    Raises:
        ProblemError: `too-large`, or `bad-request` when it cannot be inflated.
    """
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding not in {"identity", "gzip"}:
        raise ProblemError("bad-request", f"Codage « {encoding[:20]} » inconnu.")
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16) if encoding == "gzip" else None
    body = bytearray()
    stream = request.stream()
    while (chunk := await _next(stream)) is not None:
        if inflater is None:
            _add(body, chunk, most)
        else:
            _inflate(inflater, chunk, body, most)
    if inflater is not None and (not inflater.eof or inflater.unused_data):
        raise ProblemError("bad-request", "Le corps compressé est coupé.")
    return bytes(body)


async def _next(stream: AsyncIterator[bytes]) -> bytes | None:
    """Return what comes next of a body; who sends nothing does not hold a place.

    Raises:
        ProblemError: `bad-request`.
    """
    try:
        async with timeout(_PATIENCE):
            return await anext(stream, None)
    except TimeoutError as error:
        raise ProblemError("bad-request", "Plus rien n'arrive.") from error


def _inflate(inflater: Any, chunk: bytes, body: bytearray, most: int) -> None:
    while chunk:
        try:
            _add(body, inflater.decompress(chunk, _STEP), most)
        except zlib.error as error:
            raise ProblemError("bad-request", "Corps compressé illisible.") from error
        chunk = inflater.unconsumed_tail


def _add(body: bytearray, part: bytes, most: int) -> None:
    if len(body) + len(part) > most:
        raise ProblemError("too-large", f"Plus de {most} octets.")
    body += part


async def model_of(request: Request, model: type[M]) -> M:
    """Return a JSON body.

    Raises:
        ProblemError: `bad-request`, or `too-large`.
    """
    try:
        return model.model_validate_json(await body_of(request, _SMALL))
    except ValidationError as error:
        where = {".".join(map(str, problem["loc"])) for problem in error.errors()}
        detail = f"Champs mal formés : {', '.join(sorted(where)) or 'tous'}."
        raise ProblemError("bad-request", detail) from error


def number_of(request: Request, name: str, default: int) -> int:
    """Return a number of the query.

    Raises:
        ProblemError: `bad-request`.
    """
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 16):  # noqa: PLR2004 -- fits SQLite
        raise ProblemError("bad-request", f"« {name} » n'est pas un nombre.")
    return int(text)


def sha_of(request: Request) -> str:
    """Return the attachment that a path names.

    Raises:
        ProblemError: `not-found`.
    """
    sha: str = request.path_params["sha"]
    if len(sha) != 64 or not set(sha) <= set("0123456789abcdef"):  # noqa: PLR2004 -- SHA-256
        raise ProblemError("not-found")
    return sha


def plain(value: object) -> bytes:
    """Return the JSON of an answer."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
