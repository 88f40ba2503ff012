"""A real speed server on the loopback, in a thread of its own."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from diag.probes.mire import Mire, MireLimits, MireServer, mire_at


@contextmanager
def mire_on_loopback(
    limits: MireLimits | None = None,
    address: str = "127.0.0.1",
    tls: ssl.SSLContext | None = None,
) -> Iterator[Mire]:
    """Serve for the time of a test."""
    ready, ports, loops = Event(), list[int](), list[asyncio.AbstractEventLoop]()
    stopped = asyncio.Event()

    async def serve() -> None:
        server = MireServer(limits)
        ports.append(await server.start(address, 0, tls))
        loops.append(asyncio.get_running_loop())
        ready.set()
        await stopped.wait()
        server.stop()

    thread = Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    host = f"[{address}]" if ":" in address else address
    try:
        yield mire_at(f"http{'s' if tls else ''}://{host}:{ports[0]}")
    finally:
        loops[0].call_soon_threadsafe(stopped.set)
        thread.join(10)
