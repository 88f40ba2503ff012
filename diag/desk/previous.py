"""The audit before this one of the same school, and what was decided then."""

from diag.desk.session import Session
from diag.journal.audits import audits
from diag.model.audit import FollowUp


def session_before(session: Session) -> Session | None:
    """Return the same school's last audit before this one; None when there is none.

    Campaigns are named after school years: their names are in order.
    """
    audit = session.audit
    before = [
        other
        for other in audits(session.workspace.journal)
        if other.subject == audit.subject and other.campaign < audit.campaign
    ]
    if not before:
        return None
    last = max(before, key=lambda other: other.campaign)
    return Session(session.workspace, last, session.school)


def steps_before(session: Session) -> tuple[FollowUp, ...]:
    """Return every step recorded in the audits before, the oldest first.

    They are read where they were written: nothing copies nor rewrites them.
    """
    before = session_before(session)
    if before is None:
        return ()
    return (*steps_before(before), *before.follow_ups)


def whole_story(session: Session) -> tuple[FollowUp, ...]:
    """Return every step, those of the audits before first."""
    return (*steps_before(session), *session.follow_ups)
