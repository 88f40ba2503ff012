"""A line between two namespaces: rate, delay, jitter, loss and a buffer, as it is told.

Two TUN devices joined by a queue of packets, in the place of netem, which few kernels
of test machines have. Rates count IP packets. `down` is from the Internet to the
school. A program: `python wanlink.py JSON`; it prints « ready », runs until killed.
"""

import collections
import fcntl
import json
import os
import random
import select
import struct
import subprocess
import sys
import time
from dataclasses import dataclass, field

_SET, _TUN_WITHOUT_HEADER = 0x400454CA, 0x1001
_BURST = 32
"""Packets taken from one device before the other has its turn."""


@dataclass
class Way:
    """One direction: packets leave at its rate, arrive after its delay, in order."""

    mbit: float
    delay_ms: float
    jitter_ms: float
    loss: float
    """Share that is lost."""
    buffer_ms: float
    rng: random.Random
    free: float = 0.0
    last: float = 0.0
    waiting: collections.deque[tuple[float, bytes]] = field(
        default_factory=collections.deque
    )

    def push(self, now: float, packet: bytes) -> None:
        if self.loss and self.rng.random() < self.loss:
            return
        start = max(now, self.free)
        if start - now > self.buffer_ms / 1000:
            return  # the buffer is full
        self.free = start + len(packet) * 8 / (self.mbit * 1e6)
        due = self.free + self.delay_ms / 1000
        due += abs(self.rng.gauss(0, self.jitter_ms / 1000)) if self.jitter_ms else 0
        self.last = max(due, self.last)
        self.waiting.append((self.last, packet))

    def send(self, now: float, to: int) -> None:
        while self.waiting and self.waiting[0][0] <= now:
            try:
                os.write(to, self.waiting.popleft()[1])
            except OSError:  # its end is down, or its queue full: lost
                continue


def device(name: str, space: str, addresses: list[str], mtu: int) -> int:
    """Return the descriptor of a TUN device that stands in a namespace."""
    made = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(made, _SET, struct.pack("16sH", name.encode(), _TUN_WITHOUT_HEADER))
    run("ip", "link", "set", name, "netns", space)
    set_up = ("mtu", str(mtu), "txqueuelen", "2000", "up")
    run("ip", "-n", space, "link", "set", name, *set_up)
    for one in addresses:
        late = ["nodad"] if ":" in one else []
        run("ip", "-n", space, "addr", "add", one, "dev", name, *late)
    return made


def run(*words: str) -> None:
    subprocess.run(words, check=True)


def main() -> None:
    asked = json.loads(sys.argv[1])
    mtu = asked["mtu"]
    school, internet = (
        device(end["name"], end["space"], end["addresses"], mtu)
        for end in (asked["school"], asked["internet"])
    )
    rng = random.Random(1)
    common = (asked["delay"], asked["jitter"], asked["loss"], asked["buffer"], rng)
    up, down = Way(asked["up"], *common), Way(asked["down"], *common)
    print("ready", flush=True)
    while True:
        first = min((way.waiting[0][0] for way in (up, down) if way.waiting), default=0)
        pause = max(0.0, first - time.monotonic()) if first else 0.5
        readable, _, _ = select.select([school, internet], [], [], pause)
        now = time.monotonic()
        for one in readable:
            way = up if one == school else down
            for _ in range(_BURST):
                try:
                    way.push(now, os.read(one, 65_536))
                except BlockingIOError:
                    break
        now = time.monotonic()
        up.send(now, internet)
        down.send(now, school)


if __name__ == "__main__":
    main()
