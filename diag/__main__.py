"""The first step of `diag`, or `python -m diag`: screens open without click (10 ms)."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Open the screens when nothing is asked on a terminal; else run the command."""
    if len(sys.argv) > 1 or not (sys.stdin.isatty() and sys.stdout.isatty()):
        command_line()
        return
    try:
        open_screens()
    except BaseException as error:  # noqa: BLE001 - the command line prints them all
        command_line(error)


def open_screens() -> None:
    """Open the app on the workspace that DIAG_HOME names, else on the user's."""
    # Textual costs 100 ms: commands do without.
    from diag.tui.app import open_app  # noqa: PLC0415
    from diag.workspace.disk import default_folder  # noqa: PLC0415

    chosen = os.environ.get("DIAG_HOME")
    open_app(Path(chosen) if chosen else default_folder())


def command_line(error: BaseException | None = None) -> None:
    """Run the command line, or have it print what went wrong before it."""
    from diag.cli import main as run  # noqa: PLC0415 - no click until here

    if error is None:
        run()
        return
    failure = error

    def fail() -> None:
        raise failure

    run(fail)


if __name__ == "__main__":
    main()
