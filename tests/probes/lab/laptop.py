"""What the laptop of the lab runs: probes by name, their findings as JSON."""

import asyncio
import json
import socket
import struct
import sys
import time
from collections.abc import Mapping
from contextlib import suppress

from diag.model.measure import MeasureContext
from diag.probes import Probe, Setting
from diag.probes.host import Host
from diag.probes.line import GAP, LatencyProbe, NamesProbe, ThroughputProbe
from diag.probes.load import quantile
from diag.probes.mire import mire_at
from diag.probes.services import AccessProbe
from tests.probes.lab.network import BOX

PROBES: tuple[Probe, ...] = (
    LatencyProbe(),
    ThroughputProbe(),
    NamesProbe(),
    AccessProbe(),
)


class LabHost(Host):
    """Has the box as its resolver, and no proxy."""

    def name_servers(self) -> tuple[str, ...]:
        return (BOX,)

    def proxies(self) -> Mapping[str, str]:
        return {}


def echoes(address: str, count: int = 60) -> float:
    """Return the median of ICMP round trips, ms: what the probe is compared with."""
    waits = []
    kind = (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    with socket.socket(*kind) as made:
        made.settimeout(2)
        made.connect((address, 0))
        for number in range(count):
            head = struct.pack("!BBHHH", 8, 0, 0, 17, number)
            total = sum(struct.unpack("!4H", head))
            checked = ~(total + (total >> 16)) & 0xFFFF
            start = time.perf_counter()
            made.send(struct.pack("!BBHHH", 8, 0, checked, 17, number))
            with suppress(TimeoutError):
                while made.recv(100)[26:28] != head[6:]:
                    continue
                waits.append((time.perf_counter() - start) * 1000)
            time.sleep(GAP)
    return quantile(waits, 0.5)


async def main(url: str, *names: str) -> None:
    context = MeasureContext(interface="eth0", is_wired=True)
    told = ("speed.test",)
    setting = Setting(LabHost(), mire_at(url), names=told, context=context)
    found = [
        one for each in PROBES if each.name in names async for one in each.run(setting)
    ]
    rows = {
        one.key: {
            "value": one.value,
            "why": one.why,
            "status": one.status,
            "algorithm": one.algorithm,
            **one.stats,
        }
        for one in found
    }
    if "echo" in names:
        rows["echo"] = {"value": echoes(mire_at(url).host)}
    print(json.dumps(rows))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
