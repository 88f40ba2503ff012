"""A line filled one way by several connections, and what moved when.

Bytes received count as they arrive; bytes sent count when the server has answered for
them: those that only left this computer fill buffers.

A connection moves its bytes in stretches, one after the other. A stretch counts in a
window for the share of it that is inside.
"""

import asyncio
import os
import socket
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

from diag.probes import Setting
from diag.probes.host import Host
from diag.probes.mire import Mire
from diag.words.sentences import measure

WARM_UP = 2.0
"""Seconds dropped: connections open their windows."""

AGREEING = 0.05
"""Width of three seconds over their middle, under which a test has settled."""

_LAST = 3
_BITS, _MEGA = 8, 1_000_000


class Stretch(NamedTuple):
    """Bytes that one connection moved between two moments, in seconds."""

    start: float
    end: float
    size: int
    """Bytes."""


def rate(stretches: Sequence[Stretch], start: float, end: float) -> float:
    """Return Mbit/s moved between two moments; 0 for no time at all."""
    if end <= start:
        return 0.0
    moved = 0.0
    for one in stretches:
        length = one.end - one.start
        if length > 0:
            shared = min(one.end, end) - max(one.start, start)
            moved += one.size * max(0.0, shared) / length
        elif start <= one.end < end:
            moved += one.size
    return moved * _BITS / _MEGA / (end - start)


def by_second(stretches: Sequence[Stretch], start: float, end: float) -> list[float]:
    """Return Mbit/s of each whole second of a window."""
    whole = int(end - start + 1e-9)
    return [rate(stretches, start + at, start + at + 1) for at in range(whole)]


