"""What a request carries, read within limits; what it is answered; what is logged."""

import gzip
import json
import logging
import sys
import traceback
import zlib
from asyncio import Event, create_task, timeout
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime
from errno import ENOSPC
from http.client import UNAUTHORIZED
from secrets import randbelow
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from diag.journal.errors import DiskFullError, LockedError
from diag.journal.revision import is_hash
from diag.sync.hub.door import Caller
from diag.sync.hub.hub import Hub
from diag.sync.protocol import KINDS, URN, ProblemError

M = TypeVar("M", bound=BaseModel)

_SMALL = 1024 * 1024
"""Longest body of a question; the lists of attachments fit."""

STEP = 64 * 1024
"""Bytes of an attachment that are kept as soon as they came."""

_PATIENCE = 60.0
"""Seconds for the next part of a body: a slow line has sent something by then."""

_WORTH = 1_000
"""Bytes from which gzip is worth its time."""

_LEVEL = 6
_RETRY = 5
_STATUSES = {404: "not-found", 405: "method"}
_LOGGER = logging.getLogger("diag.hub")


def find_hub(request: Request) -> Hub:
    """Return the hub that serves a request."""
    hub: Hub = request.app.state.hub
    return hub


async def recognise(request: Request) -> int:
    """Check the token of a request, before its body; return the device, 0 for none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return 0
    try:
        caller = await run_in_threadpool(find_hub(request).door.caller, token.strip())
    except ProblemError as problem:
        request.state.problem = problem
        return 0
    request.state.caller = caller
    request.state.device = caller.device
    return caller.device


def find_caller(request: Request) -> Caller:
    """Return the device that sends a request.

    Raises:
        ProblemError: what was wrong with the token: `token-revoked` or `cloned`.
    """
    caller: Caller | None = getattr(request.state, "caller", None)
    if caller is None:
        raise getattr(request.state, "problem", ProblemError("token-revoked"))
    return caller


async def read_body(request: Request, most: int) -> bytes:
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
        while inflater and chunk:
            try:
                _add(body, inflater.decompress(chunk, STEP), most)
            except zlib.error as error:
                detail = "Corps compressé illisible."
                raise ProblemError("bad-request", detail) from error
            chunk = inflater.unconsumed_tail
    if inflater is not None and (not inflater.eof or inflater.unused_data):
        raise ProblemError("bad-request", "Le corps compressé est coupé.")
    return bytes(body)


class Body:
    """A body read as it comes, as many bytes at once as are asked for.

    It is read ahead: what waits in the server when the line is cut is lost.
    """

    def __init__(self, request: Request) -> None:
        self._come = bytearray()
        self._moved = Event()
        """Whether bytes came, or were taken."""
        self._reading = create_task(self._read_ahead(request.stream()))
        self._reading.add_done_callback(lambda _task: self._moved.set())

    async def __aenter__(self) -> Self:
        """Begin to read."""
        return self

    async def __aexit__(self, *_raised: object) -> None:
        """Stop reading."""
        self._reading.cancel()

    async def read(self, size: int) -> bytes:
        """Return the next bytes; fewer at the end, or where the line was cut."""
        await self._wait(lambda: len(self._come) >= size)
        taken = bytes(self._come[:size])
        del self._come[:size]
        self._moved.set()
        return taken

    async def read_line(self) -> bytes:
        """Return the first line, without its end.

        Raises:
            ProblemError: `too-large`.
        """
        await self._wait(lambda: b"\n" in self._come or len(self._come) > _SMALL)
        size = self._come.find(b"\n") + 1 or len(self._come)
        if size > _SMALL:
            raise ProblemError("too-large", f"Plus de {_SMALL} octets.")
        return (await self.read(size)).removesuffix(b"\n")

    async def _read_ahead(self, stream: AsyncIterator[bytes]) -> None:
        with suppress(ClientDisconnect):  # nobody reads the answer: what came is kept
            while chunk := await _next(stream):
                self._come += chunk
                self._moved.set()
                while len(self._come) > _SMALL:
                    self._moved.clear()
                    await self._moved.wait()

    async def _wait(self, is_enough: Callable[[], bool]) -> None:
        """Wait for bytes, or for their end."""
        while not (is_enough() or self._reading.done()):
            self._moved.clear()
            await self._moved.wait()
        if self._reading.done():
            self._reading.result()


async def _next(stream: AsyncIterator[bytes]) -> bytes | None:
    """Return what comes next of a body; a silent client does not hold a place."""
    try:
        async with timeout(_PATIENCE):
            return await anext(stream, None)
    except TimeoutError as error:
        raise ProblemError("bad-request", "Plus rien n'arrive.") from error


def _add(body: bytearray, part: bytes, most: int) -> None:
    if len(body) + len(part) > most:
        raise ProblemError("too-large", f"Plus de {most} octets.")
    body += part


async def read_model(request: Request, model: type[M]) -> M:
    """Return a JSON body.

    Raises:
        ProblemError: `bad-request`, or `too-large`.
    """
    return check_model(await read_body(request, _SMALL), model)


def check_model(content: bytes, model: type[M]) -> M:
    """Return what a JSON text holds.

    Raises:
        ProblemError: `bad-request`.
    """
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        where = {".".join(map(str, problem["loc"])) for problem in error.errors()}
        detail = f"Champs mal formés : {', '.join(sorted(where)) or 'tous'}."
        raise ProblemError("bad-request", detail) from error


def read_number(request: Request, name: str) -> int:
    """Return a number of the query; 0 when it is absent.

    Raises:
        ProblemError: `bad-request`.
    """
    text = request.query_params.get(name, "0")
    if not (text.isascii() and text.isdigit() and len(text) < 16):  # noqa: PLR2004 -- fits SQLite
        raise ProblemError("bad-request", f"« {name} » n'est pas un nombre.")
    return int(text)


def read_sha(request: Request) -> str:
    """Return the attachment that a path names.

    Raises:
        ProblemError: `not-found`.
    """
    sha: str = request.path_params["sha"]
    if not is_hash(sha):
        raise ProblemError("not-found")
    return sha


def write_json(value: object) -> bytes:
    """Return the JSON of an answer."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def answer(
    request: Request,
    content: bytes,
    *,
    status: int = 200,
    media_type: str = "application/json",
    headers: dict[str, str] | None = None,
) -> Response:
    """Return an answer, compressed when it is long and the client can read it."""
    headers = {"cache-control": "no-store", **(headers or {})}
    accepted = request.headers.get("accept-encoding", "")
    if len(content) >= _WORTH and "gzip" in accepted:
        content = gzip.compress(content, _LEVEL, mtime=0)
        headers["content-encoding"] = "gzip"
    return Response(content, status, headers, media_type)


