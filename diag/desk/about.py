"""What something that was said is about, in words: a place and a question, a title.

Never an id: what today's checklists no longer hold is named as the older ones did.
"""

from collections.abc import Iterator
from typing import Any

from diag.desk.session import Session
from diag.journal import subjects
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
from diag.model.checklist import Checklist, Question
from diag.model.enums import Audience, PlaceKind
from diag.words.dates import written_day
from diag.words.vocabulary import PLACES


def about_words(session: Session, topic: Topic, said: object = None) -> str:
    """Return what a subject is about.

    `said` names it where several things were said of it: else the last one does.
    """
    match topic:
        case AnswerTopic(place, _) | NoteTopic(place, _) | FlagTopic(place, _):
            told = _at(session, place, _asked_words(session, topic))
        case FollowTopic() | WordingTopic() | RankTopic() | OwnTopic():
            told = _advice_words(session, topic)
        case PlaceTopic(place):
            last = _last(session, subjects.place(place), said)
            told = _called(_kind_words(last), last.get("name"))
        case VisitTopic(visit):
            on = _last(session, subjects.visit(visit), said).get("date")
            told = f"visite du {written_day(str(on))}" if on else "visite"
        case PhotoTopic(photo):
            last = _last(session, subjects.photo(photo), said)
            told = _called("photo", last.get("caption"))
        case ScenarioTopic(scenario):
            last = _last(session, subjects.scenario(scenario), said)
            told = _called("scénario", last.get("name"))
        case ClosedTopic(kind):
            told = f"liste complète des {PLACES[kind][1]}"
        case AuditTopic(name):
            told = f"audit, {_ASPECTS[name]}"
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
    QuestionnaireTopic: "questionnaire imprimé",
    SameTopic: "lieu, le même qu'un autre",
    ApartTopic: "lieux différents, qui se ressemblent",
    ErasureTopic: "effacement",
}


def question_named(session: Session, ident: str) -> Question | None:
    """Return a question, were it of checklists that judged this audit before."""
    known = (one.questions.get(ident) for one in _checklists(session))
    return next(filter(None, known), None)


def place_name(session: Session, ident: str) -> str:
    """Return the name of a place, were it taken away since."""
    place = session.facts.places.get(ident)
    if place:
        return place.name
    return str(_last(session, subjects.place(ident)).get("name") or "lieu retiré")


def advice_title(session: Session, ident: str) -> str:
    """Return the title of a recommendation, were it of the engineer's own."""
    # Judging words, 30 ms: loaded by those only who read of advice.
    from diag.desk.bilan.compare_words import title_words  # noqa: PLC0415

    own = _last(session, subjects.own(ident)).get("title")
    known = title_words(session, ident)
    return str(own or (known if known != ident else "préconisation d'autres grilles"))


def reader_words(audience: str) -> str:
    """Return « la mairie »."""
    from diag.desk.bilan.counsel import AUDIENCES  # noqa: PLC0415 - as above

    known = audience in set(Audience)
    return AUDIENCES[Audience(audience)] if known else audience


def _asked_words(session: Session, topic: AnswerTopic | NoteTopic | FlagTopic) -> str:
    question = question_named(session, topic.question)
    label = question.label if question else "question d'autres grilles"
    if isinstance(topic, AnswerTopic):
        return label
    noun = "note" if isinstance(topic, NoteTopic) else "« à revoir »"
    return f"{noun} de « {label} »"


def _at(session: Session, place: str, told: str) -> str:
    """Put the place before; that of the whole audit goes without saying."""
    if place == session.facts.root:
        return told
    return f"{place_name(session, place)}, {told}"


def _advice_words(
    session: Session, topic: FollowTopic | WordingTopic | RankTopic | OwnTopic
) -> str:
    title = advice_title(session, topic.recommendation)
    match topic:
        case FollowTopic():
            return f"suite de « {title} »"
        case RankTopic():
            return f"rang de « {title} »"
        case OwnTopic():
            return f"préconisation ajoutée « {title} »"
        case WordingTopic():
            return f"mots de « {title} » pour {reader_words(topic.audience)}"


def _kind_words(place: dict[str, Any]) -> str:
    kind = place.get("kind")
    return PLACES[PlaceKind(kind)][0] if kind in set(PlaceKind) else "lieu"


def _called(noun: str, name: object) -> str:
    return f"{noun} « {name} »" if name else noun


def _last(session: Session, subject: str, said: object = None) -> dict[str, Any]:
    """Return what was said, or else what was last said of a subject."""
    if isinstance(said, dict):
        return said
    history = session.workspace.journal.history(session.audit.id, subject)
    values = (one.value for one in reversed(history))
    return next((one for one in values if isinstance(one, dict)), {})


def _checklists(session: Session) -> Iterator[Checklist]:
    """Give the checklists in use, then those that judged the audit before."""
    yield session.checklist
    journal, editions = session.workspace.journal, session.workspace.editions
    for one in reversed(journal.history(session.audit.id, subjects.EDITION)):
        digest = one.value.get("digest", "") if isinstance(one.value, dict) else ""
        if editions.holds(digest):
            yield editions.open(digest)
