"""What stands between a laptop and the Internet: portal, proxy, MTU, IPv6, address."""

import json
import socket
from collections.abc import AsyncGenerator
from dataclasses import replace
from ipaddress import ip_address

from diag.model.measure import MeasureStatus
from diag.probes.finding import ProbeFinding
from diag.probes.line import NO_MIRE, address_of
from diag.probes.pages import target_of
from diag.probes.probe import Probe, ProbePlan, Risk, Setting
from diag.probes.server import OWN_SERVER, Mire

PORTAL, PROXY = "internet.portail_captif", "internet.proxy"
MTU, SIX, ADDRESS = "internet.mtu", "internet.ipv6", "internet.ip_publique"

_MOVED = 64 * 1024
"""Bytes that a way has to carry before its largest packet is known."""
_NO_CONTENT, _FOUND, _BAD, _LOGIN = 204, 300, 400, 511


class AccessProbe(Probe):
    """A few requests to the speed server."""

    name = "acces"
    version = "1"
    title = "Portail, proxy, MTU, IPv6, adresse publique"
    risk = Risk.REQUESTS
    produces = (PORTAL, PROXY, MTU, SIX, ADDRESS)

    def missing(self, setting: Setting) -> str:
        """Return why there is nothing to ask."""
        return "" if setting.mire else NO_MIRE

    def plan(self, setting: Setting) -> ProbePlan:
        """Return its four requests and one connection."""
        targets = (setting.mire.target,) if setting.mire else ()
        return ProbePlan(targets, 5, up_bytes=_MOVED, seconds=10)

    async def run(self, setting: Setting) -> AsyncGenerator[ProbeFinding, None]:
        """Yield each of them; one that fails does not stop the others."""
        assert setting.mire is not None
        yield await _portal(setting, setting.mire)
        setting.tell(0.3, "Portail")
        yield await _proxy(setting)
        yield await _mtu(setting, setting.mire)
        setting.tell(0.6, "MTU")
        yield await _six(setting, setting.mire)
        setting.tell(0.8, "IPv6")
        yield await _public_address(setting, setting.mire)


async def _portal(setting: Setting, mire: Mire) -> ProbeFinding:
    """Find a portal: what answers in the place of our server, in plain HTTP."""
    plain = mire._replace(is_tls=False, port=80) if mire.is_tls else mire
    page = await setting.host.fetch(plain.url("generate_204"))
    found = ProbeFinding(PORTAL, target=plain.target, method="http-204")
    is_own = page.headers.get("server", "").startswith(OWN_SERVER)
    if is_own or page.status == _NO_CONTENT:
        return replace(found, value=False)
    if page.status == _LOGIN or _FOUND <= page.status < _BAD:
        to = target_of(page)
        why = f"Renvoyé vers {to}." if to else ""
        return replace(found, value=True, why=why)
    if page.status and b"<html" in page.body.lower():
        return replace(found, value=True, why="Une page répond à la place de la mire.")
    why = f"{plain.target} ne répond pas en HTTP simple."
    return found.nothing(why)


async def _proxy(setting: Setting) -> ProbeFinding:
    """Find the proxy of the system; who passes through it is not kept."""
    proxies = setting.host.proxies()
    found = proxies.get("https") or proxies.get("http") or setting.context.proxy
    if not found and await setting.host.has_pac():
        why = "Le proxy est choisi page par page par un fichier (PAC), non suivi ici."
        return ProbeFinding(PROXY, method="system").nothing(why)
    if not found:
        return ProbeFinding(PROXY, status=MeasureStatus.ABSENT, method="system")
    server = found.rpartition("@")[2].rpartition("//")[2].partition("/")[0]
    return ProbeFinding(PROXY, server[:200], method="system")


async def _mtu(setting: Setting, mire: Mire) -> ProbeFinding:
    address = await address_of(setting)
    head = (
        f"POST {mire.path}/empty.php HTTP/1.1\r\nHost: {mire.target}\r\n"
        f"Content-Length: {_MOVED}\r\nConnection: close\r\n\r\n"
    )
    sent = head.encode("latin-1", "replace") + bytes(_MOVED)
    found = ProbeFinding(MTU, target=mire.target, method="tcp-maxseg")
    host = setting.host
    largest = await host.path_mtu(mire, address, sent) if address else None
    if largest is None:
        why = "Ce système ne donne pas la taille des paquets, ou la mire ne répond pas."
        return found.nothing(why)
    return replace(found, value=largest, unit="octet")


async def _six(setting: Setting, mire: Mire) -> ProbeFinding:
    """Find whether IPv6 passes: only a server that has an address of it shows that."""
    found = ProbeFinding(SIX, target=mire.target, method="tcp-connect")
    sixes = await setting.host.addresses(mire.host, socket.AF_INET6)
    if not sixes:
        why = f"{mire.host} n'a pas d'adresse IPv6 : rien ne dit si la ligne en a."
        return found.nothing(why)
    ms = await setting.host.connect(sixes[0], mire.port)
    stats = {} if ms is None else {"p50": round(ms, 2)}
    return replace(found, value=ms is not None, stats=stats)


async def _public_address(setting: Setting, mire: Mire) -> ProbeFinding:
    found = ProbeFinding(ADDRESS, target=mire.target, method="http-getip")
    page = await setting.host.fetch(mire.url("getIP.php"))
    try:
        named = json.loads(page.body)["processedString"]
        number = ip_address(str(named).partition(" ")[0])
    except (ValueError, TypeError, KeyError, RecursionError):
        why = "La mire n'a pas dit de quelle adresse elle est appelée."
        return found.nothing(why)
    return replace(found, value=str(number))
