"""What the keeper of the office's hub gives it to know, and looks at."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from diag.imports.intake import ImportReport, Progress, silent
from diag.imports.schools import import_annuaire
from diag.journal.journal import Journal
from diag.journal.territory import Territory
from diag.model.audit import Subject
from diag.model.enums import PlaceKind
from diag.sync.hub.store import Location

if TYPE_CHECKING:
    from diag.sync.hub.home import HubHome

Places = Sequence[tuple[Subject, Location]]
"""Whom an audit may be about, and where each is."""


def read_places(path: Path, progress: Progress = silent) -> tuple[ImportReport, Places]:
    """Read the ministry's list of schools: where each school and commune is.

    Raises:
        DiagError: when the file cannot be used.
    """
    with TemporaryDirectory() as folder, Journal.open(Path(folder)) as journal:
        territory = Territory(journal.connection)
        report = import_annuaire(path, territory, progress)
        places = [
            (
                Subject(kind=PlaceKind.ECOLE, code=line.uai),
                Location(line.department, line.insee),
            )
            for line in territory.schools()
        ]
        places += [
            (
                Subject(kind=PlaceKind.COMMUNE, code=commune.insee),
                Location(commune.department, commune.insee),
            )
            for commune in territory.communes()
        ]
    return report, places


def put_places(home: "HubHome", places: Places) -> None:
    """Have a hub know where subjects are; audits follow at once."""
    with closing(home.store()) as store:
        store.put_directory(places)


def teach(home: "HubHome", path: Path) -> ImportReport:
    """Read the ministry's list of schools for a hub.

    Raises:
        DiagError: when the file or the hub cannot be used.
    """
    report, places = read_places(path)
    put_places(home, places)
    return report
