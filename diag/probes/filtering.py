"""A filter tried, honestly: by category, with a control, and never what it is for.

Only heads of lawful public sites are asked, from a basket that the syndicat validated
in writing. A site counts as blocked when something else than the site answered.
"""

from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from ipaddress import ip_address
from typing import NamedTuple

from diag.model.measure import MeasureStatus
from diag.probes import (
    FilterBasket,
    FilterCategory,
    Probe,
    ProbeFinding,
    ProbePlan,
    Risk,
    Setting,
)
from diag.probes.host import Host, NameAnswer, Page, target_of
from diag.probes.services import (
    AT_ONCE,
    PATIENCE,
    PUBLIC_SIGNERS,
    heads_of,
    pac_doubts,
    ways_of,
)
from diag.words.sentences import counted, listed

LEAST_BLOCKED = 2
"""Names of a category that must be blocked for it to be."""

LEAST_CONTROL = 2
"""Names of the control that must be reachable for anything to be concluded."""


class NameVerdict(StrEnum):
    """What came back when a name was asked for."""

    OPEN = "ouvert"
    NAME = "nom bloqué"
    """A resolver that lies: no such name, or the address of something near."""
    PAGE = "page de blocage"
    CUT = "connexion coupée"
    UNKNOWN = "non concluant"


BLOCKED = frozenset({NameVerdict.NAME, NameVerdict.PAGE, NameVerdict.CUT})
_REFUSALS = frozenset({403, 451})
_MOVED = range(300, 400)
_CUT = frozenset({"reset", "refused", "timeout"})


class BothAnswers(NamedTuple):
    """What two resolvers answer to one name."""

    near: NameAnswer
    """That of the school."""
    outside: NameAnswer
    """One outside, where it can be reached."""


def verdict_of(
    page: Page, answers: BothAnswers, common: frozenset[str] = frozenset()
) -> NameVerdict:
    """Return what a name came to, by one way.

    A page signed by a public authority is the site itself, whatever it holds. `common`
    are where several names are sent alike.
    """
    if page.status and PUBLIC_SIGNERS.search(page.issuer):
        return NameVerdict.OPEN
    if _is_lied_about(answers):
        return NameVerdict.NAME
    is_sent_away = page.status in _MOVED and target_of(page) in common
    if page.status in _REFUSALS or is_sent_away or page.problem in {"proxy", "tls"}:
        return NameVerdict.PAGE
    if page.problem in _CUT and answers.near.addresses:
        return NameVerdict.CUT
    return NameVerdict.OPEN if page.status else NameVerdict.UNKNOWN


def _is_lied_about(answers: BothAnswers) -> bool:
    """Return whether the resolver of the school answers what the world does not."""
    near, outside = answers
    if near.addresses:
        return all(map(_is_nowhere, near.addresses))
    return near.code in {"NXDOMAIN", "NOERROR", "REFUSED"} and bool(outside.addresses)


def _is_nowhere(address: str) -> bool:
    """Return whether an address is of no public site: `0.0.0.0`, a box, a sinkhole."""
    try:
        return not ip_address(address).is_global
    except ValueError:
        return False


def same_targets(pages: Sequence[tuple[str, Page]]) -> frozenset[str]:
    """Return hosts to which several sites of different names are sent."""
    sent = Counter(
        target_of(page)
        for host, page in pages
        if page.status in _MOVED
        # Names of one site have the same last two parts.
        and host.split(".")[-2:] != target_of(page).split(".")[-2:]
    )
    return frozenset(name for name, count in sent.items() if name and count > 1)


def category_verdict(
    verdicts: Sequence[NameVerdict], control: Sequence[NameVerdict]
) -> tuple[bool | None, str]:
    """Return whether a category is blocked, and why nobody knows when it is None."""
    if sum(one is NameVerdict.OPEN for one in control) < LEAST_CONTROL:
        return None, "les sites témoins ne répondent pas"
    blocked = sum(one in BLOCKED for one in verdicts)
    if blocked >= LEAST_BLOCKED:
        return True, ""
    if sum(one is NameVerdict.OPEN for one in verdicts) >= LEAST_BLOCKED:
        return False, ""
    return None, "trop de sites n'ont rien répondu de sûr"


ENGINES: Mapping[str, str] = {
    "www.google.com": "forcesafesearch.google.com",
    "www.youtube.com": "restrict.youtube.com",
    "www.bing.com": "strict.bing.com",
    "duckduckgo.com": "safe.duckduckgo.com",
}
"""Search engine → the name whose address makes its safe search forced."""


