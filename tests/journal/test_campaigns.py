"""Campaigns are told from what audits say of themselves."""

from diag.journal.facts import open_audit
from diag.journal.journal import Journal
from diag.journal.people import retire
from diag.journal.revision import Origin
from diag.journal.school_lines import campaigns_of
from tests.journal.builders import AUDIT, CAMPAIGN, SUBJECT


def test_a_campaign_is_told_while_an_audit_of_it_speaks(
    journal: Journal, author: Origin
) -> None:
    assert campaigns_of(journal) == ()
    for campaign in (CAMPAIGN, "2020-2021"):
        open_audit(journal, campaign, SUBJECT, author)
    assert campaigns_of(journal) == ("2020-2021", CAMPAIGN)

    retire(journal, AUDIT.id, "terme", author)

    assert campaigns_of(journal) == ("2020-2021",)
