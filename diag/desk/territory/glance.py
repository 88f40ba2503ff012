"""What judging said last, kept for lists: stale as soon as the audit changes."""

from diag.assess import ENGINE
from diag.desk.session import Session
from diag.journal.judged import is_judged, store_judged


def keep_judged(session: Session) -> None:
    """Keep what judging says now, for lists and for who opens the file elsewhere.

    It is a cache: a workspace that is read-only does without, and what is fresh stays.
    """
    journal = session.workspace.journal
    if journal.readonly or is_judged(journal, session.audit.id, engine=ENGINE):
        return
    store_judged(
        journal,
        session.audit.id,
        session.assessment,
        digest=session.digest,
        edition=session.edition,
        engine=ENGINE,
        conflicts=len(session.conflicts),
    )
