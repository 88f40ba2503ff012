"""What keeps a key from answering what nobody sees, and an answer from being lost.

A window too small, a file that another program holds or that is no longer in its place,
a signal that ends the program.
"""

import asyncio
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual.app import App, ComposeResult
from textual.events import Resize
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static

from diag.tui.safe import Sturdy
from diag.tui.state import OpenDesk

if TYPE_CHECKING:
    from diag.journal.journal import Journal

LEAST = (36, 10)
"""Columns and rows under which a question is not seen whole with its answer."""

_TOO_SMALL = "Fenêtre trop petite : agrandissez-la. Ce qui est tapé n'est pas pris."
_WAITING = " en attente… un autre programme tient le journal (Échap : renoncer) "
_TURN = 0.1
"""Seconds between two looks at whether the journal is free."""
_PATIENCE = 10.0
"""Seconds after which what was asked is refused; what was typed stays."""

_SECOND = 1.0
_ENDING = ("SIGTERM", "SIGQUIT")
_KEYS = "textual-input"
"""The thread by which Textual reads keys: it ends with the pipe of the page."""


class PutOffError(Exception):
    """The journal is held, and nothing was written yet: to be done again later.

    No refusal: what shows those in its own way must not take it for one.
    """


class TooSmall(Sturdy, ModalScreen[None]):
    """Stands over everything while the window is too small."""

    DEFAULT_CSS = "TooSmall { background: $background; color: $text; }"

    def compose(self) -> ComposeResult:
        yield Static(_TOO_SMALL)

    def on_screen_resume(self) -> None:
        self._leave()

    def on_resize(self) -> None:
        self._leave()

    def _leave(self) -> None:
        app = self.app
        if self.is_current and isinstance(app, GuardedApp) and not app.is_too_small:
            self.dismiss(None)


class GuardedApp(App[None]):
    """A mixin of the app: `class DiagApp(Sturdy, GuardedApp)`."""

    desk: OpenDesk
    """The workspace, and what is opened in it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.signal = 0
        """The signal that ended the app, if one did."""
        self.is_too_small = False
        """Whether the window cannot show a question whole with its answer."""
        self.is_held = False
        """Whether something waits for another program to let go of the journal."""
        self._journal: Journal | None = None
        self._turns: dict[asyncio.Task[Any] | None, int] = {}
        self._free = asyncio.Lock()

    def guard(self) -> None:
        """Watch signals and the place of the file from now on."""
        self.place_timer = self.set_interval(_SECOND, self._check_place)
        if self.is_web:
            self.set_interval(_SECOND, self._end_with_page)
        if sys.platform == "win32":
            return
        loop = asyncio.get_running_loop()
        # Only the main thread takes signals: a test may run elsewhere.
        with suppress(RuntimeError, ValueError):
            # A parent that ignores it would have us spin on a terminal that is gone.
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
            for name in _ENDING:
                loop.add_signal_handler(getattr(signal, name), self._end, name)

    def guard_journal(self, journal: "Journal") -> None:
        """Show what the journal has to show."""
        self._journal = journal
        journal.on_change = lambda words: self.call_later(self._show_change, words)
        journal.show_waits(self._show_wait)

    def release_journal(self) -> None:
        """Wait for it no more: it is about to be closed."""
        self._journal, self.is_held = None, False

    def wait_here(self) -> None:
        """Put nothing off until the message under way is done."""
        with suppress(RuntimeError):  # no loop any more
            self._turns.pop(asyncio.current_task(), None)

    async def patiently(
        self, message: Message, do: Callable[[Message], Awaitable[None]]
    ) -> None:
        """Do what a message asks, again once the journal is free if it was held.

        Only where nothing was written yet. Meanwhile screens live, and keys wait.

        Raises:
            LockedError: another program holds it still, or the user gave up.
        """
        journal, task = self._journal, asyncio.current_task()
        if journal is None:
            await do(message)
            return
        flags = message._no_default_action, message._stop_propagation  # noqa: SLF001 - not published
        while True:
            self._turns[task] = journal.connection.total_changes
            try:
                await do(message)
            except PutOffError:
                message._no_default_action, message._stop_propagation = flags  # noqa: SLF001 - not published
                await self._wait_for(journal)
                journal.check_free()
            else:
                return
            finally:
                self._turns.pop(task, None)

    async def _wait_for(self, journal: "Journal") -> None:
        """Wait until the journal is free, it lasts too long, or the user gives up."""
        from diag.journal.errors import LockedError  # noqa: PLC0415 - first frame

        async with self._free:
            self.is_held, end = True, monotonic() + _PATIENCE
            try:
                while self.is_held and monotonic() < end:
                    with suppress(LockedError):
                        journal.check_free()
                        return
                    self._write_wait()
                    await asyncio.sleep(_TURN)
            finally:
                self.is_held = False
                self.refresh()

    def _show_change(self, words: str) -> None:
        raise NotImplementedError

    def _end(self, name: str) -> None:
        """Leave as the user does: the terminal is given back as it was."""
        self.signal = int(getattr(signal, name))
        self.exit()

    def _end_with_page(self) -> None:
        """Leave when the server of the page is gone: no key can come any more."""
        if not any(thread.name == _KEYS for thread in threading.enumerate()):
            self._end("SIGTERM")

    def _check_place(self) -> None:
        self.desk.check_place()

    def on_resize(self, event: Resize) -> None:
        """Take no key while the window is too small to show what it answers."""
        width, height = event.size
        self.is_too_small = width < LEAST[0] or height < LEAST[1]
        shown = any(isinstance(each, TooSmall) for each in self.screen_stack)
        if self.is_too_small and not shown:
            self.push_screen(TooSmall())

    def _show_wait(self, waiting: bool) -> None:  # noqa: FBT001 - the journal's callback
        """Put off what a message asks, or wait for the journal here: it is shown."""
        if not waiting:
            self.refresh()
            return
        with suppress(RuntimeError):  # no loop: it waits here
            began = self._turns.get(asyncio.current_task())
            journal = self._journal
            if journal and began == journal.connection.total_changes:
                raise PutOffError
        self._write_wait()

    def _write_wait(self) -> None:
        """Write on the last line, past the screens: they may wait too."""
        if self._driver is not None:
            row, words = self.size.height, _WAITING[: self.size.width]
            self._driver.write(f"\x1b7\x1b[{row};1H\x1b[7m{words}\x1b[0m\x1b[K\x1b8")
            self._driver.flush()
