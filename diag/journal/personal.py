"""How much of what was said is about people: counts by audit, never the values."""

from typing import NamedTuple

from diag.journal.journal import Journal

_COUNTS = """
select a.id, case
    when h.subject glob 'visit/*' then 'visits'
    when h.subject glob 'photo/*' then 'photos'
    when h.subject glob 'dispatch/*' then 'dispatches'
    when h.subject glob '*/note' then 'notes'
    when h.subject glob 'rec/*/follow' then 'follow_ups'
  end as what, count(distinct h.subject)
from head h join audit a on a.n = h.audit
where h.value is not null and what is not null
group by a.id, what
"""
_AUTHORS = """
select a.id, count(distinct json_extract(r.body, '$.author'))
from rev r join audit a on a.n = r.audit group by a.id
"""


class Held(NamedTuple):
    """How many subjects of a kind an audit holds."""

    audit: str
    what: str
    number: int


def held_personal(journal: Journal) -> tuple[Held, ...]:
    """Return what the audits hold about people, by audit and kind."""
    rows = journal.select(_COUNTS)
    rows += [(audit, "labels", count) for audit, count in journal.select(_AUTHORS)]
    return tuple(map(Held._make, sorted(rows)))


def official_addresses(journal: Journal) -> int:
    """Return how many addresses the official lists brought."""
    rows = journal.select(
        "select (select count(*) from school where email <> '')"
        " + (select count(*) from town_hall where email <> '')"
    )
    return int(rows[0][0])
