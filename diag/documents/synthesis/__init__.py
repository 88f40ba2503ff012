"""Documents beyond one school: a commune's, a circonscription's, the territory's."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from diag.audit.remarks import PUBLIC_READERS, Slip, slips_of
from diag.documents.synthesis.commune import commune_synthesis
from diag.documents.synthesis.gathering import (
    TERRITORY,
    GatheringScope,
    Progress,
    gathered,
    scope_named,
    sessions_in,
)
from diag.documents.synthesis.territory import (
    circonscription_synthesis,
    territory_synthesis,
)
from diag.documents.write import Paper
from diag.model.errors import DiagError
from diag.workspace.settings import campaign_named
from diag.workspace.workspace import Workspace

NAMING = "commune:INSEE, circonscription:NOM ou territoire"
"""How the command line names a synthesis."""

_BUILDERS = {
    "commune": commune_synthesis,
    "circonscription": circonscription_synthesis,
    TERRITORY: territory_synthesis,
}


def synthesis(
    workspace: Workspace,
    ref: str,
    day: date | None = None,
    campaign: str | None = None,
    progress: Progress = lambda _done, _total: None,
) -> tuple[Paper, Path, bool]:
    """Return a synthesis, the folder where it goes, and whether it is provisional.

    Raises:
        DiagError: when it is about nothing known, or no school was audited.
    """
    scope = scope_named(workspace, ref)
    if scope.kind not in _BUILDERS:
        raise DiagError(
            f"Une synthèse réunit plusieurs écoles : donnez {NAMING}. "
            "Une école a son rapport.",
            command=f"diag report {scope.code}",
        )
    found = gathered(workspace, scope, day, campaign, progress)
    document, house = _BUILDERS[scope.kind](found), found.office.house
    notice = house.explain(*{**house.refused, **house.replaced})
    paper = Paper("synthese", document, notice)
    return paper, folder_of(workspace, scope, found.campaign), found.provisional


def slips_gathered(
    workspace: Workspace, ref: str, campaign: str | None = None
) -> Iterator[Slip]:
    """Give what the audits of a scope would let out, each with its subject."""
    scope = scope_named(workspace, ref)
    wanted = campaign_named(campaign or workspace.settings.campaign)
    for session in sessions_in(workspace, scope, wanted):
        for slip in () if session.is_older else slips_of(session, PUBLIC_READERS):
            yield slip._replace(where=f"{session.about.name}, {slip.where}")


def folder_of(workspace: Workspace, scope: GatheringScope, campaign: str) -> Path:
    """Return where the documents of a scope go, in its workspace."""
    return workspace.folder / "exports" / f"{scope.stem}-{campaign}"
