"""Documents opened by the system's viewer, off the event loop; refusals are told."""

from functools import partial
from pathlib import Path
from typing import Any

from textual.app import App

from diag.desk.viewing import show_file
from diag.model.errors import DiagError
from diag.tui.sturdy import Trouble
from diag.words.sentences import system_sentence


def open_outside(app: App[Any], path: Path) -> None:
    """Have a file or a folder shown; say where it is when nothing opens."""
    app.run_worker(partial(_open, app, path), thread=True, group="outside")


def _open(app: App[Any], path: Path) -> None:
    try:
        show_file(path)
    except DiagError as error:
        app.post_message(Trouble(str(error), error))
    except OSError as error:
        app.post_message(Trouble(system_sentence(error)))
