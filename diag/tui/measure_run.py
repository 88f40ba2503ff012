"""A run asked for on a screen: its terms, its plan, a thread of its own that stops.

What it reaches of the world comes from `make_host` alone, so that a test gives another.
"""

import asyncio
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, NamedTuple

from diag.audit.evidence import (
    kept_runs,
    last_terms,
    measured_value,
    ssids_of,
    terms_from,
)
from diag.audit.session import AuditSession
from diag.model.audit import Place
from diag.model.measure import (
    HEARD,
    SAID_OFF,
    Authorisation,
    MeasureRun,
    MeasureSeries,
)
from diag.probes import MeasureLists
from diag.probes.radio import HIDDEN, names_of, read_room, room_words
from diag.tui.dialogs import Field, FormDialog

if TYPE_CHECKING:
    from diag.probes.host import Host
    from diag.probes.run import Runner


@dataclass(frozen=True, slots=True)
class MeasureAsked:
    """A series that somebody asked for."""

    series: MeasureSeries
    place: Place | None = None
    said_off: bool = False
    mire: str = ""
    is_metered: bool = False
    authorisation: Authorisation | None = None


_TOLD = "qui a prévenu la direction, et comment"


class AuthorisationDialog(FormDialog):
    """Who let the line be filled, in writing; what was written last is there."""

    def __init__(self, session: AuditSession, mire: str) -> None:
        super().__init__("Débit : l'autorisation écrite, et le serveur de mesure")
        self._last = last_terms(session)
        self._mire = self._last.mire or mire
        self.given: tuple[str, bool, Authorisation] | None = None
        """Server, whether the line is paid by volume, who allowed it."""

    def options(self) -> tuple[tuple[str, str], ...]:
        return (
            ("fixe", "Ligne fixe : 300 Mo au plus"),
            ("volume", "4G, payée au volume : 30 Mo au plus"),
        )

    def fields(self) -> tuple[Field, ...]:
        last = self._last.authorisation
        return (
            Field("mire", "Mire", self._mire, "https://mire.mon-syndicat.fr"),
            Field("by", "Signée par", last.by if last else ""),
            Field("role", "Fonction", last.role if last else "", "maire, adjointe…"),
            Field("on", "Le", last.on if last else "", "2026-09-02"),
            Field("scope", "Permet", last.scope if last else "", "débit, ce matin"),
            Field("told", "Prévenue par", last.told if last else "", _TOLD),
        )

    def keep(self) -> str:
        """Return the server, once all is written.

        Raises:
            DiagError: something is missing.
        """
        names = ("by", "role", "on", "scope", "told")
        mire, signed = terms_from(
            self.value("mire"), {name: self.value(name) for name in names}
        )
        self.given = mire, self.chosen == "volume", signed
        return mire


def prepare(asked: MeasureAsked, lists: MeasureLists) -> "Runner":
    """Read the connection, and what would be sent; nothing is. Takes a second or two.

    Raises:
        DiagError: what was written is no server.
    """
    # The extra `probes`, 200 ms.
    from diag.probes import Allowance, Setting  # noqa: PLC0415
    from diag.probes.machine import context_of  # noqa: PLC0415
    from diag.probes.mire import mire_at  # noqa: PLC0415
    from diag.probes.run import Runner, probes_of  # noqa: PLC0415

    host = make_host()
    setting = Setting(
        host,
        mire=mire_at(asked.mire) if asked.mire else None,
        room=asked.place.name if asked.place else "",
        context=asyncio.run(context_of(host)),
        allowance=Allowance.of(is_metered=asked.is_metered),
    )
    probes = probes_of(asked.series, lists, said_off=asked.said_off)
    runner = Runner.of(setting, probes, asked.authorisation)
    # In a room, one does not want to hear of what is not there.
    return runner.able() if asked.series is MeasureSeries.ROOM else runner


