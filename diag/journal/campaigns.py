"""The campaigns of a journal, without opening its audits."""

from diag.journal.journal import Journal
from diag.model.campaign import is_campaign

_CAMPAIGNS = """
select distinct json_extract(h.value, '$.campaign') from audit a
join head h on h.audit = a.n and h.subject = 'audit/subject'
where json_type(h.value, '$.campaign') = 'text'
"""


def campaigns_of(journal: Journal) -> tuple[str, ...]:
    """Return the campaigns in which something is said, in order."""
    return tuple(
        sorted(one for (one,) in journal.select(_CAMPAIGNS) if is_campaign(one))
    )
