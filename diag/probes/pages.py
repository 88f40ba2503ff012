"""A page asked from the web, and how failures differ."""

import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

MOST_BODY = 64 * 1024
"""Bytes read of a page."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a web server answered, or why it did not."""

    status: int = 0
    """0: no answer."""
    problem: str = ""
    """`name`, `refused`, `reset`, `timeout`, `tls`, `proxy`, `other`; empty: none."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: bytes = b""
    seconds: float = 0.0
    """Until the first byte of the answer."""
    issuer: str = ""
    """Organisation, else common name, that signed its certificate."""


def target_of(page: Page) -> str:
    """Return the host that a page sends to; empty for none."""
    try:
        return urlsplit(page.headers.get("location", "")).hostname or ""
    except ValueError:
        return ""


async def fetched(
    url: str,
    method: str,
    *,
    proxy: str | None,
    tls: ssl.SSLContext,
    seconds: float,
    now: Callable[[], float],
) -> Page:
    """Return what a server answered, or why it did not; redirections are answers."""
    start = now()
    try:
        async with (
            httpx.AsyncClient(
                verify=tls, proxy=proxy, trust_env=False, timeout=seconds
            ) as client,
            client.stream(method, url) as answer,
        ):
            waited = now() - start
            issuer = _issuer(answer)
            body = b""
            async for part in answer.aiter_raw():
                body += part
                if len(body) >= MOST_BODY:
                    break
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return Page(
                answer.status_code, "", headers, body[:MOST_BODY], waited, issuer
            )
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        return Page(problem=_problem(error), seconds=now() - start)


def _issuer(answer: httpx.Response) -> str:
    stream = answer.extensions.get("network_stream")
    channel = stream.get_extra_info("ssl_object") if stream else None
    certificate = channel.getpeercert() if channel else None
    named = {
        name: value
        for group in (certificate or {}).get("issuer", ())
        for name, value in group
    }
    return str(named.get("organizationName") or named.get("commonName") or "")


_PROBLEMS: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "name"),
    (ssl.SSLError, "tls"),
    (ConnectionRefusedError, "refused"),
    (ConnectionResetError, "reset"),
    (TimeoutError, "timeout"),
    (httpx.TimeoutException, "timeout"),
    (httpx.ProxyError, "proxy"),
    (httpx.ReadError, "reset"),
    (httpx.RemoteProtocolError, "reset"),
)


def _problem(error: BaseException) -> str:
    """Return what went wrong, from the error or from what caused it."""
    causes = []
    one: BaseException | None = error
    while one is not None and one not in causes:
        causes.append(one)
        one = one.__cause__ or one.__context__
    for kind, word in _PROBLEMS:
        if any(isinstance(each, kind) for each in causes):
            return word
    return "other"
