"""Throughput down and up, and what a full line does to latency.

Four TCP connections (eight above 300 Mbit/s), two seconds dropped; it stops when
seconds agree. What is given is what is useful: 4 to 5 % under the rate of the line.
"""

import re
from collections.abc import AsyncGenerator
from statistics import median

from diag.model.errors import DiagError
from diag.model.measure import MeasureStatus
from diag.probes.finding import ProbeFinding
from diag.probes.latency import NO_MIRE, address_of
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
from diag.probes.probe import Probe, ProbePlan, Risk, Setting
from diag.probes.server import OWN_SERVER

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
            "La mesure de débit fut trop courte."
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
