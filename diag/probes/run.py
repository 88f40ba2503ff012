"""One run: the probes of a series, one after the other, cut without losing anything."""

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from platformdirs import user_cache_path

from diag.model.errors import DiagError
from diag.model.measure import (
    MOST_HEARD,
    MOST_OUTPUTS,
    MOST_RAW,
    Authorisation,
    HeardNetwork,
    Measurement,
    MeasureRun,
    MeasureSeries,
)
from diag.probes import (
    MeasureLists,
    Probe,
    ProbeFinding,
    ProbePlan,
    Risk,
    Setting,
    believed,
    silent,
)
from diag.probes.filtering import TryFilter
from diag.probes.line import FEW_TRIES, LatencyProbe, NamesProbe, ThroughputProbe
from diag.probes.machine import ReadConnection
from diag.probes.services import AccessProbe, ReachServices
from diag.probes.wifi import HearWifi

if sys.platform != "win32":
    import fcntl
else:
    import msvcrt


def probes_of(
    series: MeasureSeries, lists: MeasureLists, *, said_off: bool = False
) -> tuple[Probe, ...]:
    """Return the probes of a series, in the order in which they run.

    `said_off`: somebody declared the Wi-Fi of the room off.
    """
    match series:
        case MeasureSeries.QUICK:
            return (
                ReadConnection(),
                NamesProbe(),
                AccessProbe(),
                LatencyProbe(),
                ReachServices(lists.services),
                TryFilter(lists.basket),
            )
        case MeasureSeries.LINE:
            return (ThroughputProbe(),)
        case MeasureSeries.ROOM:
            return (HearWifi(said_off=said_off), LatencyProbe(FEW_TRIES))


_MARGIN = 5.0
"""Seconds of grace over twice what a probe takes as a rule."""

_JUMP = 2.0
"""Seconds between the two clocks from which one of them has jumped."""


class NotAuthorisedError(DiagError):
    """A measure that loads the line, and nobody allowed it in writing."""


@dataclass(frozen=True, slots=True)
class RunStep:
    """One probe of a run: what it would send, or why it cannot."""

    probe: Probe
    plan: ProbePlan
    missing: str = ""
    """French; empty when it can run."""


Progress = Callable[[int, float, str], None]
"""Called with the rank of the step, the share of it done, and a few French words."""


