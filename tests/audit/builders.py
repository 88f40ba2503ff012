"""Workspaces on the invented territory, in a world that is the same each time."""

from collections.abc import Collection
from datetime import date
from functools import cache
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from diag.audit import session as audits
from diag.audit.session import AuditSession
from diag.demo.territory import FictionalTerritory, write_fictional_territory
from diag.imports.communes import import_mairies
from diag.journal.journal import FILE
from diag.office.imports import import_file
from diag.workspace.settings import Settings
from diag.workspace.workspace import Workspace, fixed_world
from tests.shared import made_once

DAY = date(2026, 10, 5)
SCHOOL = "9990148G"
"""École primaire Les Marronniers, six classes."""
OTHER = "9990211A"

SETTINGS = Settings(
    author="u-1",
    device="d-1",
    people={"u-1": "Camille Perrin"},
    syndicat="Syndicat mixte Vallombre Numérique",
    campaign="2026-2027",
)

_vallombre = TemporaryDirectory(prefix="vallombre-", ignore_cleanup_errors=True)


@cache
def territory() -> FictionalTerritory:
    """Return the invented territory's files, written once a test run."""
    return write_fictional_territory(Path(_vallombre.name))


def workspace(
    folder: Path,
    *,
    author: str = "u-1",
    seed: int = 1,
    known: Collection[str] = ("u-1", "u-2"),
) -> Workspace:
    """Return a new workspace that knows the invented schools, and some authors."""
    people = {label: label for label in (author, *known)}
    settings = SETTINGS.model_copy(
        update={"author": author, "device": f"d-{author}", "people": people}
    )
    folder.mkdir(parents=True, exist_ok=True)
    assert not (folder / FILE).exists()
    copyfile(made_once("workspace", _make) / FILE, folder / FILE)
    made = Workspace.create(folder, settings, fixed_world(DAY, seed))
    for _ in range(_LOOKS):
        made.world.clock()
    return made


_LOOKS = 2
"""How often the import of the schools, copied, looked at the clock."""


def _make(folder: Path) -> None:
    with Workspace.create(folder, SETTINGS, fixed_world(DAY, seed=1)) as made:
        import_file(made, "annuaire", territory().annuaire)


def started(made: Workspace, uai: str = SCHOOL) -> AuditSession:
    """Return the audit of a school, just opened."""
    return audits.start(made, uai)


def know_mairies(folder: Path) -> None:
    """Make a workspace that knows how to write to the town halls, one audit begun."""
    with workspace(folder) as made:
        import_mairies(territory().mairies, made.territory, source_date=DAY)
        started(made)
