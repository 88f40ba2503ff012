"""Opening a file with the system's own viewer, without taking the terminal."""

import os
import subprocess
import sys
from pathlib import Path
from shutil import which

from diag.model.errors import DiagError


def show_file(path: Path) -> None:
    """Open a file or a folder with what the system opens it with.

    Raises:
        DiagError: when the system has no viewer; says where the file is.
    """
    if sys.platform == "win32":
        os.startfile(path)  # noqa: S606 - a document that we have just written
        return
    program = which("open" if sys.platform == "darwin" else "xdg-open")
    if program is None:
        raise DiagError(
            f"Ce système n'a pas de visionneuse. Le fichier est là : {path}"
        )
    subprocess.Popen(  # noqa: S603 - the path is one argument, never a command line
        [program, str(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
