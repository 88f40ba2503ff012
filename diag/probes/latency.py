"""Latency: how long a connection to the speed server takes, and an answer of names.

With jitter and loss; and whether the school's resolver invents answers.
"""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from secrets import token_hex

from diag.model.errors import DiagError
from diag.probes.finding import ProbeFinding
from diag.probes.load import stats_of
from diag.probes.probe import Probe, ProbePlan, Risk, Setting

LATENCY, JITTER, LOSS = "internet.latence", "internet.gigue", "internet.perte"

TRIES = 200
"""Enough for « none lost » to mean less than 1.4 %; 20 would mean less than 12."""
FEW_TRIES = 60
"""Enough in a room, where one does not wait: « none lost » means less than 5 %."""
GAP = 0.05
"""Seconds between two."""
WAIT = 0.9
"""Seconds after which one is lost: at one second the system asks again, unseen."""
_USUAL_WAIT = 0.05
_METHOD = "tcp-connect"

NO_MIRE = "Aucune mire n'est donnée : dites l'adresse du serveur de mesure du syndicat."


class LatencyProbe(Probe):
    """Opens and closes a connection, two hundred times or fewer."""

    name = "latence"
    version = "1"
    title = "Latence, gigue et pertes"
    risk = Risk.REQUESTS
    produces = (LATENCY, JITTER, LOSS)

    def __init__(self, tries: int = TRIES) -> None:
        self._tries = tries

    def missing(self, setting: Setting) -> str:
        """Return why there is nothing to connect to, or nothing to learn of a room."""
        if setting.room and setting.context.is_wired:
            return "Branché par câble : la latence d'une salle se mesure en Wi-Fi."
        return "" if setting.mire else NO_MIRE

    def plan(self, setting: Setting) -> ProbePlan:
        """Return its connections."""
        targets = (setting.mire.target,) if setting.mire else ()
        seconds = self._tries * (GAP + _USUAL_WAIT)
        return ProbePlan(targets, self._tries, seconds=seconds)

    async def run(self, setting: Setting) -> AsyncGenerator[ProbeFinding, None]:
        """Yield the median, the jitter and the share of losses."""
        assert setting.mire is not None
        target, host = setting.mire.target, setting.host
        address = await address_of(setting)
        if not address:
            raise DiagError(
                f"Le nom {setting.mire.host} ne se résout pas : vérifiez la mire."
            )
        waits: list[float | None] = []
        until = host.monotonic() + 2 * self.plan(setting).seconds
        for done in range(self._tries):
            waits.append(await host.connect(address, setting.mire.port, WAIT))
            words = f"{done + 1} connexions sur {self._tries}"
            setting.tell((done + 1) / self._tries, words)
            if done + 1 == _SILENT and not any(waits):
                break  # a server that is not there
            if host.monotonic() > until:
                break  # by satellite, or on a line that loses much: fewer tell enough
            await asyncio.sleep(GAP)
        stats = stats_of(waits)
        if "p50" not in stats:
            raise DiagError(
                f"{target} ne répond pas : vérifiez son adresse, et le pare-feu."
            )
        loss = round(100 * stats["lost"] / stats["n"], 2)
        for key, value, unit in (
            (LATENCY, stats["p50"], "ms"),
            (JITTER, stats["jitter"], "ms"),
            (LOSS, loss, "%"),
        ):
            known = ProbeFinding(setting.key(key), value, unit, stats=stats)
            yield replace(known, target=target, method=_METHOD)


_SILENT = 5
"""Connections lost from the first on, after which nothing is there."""


async def address_of(setting: Setting) -> str:
    """Return the address of the speed server, IPv4 first; empty for none."""
    assert setting.mire is not None
    found = await setting.host.addresses(setting.mire.host)
    return next((one for one in found if ":" not in one), "") or next(iter(found), "")


NAMES_LATENCY = "internet.dns_latence"
RESOLVER = "internet.dns_resolveur"
REWRITING = "internet.dns_reecriture"

_CACHED_TRIES, _FRESH_TRIES = 10, 4
_SILENT_NAMES = 2
"""Questions after which a resolver that has answered none will answer none."""


class NamesProbe(Probe):
    """Asks the resolver for names that it knows, then for names that nobody has."""

    name = "dns"
    version = "1"
    title = "Noms (DNS)"
    risk = Risk.REQUESTS
    produces = (NAMES_LATENCY, RESOLVER, REWRITING)

    def missing(self, setting: Setting) -> str:
        """Return that this computer has no resolver."""
        if setting.host.name_servers():
            return ""
        return "Cet ordinateur n'a pas de résolveur de noms : il n'a pas de réseau."

    def plan(self, setting: Setting) -> ProbePlan:
        """Return its questions to the first resolver."""
        first = setting.host.name_servers()[:1]
        count = len(setting.names) * (_CACHED_TRIES + _FRESH_TRIES)
        targets = tuple(f"résolveur {one}" for one in first)
        return ProbePlan(targets, count, seconds=0.1 * count)

    async def run(self, setting: Setting) -> AsyncGenerator[ProbeFinding, None]:
        """Yield who answers, in how long, and whether unknown names have an address."""
        server = setting.host.name_servers()[0]
        yield ProbeFinding(RESOLVER, server, target=server, method="dns-udp")
        cached: list[float | None] = []
        fresh: list[float | None] = []
        invented: list[bool] = []
        until = setting.host.monotonic() + 2 * self.plan(setting).seconds
        for done, name in enumerate(setting.names):
            if setting.host.monotonic() > until:
                break  # a resolver far away: fewer names tell enough
            setting.tell(done / len(setting.names), name)
            for turn in range(_CACHED_TRIES):
                answer = await setting.host.ask_name(name, server)
                if turn:  # the first one may have filled the cache
                    cached.append(answer.ms)
                if turn == _SILENT_NAMES and not any(cached):
                    raise DiagError(f"Le résolveur {server} ne répond pas.")
            for _ in range(_FRESH_TRIES):
                unknown = f"diag-{token_hex(8)}.{name}"
                answer = await setting.host.ask_name(unknown, server)
                fresh.append(answer.ms)
                if answer.code:
                    invented.append(bool(answer.addresses))
        stats = stats_of(cached)
        if "p50" in (uncached := stats_of(fresh)):
            stats |= {
                f"uncached_{one}": uncached[one] for one in ("p50", "p95", "lost")
            }
        yield ProbeFinding(
            NAMES_LATENCY,
            stats["p50"],
            "ms",
            stats=stats,
            target=server,
            method="dns-udp",
        )
        if invented:
            yield ProbeFinding(
                REWRITING,
                sum(invented) * 2 > len(invented),
                stats={"n": len(invented), "invented": sum(invented)},
                target=server,
                method="dns-nxdomain",
            )
