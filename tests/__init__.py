"""The tests, and the programs that they start: none depends on this machine.

They have a home of their own, which ends with the run, no keyring, UTC, French from the
program alone, no screen, and a disk that nobody doubts: memory, where the system lends
some, unless `TMPDIR` names a folder. To write on a disk what is thrown away took a
tenth of the processor, and most of the waiting.
"""

import os
import tempfile
import time
from pathlib import Path
from shutil import disk_usage
from tempfile import TemporaryDirectory

_OURS = {
    *("DIAG_TESTS_ENCRYPTED", "DIAG_LAPTOPS", "DIAG_REVISIONS"),
    *("DIAG_CORRUPTIONS", "DIAG_CORRUPTIONS_FROM"),
}
"""Variables by which a person asks for other tests."""
_PREFIXES = ("DIAG_", "LC_", "XDG_", "TEXTUAL", "PYTHON_KEYRING_")
_NAMES = {
    *("LANG", "LANGUAGE", "TZ", "DICPATH", "COLUMNS", "LINES", "TERM", "COLORTERM"),
    *("NO_COLOR", "FORCE_COLOR", "BROWSER", "DISPLAY", "WAYLAND_DISPLAY"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
}
_MEMORY = Path("/dev/shm")
_ROOM = 2**31
"""Bytes: four times what a run was seen to hold at once."""


def _is_of_this_machine(name: str) -> bool:
    upper = name.upper()
    return name not in _OURS and (upper in _NAMES or upper.startswith(_PREFIXES))


def _lends_enough(memory: Path) -> bool:
    """Say whether files can be kept, and programs run, in this folder of a system."""
    if not os.access(memory, os.W_OK) or disk_usage(memory).free < _ROOM:
        return False
    return not os.statvfs(memory).f_flag & os.ST_NOEXEC


if "TMPDIR" not in os.environ and _lends_enough(_MEMORY):
    os.environ["TMPDIR"] = str(_MEMORY)
    tempfile.tempdir = None  # chosen anew, and by the programs that tests start

_home = TemporaryDirectory(prefix="diag-tests-home-", ignore_cleanup_errors=True)
for _name in filter(_is_of_this_machine, [*os.environ]):
    del os.environ[_name]
os.environ |= {
    "HOME": _home.name,
    "USERPROFILE": _home.name,
    "LOCALAPPDATA": _home.name,
    "LANG": "C.UTF-8",
    "TZ": "UTC0",
    "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    "DIAG_ANY_DISK": "1",
}
if hasattr(time, "tzset"):
    time.tzset()
