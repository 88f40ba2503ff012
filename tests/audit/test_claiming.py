"""Who says to be on an audit, and until when."""

from datetime import date

from diag.audit.claiming import claim, claim_words, release
from diag.audit.session import AuditSession
from diag.journal.school_lines import is_begun


def test_the_last_day_that_can_be_typed_is_kept(session: AuditSession) -> None:
    claim(session, date(2100, 12, 30))

    assert claim_words(session) == "vous y êtes jusqu'au 30/12/2100"


def test_an_audit_that_somebody_only_announced_is_not_begun(
    session: AuditSession,
) -> None:
    claim(session, session.workspace.world.today())
    assert not is_begun(session.workspace.journal, session.audit.id)
    release(session)
    assert not is_begun(session.workspace.journal, session.audit.id)
