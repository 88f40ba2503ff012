"""Waiting for a condition instead of a time."""

import asyncio
from collections.abc import Callable
from functools import partial

from textual._context import visible_screen_stack
from textual.pilot import Pilot

PATIENCE = 25.0
"""Seconds before a condition is given up: only a failure waits so long."""

unseen: list[Pilot[None]] = []
"""The app where keys were pressed since one looked at its screen, if any."""

_SHARE = 5
"""A condition is looked at again after a fifth of the time that it was waited for."""


async def wait_for(
    pilot: Pilot[None], condition: Callable[[], object], description: str = ""
) -> None:
    """Let the app work until a condition holds.

    Raises:
        AssertionError: when it never does; shows the screen as it was.
    """
    loop = asyncio.get_running_loop()
    start = loop.time()
    while True:
        await pilot.pause()
        try:
            if condition():
                return
        except Exception as error:  # noqa: BLE001 - a screen not there yet is no answer
            last: Exception | None = error
        else:
            last = None
        waited = loop.time() - start
        if waited > PATIENCE:
            shown = "\n".join(visible(pilot))
            raise AssertionError(f"never: {description}\n{shown}") from last
        await asyncio.sleep(waited / _SHARE)


async def wait_to_show(pilot: Pilot[None], *texts: str) -> None:
    """Let the app work until each text stands on the screen: a key paints later."""
    seen: list[str] = []

    def stands(text: str) -> bool:
        seen[:] = visible(pilot)
        return _stands(text, seen)

    for text in texts:
        if not _stands(text, seen):
            await wait_for(pilot, partial(stands, text), text)


def visible(pilot: Pilot[None]) -> list[str]:
    """Return the lines on screen, as one reads them; a window lets others show."""
    unseen.clear()
    screen = pilot.app.screen
    visible_screen_stack.set(pilot.app._background_screens)
    strips = screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


def shows(pilot: Pilot[None], text: str) -> bool:
    """Say whether a text stands on one line of the screen, whatever its spaces."""
    return _stands(text, visible(pilot))


def _stands(text: str, lines: list[str]) -> bool:
    wanted = _plain_spaces(text)
    return any(wanted in _plain_spaces(line) for line in lines)


def _plain_spaces(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")
