"""What stands between a laptop and the web: portal, proxy, MTU, IPv6; then services.

Does each service that a school needs answer, how soon, signed by whom? Only heads of
pages are asked, through the system's own proxy and without it: a filter set in the
browser is seen by the difference.
"""

import asyncio
import json
import re
import socket
from collections import Counter
from collections.abc import (
    AsyncGenerator,
    Callable,
    Sequence,
)
from dataclasses import dataclass, replace
from ipaddress import ip_address
from statistics import median
from typing import NamedTuple

from diag.model.measure import MeasureStatus
from diag.probes import Probe, ProbeFinding, ProbePlan, Risk, SchoolService, Setting
from diag.probes.host import Host, Page, target_of
from diag.probes.line import NO_MIRE, address_of
from diag.probes.mire import OWN_SERVER, Mire
from diag.words.sentences import listed

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
    largest = None
    if address:
        largest = await asyncio.to_thread(setting.host.path_mtu, mire, address, sent)
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


AT_ONCE = 4
"""Pages asked at a time: a few, as a browser does."""

PATIENCE = 6.0
"""Seconds that a page is waited for."""

_NOT_ALLOWED = frozenset({405, 501})
"""A server that knows no HEAD: a service is then asked for its page."""

_SERVER_FAILS = 500

PUBLIC_SIGNERS = re.compile(
    r"let's encrypt|isrg|digicert|sectigo|comodo|globalsign|google trust|gts |amazon"
    r"|certigna|dhimyotis|entrust|godaddy|starfield|actalis|microsoft|cloudflare|harica"
    r"|ssl\.com|ssl corp|buypass|identrust|zerossl|gandi|terena|geant|certinomis"
    r"|quovadis|swisssign|telia|d-trust|t-systems|chambersign|keynectis|docusign",
    re.IGNORECASE,
)
"""Who signs certificates of public sites; another one may be a school's inspection."""

_SIGNS_ALL = 2
"""Sites with one signer that is not public, from which the link is inspected."""

_PROBLEMS = {
    "name": "son nom ne se résout pas",
    "refused": "connexion refusée",
    "reset": "connexion coupée",
    "timeout": "pas de réponse à temps",
    "tls": "certificat refusé : la liaison est interceptée, ou l'horloge fausse",
    "proxy": "refusé par le proxy",
    "other": "pas de réponse",
}


def problem_words(page: Page) -> str:
    """Return why a page did not come, in French; empty when it came."""
    if page.problem:
        return _PROBLEMS.get(page.problem, _PROBLEMS["other"])
    return f"erreur {page.status}" if page.status >= _SERVER_FAILS else ""


class PageWay(NamedTuple):
    """One way to a page."""

    name: str
    """`direct`, `proxy`."""
    uses_proxy: bool


def ways_of(host: Host) -> tuple[PageWay, ...]:
    """Return the ways to a page: directly, and through the system's proxy if any."""
    direct = PageWay("direct", uses_proxy=False)
    has_proxy = "https" in host.proxies()
    return (direct, PageWay("proxy", uses_proxy=True)) if has_proxy else (direct,)


async def pac_doubts(host: Host) -> tuple[str, ...]:
    """Return that a browser may go another way than those of `ways_of`."""
    return (_PAC_DOUBT,) if await host.has_pac() else ()


_PAC_DOUBT = (
    "le proxy de chaque page est choisi par un fichier (PAC) que diag ne suit pas : "
    "un navigateur passe peut-être ailleurs"
)


async def heads_of(
    host: Host, urls: Sequence[str], tell: Callable[[float, str], None], *, way: PageWay
) -> dict[str, Page]:
    """Return the head of each page, and nothing but its head, a few at a time."""
    gate = asyncio.Semaphore(AT_ONCE)
    came: dict[str, Page] = {}

    async def ask(url: str) -> None:
        async with gate:
            came[url] = await host.fetch(
                url, method="HEAD", uses_proxy=way.uses_proxy, seconds=PATIENCE
            )
            tell(len(came) / len(urls), f"{len(came)} sur {len(urls)}")

    async with asyncio.TaskGroup() as group:
        for url in dict.fromkeys(urls):
            group.create_task(ask(url))
    return {url: came[url] for url in urls}


