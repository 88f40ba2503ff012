"""Real hubs on the loopback, with their own authority; a proxy that cuts lines."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Event, Thread

from uvicorn import Server

from diag.sync.hub.app import build_server
from diag.sync.hub.home import HubHome, HubSettings
from diag.sync.hub.store import Store
from diag.sync.protocol import HubLimits
from tests.sync.offices import SCHOOLS


@dataclass
class Served:
    """A hub that answers on the loopback."""

    home: HubHome
    store: Store
    port: int
    server: Server

    def settle(self) -> None:
        """Wait for the end of what it serves: of a cut request too."""
        while self.server.server_state.tasks:
            Event().wait(0.01)

    def invite(self, *territories: str, right: str = "write") -> str:
        """Return an invitation."""
        return str(self.home.invite("Camille Perrin", territories or ("*",), right))


def free_port() -> int:
    """Return a port that nobody listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def made_home(folder: Path, port: int, limits: HubLimits | None = None) -> HubHome:
    """Return the folder of a hub that knows the invented schools."""
    home = HubHome.create(
        folder,
        HubSettings(
            name="Vallombre Numérique",
            url=f"https://127.0.0.1:{port}",
            limits=limits or HubLimits(),
        ),
    )
    store = home.store()
    store.put_directory(SCHOOLS.items())
    store.close()
    return home


@contextmanager
def served(home: HubHome, port: int | None = None) -> Iterator[Served]:
    """Serve a hub over TLS until the end of the block."""
    store = home.store()
    port = home.port if port is None else port
    server = build_server(home, store, host="127.0.0.1", port=port)
    # asyncio sends at once (no Nagle) only on a socket that says that it is TCP.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    listening.listen(100)
    thread = Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
    thread.start()  # who connects before it is ready waits in the queue
    try:
        yield Served(home, store, port, server)
    finally:
        server.should_exit = True
        thread.join()
        store.close()


@dataclass
class Cutter:
    """A proxy that lets so many bytes of each connection through, then cuts it."""

    target: int
    port: int = 0
    up: int = 10**12
    """Bytes to the hub before the cut, for each connection."""
    down: int = 10**12
    """Bytes from the hub before the cut."""
    passed: dict[str, int] = field(default_factory=dict)


@contextmanager
def cutting(target: int) -> Iterator[Cutter]:
    """Give a proxy in front of a port."""
    cutter = Cutter(target)

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):  # the hub is not there, or no more
                relay(self.request, cutter)

    class Proxy(ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True
        block_on_close = False

    with Proxy(("127.0.0.1", 0), Handler) as server:
        cutter.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield cutter
        finally:
            server.shutdown()
            thread.join()


def relay(near: socket.socket, cutter: Cutter) -> None:
    """Copy both ways until one side ends, or as many bytes passed as are let."""
    with socket.create_connection(("127.0.0.1", cutter.target)) as far:
        for each in (near, far):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        back = Thread(target=copy, args=(far, near, cutter.down, "down", cutter))
        back.start()
        copy(near, far, cutter.up, "up", cutter)
        back.join()


def copy(
    source: socket.socket, sink: socket.socket, most: int, way: str, cutter: Cutter
) -> None:
    left = most
    with suppress(OSError):
        while left and (part := source.recv(min(65_536, left))):
            sink.sendall(part)
            left -= len(part)
            cutter.passed[way] = cutter.passed.get(way, 0) + len(part)
    for each in (source, sink):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
