"""Who is on an audit, until when: declared so that no two answer apart, not enforced.

A claim is the revision that somebody wrote about `audit/claim`. Those of several people
stand beside each other; each names the claims of its author alone.
"""

from collections.abc import Iterable
from typing import NamedTuple

from diag.journal import subjects
from diag.journal.journal import Head, Journal
from diag.journal.revision import Json, NewRevision

_LAST = 4_133_980_800_000
"""The end of 2100, the last year that a day is typed in: UTC milliseconds."""

_CLAIMED = """
select a.id from audit a where exists(
  select 1 from head h where h.audit = a.n and h.subject = ?)
order by a.n
"""


class Claim(NamedTuple):
    """One person on an audit."""

    author: str
    """Label."""
    until: int
    """UTC milliseconds."""


def claimed(journal: Journal, audit: str, author: str, until: int) -> NewRevision:
    """Say that somebody is on an audit until then; 0: no longer.

    What others declare stays.
    """
    own = [
        one for one in journal.current(audit, subjects.CLAIM) if one.author == author
    ]
    parents = tuple(one.id for one in own)
    return NewRevision(audit, subjects.CLAIM, {"until": until}, parents=parents)


def claims_of(journal: Journal, audit: str, at: int) -> tuple[Claim, ...]:
    """Return who is on an audit at a time, the one who stays longest last."""
    found = claims_in(journal.current(audit, subjects.CLAIM))
    return tuple(one for one in found if one.until > at)


def all_claims(journal: Journal, at: int) -> dict[str, tuple[Claim, ...]]:
    """Return who is on which audit at a time."""
    audits = [audit for (audit,) in journal.select(_CLAIMED, [subjects.CLAIM])]
    found = ((audit, claims_of(journal, audit, at)) for audit in audits)
    return {audit: claims for audit, claims in found if claims}


def read_until(value: Json) -> int:
    """Return until when a claim stands; 0 for one that ended, or is none."""
    until = value.get("until") if isinstance(value, dict) else 0
    return until if isinstance(until, int) and 0 < until < _LAST else 0


def claims_in(heads: Iterable[Head]) -> tuple[Claim, ...]:
    """Return what heads hold, once for each person, those who left included."""
    last: dict[str, int] = {}
    for head in heads:
        if head.has_value:
            last[head.author] = read_until(head.value)
    return tuple(
        sorted((Claim(*one) for one in last.items()), key=lambda one: one.until)
    )
