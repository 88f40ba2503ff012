"""A real terminal around the real program: a pty that pyte draws, and no waiting.

One waits for a condition of the screen, with a deadline; never for a time.
"""

import contextlib
import errno
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Self

import pyte

_SPACES = {0xA0: " ", 0x202F: " "}
PATIENCE = 180.0
"""Seconds after which a condition that does not hold is given up: a loaded machine is
slow, and only a failure waits so long."""

_LOOK = 0.1
"""Seconds after which one looks again for what no terminal draws, as in a journal."""

_NOT_DRAWN = re.compile(
    rb"\x1b\[[<>=?][0-9;]*[$]?[a-zA-Z]|\x1b[P_].*?\x1b\\", re.DOTALL
)
"""Private modes and questions to the terminal, which pyte would draw as text."""
_UNFINISHED = re.compile(rb"\x1b(\[[0-9;<>=?$]*|[P_][^\x1b]*)?$")


class Terminal:
    """A program in a pty, and what it shows."""

    def __init__(
        self,
        words: Sequence[str],
        home: Path,
        size: tuple[int, int] = (80, 24),
    ) -> None:
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self._rest = b""
        self.written = 0
        """Bytes that the program wrote so far."""
        self.master, slave = pty.openpty()
        self.resize(*size)
        environment = {**os.environ, "DIAG_HOME": str(home), "TERM": "xterm-256color"}
        environment |= {"COLORTERM": "truecolor", "PYTHONUTF8": "1"}
        self.process = subprocess.Popen(
            list(words),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
            preexec_fn=_control,  # noqa: PLW1509 - the terminal must be its own
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()
        self.hang_up()

    @property
    def lines(self) -> list[str]:
        """The screen, line by line."""
        return [line.rstrip() for line in self.screen.display]

    def shows(self, text: str) -> bool:
        """Say whether a text stands on one line, no-break spaces read as others."""
        wanted = text.translate(_SPACES)
        return any(wanted in line.translate(_SPACES) for line in self.lines)

    def send(self, text: str) -> None:
        """Type."""
        with contextlib.suppress(OSError):  # it was killed meanwhile
            os.write(self.master, text.encode())

    def read(self, timeout: float) -> bool:
        """Draw what comes within a time; say whether anything did."""
        ready, _, _ = select.select([self.master], [], [], max(timeout, 0))
        if not ready:
            return False
        try:
            data = os.read(self.master, 65_536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return False
        self._draw(data)
        return bool(data)

    def wait_for(self, condition: Callable[[], object], what: str) -> None:
        """Draw until a condition holds.

        Raises:
            AssertionError: when it does not in time; shows the screen.
        """
        end = monotonic() + PATIENCE
        while not condition():
            if not self.read(min(end - monotonic(), _LOOK)) and monotonic() >= end:
                raise AssertionError(f"never: {what}\n" + "\n".join(self.lines))
            if self.process.poll() is not None and not self.read(0):
                raise AssertionError(f"ended before: {what}\n" + "\n".join(self.lines))

    def settle(self, quiet: float = 0.15) -> None:
        """Draw until nothing comes for a while and the program waits for a key.

        Raises:
            AssertionError: when it never rests; shows the screen.
        """
        end = monotonic() + PATIENCE
        while self.read(quiet) or not self._is_waiting():
            if monotonic() >= end:
                raise AssertionError("never at rest\n" + "\n".join(self.lines))

    def wait_for_end(self) -> int:
        """Wait until the program has ended; return its exit code.

        Raises:
            AssertionError: when it goes on.
        """
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise AssertionError("the program goes on") from None

    def resize(self, columns: int, lines: int) -> None:
        """Change the terminal's size; the program is told by the system."""
        self.screen.resize(lines, columns)
        size = struct.pack("HHHH", lines, columns, 0, 0)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, size)

    def kill(self) -> None:
        """Kill the program at once, as a power cut would; draw what it had written."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        with contextlib.suppress(OSError, ValueError):
            while self.read(0):
                pass

    def hang_up(self) -> None:
        """Close the terminal's window."""
        with contextlib.suppress(OSError):
            os.close(self.master)

    def _is_waiting(self) -> bool:
        """Whether every thread sleeps: one that a loaded machine holds up does not."""
        threads = Path(f"/proc/{self.process.pid}/task")
        if not threads.exists():  # not Linux, or it ended
            return True
        states = [_state(thread) for thread in threads.iterdir()]
        return all(state in {"S", ""} for state in states)

    def _draw(self, data: bytes) -> None:
        self.written += len(data)
        data = self._rest + data
        cut = _UNFINISHED.search(data)
        end = cut.start() if cut else len(data)
        self._rest = data[end:]
        self._stream.feed(_NOT_DRAWN.sub(b"", data[:end]))


def program(*words: str) -> list[str]:
    """Return the command line that runs diag."""
    return [sys.executable, "-m", "diag", *words]


def _state(thread: Path) -> str:
    """Return how the system has a thread: « S » asleep, « R » to run, empty: ended."""
    try:
        stat = (thread / "stat").read_text(encoding="utf-8")
    except OSError:
        return ""
    return stat.rpartition(") ")[2][:1]


def _control() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    # A shell that started the tests aside has them ignore it, and so their children.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
