"""Whether the line is paid by volume, as the system of this computer has it."""

import subprocess
import sys
from typing import Final

LIGHT: Final = 64 * 1024
"""Bytes of the largest attachment that passes there unasked: a thumbnail is smaller."""

_PATIENCE = 5.0
"""Seconds that the system is waited for."""

_POWERSHELL: Final = (
    "[Windows.Networking.Connectivity.NetworkInformation,Windows,"
    "ContentType=WindowsRuntime]::GetInternetConnectionProfile()"
    ".GetConnectionCost().NetworkCostType"
)

_COMMANDS: Final = {
    "linux": (
        *("busctl", "get-property", "org.freedesktop.NetworkManager"),
        *("/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager"),
        "Metered",
    ),
    "win32": (
        *("powershell", "-NoProfile", "-NonInteractive", "-Command"),
        _POWERSHELL,
    ),
}
"""What asks each system; macOS has no command that tells."""

_METERED: Final = frozenset({"u 1", "u 3", "Fixed", "Variable"})
"""Answers: NetworkManager's « yes » and « guessed yes », Windows' kinds of cost."""

_NO_WINDOW: Final = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""On Windows, a command would open a console over the screens."""


def is_metered() -> bool:
    """Say whether the line is paid by volume; no where the system does not know."""
    command = _COMMANDS.get(sys.platform)
    if command is None:
        return False
    try:
        done = subprocess.run(  # noqa: S603 - the system's own, no word of anybody's
            command,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
            creationflags=_NO_WINDOW,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.stdout.decode("ascii", "replace").strip() in _METERED
