"""How this computer is connected, found through a host: local reading, nothing sent."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

from diag.model.measure import MeasureContext, MeasureStatus
from diag.probes.finding import ProbeFinding
from diag.probes.host import Host, Interface
from diag.probes.machine import (
    POWERSHELL,
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
from diag.probes.probe import Probe, ProbePlan, Risk, Setting

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
    return MeasureContext(
        system=host.system,
        interface=local.interface,
        is_wired=local.is_wired,
        link_mbit=own.mbit if own and own.mbit else None,
        mtu=own.mtu if own else None,
        has_vpn=has_vpn(local.interface, every) if every else None,
        proxy=_without_password(proxies.get("https") or proxies.get("http") or ""),
        gateway=local.gateway,
    )


def _without_password(proxy: str) -> str:
    scheme, mark, rest = proxy.rpartition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2]}"[:200]


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
