"""The speed server: its address, read from a URL, and the syndicat's own.

It has the URLs of LibreSpeed, CUBIC, and hard limits. A server on BBR hides what a line
does when it is full, and one that is shared by any number of tests measures itself:
this one has CUBIC on its own sockets where the system allows it, names the algorithm
that it has, and takes few tests at a time.
"""

import asyncio
import os
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv6Address, IPv6Network, ip_address
from pathlib import Path
from time import monotonic
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from diag.model.errors import DiagError

OWN_SERVER = "diag-mire"
"""What a server of the syndicat calls itself in its `Server` header."""


class Mire(NamedTuple):
    """A server with the URLs of LibreSpeed."""

    host: str
    port: int
    is_tls: bool
    path: str
    """Begins with « / » where there is one, never ends with it."""

    @property
    def target(self) -> str:
        """Return « mire.example.fr:443 »; an IPv6 address in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def url(self, page: str) -> str:
        """Return the URL of one of its pages: `empty.php`."""
        return f"http{'s' * self.is_tls}://{self.target}{self.path}/{page}"

    def __str__(self) -> str:
        return self.url("")


def mire_at(url: str) -> Mire:
    """Return the server of a URL; without a scheme it is plain HTTP.

    Raises:
        DiagError: that is no URL of a server.
    """
    text = url if "://" in url else f"http://{url}"
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname, parts.port
        is_wrong = any(one in (host or "") for one in "\r\n\t ")
    except ValueError:
        host, port, is_wrong = None, None, True
    if is_wrong or not host or parts.scheme not in {"http", "https"} or port == 0:
        raise DiagError(
            f"« {url[:80]} » n'est pas l'adresse d'un serveur de mesure. Exemple : "
            "https://mire.mon-syndicat.fr."
        )
    is_tls = parts.scheme == "https"
    return Mire(host, port or (443 if is_tls else 80), is_tls, parts.path.rstrip("/"))


CUBIC = "cubic"
UNKNOWN = "inconnu"
"""What the header holds where the system names no algorithm."""

_MEGA = 2**20
_CHUNK = os.urandom(_MEGA // 8)
"""What is sent, again and again: no line compresses it. It passes in less than the
patience of the server on a line of 0.1 Mbit/s."""

_MOST_HEAD = 8 * 1024
_MOST_MEGABYTES = 1024
_MOST_UNREAD = 64 * 1024
"""Bytes read of what is sent to a server that is busy: two POSTs of a test."""
_PATIENCE = 15
"""Seconds that a client has to send a head, or the next bytes of what it sends."""


@dataclass(frozen=True, slots=True)
class MireLimits:
    """What one server gives at most; a school is one address, whatever its laptops."""

    tests: int = 4
    """Addresses that move data at once."""
    connections: int = 256
    per_address: int = 48
    """Connections of one address at once."""
    seconds: float = 60
    """How long one connection lives."""
    hourly_bytes: int = 2 * 10**9
    """Bytes of one address, both ways, in an hour."""


@dataclass(slots=True)
class _Client:
    """What one address does, and did in this hour."""

    connections: int = 0
    moving: int = 0
    """Connections that move data now."""
    moved: int = 0
    since: float = field(default_factory=monotonic)


class _Busy(Exception):
    """A request that is turned away, with its status."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class _Request(NamedTuple):
    method: str
    page: str
    size: int
    """Megabytes asked for, 1 to 1024."""
    length: int
    """Bytes that follow."""
    closes: bool
    """Whether nothing more is asked on this connection."""

    @property
    def moves(self) -> bool:
        """Return whether it fills the line, one way or the other."""
        is_asked = self.page == "garbage.php" and self.method != "HEAD"
        return is_asked or bool(self.length)