@dataclass(frozen=True)
class ReachServices(Probe):
    """Asks the head of each service's page, directly and through the proxy."""

    services: tuple[SchoolService, ...]
    name = "services"
    version = "1"
    title = "Services de l'école"
    risk = Risk.REQUESTS
    produces = (
        "services.joignables",
        "services.joignable",
        "services.premier_octet",
        "services.inspection",
    )

    def missing(self, setting: Setting) -> str:
        """Return what it lacks: the list that the syndicat keeps."""
        del setting
        if self.services:
            return ""
        return (
            "La liste des services est vide : le syndicat l'écrit dans "
            "overlay/mesures.yaml, sous « services »."
        )

    def plan(self, setting: Setting) -> ProbePlan:
        """Return one request for each service and way."""
        count = len(ways_of(setting.host)) * len(self.services)
        return ProbePlan(
            targets=tuple(one.url for one in self.services),
            packets=2 * count,
            down_bytes=count * 64 * 1024,
            up_bytes=count * 1024,
            seconds=min(4.0 + count, 2 * PATIENCE * max(count // AT_ONCE, 1)),
        )

    async def run(self, setting: Setting) -> AsyncGenerator[ProbeFinding]:
        """Yield each service of each way, then how many answer."""
        names = {one.url: one.name for one in self.services}
        seen: list[tuple[str, Page]] = []
        doubts = await pac_doubts(setting.host)
        for way in ways_of(setting.host):
            pages = await heads_of(setting.host, tuple(names), setting.tell, way=way)
            missing: list[str] = []
            waits: list[float] = []
            for url, name in names.items():
                if pages[url].status in _NOT_ALLOWED:
                    pages[url] = await setting.host.fetch(
                        url, uses_proxy=way.uses_proxy, seconds=PATIENCE
                    )
                problem, ms = problem_words(pages[url]), pages[url].seconds * 1000
                if problem:
                    missing.append(name)
                else:
                    waits.append(ms)
                yield ProbeFinding(
                    "services.joignable",
                    not problem,
                    why=f"{name} : {problem}." if problem else "",
                    stats={} if pages[url].problem else {"first_byte_ms": round(ms, 1)},
                    target=name,
                    method=way.name,
                )
            yield ProbeFinding(
                "services.joignables",
                len(waits),
                stats={"n": len(pages), "lost": len(missing)},
                why=f"Sans réponse : {listed(missing)}." if missing else "",
                method=way.name,
                doubts=doubts,
            )
            if waits:
                yield ProbeFinding(
                    "services.premier_octet",
                    round(median(waits), 1),
                    "ms",
                    stats={"n": len(waits), "max": round(max(waits), 1)},
                    method=way.name,
                    doubts=doubts,
                )
            seen += pages.items()
        yield _inspection(seen)


def _inspection(pages: Sequence[tuple[str, Page]]) -> ProbeFinding:
    """Return who signs several sites and is no public authority."""
    signed = {(url, page.issuer) for url, page in pages if page.issuer}
    if not signed:
        return ProbeFinding(
            "services.inspection",
            status=MeasureStatus.INCONCLUSIVE,
            why="Aucun certificat n'a été lu.",
        )
    sites = Counter(issuer for _, issuer in signed)
    found = sorted(
        issuer
        for issuer, count in sites.items()
        if count >= _SIGNS_ALL and not PUBLIC_SIGNERS.search(issuer)
    )
    return ProbeFinding(
        "services.inspection",
        bool(found),
        why=f"Les pages sont signées par {listed(found)} : un équipement les ouvre."
        if found
        else "",
    )
