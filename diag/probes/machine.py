"""How this computer is connected: interface, gateway, resolvers, DHCP, VPN.

Each system prints it in its own way; pure functions read it here. What cannot be read
is empty, never guessed.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address
from typing import Any

_MOST = 8
"""Resolvers kept; a computer uses two or three."""


@dataclass(frozen=True, slots=True)
class LocalNetwork:
    """The network that leads to the Internet, as the system knows it."""

    interface: str = ""
    is_wired: bool | None = None
    gateway: str = ""
    resolvers: tuple[str, ...] = ()
    dhcp_server: str = ""
    """Who gave the address; empty: nobody, or it is not said."""
    lease_s: int | None = None
    """Seconds for which it was given."""
    bits: int | None = None
    """Bits of the address that name the network: 24."""
    is_full_duplex: bool | None = None


# Linux


def gateway_of(route: bytes) -> tuple[str, str]:
    """Return the interface and the gateway of `/proc/net/route`; empty for none.

    Addresses are hexadecimal, last byte first. Of several ways out, the lowest metric.
    """
    ways: list[tuple[int, str, str]] = []
    for line in route.decode("ascii", "replace").splitlines()[1:1000]:
        cells = line.split()
        if len(cells) < _ROUTE_CELLS or cells[1] != "00000000":
            continue
        try:
            packed = bytes.fromhex(cells[2])[::-1]
            gateway, metric = str(IPv4Address(packed)), int(cells[6])
            flags = int(cells[3], 16)
        except ValueError:
            continue
        if flags & _IS_GATEWAY:
            ways.append((metric, cells[0], gateway))
    return min(ways)[1:] if ways else ("", "")


_ROUTE_CELLS, _IS_GATEWAY = 8, 2

_KINDS = {"ethernet": True, "wifi": False}
_DEVICE_TYPE = re.compile(r"^DEVTYPE=(\w+)", re.MULTILINE)


def read_nmcli_device(text: str) -> LocalNetwork:
    """Read `nmcli -t -f GENERAL,IP4,DHCP4 device show INTERFACE`."""
    rows: dict[str, list[str]] = {}
    for line in text.splitlines()[:400]:
        name, _, value = line.partition(":")
        rows.setdefault(name.partition("[")[0], []).append(
            value.replace("\\:", ":").strip()
        )
    options = {
        name.strip(): value.strip()
        for name, _, value in (
            one.partition("=") for one in rows.get("DHCP4.OPTION", [])
        )
    }
    address = next(iter(rows.get("IP4.ADDRESS", [])), "")
    return LocalNetwork(
        interface=next(iter(rows.get("GENERAL.DEVICE", [])), ""),
        is_wired=_KINDS.get(next(iter(rows.get("GENERAL.TYPE", [])), "")),
        gateway=next(filter(_address, rows.get("IP4.GATEWAY", [])), ""),
        resolvers=_addresses(rows.get("IP4.DNS", [])),
        dhcp_server=_address(options.get("dhcp_server_identifier")),
        lease_s=_whole(options.get("dhcp_lease_time")),
        bits=_whole(address.partition("/")[2]),
    )


def is_wired_of(uevent: bytes, is_hardware: bool) -> bool | None:  # noqa: FBT001
    """Return whether `/sys/class/net/INTERFACE/uevent` is of a cable; None: neither.

    A cable's card has no type of its own, only a device behind it.
    """
    kind = _DEVICE_TYPE.search(uevent.decode("ascii", "replace"))
    if kind:
        return False if kind[1] in {"wlan", "wwan"} else None
    return True if is_hardware else None


_NAMESERVER = re.compile(r"^\s*nameserver\s+(\S+)", re.MULTILINE)


def resolvers_of(resolv_conf: bytes) -> tuple[str, ...]:
    """Return the resolvers of `/etc/resolv.conf`."""
    return _addresses(_NAMESERVER.findall(resolv_conf.decode("utf-8", "replace")))


# Windows

POWERSHELL = (
    *("powershell", "-NoProfile", "-NonInteractive", "-Command"),
    (
        "$a = Get-NetAdapter | Where-Object Status -eq 'Up' | Select-Object Name,"
        "ifIndex,NdisPhysicalMedium,FullDuplex; "
        "$c = Get-CimInstance Win32_NetworkAdapterConfiguration "
        "-Filter 'IPEnabled=TRUE' | Select-Object InterfaceIndex,IPConnectionMetric,"
        "IPSubnet,DefaultIPGateway,DNSServerSearchOrder,DHCPEnabled,DHCPServer,"
        "@{n='LeaseSeconds';e={[int]($_.DHCPLeaseExpires-$_.DHCPLeaseObtained)"
        ".TotalSeconds}}; "
        "[Console]::OutputEncoding=[Text.Encoding]::UTF8; "
        "ConvertTo-Json -Compress -Depth 4 @{adapters=@($a);configurations=@($c)}"
    ),
)
"""Asks Windows for names that no language translates; needs no right."""

_WIFI_MEDIUM, _CABLE_MEDIUM = 9, 14
"""`NdisPhysicalMedium`: Native 802.11; 802.3."""


def read_powershell(raw: bytes) -> LocalNetwork:
    """Read what `POWERSHELL` prints: the card whose way out costs least."""
    try:
        document = json.loads(raw.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return LocalNetwork()
    held = document if isinstance(document, dict) else {}
    ways = [one for one in _rows(held, "configurations") if _gateway(one)]
    chosen = min(ways, key=_metric, default=None)
    if chosen is None:
        return LocalNetwork()
    index = chosen.get("InterfaceIndex")
    card = next(
        (one for one in _rows(held, "adapters") if one.get("ifIndex") == index), {}
    )
    medium = card.get("NdisPhysicalMedium")
    duplex = card.get("FullDuplex")
    masks = [one for one in _texts(chosen.get("IPSubnet")) if "." in one]
    return LocalNetwork(
        interface=str(card.get("Name", ""))[:100],
        is_wired={_WIFI_MEDIUM: False, _CABLE_MEDIUM: True}.get(medium)
        if isinstance(medium, int)
        else None,
        gateway=_gateway(chosen),
        resolvers=_addresses(_texts(chosen.get("DNSServerSearchOrder"))),
        dhcp_server=_address(chosen.get("DHCPServer"))
        if chosen.get("DHCPEnabled")
        else "",
        lease_s=_whole(chosen.get("LeaseSeconds")),
        bits=_mask_bits(next(iter(masks), "")),
        is_full_duplex=duplex if isinstance(duplex, bool) else None,
    )


def _rows(held: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Return objects of a list; Windows writes one alone without its list."""
    found = held.get(name)
    several = found if isinstance(found, list) else [found]
    return [one for one in several if isinstance(one, dict)]


