"""Which audits can be exported together, from the list of schools."""

from collections.abc import Sequence

from diag.desk.outputs.many import audits_in
from diag.desk.territory.tour import tour_of
from diag.desk.workspace import Workspace
from diag.tui.screens.export import ExportScreen, Scope


def export_screen(workspace: Workspace, shown: Sequence[str]) -> ExportScreen:
    """Return the panel for the schools shown by a search, the tour, and all audits.

    Nothing shown means that the list is whole.
    """
    tour = tour_of(workspace)
    scopes = []
    if shown:
        found = audits_in(workspace, refs=shown)
        scopes.append(Scope("Les écoles que la liste montre", found))
    if tour.uais:
        title = f"Tournée du {tour.day:%d/%m/%Y}"
        scopes.append(Scope(title, audits_in(workspace, refs=tour.uais)))
    everything = audits_in(workspace)
    scopes.append(Scope(f"Tout {workspace.campaign}", everything))
    return ExportScreen(scopes)
