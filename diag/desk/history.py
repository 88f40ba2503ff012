"""What was said in an audit, change after change, in words."""

from typing import NamedTuple

from diag.desk.about import about_words
from diag.desk.said import said_words
from diag.desk.session import Session
from diag.desk.visit.places import find_place
from diag.journal import subjects
from diag.journal.revision import Revision
from diag.journal.subjects import Topic


class Change(NamedTuple):
    """One revision, told."""

    id: str
    subject: str
    about: str
    """What it is about: the place and the question, « lieu », « visite »…"""
    said: str
    """What it says, or that it takes away."""
    author: str
    device: str
    at: int
    op: str


def changes_of(
    session: Session, question: str | None = None, place: str = ""
) -> tuple[Change, ...]:
    """Return what was said, in order; of one question or one place if named."""
    where = find_place(session, place).id if place else None
    return tuple(
        _told(session, revision)
        for revision in session.revisions()
        if _concerns(subjects.parse(revision.subject), question, where)
    )


def _concerns(topic: Topic, question: str | None, place: str | None) -> bool:
    if question and getattr(topic, "question", None) != question:
        return False
    return not place or getattr(topic, "place", None) == place


def _told(session: Session, revision: Revision) -> Change:
    topic = subjects.parse(revision.subject)
    return Change(
        id=revision.id,
        subject=revision.subject,
        about=about_words(session, topic, revision.value),
        said=said_words(session, revision),
        author=session.workspace.settings.name_of(revision.author),
        device=revision.device,
        at=revision.at,
        op=revision.op,
    )
