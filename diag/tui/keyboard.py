"""Keys as they come: each waits until what the key before it asked for is there.

Textual hands a key at once to what has the focus. A dialog takes the focus some
messages later, an answer brings the next question some messages later: the rest of a
burst would go to the question or the place that is being left. Here a key is let
through when nobody has anything left to do; on Windows, AltGr keeps its signs.
"""

import asyncio
import os
import sys
from collections import deque
from collections.abc import Iterator
from time import monotonic

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widgets import Input

_PATIENCE = 5.0
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
        end, at_rest, turn = monotonic() + _PATIENCE, 0, 0
        while at_rest < _TURNS and (self._is_held or monotonic() < end):
            turn += 1
            await asyncio.sleep(0 if turn < _BRIEF else _PAUSE)
            at_rest = at_rest + 1 if self._is_at_rest() else 0

    @property
    def _is_held(self) -> bool:
        """Whether what a key asked for waits for another program."""
        return bool(getattr(self._app, "is_held", False))

    def _is_at_rest(self) -> bool:
        screen = self._app.screen_stack[-1]
        return not getattr(screen, "holds_keys", False) and all(
            map(_waits, self._pumps(screen))
        )

    def _pumps(self, screen: Screen[object]) -> Iterator[MessagePump]:
        """Give whoever may still move the focus: the app, and its screen's widgets."""
        yield self._app
        yield from screen.walk_children(with_self=True)


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