def refuse(error: Exception) -> Response:
    """Return an error as a problem of RFC 9457: never a stack."""
    if isinstance(error, ProblemError):
        problem = error
    elif isinstance(error, HTTPException):
        problem = ProblemError(_STATUSES.get(error.status_code, "bad-request"))
    elif isinstance(error, LockedError):
        problem = ProblemError("busy")
    elif isinstance(error, DiskFullError) or getattr(error, "errno", None) == ENOSPC:
        _LOGGER.error("disk full")
        problem = ProblemError("hub-full")
    elif isinstance(error, ClientDisconnect):  # cut, or killed: nobody reads this
        problem = ProblemError("bad-request")
    else:
        _LOGGER.error("unexpected", exc_info=error)
        problem = ProblemError("internal")
    status = KINDS[problem.kind].status
    fields: dict[str, object] = {
        "type": URN + problem.kind,
        "title": problem.title,
        "status": status,
    }
    if problem.detail:
        fields["detail"] = problem.detail
    if problem.offset is not None:
        fields["offset"] = problem.offset
    headers = {"cache-control": "no-store"}
    if problem.kind == "busy":
        headers["retry-after"] = str(1 + randbelow(_RETRY))
    if status == UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    return Response(write_json(fields), status, headers, "application/problem+json")


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON, without secrets, for what collects logs.

    No token, no code, no query, no body.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, UTC)
        fields: dict[str, Any] = {
            "at": at.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1]:
            fields["error"] = _trace(record.exc_info[1])
        return json.dumps(fields, ensure_ascii=False)


def _trace(error: BaseException) -> list[str]:
    """Return what was raised and where, the first cause first; never its message.

    A message may quote what was sent: a database does, and so does a validator.
    """
    before = error.__cause__ or error.__context__
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return [*(_trace(before) if before else []), *lines, type(error).__qualname__]


def log_to_stderr() -> None:
    """Have the hub's events, and uvicorn's, written on the error stream."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name in ("diag.hub", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(logging.INFO)
        logger.propagate = False


def log_event(event: str, **fields: object) -> None:
    """Log what happened."""
    _LOGGER.info(event, extra={"fields": fields})
