"""Undo: a new revision that says again what was said before, never a deletion."""

from collections.abc import Iterator

from diag.answers.types import answer_words
from diag.audit.history import day_words, describe_undo, local_day, time_words
from diag.audit.session import AuditSession, NeedsConfirmation
from diag.journal import subjects
from diag.journal.heads import saying
from diag.journal.journal import Head
from diag.journal.revision import NewRevision, Revision
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
from diag.model.fact import Answer, Facts

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


class SaidEarlierError(NeedsConfirmation):
    """What would be taken back was said on another day: one may not think of it."""

    yes, no = "Annuler cette saisie", "La garder"
    done, left = "Annulé", "Rien n'est annulé."
    takes_back = True

    def __init__(
        self,
        session: AuditSession,
        drafts: tuple[NewRevision, ...],
        taken: tuple[Revision, ...],
    ) -> None:
        said, day = describe_undo(session, taken), day_words(taken[0].at)
        told = f"Votre dernière saisie ici date du {day}\u00a0: {said}."
        super().__init__(session, drafts, f"{told} Rien n'est annulé.")
        self.asked = f"{told} L'annuler ?"


def undo(session: AuditSession) -> str:
    """Take back the last thing this author did here; return it told.

    Raises:
        DiagError: when nothing is to be taken back, or others wrote since.
    """
    return describe_undo(session, undo_gesture(session))


def undo_gesture(session: AuditSession) -> tuple[Revision, ...]:
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


def _is_of_another_day(session: AuditSession, change: Revision) -> bool:
    return local_day(change.at) < session.workspace.world.today()


def _refuse_kept(session: AuditSession, last: Revision) -> None:
    """Undo nothing older than what is never taken back.

    Raises:
        DiagError: when that was said last.
    """
    topic = subjects.parse(last.subject)
    if not _is_kept(topic):
        return
    raise DiagError(
        "Rien n'a été annulé : votre dernière saisie ne s'annule pas "
        f"({describe_undo(session, (last,))}). {_KEPT[type(topic)]}"
    )


def _is_kept(topic: Topic) -> bool:
    return isinstance(topic, FollowTopic | ErasureTopic) or topic == _STATUS


_STATUS, _SUBJECT, _EDITION = map(AuditTopic, ("status", "subject", "edition"))


def _taking_back(session: AuditSession, change: Revision) -> tuple[NewRevision, ...]:
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


def _changes_of(session: AuditSession) -> list[Revision]:
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
) -> NewRevision:
    """Say again what stood before, over what stands now.

    Two who were settled are two again: each is said beside the other.
    """
    if before is None or before.op == "del" or before.erased:
        seen = before.seen if before else ()
        return NewRevision(
            audit, last.subject, op="del", parents=now, seen=seen, undoes=last.id
        )
    return NewRevision(audit, last.subject, before.value, parents=now, undoes=last.id)


_SHOWN = 3
"""Questions that one reads; more were changed by one gesture over many cells."""


def said_meanwhile(
    session: AuditSession, seen: Facts, drafts: tuple[NewRevision, ...]
) -> str:
    """Tell who said what, when, in place of what was `seen`; empty when nobody did.

    Only of what the drafts would replace: another question changed is read again,
    that is all.
    """
    told = list(_told(session, seen, drafts))
    more = len(told) - _SHOWN
    if more > 0:
        plural = "s" if more > 1 else ""
        told[_SHOWN:] = [f"Et {more} autre{plural}."]
    return " ".join(told)


def _told(
    session: AuditSession, seen: Facts, drafts: tuple[NewRevision, ...]
) -> Iterator[str]:
    facts = session.facts
    for draft in drafts:
        there = session.workspace.journal.current(draft.audit, draft.subject)
        if [(head.op, head.value) for head in there] == [(draft.op, draft.value)]:
            continue
        if _was_shown(draft, there):
            continue
        match subjects.parse(draft.subject):
            case PlaceTopic(place):
                if facts.places.get(place) != seen.places.get(place):
                    yield _placed(session, place, seen, there)
            case NoteTopic(place, question):
                key = (place, question)
                notes = facts.notes.get(key, ())
                if notes != seen.notes.get(key, ()):
                    said = f"« {' ; '.join(notes)} »" if notes else "retirée"
                    yield f"{_named(session, key)}, note changée entre-temps : {said}."
            case AnswerTopic(place, question):
                key = (place, question)
                heads = facts.answers.get(key, ())
                if heads != seen.answers.get(key, ()):
                    yield _answered(session, key, heads)


def _was_shown(draft: NewRevision, there: tuple[Head, ...]) -> bool:
    """Say whether who settles named all that stands: it was on the screen."""
    named = set(() if draft.undoes else draft.parents or ())
    return bool(there) and named.issuperset(head.id for head in there)


def _placed(
    session: AuditSession, place: str, seen: Facts, there: tuple[Head, ...]
) -> str:
    was, now = seen.places.get(place), session.facts.places.get(place)
    known = was or now
    named = f"Le lieu « {known.name} »" if known else "Un lieu"
    did = "retiré" if now is None else "modifié"
    if was and now and was.name != now.name:
        did = f"renommé « {now.name} »"
    name_of = session.workspace.settings.name_of
    who = " ou ".join(f"{name_of(one.author)}, {time_words(one.at)}" for one in there)
    return f"{named} a été {did} entre-temps ({who})."


def _answered(
    session: AuditSession, key: tuple[str, str], heads: tuple[Answer, ...]
) -> str:
    if not heads:
        return f"{_named(session, key)}, réponse retirée entre-temps."
    question = session.checklist.questions[key[1]]
    name_of = session.workspace.settings.name_of
    said = " ou ".join(
        f"« {answer_words(question, head)} » ({name_of(head.author)}, "
        f"{time_words(head.at)})"
        for head in heads
    )
    return f"{_named(session, key)}, répondu entre-temps : {said}."


def _named(session: AuditSession, key: tuple[str, str]) -> str:
    """Return the question, with its place when it is not the subject itself."""
    facts = session.facts
    question = session.checklist.questions.get(key[1])
    label = question.label if question else key[1]
    place = facts.places.get(key[0])
    return f"{label} ({place.name})" if place and key[0] != facts.root else label
