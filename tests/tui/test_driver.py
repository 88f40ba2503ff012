"""AltGr on Windows: what the protocol loses, and that our driver does not speak it."""

from collections.abc import Iterator
from contextlib import contextmanager

from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.driver import Driver

from diag.tui.guards import KITTY_OFF, driver_for, without_kitty


def keys_of(raw: str) -> list[tuple[str, str | None]]:
    return [
        (event.key, event.character)
        for event in XTermParser().feed(raw)
        if isinstance(event, events.Key)
    ]


class Written(Driver):
    """Keeps what it is asked to write, in place of a console."""

    def __init__(self, app: "App[None]") -> None:
        super().__init__(app)
        self.written: list[str] = []

    def write(self, data: str) -> None:
        self.written.append(data)

    def flush(self) -> None:
        pass

    def start_application_mode(self) -> None:
        self.write("\x1b[>1u")

    def disable_input(self) -> None:
        pass

    def stop_application_mode(self) -> None:
        pass

    @contextmanager
    def no_automatic_restart(self) -> Iterator[None]:
        yield


def test_with_the_protocol_altgr_zero_is_no_at_sign() -> None:
    assert keys_of("\x1b[48;3u") == [("alt+0", None)]


def test_without_it_altgr_zero_is_an_at_sign() -> None:
    assert keys_of("@") == [("at", "@")]


async def test_our_driver_takes_the_protocol_back_after_asking() -> None:
    driver = without_kitty(Written)(App[None]())
    driver.start_application_mode()

    assert isinstance(driver, Written)
    assert driver.written == ["\x1b[>1u", KITTY_OFF]


def test_only_windows_needs_it() -> None:
    assert driver_for("linux") is None
    assert driver_for("darwin") is None
