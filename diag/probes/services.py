"""Services that a school needs: does each answer, how soon, signed by whom?

Only heads of pages are asked, through the system's own proxy and without it: a filter
set in the browser is seen by the difference.
"""

import asyncio
import re
from collections import Counter
from collections.abc import (
    AsyncGenerator,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, replace
from statistics import median
from typing import NamedTuple

from diag.model.measure import MeasureStatus
from diag.probes.finding import ProbeFinding
from diag.probes.host import Host
from diag.probes.lists import SchoolService
from diag.probes.pages import Page
from diag.probes.probe import Probe, ProbePlan, Risk, Setting
from diag.words.sentences import listed

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


def inspectors(pages: Iterable[tuple[str, Page]]) -> frozenset[str]:
    """Return who signs several sites and is no public authority: an inspection."""
    signed = {(url, page.issuer) for url, page in pages if page.issuer}
    count = Counter(issuer for _, issuer in signed)
    return frozenset(
        issuer
        for issuer, sites in count.items()
        if sites >= _SIGNS_ALL and not PUBLIC_SIGNERS.search(issuer)
    )


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
            for url, page in pages.items():
                if page.status in _NOT_ALLOWED:
                    pages[url] = await setting.host.fetch(
                        url, uses_proxy=way.uses_proxy, seconds=PATIENCE
                    )
                yield _service(names[url], pages[url], way.name)
            for found in _counted(names, pages, way.name):
                yield replace(found, doubts=doubts)
            seen += pages.items()
        yield _inspection(seen)


def _service(name: str, page: Page, method: str) -> ProbeFinding:
    problem = problem_words(page)
    return ProbeFinding(
        "services.joignable",
        not problem,
        status=MeasureStatus.OK,
        why=f"{name} : {problem}." if problem else "",
        stats={} if page.problem else {"first_byte_ms": round(page.seconds * 1000, 1)},
        target=name,
        method=method,
    )


def _counted(
    names: Mapping[str, str], pages: Mapping[str, Page], method: str
) -> Iterator[ProbeFinding]:
    missing = [names[url] for url, page in pages.items() if problem_words(page)]
    answered = (page for page in pages.values() if not problem_words(page))
    waits = [page.seconds * 1000 for page in answered]
    yield ProbeFinding(
        "services.joignables",
        len(pages) - len(missing),
        stats={"n": len(pages), "lost": len(missing)},
        why=f"Sans réponse : {listed(missing)}." if missing else "",
        method=method,
    )
    if waits:
        yield ProbeFinding(
            "services.premier_octet",
            round(median(waits), 1),
            "ms",
            stats={"n": len(waits), "max": round(max(waits), 1)},
            method=method,
        )


def _inspection(pages: Sequence[tuple[str, Page]]) -> ProbeFinding:
    found = sorted(inspectors(pages))
    if not any(page.issuer for _, page in pages):
        return ProbeFinding(
            "services.inspection",
            status=MeasureStatus.INCONCLUSIVE,
            why="Aucun certificat n'a été lu.",
        )
    return ProbeFinding(
        "services.inspection",
        bool(found),
        why=f"Les pages sont signées par {listed(found)} : un équipement les ouvre."
        if found
        else "",
    )
