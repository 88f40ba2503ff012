"""What a revision says, in words: never an id, nor a value as it is kept."""

from typing import Any

from diag.desk.about import place_name, question_named, reader_words
from diag.desk.session import Session
from diag.desk.territory.outlook import STATUS_WORDS
from diag.desk.visit.parcours import PROFILES
from diag.desk.visit.places import KIND_NAMES
from diag.desk.visit.trail import answer_said
from diag.journal import subjects
from diag.journal.revision import Revision
from diag.journal.subjects import (
    AnswerTopic,
    AuditTopic,
    DispatchTopic,
    FollowTopic,
    OwnTopic,
    PhotoTopic,
    PlaceTopic,
    QuestionnaireTopic,
    RankTopic,
    SameTopic,
    ScenarioTopic,
    Topic,
    VisitTopic,
)
from diag.model.enums import AuditStatus, FollowUpState, PlaceKind, Profile
from diag.reports.answers import answer_words
from diag.words.dates import written_day
from diag.words.vocabulary import FOLLOW_UPS, WHOM


def said_words(session: Session, revision: Revision) -> str:
    """Return what a revision says, or that it takes away."""
    if revision.erased:
        return "(effacé)"
    if revision.op == "del":
        return "(retiré)"
    topic, value = subjects.parse(revision.subject), revision.value
    if isinstance(topic, AnswerTopic):
        return _answer_words(session, topic.question, revision)
    if isinstance(value, dict):
        return _fields_words(session, topic, value)
    return "déplacé" if isinstance(topic, RankTopic) else _plain(value)


def _fields_words(session: Session, topic: Topic, value: dict[str, Any]) -> str:
    match topic:
        case AuditTopic(name):
            told = _audit_words(session, name, value)
        case PlaceTopic():
            told = _place_words(session, value)
        case SameTopic():
            told = place_name(session, _text(value, "place"))
        case VisitTopic():
            told = _visit_words(value)
        case FollowTopic():
            told = _step_words(value)
        case DispatchTopic():
            reader = reader_words(_text(value, "audience"))
            told = _joined(reader, _day(value, "on"), _names(value, "to"))
        case QuestionnaireTopic():
            whom = _text(value, "whom")
            told = _joined(WHOM.get(whom, whom), _day(value, "on"))
        case PhotoTopic() | OwnTopic() | ScenarioTopic():
            told = _text(value, _NAMED[type(topic)])
        case _:
            told = _joined(*(_plain(value[key]) for key in sorted(value)))
    return told


_NAMED: dict[type, str] = {
    PhotoTopic: "caption",
    OwnTopic: "title",
    ScenarioTopic: "name",
}
"""What is told of something that has a name."""


def _answer_words(session: Session, ident: str, revision: Revision) -> str:
    """Tell an answer; its bare value where this version knows no such question."""
    question, answer = question_named(session, ident), answer_said(revision)
    if question and answer:
        return answer_words(question, answer)
    value = revision.value
    if not isinstance(value, dict):
        return _plain(value)
    return _joined(_plain(value.get("value")), _text(value, "reason"))


def _audit_words(session: Session, name: str, value: dict[str, Any]) -> str:
    """Return « complet », « clos, empreinte 725b455e0a3c », « campagne 2026-2027 »."""
    if name == "edition":
        return _edition_words(session, _text(value, "digest"))
    if name == "profile":
        profile = _text(value, "profile")
        return PROFILES[Profile(profile)][0] if profile in set(Profile) else profile
    if name == "subject":
        return f"campagne {_text(value, 'campaign')}"
    status, digest = _text(value, "status"), _text(value, "digest")
    word = STATUS_WORDS[AuditStatus(status)] if status in set(AuditStatus) else status
    signed = f"empreinte {digest[:12]}" if digest else ""
    return _joined(word, signed, _text(value, "comment"))


def _edition_words(session: Session, digest: str) -> str:
    editions = session.workspace.editions
    if not editions.holds(digest):
        return f"édition {digest[:12]}"
    return f"édition {editions.open(digest).version} ({digest[:12]})"


def _place_words(session: Session, value: dict[str, Any]) -> str:
    """Return « salle, CM2 », and where it stands unless in the school itself."""
    kind, parent = _text(value, "kind"), _text(value, "parent")
    told = KIND_NAMES[PlaceKind(kind)] if kind in set(PlaceKind) else kind
    inside = parent and parent != session.facts.root
    stands = f"dans {place_name(session, parent)}" if inside else ""
    return _joined(told, _text(value, "name"), stands)


def _visit_words(value: dict[str, Any]) -> str:
    """Return « 05/10/2026, Camille Perrin, a reçu : la directrice »."""
    met = _names(value, "met")
    return _joined(
        _day(value, "date"),
        _names(value, "present"),
        f"a reçu : {met}" if met else "",
        _text(value, "authorisation"),
    )


def _step_words(value: dict[str, Any]) -> str:
    """Return « décidée, 05/10/2026, conseil municipal »."""
    state = _text(value, "state")
    word = FOLLOW_UPS[FollowUpState(state)] if state in set(FollowUpState) else state
    return _joined(word, _day(value, "on"), _text(value, "by"), _text(value, "why"))


def _plain(value: object) -> str:
    """Return a value of which nothing else is known; nothing when there is none."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return _joined(*map(_plain, value))
    return "" if value is None else str(value)


def _text(value: dict[str, Any], name: str) -> str:
    return str(value.get(name) or "")


def _names(value: dict[str, Any], name: str) -> str:
    names = value.get(name)
    return ", ".join(map(str, names)) if isinstance(names, list) else ""


def _day(value: dict[str, Any], name: str) -> str:
    return written_day(_text(value, name))


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))
