"""Syncs that nobody asks for: at start, when one rests, when one quits.

A thread with a connection of its own, which stops when the app ends. Nothing
moves on screen but what a sync brings; who has no network is left alone, longer each
time. Whoever quits while something is to be sent is asked, and nobody waits.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Final

from diag.model.errors import DiagError

if TYPE_CHECKING:
    from diag.sync.exchange import SyncResult
    from diag.workspace.workspace import World

TICK: Final = 10.0
"""Seconds between two looks at the clock."""

_MINUTE = 60.0
_AFTER_START = 20.0
"""Seconds for the app to open, and its user to choose."""

_REST = 10 * _MINUTE
"""Seconds without a key, after which what was typed goes to the office."""

_LONGEST = 60 * _MINUTE
"""Seconds between two tries, at most."""

_LINES = 500
"""Most lines of a commit: who types meanwhile waits about 40 ms."""

_PATIENCE = 2.0
"""Seconds that the end of the app waits for a request in progress."""

_UNFORESEEN = "La synchronisation s'est arrêtée sur une erreur imprévue."

Ended = Callable[[Sequence["SyncResult"]], object]


class BackgroundSync:
    """When the next sync is due, and the thread that runs it."""

    def __init__(
        self,
        folder: Path,
        world: Callable[[], "World"],
        ended: Ended,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.folder = folder
        self._world = world
        self._ended = ended
        self._clock = clock
        self._begun = self._touched = clock()
        self._tried: float | None = None
        self._failures = 0
        self.progress: tuple[str, int, int] | None = None
        """How far the sync under way is: its phase, what is done, what there is."""
        self.problem = ""
        """Why the last sync left something behind, in French; empty when it did not."""
        self._stopped = Event()
        self._thread: Thread | None = None

    def touch(self) -> None:
        """Note that a key was typed."""
        self._touched = self._clock()

    @property
    def is_due(self) -> bool:
        """Whether it is time: at start, at rest, or after a failure, longer each time.

        At rest, once: nothing is asked again until somebody typed, or an hour passed.
        """
        now = self._clock()
        if self._tried is None:
            return now - self._begun >= _AFTER_START
        since = now - self._tried
        if self._failures:
            return since >= min(_MINUTE * (1 << (self._failures - 1)), _LONGEST)
        rests = now - self._touched >= _REST
        return rests and (self._touched > self._tried or since >= _LONGEST)

    @property
    def is_running(self) -> bool:
        """Whether a sync is under way."""
        return self._thread is not None and self._thread.is_alive()

    def tick(self) -> None:
        """Begin a sync if one is due."""
        if self.is_due:
            self.begin()

    @property
    def is_let_in(self) -> bool:
        """Whether a hub knows this laptop, and lets it in as far as is known."""
        is_known = any((self.folder / "hubs").glob("*.json"))
        return is_known and not self._stopped.is_set()

    def begin(self) -> None:
        """Begin a sync, unless one is under way or nobody would answer."""
        if self.is_running or self._stopped.is_set():
            return
        self._tried = self._clock()
        self.progress, self.problem = None, ""
        if self.is_let_in:
            # A request may last half a minute: the app does not wait for it to leave.
            self._thread = Thread(target=self._run, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Have what is under way stop after its request; what passed is kept."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(_PATIENCE)

    def _run(self) -> None:
        # HTTP and the journal: 200 ms, in this thread.
        from diag.office import sync  # noqa: PLC0415
        from diag.workspace.workspace import Workspace  # noqa: PLC0415

        try:
            with Workspace.open(self.folder, self._world()) as workspace:
                outcomes = sync.run(
                    workspace,
                    self._watch,
                    self._stopped.is_set,
                    commit_lines=_LINES,
                )
        except DiagError as error:  # it is told to who asks
            self._failures += 1
            self.problem = str(error)
            return
        except Exception:  # the next try may pass, and nobody looks at this thread
            self._failures += 1
            self.problem = _UNFORESEEN
            with suppress(OSError):  # a folder that refuses its log
                logging.getLogger("diag").exception("background sync")
            return
        self.problem = "\n".join(filter(None, map(sync.what_stays, outcomes)))
        if any(outcome.problem for outcome in outcomes):
            self._failures += 1
        else:
            self._failures = 0
        if not self._stopped.is_set():
            self._ended(outcomes)
        if any(outcome.is_barred for outcome in outcomes):
            self._stopped.set()

    def _watch(self, phase: str, done: int, total: int) -> None:
        self.progress = phase, done, total
