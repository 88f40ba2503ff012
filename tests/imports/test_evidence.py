"""Files of other tools: read in their own unit, refused when they are no measure."""

import random
import tracemalloc
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.imports.evidence import read_evidence
from diag.imports.evidence.inventories import merged
from diag.imports.evidence.reading import (
    MAX_BYTES,
    DeviceKind,
    EvidenceRead,
    EvidenceRefusedError,
    ListedDevice,
    mac_of,
)
from diag.model.measure import HeardNetwork
from tests.imports import evidence_samples as samples
from tests.real_data import real_file

DOWN, UP = "internet.debit_descendant", "internet.debit_montant"


def figures(read: EvidenceRead) -> dict[str, float | str | bool]:
    """Return what was measured, by key."""
    return {one.key: one.value for one in read.figures}


def test_each_speed_test_is_read_in_its_own_unit() -> None:
    ookla = read_evidence(samples.OOKLA)
    assert figures(ookla) == {
        DOWN: 93.0,
        UP: 10.0,
        "internet.latence": 18.12,
        "internet.perte": 1.25,
    }
    assert ookla.on == "2026-10-05"
    libre = read_evidence(samples.LIBRESPEED)
    assert (figures(libre)[DOWN], figures(libre)[UP]) == (95.21, 12.02)
    assert [one.confidence for one in libre.figures] == ["moyenne", "faible", "moyenne"]
    assert figures(read_evidence(b"^C" + samples.IPERF)) == {DOWN: 48.27}
    assert figures(read_evidence(samples.QUALITY))[UP] == 8.82


@pytest.mark.parametrize(
    "broken",
    [
        b'{"error_code": -1009, "error_domain": "x", "dl_throughput": 0}',
        b'{"type":"log","level":"error","message":"no server"}\n{"error":"no server"}',
        b'{"start": {}, "end": {}, "error": "the server is busy"}',
        b'{"type": "result", "download": {"bandwidth": 0}, "upload": {"bandwidth": 0}}',
        b"",
        b"{",
        b"hello",
        b"x" * (MAX_BYTES + 1),
    ],
    ids=["quality", "ookla", "iperf", "zeros", "empty", "cut", "text", "long"],
)
def test_a_test_that_failed_is_no_measure_of_nothing(broken: bytes) -> None:
    with pytest.raises(EvidenceRefusedError):
        read_evidence(broken)


def test_an_inner_server_says_nothing_of_the_line() -> None:
    inside = samples.IPERF.replace(b"mire.exemple.invalid", b"192.168.10.2")
    read = read_evidence(inside)
    assert not read.figures
    assert "dans l'école" in read.remarks[0]


def test_inventories_list_what_is_the_schools_and_nobody() -> None:
    read = read_evidence(samples.glpi(samples.computer("pc-1", "S1")))
    (device,) = read.devices
    assert (device.serial, device.memory_gb, read.on) == ("S1", 8.0, "2026-10-05")
    assert "anne" not in repr(read)
    network = read_evidence(samples.NETWORK_XML)
    kinds = [one.kind for one in network.devices]
    assert kinds == ["network", "access_point", "access_point", "printer"]
    assert "1 appareil sans nom" in network.remarks[0]
    ocs = read_evidence(samples.OCS_XML)
    assert ocs.tool == "OCS Inventory"
    assert (ocs.devices[0].system, ocs.devices[0].shape) == (
        "Microsoft Windows 10 Pro",
        "Desktop",
    )
    assert ocs.devices[0].macs == {"00:e0:4c:68:01:02"}
    nmap = read_evidence(samples.NMAP_XML)
    assert [one.kind for one in nmap.devices] == [DeviceKind.PRINTER]
    assert "de nature inconnue" in nmap.remarks[0]


def test_a_file_cut_half_way_is_read_as_far_as_it_is_whole() -> None:
    cut = samples.NETWORK_XML[: samples.NETWORK_XML.index(b"UAP-etage")]
    read = read_evidence(cut)
    assert [one.name for one in read.devices] == ["sw-rdc", "borne-bcd"]
    two = samples.NMAP_XML[: samples.NMAP_XML.index(b"DA:A1")]
    nmap = read_evidence(two)
    assert [one.name for one in nmap.devices] == ["copieur"]
    assert "s'arrête au milieu" in nmap.remarks[-1]


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE nmaprun [<!ENTITY a "ha">'
    '<!ENTITY b "&a;&a;&a;">]><nmaprun><host>&b;</host></nmaprun>'
)


@pytest.mark.parametrize(
    "hostile",
    [
        LAUGHS.encode(),
        LAUGHS.replace('"?>', '" encoding="UTF-16"?>', 1).encode("utf-16"),
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><REQUEST>&e;</REQUEST>',
        b"<nmaprun>" * 200,
        b"<nmaprun>" + b"<host/>" * 120_000,
        b"[" * 200_000,
    ],
    ids=["laughs", "hidden", "external", "deep", "wide", "brackets"],
)
def test_a_hostile_file_is_refused_in_bounded_memory(hostile: bytes) -> None:
    tracemalloc.start()
    with pytest.raises(EvidenceRefusedError):
        read_evidence(hostile)
    assert tracemalloc.get_traced_memory()[1] < 150 * 2**20
    tracemalloc.stop()


OURS = HeardNetwork(
    "École-Péda", -65, "5", "802.11ax", "WPA2", is_estimated=True, channel=36
)


