"""A room is listened to on each system, and never said silent when it is not."""

import json

import pytest

from diag.model.measure import MeasureStatus
from diag.probes import ProbeFinding, Setting
from diag.probes.host import NativeScan, scan_cards
from diag.probes.wifi import HearWifi
from tests.imports import evidence_samples as samples
from tests.probes.fake_host import AT, FakeHost
from tests.probes.test_native_wifi import NOW, entry, listed, rsn

LISTING = "nmcli -t -f IN-USE"
ON = {"nmcli -t -f WIFI-HW,WIFI radio": b"enabled:enabled\n"}


async def heard_by(host: FakeHost) -> ProbeFinding:
    probe, setting = HearWifi(pause=0), Setting(host, room="Classe CP")
    assert not probe.missing(setting)
    (found,) = [one async for one in probe.run(setting)]
    return found


async def test_linux_is_listened_to_three_times_anew() -> None:
    host = FakeHost(commands={**ON, LISTING: samples.NMCLI.encode()})
    found = await heard_by(host)
    assert (found.value, found.stats["scans"]) == (4, 3)
    scans = [line for line in host.asked if line.startswith(LISTING)]
    assert len(scans) == 3
    assert all(line.endswith("--rescan yes") for line in scans)
    assert not any(one.bssid for one in found.heard), "no address leaves the probe"


@pytest.mark.parametrize(
    ("commands", "word"),
    [
        ({}, "pas de carte"),
        ({"nmcli -t -f WIFI-HW,WIFI radio": b"missing:enabled\n"}, "pas de carte"),
        ({"nmcli -t -f WIFI-HW,WIFI radio": b"enabled:disabled\n"}, "éteint"),
        ({**ON, LISTING: b"", "nmcli -t -f TYPE": b"ethernet\n"}, "pas de carte"),
    ],
)
async def test_a_radio_that_cannot_hear_is_no_silence(
    commands: dict[str, bytes], word: str
) -> None:
    found = await heard_by(FakeHost(commands=commands))
    assert (found.value, found.status) == (None, MeasureStatus.INCONCLUSIVE)
    assert word in found.why


async def test_a_radio_that_hears_nothing_says_zero() -> None:
    commands = {**ON, LISTING: b"", "nmcli -t -f TYPE": b"wifi\nethernet\n"}
    found = await heard_by(FakeHost(commands=commands))
    assert (found.value, found.status) == (0, MeasureStatus.OK)


async def test_a_slow_card_is_asked_fewer_times() -> None:
    class SlowHost(FakeHost):
        def monotonic(self) -> float:
            return 25.0 * len(self.asked)

    found = await heard_by(SlowHost(commands={**ON, LISTING: samples.NMCLI.encode()}))
    assert (found.value, found.stats["scans"]) == (4, 1)


async def test_macos_hides_names_and_the_path_is_said() -> None:
    hidden = json.dumps(samples.PROFILER).replace("École", "<redacted>")
    hidden = hidden.replace("\\u00c9cole", "<redacted>").replace("Voisin", "<redacted>")
    host = FakeHost("darwin", {"system_profiler": hidden.encode()})
    found = await heard_by(host)
    assert found.status is MeasureStatus.PARTIAL
    assert found.value
    assert "SSID masqué" in found.why
    assert "Service de localisation" in found.why
    assert len(host.asked) == 1, "one report takes 15 s"


def of_windows(*, age: float, error: int = 0, netsh: bytes = b"") -> FakeHost:
    one, sent = entry(rsn(2), age=age - (AT.timestamp() - NOW))
    lists = () if error else (listed((one, sent)),)
    commands = {"netsh wlan show networks": netsh} if netsh else {}
    return FakeHost("win32", commands, native=NativeScan(lists, error))


async def test_windows_gives_what_was_heard_here() -> None:
    found = await heard_by(of_windows(age=1))
    assert [one.ssid for one in found.heard] == ["École"]
    assert found.doubts == ()


async def test_windows_falls_back_on_its_memory_and_says_so() -> None:
    netsh = samples.NETSH.encode()
    for host in (
        of_windows(age=90, netsh=netsh),
        of_windows(age=1, error=-1, netsh=netsh),
    ):
        found = await heard_by(host)
        assert found.heard[0].ssid == "École-Péda"
        assert "salle d'avant" in found.doubts[0]


async def test_windows_that_hides_networks_says_where_to_allow_them() -> None:
    found = await heard_by(of_windows(age=1, error=5))
    assert found.status is MeasureStatus.INCONCLUSIVE
    for word in ("SSID masqué", "Paramètres", "Localisation", "applications de bureau"):
        assert word in found.why


def test_a_room_is_named_first() -> None:
    assert "salle" in HearWifi().missing(Setting(FakeHost()))


def test_elsewhere_the_api_of_windows_is_not_called() -> None:
    assert scan_cards() == NativeScan(error=-1)
