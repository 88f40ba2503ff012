"""Audits: which there are, how one is opened, whether it is still as it was signed."""

from typing import Any, NamedTuple

from diag.journal import changes, subjects
from diag.journal.facts import read_audit, status_of
from diag.journal.heads import latest
from diag.journal.journal import Journal
from diag.journal.revision import Origin, loads
from diag.journal.subjects import DispatchTopic, FollowTopic, QuestionnaireTopic
from diag.model.audit import Audit, Subject, audit_id
from diag.model.enums import AuditStatus

_NAMED = """
select a.id, h.value from audit a
join head h on h.audit = a.n and h.subject = 'audit/subject'
where h.value is not null order by a.n, h.lam
"""

_AFTERWARDS = (DispatchTopic, FollowTopic, QuestionnaireTopic)
"""What is still recorded once an audit is closed."""


class Signature(NamedTuple):
    """The signature of an audit."""

    digest: str
    """Digest of the audit when it was signed."""
    author: str
    at: int
    intact: bool
    """Nothing was added since but the closing itself, what became of advice, what was
    sent and the questionnaires printed."""


def audits(journal: Journal) -> tuple[Audit, ...]:
    """Return the audits whose subject is known, in the order in which they came.

    An audit's id is made of its subject: a revision that contradicts it is ignored.
    """
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
    head = latest(journal.current(audit, subjects.STATUS))
    value: Any = head.value if head else None
    assert head is not None
    before = int(journal.digest(audit), 16) ^ int.from_bytes(head.key)
    for revision in (
        *journal.history_inside(audit, "rec"),
        *journal.history_inside(audit, subjects.DISPATCHES),
        *journal.history_inside(audit, subjects.QUESTIONNAIRES),
    ):
        topic = subjects.parse(revision.subject)
        if isinstance(topic, _AFTERWARDS) and revision.lam > head.lam:
            before ^= int.from_bytes(revision.key)
    signed = str(value.get("digest", ""))
    return Signature(signed, head.author, head.at, intact=f"{before:064x}" == signed)
