"""Undo: a new revision that says again what was said before, never a deletion."""

from diag.desk.session import Session
from diag.journal import subjects
from diag.journal.board import saying
from diag.journal.draft import Draft
from diag.journal.revision import Revision
from diag.journal.subjects import (
    AnswerTopic,
    ApartTopic,
    AuditTopic,
    ClosedTopic,
    FlagTopic,
    NoteTopic,
    OwnTopic,
    PhotoTopic,
    PlaceTopic,
    RankTopic,
    SameTopic,
    ScenarioTopic,
    WordingTopic,
)
from diag.model.errors import DiagError

_UNDOABLE = (
    AnswerTopic
    | NoteTopic
    | FlagTopic
    | PlaceTopic
    | PhotoTopic
    | SameTopic
    | ApartTopic
    | ClosedTopic
    | WordingTopic
    | RankTopic
    | OwnTopic
    | ScenarioTopic
)


def undo(session: Session) -> Revision:
    """Take back the last thing this author did here; return its last change.

    Called again, it goes one step further back: what was taken back is not said
    again, as a stack of changes would do.

    Raises:
        DiagError: when nothing is left to take back, or others wrote since.
    """
    return undo_gesture(session)[0]


def undo_gesture(session: Session) -> tuple[Revision, ...]:
    """Take back all that was said in one go, in one commit; return it, last first.

    Raises:
        DiagError: when nothing is left to take back, or others wrote since.
    """
    stack = _changes_of(session)
    if not stack:
        raise DiagError("Rien à annuler : vous n'avez rien saisi dans cet audit.")
    together = session.said_with(stack[-1].id)
    taken = tuple(change for change in reversed(stack) if change.id in together)
    drafts = [each for change in taken for each in _taking_back(session, change)]
    session.say(*drafts)
    return taken


def _taking_back(session: Session, change: Revision) -> tuple[Draft, ...]:
    history = session.workspace.journal.history(session.audit.id, change.subject)
    heads = session.workspace.journal.current(session.audit.id, change.subject)
    if [(head.op, head.value) for head in heads] != [(change.op, change.value)]:
        raise DiagError(
            "Rien n'a été annulé : quelqu'un d'autre a modifié la même réponse depuis. "
            "Voyez l'historique, puis répondez à nouveau."
        )
    before = _before(history, change) or (None,)
    now = tuple(head.id for head in heads)
    return tuple(_again(session.audit.id, change, now, each) for each in before)


def _changes_of(session: Session) -> list[Revision]:
    """Return what this author changed and has not taken back, in order."""
    origin = session.workspace.origin
    stack: dict[str, Revision] = {}
    for revision in session.revisions():
        if (revision.author, revision.device) != (origin.author, origin.device):
            continue
        if revision.undoes:
            stack.pop(revision.undoes, None)
        elif _was_typed(revision):
            stack[revision.id] = revision
    return list(stack.values())


def _was_typed(revision: Revision) -> bool:
    """Say whether a person said it: what an official list told is not undone."""
    value = revision.value
    imported = isinstance(value, dict) and value.get("provenance") == "imported"
    topic = subjects.parse(revision.subject)
    # The edition pinned at the opening is no change; one that replaces it is.
    upgrade = topic == AuditTopic("edition") and bool(revision.parents)
    return not imported and (upgrade or isinstance(topic, _UNDOABLE))


def _before(history: tuple[Revision, ...], last: Revision) -> tuple[Revision, ...]:
    """Return what a change replaced: one thing, or all those that it settled."""
    known = (revision for revision in history if revision.id in last.parents)
    return tuple({saying(revision): revision for revision in known}.values())


def _again(
    audit: str, last: Revision, now: tuple[str, ...], before: Revision | None
) -> Draft:
    """Say again what stood before, over what stands now.

    Two who were settled are two again: each is said beside the other.
    """
    if before is None or before.op == "del" or before.erased:
        seen = before.seen if before else ()
        return Draft(
            audit, last.subject, op="del", parents=now, seen=seen, undoes=last.id
        )
    return Draft(audit, last.subject, before.value, parents=now, undoes=last.id)
