"""Audits where something may be to settle, found in one query over all of them."""

from diag.journal.journal import Journal

_FORKED = """
select a.id from audit a where exists(
  select 1 from head h where h.audit = a.n group by h.subject having count(*) > 1
) or exists(
  select 1 from head p where p.audit = a.n and p.subject like 'place/%'
  and p.subject not like 'place/%/%' and p.value is null
) or exists(
  select 1 from head s where s.audit = a.n and s.subject like 'place/%/same_as'
  and s.value is not null
)
"""
"""Several heads on one subject; a place removed, where another may have written; two
places read as one, which may differ."""


def forked(journal: Journal) -> frozenset[str]:
    """Return the ids of the audits that have to be looked into: no other differs."""
    return frozenset(audit for (audit,) in journal.select(_FORKED, []))
