"""How this computer is connected: interface, gateway, resolvers, DHCP, VPN.

Each system prints it in its own way; pure functions read it here, from what a host
gives: nothing is sent. What cannot be read is empty, never guessed.
"""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, ip_address
from typing import Any

from diag.model.measure import MeasureContext, MeasureStatus
from diag.probes import Probe, ProbeFinding, ProbePlan, Risk, Setting
from diag.probes.host import Host, Interface

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
    cables: dict[str, bool | None] = {}
    for port, device in _PORT.findall(text):
        is_cable = True if "Ethernet" in port or "LAN" in port else None
        cables[device] = False if "Wi-Fi" in port else is_cable
    return cables


# Everywhere

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


_SLOWEST_CABLE = 1000
"""Mbit/s under which a cable of today has a bad pair, or an old switch."""

_POWERSHELL_SECONDS = 20.0
"""PowerShell alone takes three to start."""


async def read_local(host: Host) -> LocalNetwork:
    """Return the network that leads to the Internet; empty where nothing shows it."""
    if host.system == "win32":
        printed = await host.command(*POWERSHELL, seconds=_POWERSHELL_SECONDS)
        return read_powershell(printed.out)
    if host.system == "darwin":
        return await _of_macos(host)
    return await _of_linux(host)


async def _of_linux(host: Host) -> LocalNetwork:
    interface, gateway = gateway_of(await _read(host, "/proc/net/route"))
    if not interface:
        return LocalNetwork()
    folder = f"/sys/class/net/{interface}"
    fields = "GENERAL.DEVICE,GENERAL.TYPE,IP4,DHCP4"
    shown = await host.command("nmcli", "-t", "-f", fields, "device", "show", interface)
    known = read_nmcli_device(shown.text) if shown.code == 0 else LocalNetwork()
    is_wired = known.is_wired
    if is_wired is None:
        modalias = await _read(host, f"{folder}/device/uevent")
        uevent = await _read(host, f"{folder}/uevent")
        is_wired = is_wired_of(uevent, is_hardware=bool(modalias))
    duplex = (await _read(host, f"{folder}/duplex")).strip()
    return replace(
        known,
        interface=interface,
        is_wired=is_wired,
        gateway=gateway,
        resolvers=known.resolvers
        or resolvers_of(await _read(host, "/etc/resolv.conf")),
        is_full_duplex={b"full": True, b"half": False}.get(duplex),
    )


async def _read(host: Host, path: str) -> bytes:
    return await asyncio.to_thread(host.read, path)


async def _of_macos(host: Host) -> LocalNetwork:
    route = await host.command("route", "-n", "get", "default")
    interface, gateway = read_route(route.text)
    if not interface:
        return LocalNetwork()
    packet = await host.command("ipconfig", "getpacket", interface)
    ports = await host.command("networksetup", "-listallhardwareports")
    resolvers = read_scutil((await host.command("scutil", "--dns")).text)
    known = read_packet(packet.text)
    return replace(
        known,
        interface=interface,
        is_wired=read_ports(ports.text).get(interface),
        gateway=gateway or known.gateway,
        resolvers=resolvers or known.resolvers,
    )


async def context_of(host: Host, local: LocalNetwork | None = None) -> MeasureContext:
    """Return what every measure of a run is stamped with."""
    local = local or await read_local(host)
    every = await asyncio.to_thread(host.interfaces)
    own = next((one for one in every if one.name == local.interface), None)
    proxies = await asyncio.to_thread(host.proxies)
    proxy = proxies.get("https") or proxies.get("http") or ""
    scheme, mark, named = proxy.rpartition("://")
    return MeasureContext(
        system=host.system,
        interface=local.interface,
        is_wired=local.is_wired,
        link_mbit=own.mbit if own and own.mbit else None,
        mtu=own.mtu if own else None,
        has_vpn=has_vpn(local.interface, every) if every else None,
        proxy=f"{scheme}{mark}{named.rpartition('@')[2]}"[:200],  # without a password
        gateway=local.gateway,
    )


def has_vpn(interface: str, every: tuple[Interface, ...]) -> bool:
    """Return whether the way out, or an interface with an address, is a VPN's.

    macOS always has tunnels of its own, without an IPv4 address: they are none.
    """
    return is_tunnel(interface) or any(
        is_tunnel(one.name) and one.is_up and any("." in each for each in one.addresses)
        for one in every
    )


@dataclass(frozen=True)
class ReadConnection(Probe):
    """Reads how this computer is connected; sends nothing."""

    name = "poste"
    version = "1"
    title = "Branchement de l'ordinateur"
    risk = Risk.LOCAL
    produces = (
        "poste.interface",
        "poste.cable",
        "poste.lien",
        "poste.duplex",
        "poste.mtu",
        "poste.vpn",
        "lan.passerelle",
        "lan.dns",
        "lan.dhcp",
        "lan.bail",
        "lan.sous_reseau",
    )

    def plan(self, setting: Setting) -> ProbePlan:
        """Return nothing: nothing is sent."""
        is_slow = setting.host.system == "win32"
        return ProbePlan(seconds=_POWERSHELL_SECONDS if is_slow else 5.0)

    async def run(self, setting: Setting) -> AsyncGenerator[ProbeFinding, None]:
        """Yield what is known of the connection; what is not is left out."""
        local = await read_local(setting.host)
        context = await context_of(setting.host, local)
        if not local.interface:
            yield ProbeFinding(
                "poste.interface",
                status=MeasureStatus.INCONCLUSIVE,
                why="Aucun chemin vers Internet : branchez le câble, ou le Wi-Fi.",
            )
        slow = context.is_wired and context.link_mbit
        doubts = (
            ("câble lent : paire coupée, vieux commutateur, ou prise de l'ordinateur",)
            if slow and slow < _SLOWEST_CABLE
            else ()
        )
        lease = None if local.lease_s is None else round(local.lease_s / 3600, 1)
        mask = None if local.bits is None else f"/{local.bits}"
        found: tuple[tuple[str, float | str | bool | None, str], ...] = (
            ("poste.interface", local.interface or None, ""),
            ("poste.cable", local.is_wired, ""),
            ("poste.lien", context.link_mbit, "Mbit/s"),
            ("poste.duplex", local.is_full_duplex, ""),
            ("poste.mtu", context.mtu, "octet"),
            ("poste.vpn", context.has_vpn, ""),
            ("lan.passerelle", local.gateway or None, ""),
            ("lan.dns", ", ".join(local.resolvers) or None, ""),
            ("lan.dhcp", local.dhcp_server or None, ""),
            ("lan.bail", lease, "h"),
            ("lan.sous_reseau", mask, ""),
        )
        for key, value, unit in found:
            if value is not None:
                is_link = key == "poste.lien"
                yield ProbeFinding(
                    key, value, unit, doubts=doubts if is_link else (), method="system"
                )
