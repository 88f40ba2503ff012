"""Who answered in which audit, and when last: read from what stands now."""

from typing import NamedTuple

from diag.journal.journal import Journal

_HANDS = """
select a.id, h.author, count(*), max(h.at) from audit a
cross join head h on h.audit = a.n and h.subject >= 'b'
group by a.n, h.author order by a.n, count(*) desc, h.author
"""
"""Subjects after `audit/…`: opening an audit, or judging it, is not answering."""


class Hand(NamedTuple):
    """One person's part in one audit."""

    author: str
    said: int
    """How much of what stands is theirs."""
    last: int
    """When they last spoke, by their clock, UTC milliseconds."""


def hands_by_audit(journal: Journal) -> dict[str, list[Hand]]:
    """Return who answered in each audit, who said most first."""
    found: dict[str, list[Hand]] = {}
    for audit, *hand in journal.select(_HANDS):
        found.setdefault(audit, []).append(Hand(*hand))
    return found