@dataclass(slots=True)
class Runner:
    """A run of several probes; what it measured stays, whatever ends it."""

    setting: Setting
    steps: tuple[RunStep, ...]
    authorisation: Authorisation | None = None
    measurements: list[Measurement] = field(default_factory=list)
    heard: list[HeardNetwork] = field(default_factory=list)
    raw: dict[str, str] = field(default_factory=dict)
    started_at: datetime | None = None
    is_cut: bool = False

    @classmethod
    def of(
        cls,
        setting: Setting,
        probes: Sequence[Probe],
        authorisation: Authorisation | None = None,
    ) -> "Runner":
        """Return a run that has not begun; nothing is sent."""
        steps = tuple(
            RunStep(one, one.plan(setting), one.missing(setting)) for one in probes
        )
        return cls(setting, steps, authorisation)

    @property
    def risk(self) -> Risk:
        """Return the highest risk of what will run."""
        return max((one.probe.risk for one in self._able), default=Risk.LOCAL)

    @property
    def loads(self) -> bool:
        """Return whether it will fill the line."""
        return self.risk >= Risk.LOAD

    def without_load(self) -> "Runner":
        """Return the same run, without what fills the line."""
        kept = tuple(one for one in self.steps if one.probe.risk < Risk.LOAD)
        return Runner(self.setting, kept)

    def able(self) -> "Runner":
        """Return the same run, without what cannot be measured here."""
        return Runner(self.setting, tuple(self._able), self.authorisation)

    @property
    def _able(self) -> list[RunStep]:
        return [one for one in self.steps if not one.missing]

    async def run(self, tell: Progress = silent, *, lock: Path | None = None) -> None:
        """Run the probes, in order, one at a time.

        Cancelled, it stops at once; what was measured is in `measurements`.

        Raises:
            NotAuthorisedError: one of them loads the line without authorisation.
            DiagError: another run is under way on this computer.
        """
        if self.loads and self.authorisation is None:
            raise NotAuthorisedError(
                "Remplir la ligne de l'école demande une autorisation écrite : qui l'a "
                "signée, sa fonction, le jour, ce qu'elle permet, qui a prévenu la "
                "direction. Sans elle, ne mesurez que ce qui ne charge pas la ligne."
            )
        lock = lock or user_cache_path("diag", ensure_exists=True) / "mesures.lock"
        with alone(lock):
            self.started_at = self.setting.host.now()
            try:
                for rank, step in enumerate(self.steps):
                    await self._take(step, lambda *said, at=rank: tell(at, *said))
            except asyncio.CancelledError:
                self.is_cut = True
                raise

    async def _take(self, step: RunStep, tell: Callable[[float, str], None]) -> None:
        """Run one probe to its end, its time-out or its failure; keep what it finds."""
        if step.missing:
            self._keep_why(step, step.missing)
            return
        setting = replace(self.setting, tell=tell)
        given = len(self.measurements)
        longest = 2 * step.plan.seconds + _MARGIN
        tell(0.0, step.probe.title)
        try:
            async with (
                asyncio.timeout(longest),
                aclosing(step.probe.run(setting)) as found,
            ):
                began, mark = self._clocks()
                async for one in found:
                    self._keep(step, one, began, mark)
                    began, mark = self._clocks()
        except TimeoutError:
            self._keep_why(step, f"Arrêtée : plus de {longest:.0f} secondes.")
        except DiagError as error:
            self._keep_why(step, str(error))
        except OSError as error:
            self._keep_why(step, f"Le réseau l'a arrêtée : {error.strerror or error}.")
        if len(self.measurements) == given and not self.heard:
            self._keep_why(step, "Rien n'a répondu.")

    def _clocks(self) -> tuple[datetime, float]:
        return self.setting.host.now(), self.setting.host.monotonic()

    def _keep_why(self, step: RunStep, why: str) -> None:
        """Keep « non concluant » for what a probe was to give and did not."""
        given = {one.key for one in self.measurements}
        for key in map(self.setting.key, step.probe.produces):
            if key not in given:
                self._keep(step, ProbeFinding(key).nothing(why), *self._clocks())

    def _keep(
        self, step: RunStep, found: ProbeFinding, began: datetime, mark: float
    ) -> None:
        ended, now = self._clocks()
        jump = abs((ended - began).total_seconds() - (now - mark))
        if jump > _JUMP:
            found = replace(
                found, stats={**found.stats, "clock_jump_s": round(jump, 1)}
            )
        context = self.setting.context
        level, reasons = believed(found, context)
        self.measurements.append(
            Measurement(
                key=found.key,
                value=found.value,
                unit=found.unit,
                status=found.status,
                why=found.why,
                stats=dict(found.stats),
                target=found.target,
                algorithm=found.algorithm,
                method=found.method,
                probe=step.probe.name,
                probe_version=step.probe.version,
                started_at=began,
                ended_at=ended,
                is_controlled=found.is_own_server and context.is_wired is True,
                confidence=level,
                reasons=reasons,
            )
        )
        self.heard.extend(found.heard)
        for name, out in found.raw.items():
            self.raw[name] = out[: 4 * MOST_RAW].decode("utf-8", "replace")

    def record(self, *, program: str, subject: str, place: str = "") -> MeasureRun:
        """Return the run as it stands: the file that is kept as evidence."""
        mire = self.setting.mire
        return MeasureRun(
            program=program,
            subject=subject,
            place=place,
            room=self.setting.room,
            started_at=self.started_at or self.setting.host.now(),
            server=str(mire or ""),
            authorisation=self.authorisation,
            context=self.setting.context,
            measurements=tuple(self.measurements),
            heard=tuple(self.heard[:MOST_HEARD]),
            raw=dict([*self.raw.items()][:MOST_OUTPUTS]),
            is_cut=self.is_cut,
        )


class StoppableRun:
    """A run in the loop of its own thread: no key waits for a socket."""

    def __init__(self, runner: Runner, place: str) -> None:
        self.runner, self.place = runner, place
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
            place=self.place,
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


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Hold the only run of this computer; a run that dies lets it go.

    Raises:
        DiagError: another one is under way.
    """
    with lock.open("ab") as file:
        try:
            if sys.platform != "win32":
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            else:
                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise DiagError(
                "Une mesure est déjà en cours sur cet ordinateur : deux à la fois se "
                "fausseraient. Attendez sa fin."
            ) from error
        yield