class MireServer:
    """One server; from `start` on it serves, as long as the loop runs."""

    def __init__(self, limits: MireLimits | None = None) -> None:
        self._limits = limits or MireLimits()
        self._clients: dict[str, _Client] = {}
        self._server: asyncio.Server | None = None
        self._open = 0
        self.algorithm = UNKNOWN
        """Congestion control of its sockets."""

    async def start(
        self, address: str, port: int, tls: ssl.SSLContext | None = None
    ) -> int:
        """Listen on one address; return the port.

        Raises:
            OSError: the system refuses that address or port.
        """
        made = listening(address, port)
        self.algorithm = algorithm_of(made)
        self._server = await asyncio.start_server(
            self._meet, sock=made, limit=_MOST_HEAD, ssl=tls
        )
        bound: int = made.getsockname()[1]
        return bound

    def stop(self) -> None:
        """Listen no more; connections end with the loop."""
        if self._server:
            self._server.close()

    async def _meet(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer one connection until it ends, or has lived long enough."""
        called = str((writer.get_extra_info("peername") or ("?",))[0])
        # What called a socket of IPv6 by an address of IPv4 is written as such.
        plain = called.removeprefix("::ffff:")
        peer = plain if "." in plain else called
        client = self._client(house_of(peer))
        limits = self._limits
        crowded = client.connections >= limits.per_address
        if crowded or self._open >= limits.connections:
            writer.close()
            return
        client.connections += 1
        self._open += 1
        try:
            async with asyncio.timeout(limits.seconds):
                while await self._answer(reader, writer, peer, client):
                    pass
            writer.close()  # once its last answer has left
        except (EOFError, asyncio.LimitOverrunError, OSError, ValueError):
            writer.transport.abort()  # gone, too slow, or no HTTP
        finally:
            client.connections -= 1
            self._open -= 1

    def _client(self, peer: str) -> _Client:
        """Return what is known of an address; forget those of past hours."""
        now = monotonic()
        for name, one in [*self._clients.items()]:
            if not one.connections and now - one.since > _HOUR:
                del self._clients[name]
        client = self._clients.setdefault(peer, _Client())
        if now - client.since > _HOUR:
            client.moved, client.since = 0, now
        return client

    async def _answer(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        peer: str,
        client: _Client,
    ) -> bool:
        """Answer one request; return whether another may follow."""
        async with asyncio.timeout(_PATIENCE):
            head = await reader.readuntil(b"\r\n\r\n")
        asked = _read_head(head)
        try:
            if asked.moves:
                await self._move(reader, writer, asked, client)
            else:
                _reply(writer, asked, self._small(asked, peer))
        except _Busy as busy:
            told = (busy.status, b"", "text/plain", self._name())
            async with asyncio.timeout(_PATIENCE):  # unread, it would cut the answer
                await reader.readexactly(min(asked.length, _MOST_UNREAD))
                _reply(writer, asked._replace(closes=True), told)
                await writer.drain()
            return False
        async with asyncio.timeout(_PATIENCE):
            await writer.drain()
        return not asked.closes

    async def _move(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        asked: _Request,
        client: _Client,
    ) -> None:
        """Send what is asked for, or take in what is sent and answer once it is whole.

        Raises:
            _Busy: enough tests are under way, or the address has moved enough in this
                hour.
        """
        others = sum(bool(one.moving) for one in self._clients.values())
        if not client.moving and others >= self._limits.tests:
            raise _Busy("503 Service Unavailable")
        if client.moved > self._limits.hourly_bytes:
            raise _Busy("429 Too Many Requests")
        client.moving += 1
        try:
            if asked.page == "garbage.php" and not asked.length:
                total = asked.size * _MEGA
                kind = "application/octet-stream"
                writer.write(_head(asked, "200 OK", total, kind, self._name()))
                for _ in range(total // len(_CHUNK)):
                    writer.write(_CHUNK)
                    client.moved += len(_CHUNK)
                    async with asyncio.timeout(_PATIENCE):
                        await writer.drain()
                return
            left = asked.length
            while left:
                async with asyncio.timeout(_PATIENCE):
                    part = await reader.read(min(left, _MEGA))
                if not part:
                    raise ConnectionResetError
                left -= len(part)
                client.moved += len(part)
            _reply(writer, asked, ("200 OK", b"", "text/plain", self._name()))
        finally:
            client.moving -= 1

    def _small(self, asked: _Request, peer: str) -> tuple[str, bytes, str, str]:
        name = self._name()
        match asked.page:
            case "empty.php" | "garbage.php":  # the latter by HEAD
                return "200 OK", b"", "text/plain", name
            case "getIP.php":
                # An address holds no character that JSON would escape.
                body = f'{{"processedString":"{peer}","rawIspInfo":""}}'
                return "200 OK", body.encode(), "application/json", name
            case "generate_204":
                return "204 No Content", b"", "text/plain", name
            case "":
                return "200 OK", _FRONT.encode(), "text/plain; charset=utf-8", name
            case _:
                return "404 Not Found", b"", "text/plain", name

    def _name(self) -> str:
        return f"{OWN_SERVER}/1 ({self.algorithm})"


def house_of(peer: str) -> str:
    """Return what counts as one school: an IPv4 address, the /64 of an IPv6 one.

    There each laptop has several addresses, and draws others as it likes.
    """
    try:
        number = ip_address(peer.partition("%")[0])
    except ValueError:
        return peer
    if not isinstance(number, IPv6Address):
        return peer
    return str(IPv6Network((number, _HOUSE_BITS), strict=False))


_HOUSE_BITS = 64
_HOUR = 3600.0
_FRONT = (
    "Serveur de mesure du syndicat, pour diag et LibreSpeed. Il ne garde rien : ni "
    "adresse, ni mesure.\n"
)


def _read_head(head: bytes) -> _Request:
    """Read a request.

    Raises:
        ValueError: it is no HTTP, or of a kind that no test sends.
    """
    first, *rest = head.decode("latin-1").split("\r\n")
    method, target, _version = first.split(" ")
    if method not in {"GET", "HEAD", "POST", "OPTIONS"}:
        raise ValueError(method)
    named = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in rest)
    }
    if "transfer-encoding" in named:
        raise ValueError(named["transfer-encoding"])
    parts = urlsplit(target)
    size = int(parse_qs(parts.query).get("ckSize", ["4"])[0])
    length = int(named.get("content-length", "0"))
    if not 0 <= length <= _MOST_MEGABYTES * _MEGA:
        raise ValueError(length)
    return _Request(
        method,
        parts.path.rpartition("/")[2],
        min(max(size, 1), _MOST_MEGABYTES),
        length,
        named.get("connection", "").lower() == "close",
    )


def _head(asked: _Request, status: str, length: int, kind: str, name: str) -> bytes:
    lines = (
        f"HTTP/1.1 {status}",
        f"Server: {name}",
        f"Connection: {'close' if asked.closes else 'keep-alive'}",
        f"Content-Type: {kind}",
        f"Content-Length: {length}",
        "Cache-Control: no-store",
        "Access-Control-Allow-Origin: *",
        "Access-Control-Allow-Headers: Content-Type, Content-Encoding",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _reply(
    writer: asyncio.StreamWriter,
    asked: _Request,
    answer: tuple[str, bytes, str, str],
) -> None:
    """Answer with a status, a body, its type and our name; HEAD gets no body."""
    status, body, kind, name = answer
    sent = b"" if asked.method == "HEAD" else body
    writer.write(_head(asked, status, len(body), kind, name) + sent)


def listening(address: str, port: int) -> socket.socket:
    """Return a socket that listens on one address, with CUBIC where that is allowed.

    Connections that it accepts have what it has.

    Raises:
        OSError: the system refuses.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_CONGESTION"):
            with suppress(OSError):  # the module is not loaded, or not allowed
                option = (socket.IPPROTO_TCP, socket.TCP_CONGESTION)
                made.setsockopt(*option, CUBIC.encode())
        if address == "::":  # those of IPv4 too, whatever the system does by itself
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        made.bind((address, port))
        made.listen(128)
    except BaseException:
        made.close()
        raise
    return made


def algorithm_of(made: socket.socket) -> str:
    """Return the congestion control of a socket: `cubic`, `bbr`."""
    if hasattr(socket, "TCP_CONGESTION"):
        with suppress(OSError):
            raw = made.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16)
            return raw.partition(b"\0")[0].decode("ascii", "replace")
    return UNKNOWN


