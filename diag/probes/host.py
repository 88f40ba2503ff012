"""This computer, as probes see it: its commands, files, sockets, names, pages, radio.

Probes reach the system through it alone, so that a test gives them another one. Of what
a card of Windows hears, nothing is understood here: the bytes go to `diag.probes.wifi`.
The one place that calls `wlanapi.dll` never ran in the tests of this project, which
have no Windows: `docs/essai-postes.md` tries it.
"""

import asyncio
import ctypes
import os
import re
import shutil
import socket
import ssl
import sys
import time
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import dns.asyncquery
import dns.exception
import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import httpx
import psutil
import truststore

from diag.probes.mire import Mire

MOST_OUTPUT = 5 * 2**20
"""Bytes kept of what a command prints."""

_SETTINGS = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings"
PAC_ASKED = {
    "win32": ("reg", "query", _SETTINGS, "/v", "AutoConfigURL"),
    "darwin": ("scutil", "--proxy"),
    "linux": ("gsettings", "get", "org.gnome.system.proxy", "mode"),
}
"""System → what asks whether a file (PAC) chooses the proxy of each page."""

_PAC = re.compile(
    r"AutoConfigURL +REG_SZ +\S|ProxyAuto(?:Config|Discovery)Enable : 1|^'auto'",
    re.MULTILINE,
)


def has_pac(printed: str) -> bool:
    """Return whether a file chooses the proxy, by what `PAC_ASKED` prints."""
    return bool(_PAC.search(printed))


class Printed(NamedTuple):
    """What came of a command."""

    code: int | None
    """Its exit code; None when it is not there, or did not end in time."""
    out: bytes = b""

    @property
    def text(self) -> str:
        """Return what it printed, whatever its encoding."""
        return self.out.decode("utf-8", "replace")


class Interface(NamedTuple):
    """One network interface of this computer."""

    name: str
    is_up: bool
    mbit: int
    """Mbit/s negotiated; 0: unknown."""
    mtu: int
    addresses: tuple[str, ...]
    """IPv4 and IPv6, without a zone."""


class NameAnswer(NamedTuple):
    """What a resolver answered."""

    addresses: tuple[str, ...] = ()
    code: str = ""
    """`NOERROR`, `NXDOMAIN`, `SERVFAIL`…; empty: no answer in time."""
    ms: float | None = None


class NativeScan(NamedTuple):
    """What Windows gave: a `WLAN_BSS_LIST` for each card, or its error."""

    lists: tuple[bytes, ...] = ()
    error: int = 0
    """0: none; 5: location denied; -1: no such API here."""


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


