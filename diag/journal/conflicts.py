"""Conflicts: what people recorded apart and nobody has settled yet; claims avert them.

A conflict is never settled by code: a person writes a revision that names all the
heads. A claim declares who is on an audit, until when, so that no two answer
apart; nothing enforces it. It is the revision that somebody wrote about `audit/claim`:
those of several people all stand, each names the claims of its author alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import NamedTuple

from diag.journal import subjects
from diag.journal.facts import asked_again_of, since
from diag.journal.heads import HeadIndex, board_of, differing, place_tree_of, pooled
from diag.journal.journal import Head, Journal
from diag.journal.revision import Json, NewRevision, Revision
from diag.journal.subjects import (
    AnswerTopic,
    ApartTopic,
    AskTopic,
    AuditTopic,
    BallotTopic,
    ErasureTopic,
    FlagTopic,
    FloorTopic,
    FollowTopic,
    HandTopic,
    NoteTopic,
    OtherTopic,
    PlaceTopic,
    ProposalTopic,
    SealTopic,
    StopTopic,
    Topic,
)
from diag.model.audit import Audit

_NEVER_SETTLED = (
    FollowTopic
    | ErasureTopic
    | OtherTopic
    | FlagTopic
    | FloorTopic
    | ApartTopic
    | BallotTopic
    | HandTopic
    | ProposalTopic
    | SealTopic
    | AskTopic
    | StopTopic
)
"""Where nothing is to be settled: all is kept, one voice is enough, or the last."""

_STANDING = frozenset(map(AuditTopic, ("claim", "votes")))
"""Of two closings made apart, the latest counts; two people may be on one audit."""

_LAST = 4_133_980_800_000
"""The end of 2100, the last year that a day is typed in: UTC milliseconds."""

_CLAIMED = """
select a.id from audit a where exists(
  select 1 from head h where h.audit = a.n and h.subject = ?)
order by a.n
"""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One subject on which people differ."""

    topic: Topic
    candidates: tuple[Revision, ...]
    """One for each content, the last that holds it, in order."""
    heads: tuple[str, ...]
    """Ids that the revision which settles it must name as its parents."""
    base: Revision | None
    """Nearest revision that all heads come from, if there is one."""
    edited: tuple[Revision, ...] = ()
    """For a place removed by one while another wrote there: what was written."""
    by_subject: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Each subject and its heads: two when two places are read as one."""


def conflicts_of(journal: Journal, audit: Audit) -> tuple[Conflict, ...]:
    """Return what is to be settled in an audit, by subject."""
    heads = journal.heads(audit.id)
    board = board_of(heads)
    site = place_tree_of(journal, audit, board)
    outdated = asked_again_of(journal, audit.id)
    found: list[Conflict] = []
    for topic, group in _by_topic(heads, board).items():
        own = group
        if isinstance(topic, _NEVER_SETTLED) or topic in _STANDING:
            continue
        if (
            isinstance(topic, AnswerTopic | NoteTopic)
            and topic.place not in site.places
        ):
            continue
        if isinstance(topic, AnswerTopic):
            own = list(since(own, outdated.get(topic.question, 0)))
        edits = (
            site.edited.get(topic.place, ()) if isinstance(topic, PlaceTopic) else ()
        )
        if edits or len(differing(own)) > 1:
            found.append(_conflict(journal, audit.id, topic, own, edits))
    return tuple(found)


def _by_topic(heads: Sequence[Head], board: HeadIndex) -> dict[Topic, Sequence[Head]]:
    found: dict[Topic, Sequence[Head]] = {}
    shared: set[Topic] = set()
    for subject, group in groupby(heads, key=lambda head: head.subject):
        topic, own = subjects.parse(subject), list(group)
        if isinstance(topic, PlaceTopic) and topic.place in board.merged:
            continue
        if isinstance(topic, AnswerTopic | NoteTopic):
            topic = replace(topic, place=board.at(topic.place))
        if topic in found:
            shared.add(topic)
        found[topic] = [*found.get(topic, ()), *own]
    return found | {topic: pooled(found[topic]) for topic in shared}


def nearest_base(history: Sequence[Revision], heads: Iterable[str]) -> Revision | None:
    """Return the last revision of a subject that all heads come from."""
    by_id = {revision.id: revision for revision in history}
    shared = set(by_id)
    for head in heads:
        ancestors: set[str] = set()
        waiting = [head]
        while waiting:
            revision = by_id.get(waiting.pop())
            new = set(revision.parents if revision else ()) - ancestors
            ancestors |= new
            waiting += new
        shared &= ancestors
    return next((rev for rev in reversed(history) if rev.id in shared), None)


def _conflict(
    journal: Journal,
    audit: str,
    topic: Topic,
    heads: Sequence[Head],
    edits: Sequence[Head],
) -> Conflict:
    named: dict[str, list[str]] = {}
    for head in heads:
        named.setdefault(head.subject, []).append(head.id)
    history = [each for subject in named for each in journal.history(audit, subject)]
    by_id = {revision.id: revision for revision in history}
    ids = tuple(head.id for head in heads)
    return Conflict(
        topic=topic,
        candidates=tuple(by_id[head.id] for head in differing(heads)),
        heads=ids,
        base=nearest_base(history, ids),
        edited=tuple(
            revision
            for head in edits
            for revision in journal.history(audit, head.subject)
            if revision.key == head.key
        ),
        by_subject=tuple((subject, tuple(own)) for subject, own in named.items()),
    )


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
