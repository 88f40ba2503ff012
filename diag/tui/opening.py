"""Opening the app on a terminal, and again after an unexpected error."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING

from diag.model.errors import DiagError
from diag.tui.app import DiagApp
from diag.tui.driver import driver_for

if TYPE_CHECKING:
    from diag.desk.world import World

_COLLECTED = (3_000, 5, 50)
"""When memory is collected. With Python's 700, 10, 10 one key in a hundred waits 60 ms
for a walk through all the checklists; much more at a time is felt at one in thirty."""


def open_app(folder: Path, world: "World | None" = None) -> None:
    """Run the app until the user leaves it.

    After an unexpected error it comes back once, and says what is safe.

    Raises:
        DiagError: the workspace cannot be opened, or coming back failed too.
    """
    # Imports make garbage of nothing: a collection among them is 40 ms lost. The app
    # turns it on again, once the list of schools is there.
    gc.disable()
    gc.set_threshold(*_COLLECTED)
    app = DiagApp(folder, world, driver_class=driver_for())
    app.run()
    if app.refusal is not None:
        raise app.refusal
    if app.crash is None:
        return
    log = folder / "diag.log"
    again = DiagApp(folder, world, driver_class=driver_for(), crashed=log)
    again.run()
    if again.crash is not None:
        raise DiagError(
            "Erreur inattendue ; tout ce qui était saisi est enregistré. "
            f"Le détail est dans {log}. Relancez diag pour reprendre."
        )