class Host:
    """The real one. What a network does is an answer: its methods raise none of it."""

    system: str = sys.platform

    def now(self) -> datetime:
        """Return the time, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that only go forward."""
        return time.perf_counter()

    def read(self, path: str) -> bytes:
        """Return a file of the system, no more than ever kept; empty when none is."""
        with suppress(OSError), Path(path).open("rb") as file:
            return file.read(MOST_OUTPUT)
        return b""

    async def command(self, *words: str, seconds: float = 10) -> Printed:
        """Run a command in English, without a shell; stop it by its id in time."""
        program = shutil.which(words[0])
        if program is None:
            return Printed(None)
        made = await asyncio.create_subprocess_exec(
            program,
            *words[1:],
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C"},
        )
        try:
            async with asyncio.timeout(seconds):
                out, _ = await made.communicate()
        except TimeoutError:
            return Printed(None)
        finally:
            with suppress(ProcessLookupError):
                if made.returncode is None:
                    made.kill()
                    await made.wait()
        return Printed(made.returncode, out[:MOST_OUTPUT])

    async def native_wifi(self) -> NativeScan:
        """Return what the cards of Windows hear; takes 4 s, nothing elsewhere."""
        return await asyncio.to_thread(scan_cards)

    def interfaces(self) -> tuple[Interface, ...]:
        """Return the interfaces of this computer, the loopback one among them."""
        states, addresses = psutil.net_if_stats(), psutil.net_if_addrs()
        wanted = {socket.AF_INET, socket.AF_INET6}
        return tuple(
            Interface(
                name,
                state.isup,
                state.speed,
                state.mtu,
                tuple(
                    each.address.partition("%")[0]
                    for each in addresses.get(name, ())
                    if each.family in wanted
                ),
            )
            for name, state in states.items()
        )

    def bytes_received(self, interface: str) -> int | None:
        """Return how much came by an interface since it is up; None: unknown."""
        found = psutil.net_io_counters(pernic=True).get(interface)
        return found.bytes_recv if found else None

    def proxies(self) -> Mapping[str, str]:
        """Return the proxies of the system by scheme, as its settings hold them."""
        return urllib.request.getproxies()

    async def has_pac(self) -> bool:
        """Return whether a file (PAC) chooses the proxy of each page: none is read."""
        asked = PAC_ASKED.get(self.system, ())
        return bool(asked) and has_pac((await self.command(*asked)).text)

    async def addresses(
        self, name: str, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> tuple[str, ...]:
        """Return the addresses of a name, as the system finds them; empty: none."""
        loop = asyncio.get_running_loop()
        with suppress(OSError, UnicodeError):
            found = await loop.getaddrinfo(
                name, None, family=family, type=socket.SOCK_STREAM
            )
            return tuple(dict.fromkeys(str(one[4][0]) for one in found))
        return ()

    async def connect(
        self, address: str, port: int, seconds: float = 2.0
    ) -> float | None:
        """Return how long a TCP connection takes, in ms; None when it is lost.

        A refusal is an answer too: it proves one round trip.
        """
        return await asyncio.to_thread(self._connect, address, port, seconds)

    def _connect(self, address: str, port: int, seconds: float) -> float | None:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        # Where IPv6 is cut off whole, there is not even a socket of it.
        with suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as made:
            made.settimeout(seconds)
            start = self.monotonic()
            with suppress(ConnectionRefusedError):
                made.connect((address, port))
            return (self.monotonic() - start) * 1000
        return None

    def path_mtu(self, mire: Mire, address: str, sent: bytes) -> int | None:
        """Return the largest packet of the way to a server, in bytes; it blocks.

        `sent` is moved first, so that the limit of the way is known. None: the system
        gives no segment, or the server is not there.
        """
        is_six = ":" in address
        try:
            with ExitStack() as opened:
                made = opened.enter_context(
                    socket.create_connection((address, mire.port), 5.0)
                )
                if mire.is_tls:
                    made = opened.enter_context(
                        self.tls().wrap_socket(made, server_hostname=mire.host)
                    )
                made.sendall(sent)
                made.recv(1)
                segment = made.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG)
                stamped = self.system == "darwin"
                if self.system == "linux":
                    found = made.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)
                    stamped = bool(found[5] & 1)
        except (OSError, AttributeError):
            return None
        # Segments that bear a time take 12 bytes more.
        headers = (60 if is_six else 40) + (12 if stamped else 0)
        return segment + headers if segment else None

    def name_servers(self) -> tuple[str, ...]:
        """Return the resolvers that the system uses."""
        with suppress(dns.exception.DNSException, OSError):
            return tuple(map(str, dns.resolver.Resolver().nameservers))
        return ()

    async def ask_name(self, name: str, server: str) -> NameAnswer:
        """Ask one resolver for a name, once, by UDP."""
        start = self.monotonic()
        try:
            asked = dns.message.make_query(name, "A")
            answer = await dns.asyncquery.udp(asked, server, timeout=2.0)
        except (dns.exception.DNSException, OSError, ValueError):
            return NameAnswer()
        ms = (self.monotonic() - start) * 1000
        found = tuple(
            item.to_text()
            for group in answer.answer
            for item in group
            if item.rdtype in {dns.rdatatype.A, dns.rdatatype.AAAA}
        )
        return NameAnswer(found, dns.rcode.to_text(answer.rcode()), ms)

    def tls(self) -> ssl.SSLContext:
        """Return what trusts as the system does: a school's own inspection too."""
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    async def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        uses_proxy: bool = False,
        seconds: float = 5.0,
    ) -> Page:
        """Return what a server answered, or why it did not, and follow nothing.

        At most 64 kB of the page are read.
        """
        proxy = self.proxies().get(url.partition(":")[0]) if uses_proxy else None
        tls = self.tls()  # what this computer does is neither waited for nor an answer
        start = time.monotonic()
        try:
            async with (
                httpx.AsyncClient(
                    verify=tls, proxy=proxy or None, trust_env=False, timeout=seconds
                ) as client,
                client.stream(method, url) as answer,
            ):
                waited = time.monotonic() - start
                # Who signed the certificate of what just answered.
                stream = answer.extensions.get("network_stream")
                channel = stream.get_extra_info("ssl_object") if stream else None
                certificate = (channel.getpeercert() if channel else None) or {}
                groups = certificate.get("issuer", ())
                signer = {name: value for group in groups for name, value in group}
                issuer = signer.get("organizationName") or signer.get("commonName")
                headers = {name.lower(): each for name, each in answer.headers.items()}
                body = b""
                async for part in answer.aiter_raw():
                    body += part
                    if len(body) >= _MOST_BODY:
                        break
                return Page(
                    answer.status_code,
                    headers=headers,
                    body=body[:_MOST_BODY],
                    seconds=waited,
                    issuer=str(issuer or ""),
                )
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            return Page(problem=_problem(error), seconds=time.monotonic() - start)


