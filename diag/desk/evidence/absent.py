"""Pictures that are not on this laptop: where they are, and asking for them again."""

from collections.abc import Iterable
from typing import NamedTuple

from diag.desk.evidence.photos import photos_of
from diag.desk.office.syncing import hubs
from diag.desk.session import Session
from diag.desk.workspace import Workspace
from diag.journal.attachments import Attachments
from diag.journal.holdings import Named
from diag.model.errors import DiagError
from diag.model.photo import Photo

AT_OFFICE = "au bureau"
"""It was here; every hub had it when it left."""

AWAITED = "pas encore reçue"
"""It was joined on another laptop, and has not come."""


class Fetched(NamedTuple):
    """What came of asking."""

    received: int
    awaited: int
    """How many no hub has."""
    problem: str
    """Why a hub gave nothing, in French; empty when each answered."""


def absent(session: Session) -> dict[str, str]:
    """Return the photos of an audit whose picture is not here: id → where it is."""
    attachments = Attachments(session.workspace.folder)
    here, gone = attachments.sizes(), attachments.gone()
    return {
        photo.id: AT_OFFICE if photo.sha in gone else AWAITED
        for photo in photos_of(session)
        if photo.sha not in here
    }


def fetch(workspace: Workspace, photos: Iterable[Photo]) -> Fetched:
    """Ask the hubs that know this laptop for pictures, one hub after the other.

    May run in another thread: nothing of the journal is read.

    Raises:
        DiagError: when no hub knows this laptop, or a picture cannot be kept.
    """
    # HTTP: 100 ms, for who asks only.
    from diag.sync.attachments import Attachments as Moved  # noqa: PLC0415
    from diag.sync.session import office_of  # noqa: PLC0415

    wanted = {one.sha: Named(one.sha, one.size, one.mime) for one in photos}
    asked, problem = len(wanted), ""
    found = hubs(workspace)
    if not found:
        raise DiagError(
            "Aucun serveur ne connaît ce poste : l'image reste sur l'ordinateur qui "
            "l'a jointe. Un paquet de ce collègue l'apporte aussi."
        )
    for hub in found:
        office = office_of(hub)
        try:
            Moved(workspace.journal, office, office.hello().limits).take(
                wanted.values()
            )
        except DiagError as error:
            problem = str(error)
        finally:
            office.close()
        here = Attachments(workspace.folder).sizes()
        wanted = {sha: one for sha, one in wanted.items() if sha not in here}
        if not wanted:
            break
    return Fetched(asked - len(wanted), len(wanted), problem if wanted else "")
