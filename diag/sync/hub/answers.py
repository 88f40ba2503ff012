"""Answers: gzip where it helps, problems as RFC 9457 wants them."""

import gzip
from errno import ENOSPC
from secrets import randbelow

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from diag.journal.errors import DiskFullError, LockedError
from diag.sync.hub.logs import LOGGER
from diag.sync.hub.requests import plain
from diag.sync.problems import KINDS, URN, ProblemError

_WORTH = 1_000
"""Bytes from which gzip is worth its time."""


_LEVEL = 6


_PATIENCE = 5


_STATUSES = {404: "not-found", 405: "method"}


def answer(
    request: Request,
    content: bytes,
    *,
    status: int = 200,
    media_type: str = "application/json",
    headers: dict[str, str] | None = None,
) -> Response:
    """Return an answer, compressed when it is long and who asks can read it."""
    headers = {"cache-control": "no-store", **(headers or {})}
    accepted = request.headers.get("accept-encoding", "")
    if len(content) >= _WORTH and "gzip" in accepted:
        content = gzip.compress(content, _LEVEL, mtime=0)
        headers["content-encoding"] = "gzip"
    return Response(content, status, headers, media_type)


def problem_of(error: Exception) -> ProblemError:
    """Return what an error is, for who asked: never a stack."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, HTTPException):
        return ProblemError(_STATUSES.get(error.status_code, "bad-request"))
    if isinstance(error, LockedError):
        return ProblemError("busy")
    if isinstance(error, DiskFullError) or getattr(error, "errno", None) == ENOSPC:
        LOGGER.error("disk full")
        return ProblemError("hub-full")
    LOGGER.error("unexpected", exc_info=error)
    return ProblemError("internal")


def refusal(error: Exception) -> Response:
    """Return an error as a problem."""
    problem = problem_of(error)
    status = KINDS[problem.kind].status
    told: dict[str, object] = {
        "type": URN + problem.kind,
        "title": problem.title,
        "status": status,
    }
    if problem.detail:
        told["detail"] = problem.detail
    if problem.offset is not None:
        told["offset"] = problem.offset
    headers = {"cache-control": "no-store"}
    if problem.kind == "busy":
        headers["retry-after"] = str(1 + randbelow(_PATIENCE))
    if problem.kind == "token-revoked":
        headers["www-authenticate"] = "Bearer"
    return Response(plain(told), status, headers, "application/problem+json")
