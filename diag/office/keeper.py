"""What the keeper of the office's hub gives it to know, and what a supervisor sees."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from diag.imports.intake import ImportReport, Progress, silent
from diag.imports.schools import import_annuaire
from diag.journal.journal import Journal
from diag.journal.territory import Territory
from diag.model.audit import Subject
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.office.sync import hubs, names_of
from diag.sync.hub.rows import Location
from diag.sync.meeting import open_transport
from diag.sync.trust import Enrolment, write_private
from diag.workspace.workspace import Workspace

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


def open_supervision(workspace: Workspace, name: str = "") -> tuple[str, Path | None]:
    """Return the address of a hub's page, good once within a minute, and its authority.

    The authority is a file that a browser may be given; None for a public one.

    Raises:
        DiagError: when no hub, or several, are called so, or it refuses.
    """
    hub = _find_hub(workspace, name)
    with closing(open_transport(hub)) as line:
        address = line.open_page()
    if not hub.authority:
        return address, None
    path = workspace.folder / "hubs" / f"{hub.hub}.crt"
    write_private(path, hub.authority.encode("ascii"))
    return address, path


def read_supervision(workspace: Workspace, name: str = "") -> dict[str, Any]:
    """Return what the page of a hub shows, for a program.

    Raises:
        DiagError: when no hub, or several, are called so, or it refuses.
    """
    with closing(open_transport(_find_hub(workspace, name))) as line:
        return line.supervision()


def _find_hub(workspace: Workspace, name: str) -> Enrolment:
    known = hubs(workspace)
    names = names_of(known)
    found = [one for one in known if name in {"", one.url, one.name, names[one.hub]}]
    if len(found) == 1:
        return found[0]
    if not known:
        raise DiagError(
            "Aucun serveur ne connaît ce poste. Demandez une invitation à "
            "l'administrateur du serveur, puis inscrivez ce poste.",
            command="diag sync enrol INVITATION",
        )
    listed = ", ".join(names.values())
    raise DiagError(f"Donnez le nom du serveur, un de ceux-ci : {listed}.")
