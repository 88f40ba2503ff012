"""Names: how long the school's resolver takes, and whether it invents answers."""

from collections.abc import AsyncGenerator
from secrets import token_hex

from diag.model.errors import DiagError
from diag.probes.finding import ProbeFinding
from diag.probes.probe import Probe, ProbePlan, Risk, Setting
from diag.probes.rates import stats_of

LATENCY = "internet.dns_latence"
RESOLVER = "internet.dns_resolveur"
REWRITING = "internet.dns_reecriture"

_CACHED_TRIES, _FRESH_TRIES = 10, 4
_SILENT = 2
"""Questions after which a resolver that has answered none will answer none."""


class NamesProbe(Probe):
    """Asks the resolver for names that it knows, then for names that nobody has."""

    name = "dns"
    version = "1"
    title = "Noms (DNS)"
    risk = Risk.REQUESTS
    produces = (LATENCY, RESOLVER, REWRITING)

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
                if turn == _SILENT and not any(cached):
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
            LATENCY, stats["p50"], "ms", stats=stats, target=server, method="dns-udp"
        )
        if invented:
            yield ProbeFinding(
                REWRITING,
                sum(invented) * 2 > len(invented),
                stats={"n": len(invented), "invented": sum(invented)},
                target=server,
                method="dns-nxdomain",
            )
