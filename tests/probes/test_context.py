"""The connection of a computer is read on each system, and stamped on measures."""

import json

from diag.model.measure import MeasureStatus
from diag.probes import ProbeFinding, Setting
from diag.probes.host import Interface
from diag.probes.machine import ReadConnection, context_of, has_vpn
from tests.probes.fake_host import FakeHost
from tests.probes.test_machine import NMCLI, PACKET, ROUTE, WINDOWS

CABLE = Interface("eth0", is_up=True, mbit=100, mtu=1500, addresses=("192.168.1.20",))
LINUX = FakeHost(
    commands={"nmcli -t -f GENERAL": NMCLI.encode()},
    files={"/proc/net/route": ROUTE, "/sys/class/net/eth0/duplex": b"full\n"},
    cards=(CABLE,),
    proxy="http://anne:secret@proxy.ecole.test:3128",
)


async def found_by(host: FakeHost) -> dict[str, ProbeFinding]:
    probe = ReadConnection()
    every = [one async for one in probe.run(Setting(host))]
    assert {one.key for one in every} <= {*probe.produces}
    return {one.key: one for one in every}


async def test_linux_says_all_of_it_and_doubts_a_slow_cable() -> None:
    found = await found_by(LINUX)
    values = {key: one.value for key, one in found.items()}
    assert values == {
        "poste.interface": "eth0",
        "poste.cable": True,
        "poste.lien": 100,
        "poste.duplex": True,
        "poste.mtu": 1500,
        "poste.vpn": False,
        "lan.passerelle": "192.168.1.1",
        "lan.dns": "192.168.1.1, 9.9.9.9",
        "lan.dhcp": "192.168.1.254",
        "lan.bail": 24,
        "lan.sous_reseau": "/24",
    }
    assert "paire coupée" in found["poste.lien"].doubts[0]


async def test_linux_without_networkmanager_still_knows_its_cable() -> None:
    files = {
        **LINUX.files,
        "/sys/class/net/eth0/uevent": b"INTERFACE=eth0\n",
        "/sys/class/net/eth0/device/uevent": b"DRIVER=e1000e\n",
        "/etc/resolv.conf": b"nameserver 192.168.1.1\n",
    }
    found = await found_by(FakeHost(files=files, cards=(CABLE,)))
    assert found["poste.cable"].value is True
    assert found["lan.dns"].value == "192.168.1.1"
    assert "lan.dhcp" not in found


async def test_windows_and_macos_say_the_same() -> None:
    windows = FakeHost("win32", {"powershell": json.dumps(WINDOWS).encode()})
    ports = b"\nHardware Port: Wi-Fi\nDevice: en0\n"
    macos = FakeHost(
        "darwin",
        {
            "route -n": b"    gateway: 192.168.1.1\n  interface: en0\n",
            "ipconfig getpacket en0": PACKET.encode(),
            "networksetup": ports,
            "scutil --dns": b"  nameserver[0] : 192.168.1.1\n",
        },
    )
    for host, is_wired in ((windows, True), (macos, False)):
        found = await found_by(host)
        assert found["lan.passerelle"].value == "192.168.1.1"
        assert found["lan.bail"].value == 24
        assert found["poste.cable"].value is is_wired


async def test_a_computer_without_network_is_told_to_plug_in() -> None:
    found = await found_by(FakeHost())
    assert found["poste.interface"].status is MeasureStatus.INCONCLUSIVE
    assert "branchez" in found["poste.interface"].why


async def test_measures_are_stamped_with_the_way_out() -> None:
    context = await context_of(LINUX)
    assert (context.interface, context.is_wired, context.link_mbit) == (
        "eth0",
        True,
        100,
    )
    assert (context.has_vpn, context.proxy) == (False, "http://proxy.ecole.test:3128")


def test_a_tunnel_with_an_address_is_a_vpn() -> None:
    tunnel = Interface("utun4", is_up=True, mbit=0, mtu=1380, addresses=("fe80::1",))
    assert not has_vpn("en0", (CABLE, tunnel))
    assert has_vpn("en0", (CABLE, tunnel._replace(addresses=("10.8.0.2",))))
    assert has_vpn("wg0", (CABLE,))