def _metric(row: Mapping[str, Any]) -> int:
    metric = row.get("IPConnectionMetric")
    return metric if isinstance(metric, int) else 10_000


def _gateway(row: Mapping[str, Any]) -> str:
    found = _addresses(_texts(row.get("DefaultIPGateway")))
    return next((one for one in found if "." in one), "")


def _texts(value: object) -> list[str]:
    several = value if isinstance(value, list) else [value]
    return [one for one in several if isinstance(one, str)]


# macOS

_FIELD = re.compile(r"^\s*(\w+)(?: \([\w ]+\))?: (.*?)\s*$", re.MULTILINE)
_PORT = re.compile(r"Hardware Port: (.+)\nDevice: (\w+)")
_SCUTIL = re.compile(r"nameserver\[\d+\] : (\S+)")


def read_route(text: str) -> tuple[str, str]:
    """Return the interface and the gateway of `route -n get default` of macOS."""
    found = dict(_FIELD.findall(text))
    return found.get("interface", "")[:40], _address(found.get("gateway"))


def read_packet(text: str) -> LocalNetwork:
    """Read `ipconfig getpacket INTERFACE` of macOS: the DHCP answer that it keeps."""
    found = dict(_FIELD.findall(text))
    names = found.get("domain_name_server", "").strip("{}").split(",")
    gateways = found.get("router", "").strip("{}").split(",")
    return LocalNetwork(
        gateway=next(iter(_addresses(gateways)), ""),
        resolvers=_addresses(names),
        dhcp_server=_address(found.get("server_identifier")),
        lease_s=_whole(found.get("lease_time")),
        bits=_mask_bits(found.get("subnet_mask", "")),
    )


def read_scutil(text: str) -> tuple[str, ...]:
    """Return the resolvers of `scutil --dns` of macOS, in its order."""
    return _addresses(_SCUTIL.findall(text))


def read_ports(text: str) -> dict[str, bool | None]:
    """Return device → whether it is a cable, of `networksetup -listallhardwareports`.

    Names of ports are those of Apple: « Wi-Fi » in every language.
    """
    return {device: _is_cable(port) for port, device in _PORT.findall(text)}


def _is_cable(port: str) -> bool | None:
    if "Wi-Fi" in port:
        return False
    return True if "Ethernet" in port or "LAN" in port else None


# Everywhere

_SETTINGS = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings"
PAC_ASKED = {
    "win32": ("reg", "query", _SETTINGS, "/v", "AutoConfigURL"),
    "darwin": ("scutil", "--proxy"),
    "linux": ("gsettings", "get", "org.gnome.system.proxy", "mode"),
}
"""System → what asks whether a file (PAC) chooses the proxy of each page."""

_PAC = re.compile(
    r"AutoConfigURL +REG_SZ +\S|ProxyAuto(?:Config|Discovery)Enable : 1|^'auto'",
    re.MULTILINE,
)


def has_pac(printed: str) -> bool:
    """Return whether a file chooses the proxy, by what `PAC_ASKED` prints."""
    return bool(_PAC.search(printed))


_TUNNEL = re.compile(
    r"^(?:tun|tap|wg|ppp|utun|ipsec|zt|tailscale|nordlynx|proton|gpd|cscotun)[\w-]*\d*$"
    r"|wireguard|openvpn|wintun|tap-windows|fortinet|forticlient|anyconnect|vpn",
    re.IGNORECASE,
)


def is_tunnel(name: str) -> bool:
    """Return whether an interface is a VPN's, by the name that its maker gives it."""
    return bool(_TUNNEL.search(name))


def _address(value: object) -> str:
    """Return an address as it is written; empty for what is none, or nowhere."""
    text = value.strip().partition("%")[0] if isinstance(value, str) else ""
    try:
        return text if text and not ip_address(text).is_unspecified else ""
    except ValueError:
        return ""


def _addresses(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(_address, values))))[:_MOST]


_LONGEST_LEASE = 2**32


def _whole(value: object) -> int | None:
    """Return a positive whole number, written in tens or `0x…`; None for another."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = int(value, 0) if isinstance(value, str) else int(value)
    except (ValueError, OverflowError):
        return None
    return found if 0 < found <= _LONGEST_LEASE else None


def _mask_bits(mask: str) -> int | None:
    try:
        return int(IPv4Address(mask.strip())).bit_count()
    except ValueError:
        return None
