"""Who is on an audit, until when: said so that two do not answer apart; never enforced.

A claim is the revision that somebody wrote about `audit/claim`. Those of several people
stand beside each other; each names the claims of its author alone.
"""

from collections.abc import Iterable
from typing import NamedTuple

from diag.journal import subjects
from diag.journal.journal import Head, Journal
from diag.journal.revision import NewRevision


class Claim(NamedTuple):
    """One person on an audit."""

    author: str
    """Label."""
    until: int
    """UTC milliseconds."""


def claimed(journal: Journal, audit: str, author: str, until: int) -> NewRevision:
    """Say that somebody is on an audit until then; 0: no longer.

    What others say of themselves stays.
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


def claims_in(heads: Iterable[Head]) -> tuple[Claim, ...]:
    """Return what heads say, once for each person, those who left included."""
    last: dict[str, int] = {}
    for head in heads:
        value = head.value if isinstance(head.value, dict) else {}
        until = value.get("until")
        if isinstance(until, int):
            last[head.author] = until
    return tuple(
        sorted((Claim(*one) for one in last.items()), key=lambda one: one.until)
    )
