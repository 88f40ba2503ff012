"""What Linux and macOS list of Wi-Fi is read whole, and never taken for silence."""

import json
from contextlib import suppress
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.imports.evidence import read_evidence
from diag.imports.evidence.radio import channel_of, nmcli_dbm, read_nmcli
from diag.imports.evidence.reading import EvidenceRefusedError
from tests.imports import evidence_samples as samples
from tests.real_data import real_file


def test_nmcli_is_read_with_its_escapes() -> None:
    heard = read_evidence(samples.NMCLI.encode()).networks
    assert [one.ssid for one in heard] == ["École : CP", "", "C\\partage", "vieux"]
    assert [one.dbm for one in heard] == [-56, -70, -91, -64]
    assert [(one.band, one.channel) for one in heard] == [
        ("5", 44),
        ("2.4", 6),
        ("6", 37),
        ("2.4", 1),
    ]
    assert [one.security for one in heard] == ["WPA2", "open", "WPA2-Enterprise", "WEP"]
    assert heard[0].bssid == "00:00:5e:00:53:0a"
    assert all(one.is_estimated for one in heard)


def test_nmcli_says_what_it_could_not_read() -> None:
    read = read_nmcli(samples.NMCLI.encode() + b"x:y\n")
    assert len(read.networks) == 4
    assert read.remarks == ("1 ligne que diag n'a pas su lire.",)


def test_a_share_of_network_manager_is_not_one_of_windows() -> None:
    assert [nmcli_dbm(share) for share in (0, 55, 100)] == [-100, -67, -40]


@given(st.text(alphabet=st.characters(exclude_categories=["C", "Z"]), max_size=32))
def test_any_name_comes_back_from_nmcli(name: str) -> None:
    written = name.replace("\\", "\\\\").replace(":", "\\:")
    line = f"*:00\\:00\\:5E\\:00\\:53\\:0A:{written}:6:2437 MHz:65 Mbit/s:50:WPA2"
    (one,) = read_nmcli(line.encode()).networks
    assert one.ssid == ("" if name == "--" else normalize("NFC", name))


@pytest.mark.parametrize(
    ("megahertz", "placed"),
    [
        (2412, (1, "2.4")),
        (2472, (13, "2.4")),
        (2484, (14, "2.4")),
        (5180, (36, "5")),
        (5885, (177, "5")),
        (5935, (2, "6")),
        (5955, (1, "6")),
        (7115, (233, "6")),
        (0, (None, "")),
        (2400, (None, "")),
        (60_480, (None, "")),
    ],
)
def test_a_frequency_gives_channel_and_band(
    megahertz: int, placed: tuple[int | None, str]
) -> None:
    assert channel_of(megahertz) == placed


def test_macos_is_read_and_hides_names_aloud() -> None:
    read = read_evidence(json.dumps(samples.PROFILER).encode())
    here, near, hidden = read.networks
    assert (here.ssid, here.dbm, here.channel, here.width) == ("École", -48, 44, 80)
    assert (here.standard, here.security) == ("802.11ax", "WPA2")
    assert (near.dbm, near.band, near.security) == (None, "2.4", "open")
    assert hidden.ssid == ""
    assert "SSID masqué" in read.remarks[0]
    assert "Service de localisation" in read.remarks[0]


@pytest.mark.parametrize("state", [[], {}, ["x"], 3, None])
def test_a_report_of_another_shape_is_read_or_refused(state: object) -> None:
    card = {"spairport_status_information": state}
    report = {"SPAirPortDataType": [{"spairport_airport_interfaces": [card]}]}
    with suppress(EvidenceRefusedError):
        assert not read_evidence(json.dumps(report).encode()).networks


def test_a_mac_whose_wifi_is_off_heard_nothing_and_says_so() -> None:
    path = real_file("evidence/5-wifi/mac-sp_15.5-wifi-disabled.json")
    with pytest.raises(EvidenceRefusedError, match="éteint"):
        read_evidence(path.read_bytes())


@pytest.mark.parametrize(
    ("name", "count", "strong"),
    [
        ("mac-sp_10.15.7.json", 17, 17),
        ("mac-sp_15.5.json", 5, 1),
        ("mac-sp_12.7.2-no-AP.json", 0, 0),
        ("linux-nmcli-dev-wifi-list.txt", 11, 11),
    ],
)
def test_real_lists_are_read_whole(name: str, count: int, strong: int) -> None:
    heard = read_evidence(real_file(f"evidence/5-wifi/{name}").read_bytes()).networks
    assert len(heard) == count
    assert sum(one.dbm is not None for one in heard) == strong
    assert all(one.channel and one.band for one in heard)
    assert all(one.security for one in heard)
