"""Undo: a new revision that writes again what stood before; never a deletion."""

from collections.abc import Callable, Iterable, Sequence

from diag.audit.history import describe_revision, describe_subject, find_question_ever
from diag.audit.proposals import LISTS, proposal_id
from diag.audit.session import AuditSession, NeedsConfirmation
from diag.audit.snapshot import known_already
from diag.journal import subjects
from diag.journal.heads import content_of
from diag.journal.journal import Journal
from diag.journal.revision import NewRevision, Origin, Revision
from diag.journal.subjects import (
    AnswerTopic,
    ApartTopic,
    AuditTopic,
    ClosedTopic,
    ErasureTopic,
    EvidenceTopic,
    FlagTopic,
    FloorTopic,
    FollowTopic,
    HandTopic,
    NoteTopic,
    ObservationTopic,
    OwnTopic,
    PhotoTopic,
    PlaceTopic,
    ProposalTopic,
    RankTopic,
    SameTopic,
    ScenarioTopic,
    Topic,
    VisitTopic,
    WordingTopic,
)
from diag.model.enums import PlaceKind, ProposalSource, Provenance
from diag.model.errors import DiagError
from diag.words.dates import day_words, local_day
from diag.words.sentences import counted
from diag.words.vocabulary import PLACES

_UNDOABLE = (
    AnswerTopic
    | NoteTopic
    | FlagTopic
    | PlaceTopic
    | PhotoTopic
    | ObservationTopic
    | SameTopic
    | ApartTopic
    | ClosedTopic
    | FloorTopic
    | VisitTopic
    | WordingTopic
    | RankTopic
    | OwnTopic
    | HandTopic
    | FollowTopic
    | ScenarioTopic
    | ProposalTopic
    | EvidenceTopic
    | AuditTopic
)

_KEPT: dict[type[Topic], str] = {
    AuditTopic: "L'état de l'audit se change dans le bilan.",
    ErasureTopic: "Un effacement est définitif.",
}
"""What is never taken back, and what to do instead."""

_STATUS, _SUBJECT, _EDITION, _VOTES = map(
    AuditTopic, ("status", "subject", "edition", "votes")
)


class EarlierEntryError(NeedsConfirmation):
    """What would be taken back was entered on another day: it may be forgotten."""

    yes, no = "Annuler cette saisie", "La garder"
    done, left = "Annulé", "Rien n'est annulé."
    takes_back = True

    def __init__(
        self,
        session: AuditSession,
        drafts: tuple[NewRevision, ...],
        taken: tuple[Revision, ...],
    ) -> None:
        entry, day = describe_undo(session, taken), day_words(taken[0].at)
        sentence = f"Votre dernière saisie ici date du {day}\u00a0: {entry}."
        super().__init__(session, drafts, f"{sentence} Rien n'est annulé.")
        self.asked = f"{sentence} L'annuler ?"


def undo(session: AuditSession) -> str:
    """Take back this author's last gesture here; return it in words.

    Raises:
        DiagError: when nothing is to be taken back, or others wrote since.
    """
    return describe_undo(session, undo_last(session))


def undo_last(session: AuditSession) -> tuple[Revision, ...]:
    """Take back the last gesture in one commit; return its revisions, last first.

    Called again, it goes one step further back: what was taken back is not written
    again, as a stack of changes would do.

    Raises:
        DiagError: when nothing is to be taken back, or others wrote since.
        EarlierEntryError: it was entered on another day, to be confirmed.
    """
    stack = _list_changes(session)
    if not stack:
        raise DiagError("Rien à annuler : vous n'avez rien saisi dans cet audit.")
    last = stack[-1]
    topic = subjects.parse(last.subject)
    if _is_kept(topic):
        raise DiagError(
            "Rien n'a été annulé : votre dernière saisie ne s'annule pas "
            f"({describe_undo(session, (last,))}). {_KEPT[type(topic)]}"
        )
    together = session.same_gesture(last.id)
    taken = tuple(
        change
        for change in reversed(stack)
        if change.id in together and not _is_kept(subjects.parse(change.subject))
    )
    journal, audit = session.workspace.journal, session.audit.id
    drafts = take_back(
        journal,
        audit,
        taken,
        f"quelqu'un d'autre a écrit là depuis ({describe_undo(session, taken)}). Voyez "
        "l'historique, puis répondez à nouveau.",
    )
    today = session.workspace.world.today()
    if session.asks_when_changed and local_day(last.at) < today:
        raise EarlierEntryError(session, drafts, taken)
    session.record(*drafts)
    return taken


def _list_changes(session: AuditSession) -> list[Revision]:
    """Return what this author changed and has not taken back, in order.

    What an official list gave or offers by itself is not undone, nor what opened the
    audit: its subject, the first edition it pinned. What is accepted of a list is.
    """
    given = known_already(session.audit.id, session.about, session.checklist)
    of_lists = {
        subject
        for place, question, _ in given
        for subject in (
            subjects.answer(place, question),
            subjects.proposal(proposal_id(session, LISTS, place, question)),
        )
    }

    def is_change(revision: Revision) -> bool:
        topic, value = subjects.parse(revision.subject), revision.value
        if revision.subject in of_lists and isinstance(value, dict):
            is_first = not revision.parents
            is_imported = value.get("provenance") == Provenance.IMPORTED
            is_offer = value.get("source") == ProposalSource.IMPORT
            if is_offer or (is_imported and is_first):
                return False
        if topic == _SUBJECT or (topic == _EDITION and not revision.parents):
            return False
        return isinstance(topic, _UNDOABLE) or _is_kept(topic)

    return list_own(session.revisions(), session.workspace.origin, is_change)


