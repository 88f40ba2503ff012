"""Opening a file with the system's own viewer, without taking the terminal."""

import os
import subprocess
import sys
from pathlib import Path
from shutil import which

from diag.model.errors import DiagError

_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")
_PATIENCE = 3.0
"""Seconds that one waits to know whether a viewer was found."""


def show_file(path: Path) -> None:
    """Open a file or a folder with what the system opens it with.

    Raises:
        DiagError: when nothing opens; says where the file is.
    """
    if sys.platform == "win32":
        os.startfile(path)  # noqa: S606 - a document that we have just written
        return
    program = which("open" if sys.platform == "darwin" else "xdg-open")
    if program is None:
        raise _unseen("Ce système n'a pas de visionneuse.", path)
    if sys.platform == "linux" and not any(map(os.environ.get, _DISPLAYS)):
        raise _unseen("Pas d'écran graphique ici : rien ne peut s'ouvrir.", path)
    viewer = subprocess.Popen(  # noqa: S603 - the path is one argument, never a command line
        [program, str(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        failed = viewer.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        return  # it shows the file itself, and stays
    if failed:
        raise _unseen("Le système n'a rien ouvert.", path)


def _unseen(why: str, path: Path) -> DiagError:
    return DiagError(f"{why} C'est là : {path}")
