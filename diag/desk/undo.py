"""Undo: a new revision that says again what was said before, never a deletion."""

from diag.desk.session import Session, WithheldError
from diag.desk.undone import undone
from diag.desk.visit.trail import day_words, local_day
from diag.journal import subjects
from diag.journal.board import saying
from diag.journal.draft import Draft
from diag.journal.revision import Revision
from diag.journal.subjects import (
    AnswerTopic,
    ApartTopic,
    AuditTopic,
    ClosedTopic,
    ErasureTopic,
    FlagTopic,
    FollowTopic,
    NoteTopic,
    OwnTopic,
    PhotoTopic,
    PlaceTopic,
    RankTopic,
    SameTopic,
    ScenarioTopic,
    Topic,
    VisitTopic,
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
    | VisitTopic
    | WordingTopic
    | RankTopic
    | OwnTopic
    | ScenarioTopic
    | AuditTopic
)

_KEPT: dict[type[Topic], str] = {
    FollowTopic: "Une suite reste écrite : notez après elle l'étape juste, qui la "
    "remplace.",
    AuditTopic: "L'état de l'audit se change dans le bilan.",
    ErasureTopic: "Un effacement est définitif.",
}
"""What is never taken back, and what to do instead."""


class SaidEarlierError(WithheldError):
    """What would be taken back was said on another day: one may not think of it."""

    yes, no = "Annuler cette saisie", "La garder"
    done, left = "Annulé", "Rien n'est annulé."
    takes_back = True

    def __init__(
        self, session: Session, drafts: tuple[Draft, ...], taken: tuple[Revision, ...]
    ) -> None:
        said, day = undone(session, taken), day_words(taken[0].at)
        told = f"Votre dernière saisie ici date du {day}\u00a0: {said}."
        super().__init__(session, drafts, f"{told} Rien n'est annulé.")
        self.asked = f"{told} L'annuler ?"


def undo(session: Session) -> str:
    """Take back the last thing this author did here; return it told.

    Raises:
        DiagError: when nothing is to be taken back, or others wrote since.
    """
    return undone(session, undo_gesture(session))


def undo_gesture(session: Session) -> tuple[Revision, ...]:
    """Take back all that was said in one go, in one commit; return it, last first.

    Called again, it goes one step further back: what was taken back is not said
    again, as a stack of changes would do.

    Raises:
        DiagError: when nothing is to be taken back, or others wrote since.
        SaidEarlierError: it was said on another day, when one asks.
    """
    stack = _changes_of(session)
    if not stack:
        raise DiagError("Rien à annuler : vous n'avez rien saisi dans cet audit.")
    _refuse_kept(session, stack[-1])
    together = session.said_with(stack[-1].id)
    taken = tuple(change for change in reversed(stack) if change.id in together)
    drafts = tuple(each for change in taken for each in _taking_back(session, change))
    if session.asks_when_changed and _is_of_another_day(session, stack[-1]):
        raise SaidEarlierError(session, drafts, taken)
    session.say(*drafts)
    return taken


def _is_of_another_day(session: Session, change: Revision) -> bool:
    return local_day(change.at) < session.workspace.world.today()


def _refuse_kept(session: Session, last: Revision) -> None:
    """Undo nothing older than what is never taken back.

    Raises:
        DiagError: when that was said last.
    """
    topic = subjects.parse(last.subject)
    if not _is_kept(topic):
        return
    raise DiagError(
        "Rien n'a été annulé : votre dernière saisie ne s'annule pas "
        f"({undone(session, (last,))}). {_KEPT[type(topic)]}"
    )


def _is_kept(topic: Topic) -> bool:
    return isinstance(topic, FollowTopic | ErasureTopic) or topic == _STATUS


_STATUS, _SUBJECT, _EDITION = map(AuditTopic, ("status", "subject", "edition"))


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
    """Say whether a person said it: what an official list told is not undone.

    Neither is what opened the audit: its subject, the first edition it pinned.
    """
    value = revision.value
    imported = isinstance(value, dict) and value.get("provenance") == "imported"
    topic = subjects.parse(revision.subject)
    opening = topic == _SUBJECT or (topic == _EDITION and not revision.parents)
    told = isinstance(topic, _UNDOABLE) or _is_kept(topic)
    return told and not imported and not opening


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
