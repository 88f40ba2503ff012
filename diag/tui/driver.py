"""A Windows driver that keeps AltGr: it takes back the Kitty protocol.

Windows Terminal 1.25 and later, asked for that protocol, sends AltGr+0 as `alt+0`
without its `@` (microsoft/terminal #19977), so `@ # { [ |` could not be typed on a
French keyboard. Textual's Windows driver always asks; elsewhere AltGr works.
"""

import os
import sys

from textual.driver import Driver

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
