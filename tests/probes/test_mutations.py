"""What systems print and lists hold, damaged: read or left, bounded, never a fall."""

import json
import random
from pathlib import Path

import pytest

from diag.checklist.overlay import MEASURES
from diag.probes import NAMES_PER_CATEGORY, measure_lists
from diag.probes.machine import (
    gateway_of,
    read_nmcli_device,
    read_packet,
    read_ports,
    read_powershell,
    read_route,
    read_scutil,
    resolvers_of,
)
from diag.probes.wifi import decode_bss_list
from tests.imports.test_evidence import mutated
from tests.probes.test_lists import WHOLE
from tests.probes.test_machine import NMCLI, PACKET, ROUTE, WINDOWS
from tests.probes.test_native_wifi import HE, HT, NOW, VHT, entry, extended, listed, rsn

BSS = listed(
    entry(rsn(2, 8) + HT + VHT + extended(HE, 0)), entry(rsn(1), megahertz=6135)
)
SEEDS = (
    BSS,
    ROUTE,
    NMCLI.encode(),
    PACKET.encode(),
    json.dumps(WINDOWS).encode(),
    WHOLE.encode(),
)


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.long)])
def test_no_mutation_breaks_what_reads_a_system(tmp_path: Path, count: int) -> None:
    rng, path = random.Random(17), tmp_path / MEASURES
    for round_ in range(count):
        raw = mutated(rng, SEEDS[round_ % len(SEEDS)])
        text = raw.decode("latin-1")
        for one in decode_bss_list(raw, NOW):
            assert one.network.band in {"2.4", "5", "6"}
            assert one.network.load is None or 0 <= one.network.load <= 1
        for local in (read_nmcli_device(text), read_packet(text), read_powershell(raw)):
            assert len(local.resolvers) <= 8
        gateway_of(raw)
        resolvers_of(raw)
        read_route(text)
        read_ports(text)
        read_scutil(text)
        if round_ % len(SEEDS) == len(SEEDS) - 1:
            path.write_bytes(raw)
            lists = measure_lists(path)
            assert all(one.url.startswith("https://") for one in lists.services)
            for category in lists.basket.categories:
                assert len(category.hosts) == NAMES_PER_CATEGORY