def is_forced(
    near: Sequence[str], forced: Sequence[str], outside: Sequence[str]
) -> bool | None:
    """Return whether a safe search is forced by name; None where nothing shows it.

    `near`: where the engine leads here; `forced`: the address that forces; `outside`:
    where the engine leads elsewhere, which may already be that address.
    """
    if not near or not forced or {*forced} & {*outside}:
        return None
    return bool({*near} & {*forced})


@dataclass(frozen=True)
class TryFilter(Probe):
    """Tries the syndicat's basket on the filter of a school."""

    basket: FilterBasket
    name = "filtrage"
    version = "1"
    title = "Filtrage"
    risk = Risk.REQUESTS
    produces = (
        "filtrage.categorie",
        "filtrage.adresses_testees",
        "filtrage.adresses_bloquees",
        "filtrage.safesearch",
        "filtrage.contournable",
    )

    @property
    def _hosts(self) -> tuple[str, ...]:
        kinds = (host for one in self.basket.categories for host in one.hosts)
        return tuple(dict.fromkeys((*self.basket.control, *kinds)))

    def missing(self, setting: Setting) -> str:
        """Return what it lacks: a basket that somebody validated in writing."""
        del setting
        control = len(self.basket.control)
        if self.basket.categories and control >= LEAST_CONTROL:
            return ""
        return (
            "Aucun site d'essai : le syndicat valide par écrit, avec l'académie, des "
            "sites licites et deux sites témoins, et les écrit dans "
            "overlay/mesures.yaml, sous « filtering »."
        )

    def plan(self, setting: Setting) -> ProbePlan:
        """Return a head and two names asked of each site, and the engines' names."""
        ways, count = len(ways_of(setting.host)), len(self._hosts)
        pages = ways * count
        return ProbePlan(
            targets=self._hosts,
            packets=pages + 2 * count + 3 * len(ENGINES),
            down_bytes=pages * 16 * 1024,
            up_bytes=pages * 1024,
            seconds=5.0 + PATIENCE * pages / AT_ONCE / 2,
        )

    async def run(self, setting: Setting) -> AsyncGenerator[ProbeFinding]:
        """Yield each category by each way, the engines, then how to go round it."""
        host, basket = setting.host, self.basket
        answers = await _named(host, self._hosts, basket.resolver)
        urls = {f"https://{one}/": one for one in self._hosts}
        seen: dict[str, dict[str, NameVerdict]] = {}
        verdicts: dict[str, NameVerdict] = {}
        doubts = await pac_doubts(host)
        for way in ways_of(host):
            came = await heads_of(host, tuple(urls), setting.tell, way=way)
            pages = {urls[url]: page for url, page in came.items()}
            common = same_targets([*pages.items()])
            verdicts = {
                one: verdict_of(page, answers[one], common)
                for one, page in pages.items()
            }
            seen[way.name] = verdicts
            for one in basket.categories:
                found = _category(one, verdicts, basket.control, way.name)
                yield replace(found, doubts=doubts)
        # How many sites were tried and blocked, by the way that a browser takes.
        control = [verdicts[one] for one in basket.control]
        if control.count(NameVerdict.OPEN) >= LEAST_CONTROL:
            tried = [verdicts[host] for one in basket.categories for host in one.hosts]
            known = [one for one in tried if one is not NameVerdict.UNKNOWN]
            for key, count in (
                ("filtrage.adresses_testees", len(known)),
                ("filtrage.adresses_bloquees", sum(one in BLOCKED for one in known)),
            ):
                believed = (_NOT_A_PUPIL, *doubts)
                yield ProbeFinding(key, count, "adresse", doubts=believed)
        is_outside = any(one.outside.code for one in answers.values())
        yield await _safe_search(host, basket.resolver if is_outside else "")
        yield replace(await _way_round(host, basket, answers, seen), doubts=doubts)


async def _named(
    host: Host, names: Sequence[str], resolver: str
) -> dict[str, BothAnswers]:
    """Return what the resolver of the school, then one outside, answer to each name.

    Many schools close the way to the latter: silent several times in a row, it is left
    alone, or waiting for it would take all the time there is.
    """
    servers, silent = host.name_servers(), 0
    found: dict[str, BothAnswers] = {}
    for name in names:
        near = await host.ask_name(name, servers[0]) if servers else NameAnswer()
        outside = NameAnswer()
        if silent < _SILENT:
            outside = await host.ask_name(name, resolver)
            silent = 0 if outside.code else silent + 1
        found[name] = BothAnswers(near, outside)
    return found


