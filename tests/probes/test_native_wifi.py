"""The bytes of Windows' Native Wifi are decoded field by field, whatever they are."""

import ctypes
import struct

from hypothesis import given
from hypothesis import strategies as st

from diag.probes.wifi import (
    ENTRY_BYTES,
    FRESH_S,
    BssEntry,
    HeardByWindows,
    decode_bss_list,
)

NOW = 1_790_000_000.0
_EPOCH = 11_644_473_600


def element(number: int, *held: int) -> bytes:
    return bytes([number, len(held), *held])


def extended(number: int, *held: int) -> bytes:
    return element(255, number, *held)


def rsn(*keys: int) -> bytes:
    head = struct.pack("<H", 1) + b"\0\x0f\xac\4" + struct.pack("<H", 1)
    listed = b"".join(b"\0\x0f\xac" + bytes([key]) for key in keys)
    held = head + b"\0\x0f\xac\4" + struct.pack("<H", len(keys)) + listed
    return element(48, *held)


HT, VHT, HE, EHT = element(45, *bytes(26)), element(191, *bytes(12)), 35, 108


def entry(
    elements: bytes,
    *,
    name: bytes = "École".encode(),
    megahertz: int = 5220,
    dbm: int = -61,
    age: float = 1.0,
    capabilities: int = 0x0411,
) -> tuple[BssEntry, bytes]:
    one = BssEntry(
        name_bytes=len(name),
        name=(ctypes.c_ubyte * 32)(*name),
        address=(ctypes.c_ubyte * 6)(0x00, 0x00, 0x5E, 0x00, 0x53, 0x01),
        dbm=dbm,
        our_clock=int((NOW + _EPOCH - age) * 1e7),
        capabilities=capabilities,
        kilohertz=megahertz * 1000,
    )
    return one, elements


def listed(*entries: tuple[BssEntry, bytes]) -> bytes:
    """Lay entries out as Windows does: all of them, then what each sends."""
    tail, bodies = b"", b""
    for rank, (one, elements) in enumerate(entries):
        left = (len(entries) - rank) * ENTRY_BYTES
        one.elements_at, one.elements_bytes = left + len(tail), len(elements)
        bodies += bytes(one)
        tail += elements
    return struct.pack("<II", 8 + len(bodies + tail), len(entries)) + bodies + tail


def only(raw: bytes) -> HeardByWindows:
    (one,) = decode_bss_list(raw, NOW)
    return one


def test_an_entry_is_laid_out_as_windows_does() -> None:
    assert ENTRY_BYTES == 360
    places = {"kind": 48, "dbm": 56, "interval": 66, "our_clock": 80, "kilohertz": 92}
    assert {name: getattr(BssEntry, name).offset for name in places} == places
    assert BssEntry.elements_at.offset == 352


def test_every_field_of_an_access_point_is_read() -> None:
    load = element(11, 12, 0, 204, 0, 0)
    now = element(192, 1, 42, 0, 0, 0)
    raw = listed(
        entry(
            load
            + rsn(2)
            + HT
            + element(61, 44, 5, *bytes(20))
            + VHT
            + now
            + extended(HE, 0)
        ),
        entry(element(3, 6), name=b"", megahertz=2437, capabilities=1, dbm=-90),
    )
    first, second = (one.network for one in decode_bss_list(raw, NOW))
    assert (first.ssid, first.dbm, first.band, first.channel) == ("École", -61, "5", 44)
    assert (first.width, first.standard, first.security) == (80, "802.11ax", "WPA2")
    assert (first.load, first.bssid) == (0.8, "00:00:5e:00:53:01")
    assert not first.is_estimated
    assert (second.ssid, second.channel, second.security) == ("", 6, "open")
    assert (second.standard, second.width, second.load) == ("802.11g", None, None)


def test_protections_are_named() -> None:
    kept = {
        rsn(2): "WPA2",
        rsn(1): "WPA2-Enterprise",
        rsn(8): "WPA3",
        rsn(2, 8): "WPA3",
        rsn(18): "OWE",
        element(48, 1, 0): "WPA2",
        element(221, 0, 0x50, 0xF2, 1, 1, 0): "WPA",
        element(221, 0, 0x50, 0xF2, 4, 1, 0): "WEP",
        b"": "WEP",
    }
    for sent, name in kept.items():
        assert only(listed(entry(sent))).network.security == name
    assert only(listed(entry(b"", capabilities=1))).network.security == "open"


def test_widths_are_those_in_use() -> None:
    six = extended(36, 0, 0, 2, 0, 0, 0, 37, 2, 39, 0, 0)
    assert only(listed(entry(six, megahertz=6135))).network.width == 80
    assert only(listed(entry(six, megahertz=6135))).network.channel == 37
    shifted = extended(36, 0, 0xC0, 2, 0, 0, 0, 9, 9, 9, 9, 5, 3, 7, 0, 0)
    found = only(listed(entry(shifted, megahertz=5975))).network
    assert (found.channel, found.width) == (5, 160)
    be = extended(106, 1, 0, 0, 0, 0, 4, 31, 0)
    found = only(listed(entry(be + extended(EHT, 0), megahertz=6135))).network
    assert (found.width, found.standard) == (320, "802.11be")
    wide = HT + element(61, 36, 5, 0) + element(192, 1, 42, 50, 0, 0)
    assert only(listed(entry(wide))).network.width == 160
    assert only(listed(entry(element(61, 6, 5, 0)))).network.width == 40
    assert only(listed(entry(element(61, 6, 0, 0)))).network.width == 20


def test_what_was_heard_in_the_room_before_is_not_fresh() -> None:
    assert only(listed(entry(b"", age=1))).is_fresh
    assert not only(listed(entry(b"", age=FRESH_S + 20))).is_fresh
    unknown = only(listed(entry(b"", age=NOW)))
    assert unknown.age is None
    assert not unknown.is_fresh


def test_a_hidden_name_is_hidden_and_an_absurd_strength_unknown() -> None:
    found = only(listed(entry(b"", name=b"\0\0\0\0", dbm=3))).network
    assert (found.ssid, found.dbm) == ("", None)


def test_a_cut_list_gives_what_is_whole() -> None:
    raw = listed(entry(rsn(2)), entry(rsn(8)))
    assert decode_bss_list(raw[: 8 + ENTRY_BYTES], NOW)[0].network.security == ""
    assert len(decode_bss_list(raw[: 8 + ENTRY_BYTES + 5], NOW)) == 1
    assert decode_bss_list(raw[:5], NOW) == []


@given(st.binary(max_size=1200))
def test_any_bytes_are_read_or_left(raw: bytes) -> None:
    head = struct.pack("<II", len(raw), 3)
    for one in decode_bss_list(head + raw, NOW):
        assert one.network.band in {"2.4", "5", "6"}


@given(st.binary(max_size=255))
def test_any_element_is_read_or_left(sent: bytes) -> None:
    found = only(listed(entry(sent))).network
    assert found.width in {None, 20, 40, 80, 160, 320}
    assert found.load is None or 0 <= found.load <= 1
