"""Who says to be on an audit, and until when."""

from datetime import timedelta

import pytest

from diag.audit.follow import claim, claim_words, release
from diag.audit.session import AuditSession
from diag.journal.school_lines import is_begun
from diag.model.errors import DiagError


def test_a_year_ahead_is_taken_and_no_more(session: AuditSession) -> None:
    """Nobody else ends what was said: a year mistyped would stand for decades."""
    today = session.workspace.world.today()

    claim(session, today + timedelta(days=366))
    words = claim_words(session)
    assert f"vous y êtes jusqu'au {today + timedelta(days=366):%d/%m/%Y}" == words
    with pytest.raises(DiagError, match="plus d'un an"):
        claim(session, today + timedelta(days=367))
    assert claim_words(session) == words


def test_an_audit_that_somebody_only_announced_is_not_begun(
    session: AuditSession,
) -> None:
    claim(session, session.workspace.world.today())
    assert not is_begun(session.workspace.journal, session.audit.id)
    release(session)
    assert not is_begun(session.workspace.journal, session.audit.id)