def list_own(
    revisions: Iterable[Revision],
    origin: Origin,
    is_change: Callable[[Revision], bool],
) -> list[Revision]:
    """Return the changes that one author made on one device and has not taken back."""
    stack: dict[str, Revision] = {}
    for revision in revisions:
        if (revision.author, revision.device) != (origin.author, origin.device):
            continue
        if revision.undoes:
            stack.pop(revision.undoes, None)
        elif is_change(revision):
            stack[revision.id] = revision
    return list(stack.values())


def _is_kept(topic: Topic) -> bool:
    return isinstance(topic, ErasureTopic) or topic in (_STATUS, _VOTES)


def take_back(
    journal: Journal, audit: str, taken: Iterable[Revision], refusal: str
) -> tuple[NewRevision, ...]:
    """Return drafts that write what stood before changes over what stands now.

    A settlement is undone into the several answers that it settled.

    Raises:
        DiagError: others wrote there since; `refusal` words it, and what to do.
    """
    drafts: list[NewRevision] = []
    for change in taken:
        heads = journal.current(audit, change.subject)
        if [(head.op, head.value) for head in heads] != [(change.op, change.value)]:
            raise DiagError(f"Rien n'a été annulé : {refusal}")
        before = {
            content_of(revision): revision
            for revision in journal.history(audit, change.subject)
            if revision.id in change.parents
        }
        for each in before.values() or (None,):
            is_gone = each is None or each.op == "del" or each.erased
            drafts.append(
                NewRevision(
                    audit,
                    change.subject,
                    None if each is None or is_gone else each.value,
                    op="del" if is_gone else "set",
                    parents=tuple(head.id for head in heads),
                    seen=each.seen if each and is_gone else (),
                    undoes=change.id,
                )
            )
    return tuple(drafts)


_WITH_CONTENT = AnswerTopic | AuditTopic | ClosedTopic | FollowTopic
"""Where the content stands next to the subject."""

_WRITTEN_AGAIN: dict[type[Topic], str] = {
    PlaceTopic: "nom",
    VisitTopic: "correction",
    ObservationTopic: "correction",
}
"""What is changed in a thing that was there already."""

_SEVERAL: dict[type[Topic], tuple[str, str]] = {
    AnswerTopic: ("réponse", "réponses"),
    NoteTopic: ("note", "notes"),
    FlagTopic: ("marque « à revoir »", "marques « à revoir »"),
    PhotoTopic: ("photo", "photos"),
    ObservationTopic: ("observation", "observations"),
    RankTopic: ("rang de préconisation", "rangs de préconisations"),
}
"""What several things of a kind are called."""


def describe_undo(session: AuditSession, taken: Sequence[Revision]) -> str:
    """Return « 12 réponses, Prises réseau », « salle « CP » et 18 réponses »."""
    kinds: dict[type[Topic], list[Revision]] = {}
    for revision in reversed(taken):
        kind = type(subjects.parse(revision.subject))
        kinds.setdefault(kind, []).append(revision)
    parts = []
    for kind, several in kinds.items():
        if len(several) == 1:
            (only,) = several
            topic = subjects.parse(only.subject)
            about = describe_subject(session, topic, only.value)
            if only.op == "del":
                about = f"retrait : {about}"
            elif only.parents and kind in _WRITTEN_AGAIN:
                about = f"{_WRITTEN_AGAIN[kind]} : {about}"
            elif isinstance(topic, _WITH_CONTENT):
                about = f"{about} : {describe_revision(session, only)}"
            parts.append(about)
        elif kind is PlaceTopic:
            placed = [one.value for one in several if isinstance(one.value, dict)]
            among = {str(each.get("kind")) for each in placed}
            nouns = PLACES[PlaceKind(*among)] if len(among) == 1 else ("lieu", "lieux")
            names = [f"« {each.get('name')} »" for each in placed]
            span = f", de {names[0]} à {names[-1]}" if names else ""
            parts.append(f"{counted(len(several), *nouns)}{span}")
        else:
            nouns = _SEVERAL.get(kind, ("modification", "modifications"))
            topics = [subjects.parse(one.subject) for one in several]
            asked = {one.question for one in topics if isinstance(one, AnswerTopic)}
            places = {one.place for one in topics if isinstance(one, AnswerTopic)}
            shared = ""  # the question that all answer, or the place where all are
            if len(asked) == 1 and (question := find_question_ever(session, *asked)):
                shared = f", {question.label}"
            elif len(places) == 1 and (place := session.facts.places.get(*places)):
                shared = f" ({place.name})"
            parts.append(f"{counted(len(several), *nouns)}{shared}")
    *before, last = parts
    return f"{', '.join(before)} et {last}" if before else last