def test_netsh_and_wifi_analyzer_give_each_access_point() -> None:
    for codec in ("utf-8", "utf-16", "cp1252"):
        heard = read_evidence(samples.NETSH.encode(codec)).networks
        assert heard[0] == OURS
        assert [one.dbm for one in heard] == [-65, -56, -84]
        assert [one.band for one in heard] == ["5", "2.4", "5"]
        assert heard[2].security == "open"
    first, second = read_evidence(samples.ANALYZER).networks
    remarks = read_evidence(samples.ANALYZER + b"x\ny\n").remarks
    assert remarks == ("2 lignes que diag n'a pas su lire.",)
    assert (first.dbm, first.band, first.security) == (-58, "5", "WPA2")
    assert (second.ssid, second.band) == ("Salle | Info 2", "2.4")


@pytest.mark.parametrize("language", ["fr", "en", "de", "es"])
def test_the_link_of_a_card_is_read_in_any_language(language: str) -> None:
    path = real_file(f"evidence/5-wifi/win-netsh-interfaces-{language}.txt")
    (link,) = read_evidence(path.read_bytes()).networks
    assert link.ssid == "SSID-1"
    assert link.dbm is not None
    assert link.band in {"2.4", "5"}


@pytest.mark.parametrize(
    ("name", "count"),
    [("fr", 8), ("fr_cp850", 8), ("fr_cp1252", 8), ("en", 8), ("it", 11)],
)
def test_every_access_point_of_a_real_scan_is_complete(name: str, count: int) -> None:
    path = real_file(f"evidence/5-wifi/win-netsh-networks-{name}.txt")
    heard = read_evidence(path.read_bytes()).networks
    assert len(heard) == count
    assert all(one.dbm and one.band and one.standard for one in heard)


def test_real_files_are_read_or_refused_with_a_reason() -> None:
    folder = real_file("evidence/SOURCES.md").parent
    read, refused = [], []
    for path in sorted(folder.glob("[1-5]-*/*")):
        try:
            read.append(read_evidence(path.read_bytes()))
        except EvidenceRefusedError:
            refused.append(path.name)
    assert len(read) > 60
    assert {"defused_et_local_includer.xml", "ookla-error_invented.json"} <= {*refused}
    assert "win-netsh-networks-fr_location-denied_invented.txt" in refused
    for one in read:
        assert not any(mac_of(mac) != mac for item in one.devices for mac in item.macs)


DEVICES = st.lists(
    st.builds(
        ListedDevice,
        kind=st.just(DeviceKind.COMPUTER),
        name=st.sampled_from(["", "pc-1", "PC-1", "pc-2"]),
        serial=st.sampled_from(["", "A", "a", "B"]),
        macs=st.frozensets(st.sampled_from(["00:00:5e:00:00:01", "00:00:5e:00:00:02"])),
    ),
    max_size=8,
).map(lambda every: [one for one in every if one.name or one.serial or one.macs])


@given(DEVICES)
def test_devices_are_merged_by_serial_then_address_then_name(
    devices: list[ListedDevice],
) -> None:
    found = merged(devices)
    serials = [one.serial.casefold() for one in found if one.serial]
    assert len(serials) == len({*serials})
    assert {*serials} == {one.serial.casefold() for one in devices if one.serial}
    assert len(merged([*devices, *devices])) <= len(devices)
    assert {mac for one in found for mac in one.macs} == {
        mac for one in devices for mac in one.macs
    }


def test_a_dock_or_a_common_name_makes_no_computer_vanish() -> None:
    dock = frozenset({"00:00:5e:00:00:01"})
    first = ListedDevice(DeviceKind.COMPUTER, "PC", "A", dock)
    assert len(merged([first, replace(first, serial="B")])) == 2
    assert len(merged([first, replace(first, serial="", name="")])) == 1
    assert len(merged([first, replace(first, serial="", macs=frozenset())])) == 1


def mutated(rng: random.Random, raw: bytes) -> bytes:
    """Return bytes with a few things cut, doubled, swapped or overwritten."""
    data = bytearray(raw)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(data) + 1)
        span = rng.randint(1, 30)
        match rng.randrange(6):
            case 0:
                del data[at : at + span]
            case 1:
                data[at:at] = data[at : at + span]
            case 2:
                data[at:at] = rng.randbytes(rng.randint(1, 4))
            case 3:
                data[at : at + 1] = rng.choice([
                    b'"',
                    b"<",
                    b"{",
                    b"]",
                    b"-",
                    b":",
                    b"9",
                ])
            case 4:
                data[at:at] = rng.choice([
                    b"null",
                    b"1e999",
                    b"true",
                    b"[]",
                    b"{}",
                    b"-1",
                ])
            case _:
                del data[at:]
    return bytes(data)


def none_breaks(seeds: Iterable[bytes], count: int) -> None:
    """Read mutations of seeds; anything but a reading or a French refusal fails."""
    rng, every = random.Random(17), tuple(seeds)
    for round_ in range(count):
        raw = mutated(rng, every[round_ % len(every)])
        try:
            read = read_evidence(raw)
        except EvidenceRefusedError:
            continue
        assert all(0 <= float(one.value) <= 100_000 for one in read.figures)
        assert all(one.dbm is None or -999 <= one.dbm <= 0 for one in read.networks)


@pytest.mark.parametrize("count", [400, pytest.param(10_000, marks=pytest.mark.long)])
def test_no_mutation_breaks_a_reader(count: int) -> None:
    none_breaks(samples.SEEDS, count)
