"""A computer that says what a test gives it: commands, files, names, pages."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from diag.probes.host import Host, Interface, NameAnswer, NativeScan, Page, Printed

AT = datetime(2026, 9, 8, 10, tzinfo=UTC)
ISSUED = "Let's Encrypt"


@dataclass
class FakeHost(Host):
    """Nothing of the real computer is read, nothing leaves it."""

    system: str = "linux"
    commands: dict[str, bytes] = field(default_factory=dict)
    """Beginning of a command → what it prints; another one is not there."""
    files: dict[str, bytes] = field(default_factory=dict)
    cards: tuple[Interface, ...] = ()
    pages: dict[str, Page] = field(default_factory=dict)
    through_proxy: dict[str, Page] = field(default_factory=dict)
    names: dict[tuple[str, str], NameAnswer] = field(default_factory=dict)
    """Resolver and name → its answer."""
    resolvers: tuple[str, ...] = ("192.168.1.1",)
    proxy: str = ""
    has_file: bool = False
    """Whether a file chooses the proxy."""
    native: NativeScan = field(default_factory=lambda: NativeScan(error=-1))
    asked: list[str] = field(default_factory=list)
    """Everything that was run or asked, in order."""

    def now(self) -> datetime:
        return AT

    def monotonic(self) -> float:
        return 0.0

    def read(self, path: str) -> bytes:
        return self.files.get(path, b"")

    async def command(self, *words: str, seconds: float = 10) -> Printed:
        line = " ".join(words)
        self.asked.append(line)
        found = [out for start, out in self.commands.items() if line.startswith(start)]
        return Printed(0, found[0]) if found else Printed(None)

    async def native_wifi(self) -> NativeScan:
        self.asked.append("wlanapi")
        return self.native

    def interfaces(self) -> tuple[Interface, ...]:
        return self.cards

    def proxies(self) -> Mapping[str, str]:
        return {"https": self.proxy} if self.proxy else {}

    async def has_pac(self) -> bool:
        return self.has_file

    async def addresses(
        self, name: str, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> tuple[str, ...]:
        return self.names.get((self.resolvers[0], name), NameAnswer()).addresses

    def name_servers(self) -> tuple[str, ...]:
        return self.resolvers

    async def ask_name(self, name: str, server: str) -> NameAnswer:
        self.asked.append(f"{server} {name}")
        return self.names.get((server, name), NameAnswer())

    async def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        uses_proxy: bool = False,
        seconds: float = 5.0,
    ) -> Page:
        self.asked.append(f"{method} {url}")
        known = self.through_proxy if uses_proxy else self.pages
        return known.get(url, Page(problem="timeout"))