_MOST_BODY = 64 * 1024
"""Bytes read of a page."""


def target_of(page: Page) -> str:
    """Return the host that a page sends to; empty for none."""
    try:
        return urlsplit(page.headers.get("location", "")).hostname or ""
    except ValueError:
        return ""


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


DENIED = 5
"""Error of Windows: the user did not allow the location."""

_VERSION, _ANY_KIND = 2, 3
_GUID_BYTES, _CARD_BYTES, _LIST_HEADER = 16, 16 + 512 + 4, 8
"""`WLAN_INTERFACE_INFO`: an id, 256 characters of name, a state."""

SETTLING_S = 4.0
"""Seconds in which a driver must have scanned (Microsoft, `WlanScan`)."""


def scan_cards() -> NativeScan:
    """Have every card scan, wait, and return what each heard; takes 4 s."""
    if sys.platform != "win32":
        return NativeScan(error=-1)
    try:
        api = ctypes.WinDLL("wlanapi")
    except OSError:  # a server without the Wi-Fi feature
        return NativeScan(error=-1)
    version, handle = ctypes.c_uint32(), ctypes.c_void_p()
    error = api.WlanOpenHandle(
        _VERSION, None, ctypes.byref(version), ctypes.byref(handle)
    )
    if error:
        return NativeScan(error=error)
    try:
        return _scanned(api, handle)
    finally:
        api.WlanCloseHandle(handle, None)


def _scanned(api: ctypes.CDLL, handle: ctypes.c_void_p) -> NativeScan:
    held = ctypes.c_void_p()
    error = api.WlanEnumInterfaces(handle, None, ctypes.byref(held))
    if error or held.value is None:
        return NativeScan(error=error)
    count = int.from_bytes(ctypes.string_at(held.value, 4), "little")
    first = held.value + _LIST_HEADER
    cards = [
        ctypes.create_string_buffer(
            ctypes.string_at(first + rank * _CARD_BYTES, _GUID_BYTES), _GUID_BYTES
        )
        for rank in range(min(count, 8))
    ]
    api.WlanFreeMemory(held)
    errors = [api.WlanScan(handle, card, None, None, None) for card in cards]
    time.sleep(SETTLING_S)
    lists: list[bytes] = []
    for card in cards:
        held = ctypes.c_void_p()
        error = api.WlanGetNetworkBssList(
            handle, card, None, _ANY_KIND, 0, None, ctypes.byref(held)
        )
        errors.append(error)
        if error or held.value is None:
            continue
        size = int.from_bytes(ctypes.string_at(held.value, 4), "little")
        heard = ctypes.string_at(held.value, size)
        api.WlanFreeMemory(held)
        lists += [heard] if heard else []
    return NativeScan(tuple(lists), 0 if lists else max(errors, default=0))
