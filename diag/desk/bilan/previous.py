"""The audit before this one of the same subject, and what was decided then."""

from diag.desk.known_audits import audits
from diag.desk.session import Session
from diag.journal.arrangements import own_advice_of
from diag.model.audit import FollowUp, OwnAdvice
from diag.reports.plan import CLOSED, states_of


def session_before(session: Session) -> Session | None:
    """Return the same subject's last audit before this one; None when there is none.

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
    return Session(session.workspace, last, session.about)


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


def own_standing(session: Session) -> tuple[OwnAdvice, ...]:
    """Return the engineers' own recommendations: this audit's, and what is left.

    One of an audit before stands until it was done or set aside: no fact can say so.
    """
    return (*_own_left(session), *own_here(session))


def own_here(session: Session) -> tuple[OwnAdvice, ...]:
    """Return the recommendations that were added in this very audit."""
    return own_advice_of(session.workspace.journal, session.audit.id)


def steps_told(session: Session) -> tuple[FollowUp, ...]:
    """Return the steps of the audits before that documents tell.

    What became of an own recommendation that was closed then is history.
    """
    left = {one.id for one in _own_left(session)}
    gone = {one.id for one in _own_before(session)} - left
    return tuple(one for one in steps_before(session) if one.recommendation not in gone)


def _own_before(session: Session) -> tuple[OwnAdvice, ...]:
    before = session_before(session)
    return () if before is None else (*_own_before(before), *own_here(before))


def _own_left(session: Session) -> tuple[OwnAdvice, ...]:
    before = session_before(session)
    if before is None:
        return ()
    states = states_of(whole_story(before))
    return tuple(
        one for one in own_standing(before) if states.get(one.id) not in CLOSED
    )
