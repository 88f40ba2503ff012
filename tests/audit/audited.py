"""The demonstration's school, audited in full: answers, rooms, recommendations."""

from pathlib import Path

from diag.audit import session as audits
from diag.audit.follow import move
from diag.audit.session import AuditSession
from diag.demo.stories import play, scenario
from diag.model.enums import AuditStatus
from diag.workspace.workspace import Workspace, fixed_world
from tests.audit.builders import DAY, SCHOOL, started, workspace
from tests.shared import copy_once_made


def _play(folder: Path) -> None:
    with workspace(folder) as made:
        story = scenario("ecole-complete")
        still_open = story.model_copy(update={"status": AuditStatus.EN_COURS})
        play(started(made, story.uai), still_open)


def audited_workspace(folder: Path) -> Workspace:
    """Return a workspace where one school was audited in full, still open."""
    copy_once_made("audited", _play, folder)
    return Workspace.open(folder, fixed_world(DAY, seed=7))


def _close(folder: Path) -> None:
    audited_workspace(folder).close()
    with Workspace.open(folder, fixed_world(DAY, seed=8)) as made:
        move(audited(made), AuditStatus.CLOS)


def closed_workspace(folder: Path) -> Workspace:
    """Return the same, where that audit was closed the same day."""
    copy_once_made("closed", _close, folder)
    return Workspace.open(folder, fixed_world(DAY, seed=7))


def audited(made: Workspace, uai: str = SCHOOL) -> AuditSession:
    """Return the audit of the school that was audited in full."""
    return audits.open_session(made, uai)


_AGAIN = "2027-2028"


def next_campaign(made: Workspace, campaign: str = _AGAIN) -> AuditSession:
    """Return a new audit of the same school, a year later, nothing answered."""
    return audits.start(made, SCHOOL, campaign)


def audit_again(made: Workspace) -> AuditSession:
    """Return a new audit of the same school, a year later, all found as it was."""
    session = next_campaign(made)
    story = scenario("ecole-complete")
    play(session, story.model_copy(update={"status": AuditStatus.EN_COURS}))
    return session


def _audit_twice(folder: Path) -> None:
    audited_workspace(folder).close()
    with Workspace.open(folder, fixed_world(DAY, seed=9)) as made:
        audit_again(made)


def audited_twice(folder: Path) -> Workspace:
    """Return a workspace where both were made the same day, still open."""
    copy_once_made("audited-twice", _audit_twice, folder)
    return Workspace.open(folder, fixed_world(DAY, seed=7))


def audited_again(made: Workspace) -> AuditSession:
    """Return the second of the two."""
    return audits.open_session(made, SCHOOL, _AGAIN)
