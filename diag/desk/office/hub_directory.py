"""Where schools and communes are, told to a hub from the official list."""

from pathlib import Path
from tempfile import TemporaryDirectory

from diag.imports.annuaire import import_annuaire
from diag.imports.report import ImportReport, Progress, silent
from diag.journal.journal import Journal
from diag.journal.territory import Territory
from diag.model.audit import Subject
from diag.model.enums import PlaceKind
from diag.sync.hub import store as hub_store
from diag.sync.hub.home import HubHome


def teach(home: HubHome, path: Path, progress: Progress = silent) -> ImportReport:
    """Read the ministry's list of schools for a hub; audits follow at once.

    Raises:
        DiagError: when the file or the hub cannot be used.
    """
    with TemporaryDirectory() as folder, Journal.open(Path(folder)) as journal:
        territory = Territory(journal.connection)
        report = import_annuaire(path, territory, progress)
        places = [
            (
                Subject(kind=PlaceKind.ECOLE, code=line.uai),
                hub_store.Territory(line.department, line.insee),
            )
            for line in territory.schools()
        ]
        places += [
            (
                Subject(kind=PlaceKind.COMMUNE, code=commune.insee),
                hub_store.Territory(commune.department, commune.insee),
            )
            for commune in territory.communes()
        ]
    store = home.store()
    try:
        store.put_directory(places)
    finally:
        store.close()
    return report
