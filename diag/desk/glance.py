"""Every audit at a glance: what judging said last, kept while nothing changed."""

from diag.assess import ENGINE
from diag.desk.session import Session
from diag.desk.workspace import Workspace
from diag.journal.judged import Summary, store_judged, summaries


def keep_judged(session: Session) -> None:
    """Keep what judging says now, for lists and for who opens the file elsewhere.

    It is a cache: a workspace that is read-only does without.
    """
    journal = session.workspace.journal
    if journal.readonly:
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


def glances(workspace: Workspace) -> dict[str, Summary]:
    """Return what is known of each audit without judging; the stale ones are absent."""
    return summaries(workspace.journal, engine=ENGINE)
