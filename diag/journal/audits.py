"""Audits: which there are, how one is opened, whether it is still as it was signed."""

from collections.abc import Callable
from typing import Any, NamedTuple

from diag.journal import changes, subjects
from diag.journal.facts import read_audit, status_of
from diag.journal.heads import latest
from diag.journal.journal import Journal
from diag.journal.revision import Origin, loads
from diag.journal.subjects import (
    AnswerTopic,
    ApartTopic,
    AuditTopic,
    BallotTopic,
    ClosedTopic,
    ErasureTopic,
    FlagTopic,
    HandTopic,
    NoteTopic,
    OwnTopic,
    PhotoTopic,
    PlaceTopic,
    RankTopic,
    SameTopic,
    VisitTopic,
    WordingTopic,
)
from diag.model.audit import Audit, Subject, audit_id
from diag.model.enums import AuditStatus

_NAMED = """
select a.id, h.value from audit a
join head h on h.audit = a.n and h.subject = 'audit/subject'
where h.value is not null order by a.n, h.lam
"""

_LATER = """
select subject, id, lam > ? from rev where audit = (select n from audit where id = ?)
"""

_COVERED = (
    AnswerTopic,
    ApartTopic,
    BallotTopic,
    ClosedTopic,
    FlagTopic,
    HandTopic,
    NoteTopic,
    OwnTopic,
    PhotoTopic,
    PlaceTopic,
    RankTopic,
    SameTopic,
    VisitTopic,
    WordingTopic,
)
"""What a signature covers, with the edition, the list that stands and what erases them.

Sending, following, supposing come after it, as will what this version does not know.
"""

_SIGNED = {AuditStatus.ACCEPTE, AuditStatus.CLOS}


class Signature(NamedTuple):
    """The signature of an audit: of who closed it, or accepted it."""

    digest: str
    """Digest of the audit when it was signed; empty in an older acceptance."""
    author: str
    at: int
    intact: bool
    """Whether all that it covers is as it was signed."""


def audits(journal: Journal) -> tuple[Audit, ...]:
    """Return the audits whose subject is known, in the order in which they came.

    An audit's id is made of its subject: a revision that contradicts it is ignored.

    Raises:
        DamagedError: when one is no longer what was written.
    """
    journal.check_all()
    found: dict[str, Audit] = {}
    for audit, text in journal.select(_NAMED):
        if noun := read_audit(audit, loads(text)):
            found[audit] = noun
    return tuple(found.values())


def open_audit(
    journal: Journal, campaign: str, subject: Subject, origin: Origin
) -> Audit:
    """Return the audit of a subject in a campaign, opened when it is new here."""
    audit = Audit(id=audit_id(campaign, subject), campaign=campaign, subject=subject)
    heads = journal.current(audit.id, subjects.SUBJECT)
    if not any(read_audit(audit.id, head.value) for head in heads):
        journal.write(changes.opened(audit.id, campaign, subject), origin)
    return audit


def closing_of(journal: Journal, audit: str) -> Signature | None:
    """Return the closing of an audit, if it is closed."""
    if status_of(journal, audit) is not AuditStatus.CLOS:
        return None
    return signature_of(journal, audit)


def signature_of(
    journal: Journal,
    audit: str,
    counts: Callable[[subjects.Topic], bool] = lambda _topic: True,
) -> Signature | None:
    """Return the closing of an audit, or its acceptance; None when it is neither.

    `counts`: which of the topics that a signature covers are looked at.
    """
    if status_of(journal, audit) not in _SIGNED:
        return None
    head = latest(journal.current(audit, subjects.STATUS))
    assert head is not None
    value: Any = head.value
    signed = str(value.get("digest", ""))
    rows = journal.select(_LATER, [head.lam, audit])
    topics = {key: subjects.parse(subject) for subject, key, _ in rows}
    now = int(journal.digest(audit), 16) ^ int.from_bytes(head.key)
    for _, key, is_later in rows:
        topic = topics[key]
        if isinstance(topic, ErasureTopic):
            topic = topics.get(bytes.fromhex(topic.revision), topic)
        if is_later and not (_is_covered(topic) and counts(topic)):
            now ^= int.from_bytes(key)
    is_intact = not signed or f"{now:064x}" == signed
    return Signature(signed, head.author, head.at, intact=is_intact)


def _is_covered(topic: subjects.Topic) -> bool:
    if isinstance(topic, AuditTopic):
        return topic.name in {"edition", "votes"}
    return isinstance(topic, (*_COVERED, ErasureTopic))
