"""The audits of a journal that can be opened: those whose campaign is a campaign."""

from diag.journal import audits as kept
from diag.journal.journal import Journal
from diag.model.audit import Audit
from diag.model.campaign import is_campaign


def audits(journal: Journal) -> tuple[Audit, ...]:
    """Return the audits in the order in which they came.

    A campaign names folders: one that is no slug, come from elsewhere, is left out.
    """
    return tuple(one for one in kept.audits(journal) if is_campaign(one.campaign))
