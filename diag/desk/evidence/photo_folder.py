"""The folder where the phone's photos arrive: which ones came since the last time.

Looked at when asked, never watched: nothing runs while nothing is done.
"""

from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

from diag.desk.evidence.dropped import at_home
from diag.desk.evidence.picture import SUFFIXES
from diag.desk.workspace import Workspace
from diag.journal.settings import get_setting, put_setting
from diag.model.errors import DiagError

_KEY = "photos"
_MOST = 200


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that came into the folder."""

    path: Path
    at: int
    """When it came, in nanoseconds of this laptop's clock."""


def photo_folder(workspace: Workspace) -> Path | None:
    """Return the folder that was chosen; None when none was."""
    kept = get_setting(workspace.journal, _KEY)
    return Path(kept["folder"]) if isinstance(kept, dict) else None


def choose_photo_folder(workspace: Workspace, folder: Path) -> Path:
    """Choose the folder where photos arrive; those of this day count as new.

    Raises:
        DiagError: when it is no folder.
    """
    chosen = at_home(folder).absolute()
    if not chosen.is_dir():
        raise DiagError(
            f"{chosen} n'est pas un dossier. Donnez celui où arrivent les photos "
            "du téléphone."
        )
    midnight = datetime.combine(workspace.world.today(), time.min)
    since = int(midnight.timestamp()) * 10**9
    put_setting(workspace.journal, _KEY, {"folder": str(chosen), "since": since})
    return chosen


def arrivals(workspace: Workspace) -> tuple[Arrival, ...]:
    """Return the photos that came since the last time, oldest first; 200 at most.

    A file that is copied keeps the time of the shot: its arrival counts, not that.

    Raises:
        DiagError: when the folder is no longer there; says how to choose another.
    """
    kept = get_setting(workspace.journal, _KEY)
    if not isinstance(kept, dict):
        return ()
    folder, since = Path(kept["folder"]), int(kept["since"])
    try:
        found = [_arrival(path) for path in folder.iterdir() if _is_photo(path)]
    except OSError as error:
        raise DiagError(
            f"{folder} : le dossier des photos n'est plus lisible. Choisissez-en un "
            "autre."
        ) from error
    new = (arrival for arrival in found if arrival and arrival.at > since)
    return tuple(sorted(new, key=lambda each: (each.at, each.path.name))[:_MOST])


def seen(workspace: Workspace, arrival: Arrival) -> None:
    """Say that everything up to an arrival was looked at."""
    kept = get_setting(workspace.journal, _KEY)
    if isinstance(kept, dict):
        put_setting(workspace.journal, _KEY, {**kept, "since": arrival.at})


def _is_photo(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".")


def _arrival(path: Path) -> Arrival | None:
    try:
        told = path.stat()
    except OSError:  # it left meanwhile
        return None
    return Arrival(path, max(told.st_mtime_ns, told.st_ctime_ns))