def has_settled(seconds: Sequence[float]) -> bool:
    """Return whether the last three seconds agree: going on would add nothing."""
    last = seconds[-_LAST:]
    if len(last) < _LAST or min(last) <= 0:
        return False
    return (max(last) - min(last)) / sorted(last)[1] <= AGREEING


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value under which a share of them lies, between two if need be.

    Raises:
        ValueError: there is none.
    """
    if not values:
        raise ValueError("no value")
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def spread_of_seconds(seconds: Sequence[float]) -> float:
    """Return the width of the middle eight tenths of seconds over their median."""
    if not seconds or not (middle := quantile(seconds, 0.5)):
        return 0.0
    return (quantile(seconds, 0.9) - quantile(seconds, 0.1)) / middle


def most_lost(lost: int, tried: int) -> float:
    """Return the share of losses that is not exceeded, 95 times in a hundred.

    The upper bound of Wilson's interval at one side; none lost of 20 is « under 12 % ».
    """
    if not tried:
        return 1.0
    z2 = _Z95**2
    share = lost / tried
    root = sqrt(share * (1 - share) / tried + z2 / (4 * tried**2))
    bound = (share + z2 / (2 * tried) + _Z95 * root) / (1 + z2 / tried)
    return min(1.0, max(share, bound))


_Z95 = 1.6449


def stats_of(values: Sequence[float | None]) -> dict[str, float]:
    """Return what is kept of several waits, in ms; None is one that was lost.

    `n`, `lost`, `loss_most` (share), `min`, `p50`, `p95`, `max`, `jitter` (mean
    difference between neighbours).
    """
    got = [one for one in values if one is not None]
    lost = len(values) - len(got)
    found: dict[str, float] = {"n": len(values), "lost": lost}
    found["loss_most"] = round(most_lost(lost, len(values)), 4)
    if got:
        steps = [abs(a - b) for a, b in pairwise(got)]
        found |= {
            "min": round(min(got), 2),
            "p50": round(quantile(got, 0.5), 2),
            "p95": round(quantile(got, 0.95), 2),
            "max": round(max(got), 2),
            "jitter": round(sum(steps) / len(steps), 2) if steps else 0.0,
        }
    return found


CONNECTIONS, MORE_CONNECTIONS = 4, 8
MANY = 300.0
"""Mbit/s above which four connections may not fill a line."""
LONGEST = 10.0
"""Seconds of one way, its last answers included."""
ROOM_LONGEST = 5.0
"""The same from a room: one passes through all of them."""
PING_WAIT = 0.9
"""Seconds after which a connection is lost: at one second the system asks again."""
PING_EVERY = 0.1

_PATIENCE = 5.0
_FIRST_POST = 32 * 1024
_LEAST_POST, _MOST_POST = 8 * 1024, 4 * 2**20
_POST_SECONDS = 0.3
"""How long one POST is to last: its bytes count when it is answered."""
_COALESCED = 0.05
"""Seconds that one stretch of a download lasts at least."""
_MEGABYTES = 100
_MOST_HEAD = 16 * 1024
_BUFFER = 256 * 1024
_ABORT = struct.pack("ii" if os.name == "posix" else "hh", 1, 0)
"""`SO_LINGER`: what is still to be sent is dropped, the line is free at once."""


class TurnedAwayError(OSError):
    """The server answers that it does not serve: other tests are under way."""


class LoadMeasured(NamedTuple):
    """What one way gave."""

    stretches: tuple[Stretch, ...]
    end: float
    """Seconds after the start until which all that moved is known."""
    is_up: bool
    connections: int
    is_settled: bool
    is_short: bool
    """Whether the bytes of the run ended it."""
    waits: tuple[float | None, ...]
    """Connections meanwhile, ms; None: lost."""
    nic_ratio: float | None
    """Bytes that the interface received over those of the test; None on the way up."""
    errors: int
    is_turned_away: bool
    server: str
    """What the server calls itself."""


@dataclass
class Load:
    """The connections of one way, each in a thread of its own."""

    host: Host
    mire: Mire
    address: str
    most: int
    """Bytes that it may move."""
    is_up: bool
    moved: int = 0
    """Bytes that left or came."""
    server: str = ""
    errors: list[OSError] = field(default_factory=list)
    _stretches: list[Stretch] = field(default_factory=list)
    _ends: dict[int, float] = field(default_factory=dict)
    """Connection → when it last had an answer."""
    _channels: list[socket.socket] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stop: threading.Event = field(default_factory=threading.Event)
    _zero: float = 0.0

    async def run(self, setting: Setting, done: float) -> LoadMeasured:
        """Fill the line until it has settled, or long enough; stop whatever happens.

        `done` is the share of the probe that came before, this way being half of it.
        """
        interface = setting.context.interface
        longest = longest_of(setting)
        before = self.host.bytes_received(interface)
        self._zero = self.host.monotonic()
        pings: list[asyncio.Task[float | None]] = []
        is_settled = False
        self._open(CONNECTIONS)
        try:
            async with asyncio.TaskGroup() as group:
                seen, way = 0, "Montant" if self.is_up else "Descendant"
                while self._goes_on(longest) and not is_settled:
                    await asyncio.sleep(PING_EVERY)
                    now = self._now()
                    shown = rate(self._known(), max(0.0, now - 1), now)
                    moved = f"{way} {measure(f'{shown:.1f}', 'Mbit/s')}"
                    setting.tell(done + now / longest / 2, moved)
                    if now < WARM_UP:
                        if now > WARM_UP / 2 and shown > MANY:
                            self._open(MORE_CONNECTIONS)
                        continue
                    made = self.host.connect(self.address, self.mire.port, PING_WAIT)
                    pings.append(group.create_task(made))
                    if int(now) > seen:
                        seen = int(now)
                        is_settled = has_settled(by_second(self._known(), WARM_UP, now))
        finally:
            end = self._now()
            is_short = self.moved >= self.most
            self._end()
        await asyncio.to_thread(self._join)
        after = self.host.bytes_received(interface)
        ratio = None
        # What is sent again is in what an interface sends: only the way down tells.
        if before is not None and after is not None and self.moved and not self.is_up:
            ratio = (after - before) / self.moved
        return LoadMeasured(
            self._known(),
            min([end, *self._ends.values()]) if self.is_up else end,
            self.is_up,
            len(self._threads),
            is_settled,
            is_short,
            tuple(one.result() for one in pings),
            ratio,
            len(self.errors),
            any(isinstance(one, TurnedAwayError) for one in self.errors),
            self.server,
        )

    def _goes_on(self, longest: float) -> bool:
        return (
            not self._stop.is_set()
            and self._now() < longest - PING_WAIT
            and any(one.is_alive() for one in self._threads)
        )

    def _now(self) -> float:
        return self.host.monotonic() - self._zero

    def _known(self) -> tuple[Stretch, ...]:
        with self._lock:
            return tuple(self._stretches)

    def _open(self, wanted: int) -> None:
        while len(self._threads) < wanted:
            made = threading.Thread(target=self._fill, name="débit", daemon=True)
            self._threads.append(made)
            made.start()

    def _end(self) -> None:
        """Cut every connection: threads that wait for one of them end."""
        self._stop.set()
        with self._lock:
            for one in self._channels:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def _join(self) -> None:
        for one in self._threads:
            one.join(timeout=2 * _PATIENCE)

    def _count(self, start: float, count: int) -> float:
        """Keep a stretch that ends now; return its end."""
        now = self._now()
        with self._lock:
            self._stretches.append(Stretch(start, now, count))
            self._ends[threading.get_ident()] = now
        return now

    def _move(self, count: int) -> None:
        """Count bytes against what the run may move."""
        with self._lock:
            self.moved += count
            if self.moved >= self.most:
                self._stop.set()

    def _fill(self) -> None:
        """Move bytes on one connection until all is to stop."""
        try:
            with self._connected() as channel:
                (self._send if self.is_up else self._receive)(channel)
        except OSError as error:
            if not self._stop.is_set():
                self.errors.append(error)
                self._ends.pop(threading.get_ident(), None)

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        address = (self.address, self.mire.port)
        with socket.create_connection(address, _PATIENCE) as made:
            made.settimeout(LONGEST)  # at 0.1 Mbit/s an answer is long to come
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
            with self._lock:
                self._channels.append(made)
            if not self.mire.is_tls:
                yield made
                return
            tls = self.host.tls()
            with tls.wrap_socket(made, server_hostname=self.mire.host) as wrapped:
                with self._lock:
                    self._channels.append(wrapped)
                yield wrapped

    def _receive(self, channel: socket.socket) -> None:
        buffer, start, waiting = bytearray(_BUFFER), self._now(), 0
        while not self._stop.is_set():
            self._ask(channel, "GET", f"garbage.php?ckSize={_MEGABYTES}")
            left, came = self._answer(channel)
            while left > 0 and not self._stop.is_set():
                left, waiting = left - came, waiting + came
                self._move(came)
                if self._now() - start >= _COALESCED or self._stop.is_set():
                    start, waiting = self._count(start, waiting), 0
                came = channel.recv_into(buffer, min(left, _BUFFER)) if left else 0
                if left and not came:
                    raise ConnectionResetError

    def _send(self, channel: socket.socket) -> None:
        blob, size, start = memoryview(os.urandom(_MOST_POST)), _FIRST_POST, self._now()
        while not self._stop.is_set():
            self._ask(channel, "POST", "empty.php", size)
            at = 0
            while at < size and not self._stop.is_set():
                went = channel.send(blob[at : min(size, at + _BUFFER // 4)])
                self._move(went)
                at += went
            self._answer(channel)
            end = self._count(start, size)
            size, start = next_post(size, end - start), end

    def _ask(
        self, channel: socket.socket, method: str, page: str, size: int = 0
    ) -> None:
        head = (
            f"{method} {self.mire.path}/{page} HTTP/1.1\r\n"
            f"Host: {self.mire.target}\r\n"
            "Content-Type: application/octet-stream\r\n"
            f"Content-Length: {size}\r\n\r\n"
        )
        channel.sendall(head.encode("latin-1", "replace"))

    def _answer(self, channel: socket.socket) -> tuple[int, int]:
        """Return the length of the body, and how much of it came with the head.

        Raises:
            OSError: the server answers otherwise: it is busy, or it is no speed server.
        """
        head = b""
        while b"\r\n\r\n" not in head:
            part = channel.recv(_MOST_HEAD)
            if not part or len(head) > _MOST_HEAD:
                raise ConnectionResetError
            head += part
        head, _, rest = head.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        named = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        self.server = named.get("server", "")[:100]
        if first.split(" ")[1:2] != ["200"]:
            raise TurnedAwayError
        length = named.get("content-length", "0")
        return (int(length) if length.isdecimal() else 0), len(rest)


def longest_of(setting: Setting) -> float:
    """Return the seconds of one way."""
    return ROOM_LONGEST if setting.is_of_room else LONGEST


def next_post(size: int, seconds: float) -> int:
    """Return how many bytes the next POST has, so that it lasts 0.3 s.

    It at most doubles or halves, between 8 kB and 4 MB.
    """
    factor = _POST_SECONDS / max(seconds, 1e-6)
    return max(_LEAST_POST, min(_MOST_POST, int(size * min(2.0, max(0.5, factor)))))
