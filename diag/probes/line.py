"""The line: latency, names, throughput down and up, and what a full line does.

Latency is a connection to the speed server, with jitter and loss; whether the school's
resolver invents answers is seen with it. Throughput takes four TCP connections (eight
above 300 Mbit/s), two seconds dropped; it stops when seconds agree. What is given is
what is useful: 4 to 5 % under the rate of the line.
"""

import asyncio
import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from secrets import token_hex
from statistics import median

from diag.model.errors import DiagError
from diag.model.measure import MeasureStatus
from diag.probes import Probe, ProbeFinding, ProbePlan, Risk, Setting
from diag.probes.load import (
    MORE_CONNECTIONS,
    PING_EVERY,
    PING_WAIT,
    WARM_UP,
    Load,
    LoadMeasured,
    by_second,
    longest_of,
    rate,
    spread_of_seconds,
    stats_of,
)
from diag.probes.mire import OWN_SERVER

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


DOWN, UP = "internet.debit_descendant", "internet.debit_montant"
LOADED_DOWN = "internet.latence_charge_descendante"
LOADED_UP = "internet.latence_charge_montante"

_DOWN_SHARE = 2 / 3
"""Of the bytes of a run, what the way down may move: few lines are as fast up."""
_RESTED_TRIES = 20
_ENOUGH = 8
"""Stretches a second under which two seconds are not compared: POSTs on ADSL."""
_SHORTEST = 0.5
"""Seconds after the warm-up under which the warm-up has to count."""


class ThroughputProbe(Probe):
    """Fills the line one way, then the other."""

    name = "debit"
    version = "1"
    title = "Débit et latence en charge"
    risk = Risk.LOAD
    produces = (DOWN, LOADED_DOWN, UP, LOADED_UP)

    def missing(self, setting: Setting) -> str:
        """Return why there is nothing to measure against."""
        return "" if setting.mire else NO_MIRE

    def plan(self, setting: Setting) -> ProbePlan:
        """Return the bytes that it may move: what the run still has."""
        left = max(setting.allowance.left, 0)
        down = int(left * _DOWN_SHARE)
        longest = longest_of(setting)
        pings = int(2 * longest / PING_EVERY) + _RESTED_TRIES
        return ProbePlan(
            (setting.mire.target,) if setting.mire else (),
            packets=pings + 2 * MORE_CONNECTIONS,
            down_bytes=down,
            up_bytes=left - down,
            seconds=2 * longest + 2,
        )

    async def run(self, setting: Setting) -> AsyncGenerator[ProbeFinding, None]:
        """Yield each way, then how latency grew meanwhile."""
        mire, host = setting.mire, setting.host
        assert mire is not None
        address = await address_of(setting)
        tries = range(_RESTED_TRIES if address else 0)
        rested = [await host.connect(address, mire.port, PING_WAIT) for _ in tries]
        if not any(rested):
            why = f"{mire.target} ne répond pas : vérifiez son adresse, et le pare-feu."
            raise DiagError(why)
        idle = median(one for one in rested if one is not None)
        for is_up in (False, True):
            share = 1 if is_up else _DOWN_SHARE
            most = int(max(setting.allowance.left, 0) * share)
            load = Load(host, mire, address, most, is_up)
            try:
                measured = await load.run(setting, done=0.5 if is_up else 0.0)
            finally:
                setting.allowance.take(load.moved)
            key, loaded = (UP, LOADED_UP) if is_up else (DOWN, LOADED_DOWN)
            yield _rate_found(setting.key(key), mire.target, load.moved, measured)
            yield _latency_found(setting.key(loaded), mire.target, idle, measured)


def _rate_found(
    key: str, target: str, moved: int, measured: LoadMeasured
) -> ProbeFinding:
    """Return the rate of one way, or why there is none."""
    has_warmed = measured.end > WARM_UP + _SHORTEST
    start, end = (WARM_UP if has_warmed else 0.0), measured.end
    value = rate(measured.stretches, start, end)
    if not value:
        why = (
            "La mire est occupée par d'autres mesures : recommencez dans une minute."
            if measured.is_turned_away
            else "Rien n'est passé : la mire ne sert pas de débit, ou la ligne coupe."
        )
        return ProbeFinding(key, target=target).nothing(why)
    seconds = by_second(measured.stretches, start, end)
    stats = {
        "steady_s": round(end - start, 1) if has_warmed else 0.0,
        "is_settled": float(measured.is_settled),
        "errors": float(measured.errors),
        "bytes": float(moved),
        "connections": float(measured.connections),
        **{f"second_{at}": round(one, 2) for at, one in enumerate(seconds, 1)},
    }
    if len(measured.stretches) > _ENOUGH * measured.end:
        stats["spread"] = round(spread_of_seconds(seconds), 3)
    if measured.nic_ratio is not None:
        stats["nic_ratio"] = round(measured.nic_ratio, 3)
    is_partial = measured.is_short and not measured.is_settled
    return ProbeFinding(
        key,
        round(value, 2),
        "Mbit/s",
        MeasureStatus.PARTIAL if is_partial else MeasureStatus.OK,
        why="Au moins : le volume permis était échangé." if is_partial else "",
        stats=stats,
        target=target,
        algorithm=algorithm_named(measured.server),
        method=f"http-{measured.connections}conn-{'ack' if measured.is_up else 'recv'}",
        is_own_server=measured.server.startswith(OWN_SERVER),
        doubts=("au moins : le volume permis était échangé",) if is_partial else (),
    )


def _latency_found(
    key: str, target: str, idle: float, measured: LoadMeasured
) -> ProbeFinding:
    """Return the latency of a full line; acknowledged uploads give a lower bound."""
    if not measured.waits:
        return ProbeFinding(key, target=target).nothing(
            "La mesure de débit a été trop courte : recommencez-la."
        )
    stats = {**stats_of(measured.waits), "idle": round(idle, 2)}
    value, status, why = stats.get("p50"), MeasureStatus.OK, ""
    if value is None:
        value, status = PING_WAIT * 1000, MeasureStatus.PARTIAL
        why = "Au moins : aucune connexion n'aboutit en 0,9 s, ligne pleine."
    stats["increase"] = round(value - idle, 2)
    return ProbeFinding(
        key,
        value,
        "ms",
        status,
        why,
        stats,
        target,
        algorithm_named(measured.server),
        "tcp-connect",
        is_own_server=measured.server.startswith(OWN_SERVER),
    )


_NAMED = re.compile(rf"^{OWN_SERVER}/\d+ \(([a-z0-9_]{{1,16}})\)$")


def algorithm_named(server: str) -> str:
    """Return the congestion control that our own server names; empty for any other."""
    found = _NAMED.match(server)
    return found[1] if found else ""
