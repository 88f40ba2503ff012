"""This computer, as probes see it: its commands, files, sockets, names, pages.

Probes reach the system through it alone, so that a test gives them another one.
"""

import asyncio
import os
import shutil
import socket
import ssl
import sys
import time
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import dns.asyncquery
import dns.exception
import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import psutil
import truststore

from diag.probes.machine import PAC_ASKED, has_pac
from diag.probes.pages import Page, fetched
from diag.probes.server import Mire
from diag.probes.wlanapi import NativeScan, scan_cards

MOST_OUTPUT = 5 * 2**20
"""Bytes kept of what a command prints."""


class Printed(NamedTuple):
    """What came of a command."""

    code: int | None
    """Its exit code; None when it is not there, or did not end in time."""
    out: bytes = b""
    error: bytes = b""

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


class Traffic(NamedTuple):
    """Bytes that an interface has moved since it is up."""

    received: int
    sent: int


class NameAnswer(NamedTuple):
    """What a resolver answered."""

    addresses: tuple[str, ...] = ()
    code: str = ""
    """`NOERROR`, `NXDOMAIN`, `SERVFAIL`…; empty: no answer in time."""
    ms: float | None = None


class Host:
    """The real one. What a network does is an answer: its methods raise none of it."""

    system: str = sys.platform

    def now(self) -> datetime:
        """Return the time, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that only go forward."""
        return time.perf_counter()

    def environment(self) -> Mapping[str, str]:
        """Return the environment of this process."""
        return os.environ

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
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "LC_ALL": "C"},
        )
        try:
            async with asyncio.timeout(seconds):
                out, error = await made.communicate()
        except TimeoutError:
            return Printed(None)
        finally:
            with suppress(ProcessLookupError):
                if made.returncode is None:
                    made.kill()
                    await made.wait()
        return Printed(made.returncode, out[:MOST_OUTPUT], error[:MOST_OUTPUT])

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

    def traffic(self, interface: str) -> Traffic | None:
        """Return what an interface moved; None when it is unknown."""
        found = psutil.net_io_counters(pernic=True).get(interface)
        return Traffic(found.bytes_recv, found.bytes_sent) if found else None

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

    async def path_mtu(
        self, mire: Mire, address: str, sent: bytes, seconds: float = 5.0
    ) -> int | None:
        """Return the largest packet of the way to a server, in bytes.

        `sent` is moved first, so that the limit of the way is known. None: the system
        gives no segment, or the server is not there.
        """
        return await asyncio.to_thread(self._path_mtu, mire, address, sent, seconds)

    def _path_mtu(
        self, mire: Mire, address: str, sent: bytes, seconds: float
    ) -> int | None:
        is_six = ":" in address
        try:
            with ExitStack() as opened:
                made = opened.enter_context(
                    socket.create_connection((address, mire.port), seconds)
                )
                if mire.is_tls:
                    made = opened.enter_context(
                        self.tls().wrap_socket(made, server_hostname=mire.host)
                    )
                made.sendall(sent)
                made.recv(1)
                segment = made.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG)
                stamped = self._is_stamped(made)
        except (OSError, AttributeError):
            return None
        headers = (60 if is_six else 40) + (12 if stamped else 0)
        return segment + headers if segment else None

    def _is_stamped(self, made: socket.socket) -> bool:
        """Return whether segments bear a time, which takes 12 bytes of them."""
        if self.system != "linux":
            return self.system == "darwin"
        information = made.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)
        return bool(information[5] & 1)

    def source_of(self, address: str) -> str:
        """Return the own address from which this computer would reach another one."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as asked:
            asked.connect((address, 9))  # nothing is sent
            return str(asked.getsockname()[0])
        return ""

    def name_servers(self) -> tuple[str, ...]:
        """Return the resolvers that the system uses."""
        with suppress(dns.exception.DNSException, OSError):
            return tuple(map(str, dns.resolver.Resolver().nameservers))
        return ()

    async def ask_name(
        self,
        name: str,
        server: str,
        kind: str = "A",
        *,
        port: int = 53,
        seconds: float = 2.0,
    ) -> NameAnswer:
        """Ask one resolver for a name, once, by UDP."""
        start = self.monotonic()
        try:
            asked = dns.message.make_query(name, kind)
            answer = await dns.asyncquery.udp(asked, server, seconds, port)
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
        """Ask for a page, follow nothing; at most 64 kB of it are read."""
        proxy = self._proxy_for(url) if uses_proxy else None
        return await fetched(
            url,
            method,
            proxy=proxy,
            tls=self.tls(),
            seconds=seconds,
            now=time.monotonic,
        )

    def _proxy_for(self, url: str) -> str | None:
        return self.proxies().get(url.partition(":")[0]) or None
