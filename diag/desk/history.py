"""What was said in an audit, change after change, in words."""

from typing import Any, NamedTuple

from diag.desk.session import Session
from diag.desk.territory.outlook import STATUS_WORDS
from diag.desk.visit.places import KIND_NAMES, find_place
from diag.journal import subjects
from diag.journal.revision import Revision
from diag.journal.subjects import (
    AnswerTopic,
    ApartTopic,
    AuditTopic,
    ClosedTopic,
    DispatchTopic,
    ErasureTopic,
    FlagTopic,
    FollowTopic,
    NoteTopic,
    OwnTopic,
    PhotoTopic,
    PlaceTopic,
    QuestionnaireTopic,
    RankTopic,
    SameTopic,
    ScenarioTopic,
    Topic,
    VisitTopic,
    WordingTopic,
)
from diag.model.fact import Answer, State
from diag.model.kinds import AuditStatus, PlaceKind
from diag.reports.answers import answer_words


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
        about=about_words(session, topic),
        said=said_words(session, revision),
        author=session.workspace.settings.name_of(revision.author),
        device=revision.device,
        at=revision.at,
        op=revision.op,
    )


def about_words(session: Session, topic: Topic) -> str:
    """Return what a subject is about: a place and a question, a visit, a photo."""
    match topic:
        case AnswerTopic(place, question) | NoteTopic(place, question):
            note = "note de " if isinstance(topic, NoteTopic) else ""
            told = f"{_place(session, place)}, {note}{question}"
        case FlagTopic(place, question):
            told = f"{_place(session, place)}, à revoir : {question}"
        case ClosedTopic(kind):
            told = f"liste complète ({KIND_NAMES[kind]})"
        case FollowTopic(recommendation):
            told = f"suite de {recommendation}"
        case WordingTopic(recommendation, _, audience):
            told = f"mots de {recommendation} pour {audience}"
        case RankTopic(recommendation):
            told = f"rang de {recommendation}"
        case OwnTopic(recommendation):
            told = f"préconisation ajoutée {recommendation[:8]}"
        case ErasureTopic(erased):
            told = f"effacement de {erased[:12]}"
        case AuditTopic(name):
            told = f"audit, {_ASPECTS.get(name, name)}"
        case _:
            told = _NOUNS.get(type(topic), "modification d'une version plus récente")
    return told


_ASPECTS = {
    "edition": "grilles",
    "profile": "parcours",
    "status": "état",
    "subject": "sujet",
}

_NOUNS: dict[type, str] = {
    DispatchTopic: "envoi",
    PhotoTopic: "photo",
    QuestionnaireTopic: "questionnaire imprimé",
    ScenarioTopic: "scénario",
    PlaceTopic: "lieu",
    SameTopic: "lieu, le même qu'un autre",
    ApartTopic: "lieux différents, qui se ressemblent",
    VisitTopic: "visite",
}


def _place(session: Session, ident: str) -> str:
    place = session.facts.places.get(ident)
    return place.name if place else "lieu retiré"


def said_words(session: Session, revision: Revision) -> str:
    """Return what a revision says, or that it takes away."""
    topic = subjects.parse(revision.subject)
    if revision.erased:
        return "(effacé)"
    if revision.op == "del":
        return "(retiré)"
    if isinstance(topic, AnswerTopic):
        question = session.checklist.questions.get(topic.question)
        if question is not None:
            return answer_words(question, _answer(revision.value))
    return _value(session, topic, revision.value)


def _value(session: Session, topic: Topic, value: Any) -> str:
    if isinstance(value, dict):
        return _fields_words(session, topic, value)
    if isinstance(value, bool):
        return "oui" if value else "non"
    return str(value)


def _fields_words(session: Session, topic: Topic, value: dict[str, Any]) -> str:
    match topic:
        case AuditTopic("edition"):
            told = _edition_words(session, str(value.get("digest", "")))
        case AuditTopic("status"):
            told = _status_words(value)
        case PlaceTopic():
            told = _place_words(session, value)
        case SameTopic():
            told = _place(session, str(value.get("place", "")))
        case PhotoTopic():
            told = str(value.get("caption", ""))
        case DispatchTopic():
            told = _listed(_dispatch_parts(value))
        case QuestionnaireTopic():
            told = _listed({name: str(value.get(name, "")) for name in ("on", "whom")})
        case _:
            told = _listed(value)
    return told


def _listed(parts: dict[str, Any]) -> str:
    return ", ".join(str(parts[key]) for key in sorted(parts) if parts[key])


def _status_words(value: dict[str, Any]) -> str:
    """Return « retourné, voir la baie », « clos, empreinte 725b455e0a3c »."""
    status, digest = str(value.get("status", "")), str(value.get("digest", ""))
    word = STATUS_WORDS[AuditStatus(status)] if status in set(AuditStatus) else status
    signed = f"empreinte {digest[:12]}" if digest else ""
    return ", ".join(filter(None, (word, signed, str(value.get("comment", "")))))


def _place_words(session: Session, value: dict[str, Any]) -> str:
    """Return « salle, CM2 », and where it stands unless in the school itself."""
    kind, name = str(value.get("kind", "")), str(value.get("name", ""))
    told = KIND_NAMES[PlaceKind(kind)] if kind in set(PlaceKind) else kind
    parent = str(value.get("parent") or "")
    inside = f"dans {_place(session, parent)}" if parent else ""
    stands = inside if parent != session.facts.root else ""
    return ", ".join(filter(None, (told, name, stands)))


def _dispatch_parts(value: dict[str, Any]) -> dict[str, str]:
    to = value.get("to", [])
    told = ", ".join(map(str, to)) if isinstance(to, list) else ""
    return {name: str(value.get(name, "")) for name in ("audience", "on")} | {
        "to": told
    }


def _edition_words(session: Session, digest: str) -> str:
    editions = session.workspace.editions
    if not editions.holds(digest):
        return f"édition {digest[:12]}"
    return f"édition {editions.open(digest).version} ({digest[:12]})"


def _answer(value: Any) -> Answer:
    said = value.get("value")
    return Answer(
        State(value["state"]),
        tuple(said) if isinstance(said, list) else said,
        reason=value.get("reason", ""),
    )
