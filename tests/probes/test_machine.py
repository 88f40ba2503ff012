"""What each system prints of its network is read, or left: never guessed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.probes.host import has_pac
from diag.probes.machine import (
    LocalNetwork,
    gateway_of,
    is_tunnel,
    is_wired_of,
    read_nmcli_device,
    read_packet,
    read_ports,
    read_powershell,
    read_route,
    read_scutil,
    resolvers_of,
)

ROUTE = (
    b"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\n"
    b"wlan0\t00000000\tFE01A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
    b"eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
    b"eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n"
)
NMCLI = """GENERAL.DEVICE:eth0
GENERAL.TYPE:ethernet
IP4.ADDRESS[1]:192.168.1.20/24
IP4.GATEWAY:192.168.1.1
IP4.DNS[1]:192.168.1.1
IP4.DNS[2]:9.9.9.9
DHCP4.OPTION[1]:dhcp_lease_time = 86400
DHCP4.OPTION[2]:dhcp_server_identifier = 192.168.1.254
"""
CONFIGURATION = {
    "InterfaceIndex": 12,
    "IPConnectionMetric": 25,
    "IPSubnet": ["255.255.255.0", "64"],
    "DefaultIPGateway": ["192.168.1.1", "fe80::1"],
    "DNSServerSearchOrder": ["192.168.1.1", "192.168.1.1"],
    "DHCPEnabled": True,
    "DHCPServer": "192.168.1.1",
    "LeaseSeconds": 86400,
}
WINDOWS: dict[str, list[dict[str, object]]] = {
    "adapters": [
        {"Name": "Wi-Fi", "ifIndex": 5, "NdisPhysicalMedium": 9, "FullDuplex": None},
        {
            "Name": "Ethernet école",
            "ifIndex": 12,
            "NdisPhysicalMedium": 14,
            "FullDuplex": True,
        },
    ],
    "configurations": [
        {**CONFIGURATION, "InterfaceIndex": 5, "IPConnectionMetric": 50},
        CONFIGURATION,
        {"InterfaceIndex": 9, "DefaultIPGateway": None},
    ],
}
PACKET = """op = BOOTREPLY
options:
Options count is 8
dhcp_message_type (uint8): ACK 0x5
server_identifier (ip): 192.168.1.1
lease_time (uint32): 0x15180
subnet_mask (ip): 255.255.255.0
router (ip_mult): {192.168.1.1}
domain_name_server (ip_mult): {192.168.1.1, 9.9.9.9}
end (none):
"""


def test_the_cheapest_way_out_of_linux_is_taken() -> None:
    assert gateway_of(ROUTE) == ("eth0", "192.168.1.1")
    assert gateway_of(b"Iface\tDestination\n") == ("", "")


def test_nmcli_says_who_gave_the_address() -> None:
    assert read_nmcli_device(NMCLI) == LocalNetwork(
        interface="eth0",
        is_wired=True,
        gateway="192.168.1.1",
        resolvers=("192.168.1.1", "9.9.9.9"),
        dhcp_server="192.168.1.254",
        lease_s=86400,
        bits=24,
    )


def test_linux_knows_a_cable_from_radio_and_from_neither() -> None:
    assert is_wired_of(b"INTERFACE=eth0\nIFINDEX=2\n", is_hardware=True) is True
    assert is_wired_of(b"DEVTYPE=wlan\nINTERFACE=wlp2s0\n", is_hardware=True) is False
    assert is_wired_of(b"DEVTYPE=wireguard\n", is_hardware=False) is None
    assert is_wired_of(b"", is_hardware=False) is None


def test_resolvers_are_listed_once_without_their_zone() -> None:
    text = b"# x\nnameserver 192.168.1.1\nnameserver fe80::1%eth0\nnameserver nowhere\n"
    assert resolvers_of(text) == ("192.168.1.1", "fe80::1")


def test_windows_answers_in_no_language() -> None:
    read = read_powershell(json.dumps(WINDOWS, ensure_ascii=False).encode("utf-8-sig"))
    assert read == LocalNetwork(
        interface="Ethernet école",
        is_wired=True,
        gateway="192.168.1.1",
        resolvers=("192.168.1.1",),
        dhcp_server="192.168.1.1",
        lease_s=86400,
        bits=24,
        is_full_duplex=True,
    )
    alone = {"adapters": WINDOWS["adapters"][0], "configurations": CONFIGURATION}
    assert read_powershell(json.dumps(alone).encode()).gateway == "192.168.1.1"
    assert read_powershell(b"Get-NetAdapter : ...") == LocalNetwork()


def test_macos_says_it_in_four_ways() -> None:
    route = "   route to: default\n    gateway: 192.168.1.1\n  interface: en0\n"
    assert read_route(route) == ("en0", "192.168.1.1")
    packet = read_packet(PACKET)
    assert (packet.dhcp_server, packet.lease_s, packet.bits) == (
        "192.168.1.1",
        86400,
        24,
    )
    assert packet.resolvers == ("192.168.1.1", "9.9.9.9")
    scutil = "resolver #1\n  nameserver[0] : 192.168.1.1\n  nameserver[1] : 9.9.9.9\n"
    assert read_scutil(scutil) == ("192.168.1.1", "9.9.9.9")
    ports = (
        "\nHardware Port: Wi-Fi\nDevice: en0\nEthernet Address: 00:00:5e:00:53:01\n"
        "\nHardware Port: USB 10/100/1000 LAN\nDevice: en5\n"
        "\nHardware Port: Thunderbolt Bridge\nDevice: bridge0\n"
    )
    assert read_ports(ports) == {"en0": False, "en5": True, "bridge0": None}


def test_a_tunnel_is_known_by_its_name() -> None:
    names = ("tun0", "wg0", "utun4", "ppp0", "WireGuard Tunnel", "TAP-Windows Adapter")
    assert all(map(is_tunnel, names))
    assert not any(map(is_tunnel, ("eth0", "wlp2s0", "en0", "Ethernet 2", "Wi-Fi")))


@given(st.binary(max_size=600))
def test_whatever_is_printed_is_read_or_left(raw: bytes) -> None:
    text = raw.decode("latin-1")
    for read in (read_nmcli_device(text), read_packet(text), read_powershell(raw)):
        assert read.lease_s is None or read.lease_s > 0
    gateway_of(b"head\n" + raw)
    resolvers_of(raw)
    read_route(text)
    read_ports(text)
    read_scutil(text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from([*CONFIGURATION, "adapters", "configurations"]), inner
            )
        ),
        max_leaves=8,
    )
)
def test_any_json_of_windows_is_read_or_left(document: object) -> None:
    read_powershell(json.dumps({"configurations": document}).encode())
    row = {**CONFIGURATION, "LeaseSeconds": document, "IPSubnet": document}
    assert read_powershell(
        json.dumps({"configurations": [row], "adapters": document}).encode()
    ).gateway == ("192.168.1.1")


@pytest.mark.parametrize(
    ("printed", "is_there"),
    [
        ("\r\n    AutoConfigURL    REG_SZ    http://pac.test/proxy.pac\r\n", True),
        ("    AutoConfigURL    REG_SZ    \r\n", False),
        ("  ProxyAutoConfigEnable : 1\n  ProxyAutoConfigURLString : http://a", True),
        ("  ProxyAutoDiscoveryEnable : 1\n", True),
        ("  ProxyAutoConfigEnable : 0\n  ProxyAutoDiscoveryEnable : 0\n", False),
        ("'auto'\n", True),
        ("'none'\n", False),
        ("", False),
    ],
)
def test_a_file_that_chooses_the_proxy_is_seen_on_each_system(
    *, printed: str, is_there: bool
) -> None:
    assert has_pac(printed) is is_there
