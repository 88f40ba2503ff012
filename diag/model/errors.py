"""What went wrong, or what state a thing is in, in words for the user."""

import sys
from enum import IntEnum
from typing import NamedTuple


class DiagError(Exception):
    """Its text is French and whole: what happened, where, and what to do.

    It reads the same in the screens and at the prompt, which adds the command.
    """

    def __init__(
        self, sentence: str = "", *, command: str = "", about: str = ""
    ) -> None:
        super().__init__(sentence)
        self.command = command
        """What does at the prompt what the last words advise: `diag audit list`."""
        self.about = about
        """The name of what was given and is refused, as a call names it: `on`."""

    def at_prompt(self) -> str:
        """Return the sentence, ending with the command if there is one."""
        if not self.command:
            return str(self)
        return f"{str(self).removesuffix('.')} : {self.command}."


def install_command(extra: str) -> str:
    """Return the command that adds what an extra needs to this very installation.

    It names the packages: on the public index, the name `diag` is somebody else's.
    Empty where the program runs without having been installed.
    """
    # What is not missing pays nothing for it.
    import shlex  # noqa: PLC0415
    from importlib.metadata import PackageNotFoundError, requires  # noqa: PLC0415
    from subprocess import list2cmdline  # noqa: PLC0415

    try:
        needs = [need.partition(";") for need in requires("diag") or []]
    except PackageNotFoundError:
        return ""
    mark = f"extra == '{extra}'"
    packages = [name.strip() for name, _, when in needs if mark in when]
    words = [sys.executable, "-m", "pip", "install", *packages]
    return list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


class Health(IntEnum):
    """How a workspace or a hub is; its number is the command's exit code."""

    SOUND = 0
    REPAIRABLE = 1
    LOST = 3


class Inspection(NamedTuple):
    """What one look gave."""

    step: str
    """What was looked at, in French."""
    verdict: Health
    sentence: str