def check_address(address: str, *, everywhere: bool) -> str:
    """Return the address to listen on.

    Raises:
        DiagError: it is none, or it is all of them and nobody asked for that.
    """
    try:
        number = ip_address(address)
    except ValueError as error:
        raise DiagError(
            f"« {address[:60]} » n'est pas une adresse IP de cette machine."
        ) from error
    if number.is_unspecified and not everywhere:
        raise DiagError(
            f"{address} ouvre la mire sur toutes les adresses de cette machine, celles "
            "d'Internet comprises. Donnez l'adresse voulue, ou demandez-les toutes.",
            command=f"diag mire --host {number} --everywhere",
        )
    return str(number)


def tls_of(certificate: Path, key: Path) -> ssl.SSLContext:
    """Return what serves a certificate.

    Raises:
        DiagError: the two files do not go together, or cannot be read.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key, password="")
    except ssl.SSLError as error:
        raise DiagError(
            f"{certificate} et {key} ne vont pas ensemble, ou l'un des deux ne se lit "
            "pas (PEM, clé sans mot de passe). La mire n'est pas lancée."
        ) from error
    return context


def run_mire(
    address: str,
    port: int,
    *,
    limits: MireLimits,
    tls: ssl.SSLContext | None,
    ready: Callable[[int, str], None],
) -> None:
    """Serve until Ctrl+C; `ready` is given the port and the algorithm.

    Raises:
        DiagError: the system refuses that address or port.
    """

    async def serve() -> None:
        server = MireServer(limits)
        try:
            bound = await server.start(address, port, tls)
        except OSError as error:
            raise DiagError(
                f"L'adresse {address}, port {port}, ne se laisse pas ouvrir : un "
                "autre programme l'a, la machine n'a pas cette adresse, ou un port de "
                "moins de 1024 demande des droits."
            ) from error
        ready(bound, server.algorithm)
        try:
            await asyncio.Event().wait()
        finally:
            server.stop()

    asyncio.run(serve())
