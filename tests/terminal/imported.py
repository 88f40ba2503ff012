"""The program, imported once: each terminal has a copy of it, which no test shares.

Importing its modules is two thirds of what a visit costs to open. A process does so,
then divides for each terminal: the copy has a session, an environment and signals of
its own, and begins at the first line of `python -m diag`. Nothing of diag ran before.

That a visit opens from the command line, its modules not imported yet, is for
`test_visit_text.py`; the screens, for `test_web.py` and the days of the long run.
"""

import atexit
import fcntl
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import termios
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

_ROOT = Path(__file__).parents[2]
_MOST = 2**17
"""Bytes of an environment."""


class Program:
    """A copy that runs; it answers as a `subprocess.Popen` does."""

    def __init__(self, parent: socket.socket) -> None:
        self.returncode: int | None = None
        self._parent = parent
        self.pid = int(parent.recv(_MOST))

    def poll(self) -> int | None:
        """Return the exit code, or minus the signal that ended it; None: it runs."""
        if self.returncode is None and select.select([self._parent], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code once it has ended.

        Raises:
            subprocess.TimeoutExpired: it goes on after so many seconds.
        """
        if self.returncode is None:
            if not select.select([self._parent], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("diag", timeout or 0)
            self.returncode = int(self._parent.recv(_MOST))
            self._parent.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


def start(terminal: int, environment: Mapping[str, str]) -> Program:
    """Start the program's screens in a terminal, as a child of this process would."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    hangs_up = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
    asked = json.dumps([dict(environment), hangs_up]).encode()
    with theirs:
        socket.send_fds(_imported(), [asked], [terminal, theirs.fileno()])
    return Program(ours)


@cache
def _imported() -> socket.socket:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(theirs.fileno())],
            cwd=_ROOT,
            env={**os.environ, "PYTHONUTF8": "1"},
            pass_fds=[theirs.fileno()],
        )
    atexit.register(process.wait)
    atexit.register(ours.close)
    return ours


def _divide(asking: socket.socket) -> None:
    """Return in each copy, once it is one; else when nobody asks any more."""
    screens = import_module("diag.tui")
    for module in iter_modules(screens.__path__, "diag.tui."):
        import_module(module.name)
    while True:
        asked, (*fds,), _, _ = socket.recv_fds(asking, _MOST, 2)
        if not asked:
            sys.exit()
        terminal, parent = fds
        with suppress(ChildProcessError):  # those that have ended
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not os.fork():
            with socket.socket(fileno=parent) as link:
                if _is_copy(link):
                    _take(terminal, *json.loads(asked))
                    return
        os.close(terminal)
        os.close(parent)


def _is_copy(link: socket.socket) -> bool:
    """Divide once more: the parent of the copy tells its number, then how it ended."""
    pid = os.fork()
    if not pid:
        return True
    link.send(str(pid).encode())
    _, status = os.waitpid(pid, 0)
    link.send(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _take(terminal: int, environment: dict[str, str], hangs_up: bool) -> None:  # noqa: FBT001 - as it was sent
    os.setsid()
    for stream in range(3):
        os.dup2(terminal, stream)
    os.close(terminal)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    # They were opened on whatever the tests write to, a file maybe.
    sys.stdin = sys.__stdin__ = os.fdopen(0)  # type: ignore[misc]  # as it starts
    sys.stdout = sys.__stdout__ = os.fdopen(1, "w")  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = os.fdopen(2, "w")  # type: ignore[misc]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL if hangs_up else signal.SIG_IGN)
    os.environ.clear()
    os.environ.update(environment)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv.pop())) as asking:
        _divide(asking)
    runpy.run_module("diag", run_name="__main__", alter_sys=True)
