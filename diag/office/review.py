"""Reviewing: which audits wait for it, what the reviewer decides and why."""

from dataclasses import dataclass
from typing import Any

from diag.audit.follow import move
from diag.audit.history import day_words
from diag.audit.session import AuditSession, listed
from diag.journal import subjects
from diag.journal.heads import latest
from diag.model.enums import AuditStatus
from diag.model.errors import DiagError
from diag.words.vocabulary import STATUSES
from diag.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Stand:
    """Where an audit stands, and who put it there."""

    session: AuditSession
    status: AuditStatus
    who: str
    at: int
    comment: str

    @property
    def words(self) -> str:
        """Return « retourné par Y le 05/10/2026 : voir la baie »."""
        why = f" : {self.comment}" if self.comment else ""
        return f"{STATUSES[self.status]} par {self.who} le {day_words(self.at)}{why}"


def stand_of(session: AuditSession) -> Stand | None:
    """Return where an audit stands; None when nobody has moved it yet."""
    journal = session.workspace.journal
    status = session.status
    heads = journal.current(session.audit.id, subjects.STATUS)
    saying = [head for head in heads if _field(head.value, "status") == status]
    head = latest(saying)
    if head is None:
        return None
    who = session.workspace.settings.name_of(head.author)
    return Stand(session, status, who, head.at, _field(head.value, "comment"))


def to_review(workspace: Workspace) -> tuple[Stand, ...]:
    """Return the audits submitted and not judged yet, the first to wait first."""
    found = [
        stand
        for one in listed(workspace)
        if one.status is AuditStatus.SOUMIS
        and (stand := stand_of(AuditSession(workspace, one.audit, one.about)))
    ]
    return tuple(sorted(found, key=lambda one: (one.at, one.session.about.ref)))


def accept(session: AuditSession, comment: str = "") -> None:
    """Accept what was submitted.

    Raises:
        DiagError: when it was not submitted.
    """
    _judge(session, AuditStatus.ACCEPTE, comment)


def give_back(session: AuditSession, comment: str) -> None:
    """Give back what was submitted, with what is to be completed.

    Raises:
        DiagError: when it was not submitted, or no reason is given.
    """
    if not comment.strip():
        raise DiagError("Un audit se retourne avec un motif : l'ingénieur le lira.")
    _judge(session, AuditStatus.RETOURNE, comment)


def _judge(session: AuditSession, status: AuditStatus, comment: str) -> None:
    if session.status is not AuditStatus.SOUMIS:
        raise DiagError(
            f"L'audit de {session.about.title} est {STATUSES[session.status]} : "
            "seul un audit soumis se relit."
        )
    move(session, status, comment)


def _field(value: Any, name: str) -> str:
    return str(value.get(name, "")) if isinstance(value, dict) else ""
