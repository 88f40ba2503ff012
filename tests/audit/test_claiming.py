"""Who says to be on an audit, and until when."""

from datetime import date

from diag.audit.claiming import claim, claim_words
from diag.audit.session import AuditSession


def test_the_last_day_that_can_be_typed_is_kept(session: AuditSession) -> None:
    claim(session, date(2100, 12, 30))

    assert claim_words(session) == "vous y êtes jusqu'au 30/12/2100"
