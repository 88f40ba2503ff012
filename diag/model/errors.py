"""What went wrong, or what state a thing is in, in words for the user."""

import re
import sys
from enum import IntEnum
from typing import NamedTuple

UNSHOWN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
"""What no text may hold: control characters but tab and line feed, which command a
terminal; bidi overrides, byte-order marks, and what XML has no character for."""


def shown(text: str) -> str:
    """Return a text without what no text may hold; « ? » where it is no Unicode."""
    return UNSHOWN.sub("", text.encode("utf-8", "replace").decode("utf-8"))


class DiagError(Exception):
    """Its text is French and whole: what happened, where, and what to do.

    It reads the same in the screens and at the prompt, which adds the command. What it
    quotes of a file commands no terminal.
    """

    def __init__(
        self, sentence: str = "", *, command: str = "", about: str = ""
    ) -> None:
        super().__init__(shown(sentence))
        self.command = shown(command)
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
