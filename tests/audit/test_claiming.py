"""Who says to be on an audit, and until when."""

from dataclasses import replace
from datetime import timedelta

import pytest

from diag.audit.follow import claim, claim_words, release, untold_claims
from diag.audit.session import AuditSession
from diag.journal.facts import claimed
from diag.journal.school_lines import is_begun
from diag.model.errors import DiagError
from tests.journal.builders import person


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


def test_who_is_on_an_audit_is_told_once_a_day_unless_it_changes(
    session: AuditSession,
) -> None:
    """Each sync repeated it, until its last day."""
    workspace = session.workspace
    journal, audit = workspace.journal, session.audit.id
    bruno, until = person("bruno"), workspace.world.clock() + 9 * 86_400_000
    journal.write(claimed(journal, audit, "bruno", until), bruno)

    assert len(untold_claims(workspace)) == 1
    assert untold_claims(workspace) == []
    journal.write(claimed(journal, audit, "bruno", until - 1), bruno)
    assert len(untold_claims(workspace)) == 1
    now = workspace.world.clock() + 86_400_000
    tomorrow = workspace.world.today() + timedelta(days=1)
    workspace.world = replace(
        workspace.world, clock=lambda: now, today=lambda: tomorrow
    )
    assert len(untold_claims(workspace)) == 1


def test_the_same_day_said_again_is_written_once(session: AuditSession) -> None:
    journal, audit = session.workspace.journal, session.audit.id
    for _ in range(3):
        claim(session, session.workspace.world.today())

    assert len(journal.history(audit, "audit/claim")) == 1