_SILENT = 3
"""Names in a row that a resolver leaves unanswered, after which none is asked of it."""


_NOT_A_PUPIL = "essayé depuis le portable de l'auditeur, non d'un poste d'élève"


def _category(
    one: FilterCategory,
    verdicts: Mapping[str, NameVerdict],
    control: Sequence[str],
    method: str,
) -> ProbeFinding:
    """Return what a category came to; `control`: names that must be reachable."""
    seen = [verdicts[host] for host in one.hosts]
    is_blocked, doubt = category_verdict(seen, [verdicts[host] for host in control])
    shown = listed([f"{host} {verdicts[host]}" for host in one.hosts])
    return ProbeFinding(
        "filtrage.categorie",
        is_blocked,
        status=MeasureStatus.INCONCLUSIVE if is_blocked is None else MeasureStatus.OK,
        why=f"{one.name} : {doubt or shown}.",
        stats={"n": len(seen), "blocked": sum(each in BLOCKED for each in seen)},
        target=one.name,
        method=method,
    )


async def _safe_search(host: Host, resolver: str) -> ProbeFinding:
    """Return how many engines are forced to a safe search, of those that show it.

    `resolver`: outside of the school; empty where none answers.
    """
    shown: dict[str, bool] = {}
    for engine, forcing in ENGINES.items() if resolver else ():
        near = await host.addresses(engine)
        forced = await host.ask_name(forcing, resolver)
        outside = await host.ask_name(engine, resolver)
        is_safe = is_forced(near, forced.addresses, outside.addresses)
        if is_safe is not None:
            shown[engine] = is_safe
    if not shown:
        return ProbeFinding(
            "filtrage.safesearch",
            status=MeasureStatus.INCONCLUSIVE,
            why="Aucun résolveur extérieur ne répond : rien à comparer.",
        )
    free = [engine for engine, is_safe in shown.items() if not is_safe]
    return ProbeFinding(
        "filtrage.safesearch",
        len(shown) - len(free),
        stats={"n": len(shown)},
        why=f"Recherche libre : {listed(free)}." if free else "",
    )


async def _way_round(
    host: Host,
    basket: FilterBasket,
    answers: Mapping[str, BothAnswers],
    seen: Mapping[str, Mapping[str, NameVerdict]],
) -> ProbeFinding:
    """Return whether what is blocked opens without the proxy, or is named elsewhere."""
    freed = [
        one
        for one, verdict in seen.get("proxy", {}).items()
        if verdict in BLOCKED and seen["direct"][one] is NameVerdict.OPEN
    ]
    if freed:
        told = counted(len(freed), "site bloqué s'ouvre", "sites bloqués s'ouvrent")
        return ProbeFinding(
            "filtrage.contournable",
            value=True,
            why=f"{told} sans le proxy du système.",
            stats={"n": len(freed)},
        )
    lied = [one for one in answers.values() if _is_lied_about(one)]
    outside = [one for one in lied if one.outside.addresses]
    is_udp = any(one.outside.code for one in answers.values())
    is_doh = False
    if basket.doh:  # one harmless name is asked
        page = await host.fetch(f"{basket.doh}?dns={_QUESTION}", seconds=PATIENCE)
        kind = page.headers.get("content-type", "")
        is_doh = page.status == 200 and "dns-message" in kind  # noqa: PLR2004
    if not lied:
        return ProbeFinding(
            "filtrage.contournable",
            status=MeasureStatus.INCONCLUSIVE,
            why=f"Aucun nom n'est bloqué ici ; {_ways_words(is_udp, is_doh)}.",
        )
    told = counted(len(outside), "nom bloqué se résout", "noms bloqués se résolvent")
    return ProbeFinding(
        "filtrage.contournable",
        bool(outside) or is_doh,
        why=f"{told} par {basket.resolver} ; {_ways_words(is_udp, is_doh)}.",
        stats={"n": len(lied), "outside": len(outside)},
        target=basket.resolver,
    )


def _ways_words(is_udp: bool, is_doh: bool) -> str:  # noqa: FBT001
    ways = [
        *(["par le port 53"] if is_udp else []),
        *(["par HTTPS (DoH)"] if is_doh else []),
    ]
    if not ways:
        return "aucun résolveur extérieur ne répond"
    return f"un résolveur extérieur répond {listed(ways)}"


_QUESTION = "AAABAAABAAAAAAAAB2V4YW1wbGUDb3JnAAABAAE"
"""« example.org, A » as RFC 8484 wants it in a URL."""
