"""What keeps a key from answering what nobody sees, and an answer from being lost.

A window too small, a file that another program holds or that is no longer in its place,
a signal that ends the program, an error that nobody had foreseen.

Textual hands a key at once to what has the focus. A dialog takes the focus some
messages later, an answer brings the next question some messages later: the rest of a
burst would go to the question or the place that is being left. Here a key is let
through when nobody has anything left to do; on Windows, AltGr keeps its signs.
"""

import asyncio
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import App, ComposeResult
from textual.driver import Driver
from textual.events import Resize
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from diag.tui.commands import Command, KeyPlace, Quit, Sturdy
from diag.tui.place import PlaceScreen
from diag.tui.state import OpenDesk
from diag.tui.text import content

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


class Continue(
    Command, keys="enter,escape", title="Reprendre", place=KeyPlace.WINDOW, footer=True
):
    """Rouvrir à l'endroit où vous étiez."""


class CrashScreen(PlaceScreen):
    """Shown when the app comes back after an error that nobody had foreseen."""

    CSS_PATH = "place.tcss"
    OFFERS = (Continue, Quit)

    def __init__(self, log: Path) -> None:
        super().__init__()
        self._log = log

    def body(self) -> ComposeResult:
        detail = (
            f"Le détail est dans le fichier {self._log}\n"
            "Joignez-le si vous signalez le problème."
            if self._log.is_file()
            else f"Le détail n'a pas pu être écrit dans {self._log}"
        )
        yield Static(
            content(
                "Une erreur inattendue s'est produite.\n\n"
                "Tout ce que vous avez saisi est enregistré : rien n'est perdu.\n\n"
                f"{detail}\n\n"
                "Entrée : rouvrir à l'endroit où vous étiez."
            ),
            id="crash",
        )

    def on_mount(self) -> None:
        self.set_title("Erreur inattendue")

    def on_continue(self) -> None:
        self.diag.whereabouts.recover()


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
        self.place_timer = self.set_interval(_SECOND, self.desk.check_place)
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
        """Show when another program holds the journal, and wait for it."""
        self._journal = journal
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

    def _end(self, name: str) -> None:
        """Leave as the user does: the terminal is given back as it was."""
        self.signal = int(getattr(signal, name))
        self.exit()

    def _end_with_page(self) -> None:
        """Leave when the server of the page is gone: no key can come any more."""
        if not any(thread.name == _KEYS for thread in threading.enumerate()):
            self._end("SIGTERM")

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


_KEY_PATIENCE = 5.0
"""Seconds after which a key goes through all the same: no keyboard is ever locked."""

_TURNS = 3
"""Turns of the loop at rest: a worker that was just asked for has begun by then."""

_BRIEF = 50
"""Turns of the loop that are waited for without a pause."""

_PAUSE = 0.002


class TypedAhead:
    """The keys of an app that wait for their turn, in the order in which they came."""

    def __init__(self, app: App[None]) -> None:
        self._app = app
        self._waiting: deque[events.Event] = deque()
        self._let: deque[events.Event] = deque()
        self._task: asyncio.Task[None] | None = None

    def keeps(self, event: events.Event) -> bool:
        """Keep a key for its turn; False when its turn has come."""
        if self._let and event is self._let[0]:
            self._let.popleft()
            return False
        self._waiting.append(event)
        if self._task is None:
            self._task = asyncio.create_task(self._let_through())
        return True

    def forget(self) -> None:
        """Drop what waits: the place that it was for does not come."""
        self._waiting.clear()

    def close(self) -> None:
        """Let go of what waits: the app ends."""
        self.forget()
        if self._task is not None:
            self._task.cancel()

    async def _let_through(self) -> None:
        try:
            while self._waiting:
                await self._rest()
                if self._waiting:
                    self._let_one()
                while self._waiting and self._only_types(self._waiting[0]):
                    self._let_one()
        finally:
            self._task = None

    def _let_one(self) -> None:
        event = self._waiting.popleft()
        self._let.append(event)
        self._app.post_message(event)

    def _only_types(self, event: events.Event) -> bool:
        """Say whether a key is one more letter of a field, where letters only type.

        A long text that a terminal pastes letter by letter does not wait for each.
        """
        before, field = self._let[-1], self._app.focused
        return (
            isinstance(field, Input)
            and not getattr(field, "answers", False)
            and all(
                isinstance(one, events.Key) and one.is_printable
                for one in (before, event)
            )
        )

    async def _rest(self) -> None:
        """Wait until everybody waits; the loop is left to them meanwhile."""
        end, at_rest, turn = monotonic() + _KEY_PATIENCE, 0, 0
        app = self._app
        # While what a key asked for waits for another program, no key goes through.
        while at_rest < _TURNS and (
            getattr(app, "is_held", False) or monotonic() < end
        ):
            turn += 1
            await asyncio.sleep(0 if turn < _BRIEF else _PAUSE)
            screen = app.screen_stack[-1]
            # Whoever may still move the focus: the app, and its screen's widgets.
            is_at_rest = (
                not getattr(screen, "holds_keys", False)
                and _waits(app)
                and all(map(_waits, screen.walk_children(with_self=True)))
            )
            at_rest = at_rest + 1 if is_at_rest else 0


def _waits(pump: MessagePump) -> bool:
    """Return whether a pump is idle: mounted, its task asleep on its queue."""
    # Textual does not publish whether a pump is at work, and asyncio's count of what is
    # unfinished is wrong for it: a message that replaces another counts as done once.
    if pump._closed:  # noqa: SLF001 - not published
        return True
    queue: asyncio.Queue[Message | None]
    queue = pump._message_queue  # noqa: SLF001 - not published
    asleep = bool(getattr(queue, "_getters", True))
    return asleep and queue.empty() and pump.is_running


# Windows Terminal 1.25 and later, asked for that protocol, sends AltGr+0 as `alt+0`
# without its `@` (microsoft/terminal #19977), so `@ # { [ |` could not be typed on a
# French keyboard. Textual's Windows driver always asks; elsewhere AltGr works.
KITTY_OFF = "\x1b[<u"
"""Takes one request for the Kitty keyboard protocol off the terminal's stack."""


def without_kitty(base: type[Driver]) -> type[Driver]:
    """Return `base`, made to drop the protocol as soon as it has asked for it."""

    class WithoutKitty(base):  # type: ignore[misc,valid-type] # the base is chosen at run time
        """Textual's driver, AltGr kept."""

        def start_application_mode(self) -> None:
            """Start as the base does, then take the protocol back."""
            super().start_application_mode()
            self.write(KITTY_OFF)
            self.flush()

    return WithoutKitty


def driver_for(platform: str = sys.platform) -> type[Driver] | None:
    """Return the driver to run with; None for Textual's own choice."""
    if platform != "win32" or "TEXTUAL_DRIVER" in os.environ:  # a browser has its own
        return None
    # Imports only on Windows: it loads the console's library.
    from textual.drivers.windows_driver import WindowsDriver  # noqa: PLC0415

    return without_kitty(WindowsDriver)