class StoppableRun:
    """A run in the loop of its own thread: no key waits for a socket."""

    def __init__(self, asked: MeasureAsked, runner: "Runner") -> None:
        self.asked, self.runner = asked, runner
        self._cancel: Callable[[], object] | None = None
        self._is_stopped = False
        self._going_on = threading.Lock()

    def run(self, subject: str, tell: Callable[[str], object]) -> MeasureRun:
        """Run to the end, or until it is stopped; return what was measured.

        Raises:
            DiagError: not allowed, or another run is under way.
        """
        with self._going_on:
            asyncio.run(self._run(tell))
            return self._record(subject)

    def ended(self, subject: str) -> MeasureRun:
        """Stop, wait until nothing is sent any more, and return what was measured."""
        self.stop()
        with self._going_on:
            return self._record(subject)

    def _record(self, subject: str) -> MeasureRun:
        return self.runner.record(
            program=f"diag {version('diag')}",
            subject=subject,
            place=self.asked.place.id if self.asked.place else "",
        )

    async def _run(self, tell: Callable[[str], object]) -> None:
        steps = self.runner.steps

        def show_step(rank: int, share: float, words: str) -> None:
            done = round(100 * (rank + share) / max(len(steps), 1))
            title = steps[rank].probe.title
            parts = (f"{done}\u00a0%", title, words if words != title else "")
            tell(" · ".join(filter(None, parts)))

        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        self._cancel = lambda: loop.call_soon_threadsafe(task.cancel)
        if not self._is_stopped:
            with suppress(asyncio.CancelledError):
                await self.runner.run(show_step)

    def stop(self) -> None:
        """Stop at once, from another thread; what was measured stays."""
        self._is_stopped = True
        if self._cancel:
            with suppress(RuntimeError):  # its loop is over already
                self._cancel()


class RoomResult(NamedTuple):
    """What one reads of a room, from two metres."""

    figure: str
    """Strength in dBm; empty where there is none."""
    verdict: str
    remarks: tuple[str, ...]


def heard_rooms(session: AuditSession) -> dict[str, RoomResult]:
    """Return the id of each room that was listened to, and its last result."""
    ours, found = ssids_of(session), dict[str, RoomResult]()
    for run in kept_runs(session):
        if any(one.key == HEARD for one in run.measurements):
            found.setdefault(run.place, room_result(run, ours))
    return found


def room_result(run: MeasureRun, ours: Collection[str]) -> RoomResult:
    """Return the result of a room, once the school's own networks are known."""
    by_key = {one.key: one for one in run.measurements}
    heard = by_key.get(HEARD)
    why = heard.why if heard else ""
    scans = int(heard.stats.get("scans", 1)) if heard else 0
    room = read_room(run.heard, ours, scans)
    verdict, *remarks = room_words(room, said_off=SAID_OFF in by_key)
    if heard is None or heard.value is None:
        return RoomResult("", "Non concluant", (why or "Arrêté avant la fin.",))
    if why and heard.value and not names_of(run.heard):  # its system hides them
        return RoomResult("", HIDDEN, (why,))
    if why:
        remarks = [why]
    waited, lost = by_key.get("wifi.latence"), by_key.get("wifi.perte")
    if waited and waited.value is not None and lost and lost.value is not None:
        told = f"{measured_value(waited)}, {measured_value(lost)} de pertes"
        remarks.append(f"Jusqu'à la mire : {told}.")
    best = room.best
    figure = "" if best is None or best.dbm is None else str(best.dbm)
    return RoomResult(figure, verdict, tuple(remarks))


def plan_words(runner: "Runner", stop: str) -> str:
    """Return what a run would send; `stop`: the key that ends it."""
    plans = [one.plan for one in runner.steps if not one.missing]
    missing = [
        f"{one.probe.title} : {one.missing}" for one in runner.steps if one.missing
    ]
    targets = ", ".join(dict.fromkeys(each for one in plans for each in one.targets))
    mega = sum(one.down_bytes + one.up_bytes for one in plans) / 1e6
    seconds = sum(one.seconds for one in plans)
    sent = f"Vers {targets} : {mega:.0f} Mo au plus, {seconds:.0f} s environ."
    return "\n".join((sent, _FULL, *missing, f"{stop} arrête aussitôt."))


_FULL = (
    "La ligne de l'école sera pleine pendant ce temps : la classe qui s'en sert sera "
    "gênée, et faussera la mesure. Mieux vaut l'école vide, et trois mesures à deux "
    "moments de la visite."
)


def make_host() -> "Host":
    """Return this computer, as probes see it."""
    from diag.probes.host import Host  # noqa: PLC0415 - the extra

    return Host()
