"""What was taken back, in words: the whole of a gesture, on one line."""

from collections.abc import Sequence

from diag.desk.about import about_words, question_named
from diag.desk.said import said_words
from diag.desk.session import Session
from diag.journal import subjects
from diag.journal.revision import Revision
from diag.journal.subjects import (
    AnswerTopic,
    AuditTopic,
    ClosedTopic,
    FlagTopic,
    FollowTopic,
    NoteTopic,
    PhotoTopic,
    PlaceTopic,
    RankTopic,
    Topic,
    VisitTopic,
)
from diag.model.enums import PlaceKind
from diag.words.sentences import counted
from diag.words.vocabulary import PLACES

_TOLD_WHOLE = AnswerTopic | AuditTopic | ClosedTopic | FollowTopic
"""Where what was said is told beside what it is about."""

_SAID_AGAIN: dict[type[Topic], str] = {PlaceTopic: "nom", VisitTopic: "correction"}
"""What one says of a thing that was there already."""

_SEVERAL: dict[type[Topic], tuple[str, str]] = {
    AnswerTopic: ("réponse", "réponses"),
    NoteTopic: ("note", "notes"),
    FlagTopic: ("marque « à revoir »", "marques « à revoir »"),
    PhotoTopic: ("photo", "photos"),
    RankTopic: ("rang de préconisation", "rangs de préconisations"),
}
"""What several things of a kind are called."""


def undone(session: Session, taken: Sequence[Revision]) -> str:
    """Return « 12 réponses, Prises réseau », « salle « CP » et 18 réponses »."""
    kinds: dict[type[Topic], list[Revision]] = {}
    for revision in reversed(taken):
        kind = type(subjects.parse(revision.subject))
        kinds.setdefault(kind, []).append(revision)
    parts = [_told(session, kind, said) for kind, said in kinds.items()]
    *before, last = parts
    return f"{', '.join(before)} et {last}" if before else last


def _told(session: Session, kind: type[Topic], said: Sequence[Revision]) -> str:
    if len(said) == 1:
        return _one(session, said[0])
    if kind is PlaceTopic:
        return _places(said)
    told = counted(len(said), *_SEVERAL.get(kind, ("modification", "modifications")))
    return f"{told}{_shared(session, said)}" if kind is AnswerTopic else told


def _one(session: Session, revision: Revision) -> str:
    topic = subjects.parse(revision.subject)
    about = about_words(session, topic, revision.value)
    if revision.op == "del":
        return f"retrait : {about}"
    if revision.parents and type(topic) in _SAID_AGAIN:
        return f"{_SAID_AGAIN[type(topic)]} : {about}"
    if isinstance(topic, _TOLD_WHOLE):
        return f"{about} : {said_words(session, revision)}"
    return about


def _places(said: Sequence[Revision]) -> str:
    """Return « 4 salles, de « Classe 1 » à « Cantine » »."""
    placed = [one.value for one in said if isinstance(one.value, dict)]
    kinds = {str(each.get("kind")) for each in placed}
    one, many = PLACES[PlaceKind(*kinds)] if len(kinds) == 1 else ("lieu", "lieux")
    told = counted(len(said), one, many)
    names = [f"« {each.get('name')} »" for each in placed]
    if not names:
        return told
    return f"{told}, de {names[0]} à {names[-1]}"


def _shared(session: Session, said: Sequence[Revision]) -> str:
    """Return the question that all answer, or the place where all were said."""
    topics = [subjects.parse(one.subject) for one in said]
    asked = {one.question for one in topics if isinstance(one, AnswerTopic)}
    places = {one.place for one in topics if isinstance(one, AnswerTopic)}
    if len(asked) == 1 and (question := question_named(session, *asked)):
        return f", {question.label}"
    if len(places) == 1 and (place := session.facts.places.get(*places)):
        return f" ({place.name})"
    return ""
