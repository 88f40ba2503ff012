"""What was said in an audit, change after change, in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from diag.answers.types import answer_words
from diag.audit.places import find_place
from diag.audit.session import AuditSession
from diag.audit.walk import Key
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
from diag.model.checklist import Checklist, Question
from diag.model.enums import (
    Audience,
    AuditStatus,
    FollowUpState,
    PlaceKind,
    Profile,
    Provenance,
    State,
)
from diag.model.fact import Answer
from diag.words.dates import written_day
from diag.words.sentences import counted
from diag.words.vocabulary import (
    AUDIENCES,
    FOLLOW_UPS,
    PLACE_NAMES,
    PLACES,
    PROFILES,
    PROVENANCES,
    STATUSES,
    WHOM,
)


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
    session: AuditSession, question: str | None = None, place: str = ""
) -> tuple[Change, ...]:
    """Return what was said, in order; of one question or one place if named."""
    where = find_place(session, place).id if place else None
    return tuple(
        _change(session, revision)
        for revision in session.revisions()
        if _concerns(subjects.parse(revision.subject), question, where)
    )


def _concerns(topic: Topic, question: str | None, place: str | None) -> bool:
    if question and getattr(topic, "question", None) != question:
        return False
    return not place or getattr(topic, "place", None) == place


def _change(session: AuditSession, revision: Revision) -> Change:
    topic = subjects.parse(revision.subject)
    return Change(
        id=revision.id,
        subject=revision.subject,
        about=describe_subject(session, topic, revision.value),
        said=describe_revision(session, revision),
        author=session.workspace.settings.name_of(revision.author),
        device=revision.device,
        at=revision.at,
        op=revision.op,
    )


# What something that was said is about, in words: a place and a question, a title.
#
# Never an id: what today's checklists no longer hold is named as the older ones did.


def describe_subject(session: AuditSession, topic: Topic, said: object = None) -> str:
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


def question_named(session: AuditSession, ident: str) -> Question | None:
    """Return a question, were it of checklists that judged this audit before."""
    known = (one.questions.get(ident) for one in _checklists(session))
    return next(filter(None, known), None)


def place_name(session: AuditSession, ident: str) -> str:
    """Return the name of a place, were it taken away since."""
    place = session.facts.places.get(ident)
    if place:
        return place.name
    return str(_last(session, subjects.place(ident)).get("name") or "lieu retiré")


def advice_title(session: AuditSession, ident: str) -> str:
    """Return the title of a recommendation, were it of the engineer's own."""
    # Judging words, 30 ms: loaded by those only who read of advice.
    from diag.audit.advising import title_words  # noqa: PLC0415

    own = _last(session, subjects.own(ident)).get("title")
    known = title_words(session, ident)
    return str(own or (known if known != ident else "préconisation d'autres grilles"))


def reader_words(audience: str) -> str:
    """Return « la mairie »."""
    known = audience in set(Audience)
    return AUDIENCES[Audience(audience)] if known else audience


def _asked_words(
    session: AuditSession, topic: AnswerTopic | NoteTopic | FlagTopic
) -> str:
    question = question_named(session, topic.question)
    label = question.label if question else "question d'autres grilles"
    if isinstance(topic, AnswerTopic):
        return label
    noun = "note" if isinstance(topic, NoteTopic) else "« à revoir »"
    return f"{noun} de « {label} »"


def _at(session: AuditSession, place: str, told: str) -> str:
    """Put the place before; that of the whole audit goes without saying."""
    if place == session.facts.root:
        return told
    return f"{place_name(session, place)}, {told}"


def _advice_words(
    session: AuditSession, topic: FollowTopic | WordingTopic | RankTopic | OwnTopic
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


def _last(session: AuditSession, subject: str, said: object = None) -> dict[str, Any]:
    """Return what was said, or else what was last said of a subject."""
    if isinstance(said, dict):
        return said
    history = session.workspace.journal.history(session.audit.id, subject)
    values = (one.value for one in reversed(history))
    return next((one for one in values if isinstance(one, dict)), {})


def _checklists(session: AuditSession) -> Iterator[Checklist]:
    """Give the checklists in use, then those that judged the audit before."""
    yield session.checklist
    journal, editions = session.workspace.journal, session.workspace.editions
    for one in reversed(journal.history(session.audit.id, subjects.EDITION)):
        digest = one.value.get("digest", "") if isinstance(one.value, dict) else ""
        if editions.holds(digest):
            yield editions.open(digest)


def describe_revision(session: AuditSession, revision: Revision) -> str:
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


def _fields_words(session: AuditSession, topic: Topic, value: dict[str, Any]) -> str:
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


def _answer_words(session: AuditSession, ident: str, revision: Revision) -> str:
    """Tell an answer; its bare value where this version knows no such question."""
    question, answer = question_named(session, ident), answer_said(revision)
    if question and answer:
        return answer_words(question, answer)
    value = revision.value
    if not isinstance(value, dict):
        return _plain(value)
    return _joined(_plain(value.get("value")), _text(value, "reason"))


def _audit_words(session: AuditSession, name: str, value: dict[str, Any]) -> str:
    """Return « complet », « clos, empreinte 725b455e0a3c », « campagne 2026-2027 »."""
    if name == "edition":
        return _edition_words(session, _text(value, "digest"))
    if name == "profile":
        profile = _text(value, "profile")
        return PROFILES[Profile(profile)][0] if profile in set(Profile) else profile
    if name == "subject":
        return f"campagne {_text(value, 'campaign')}"
    status, digest = _text(value, "status"), _text(value, "digest")
    word = STATUSES[AuditStatus(status)] if status in set(AuditStatus) else status
    signed = f"empreinte {digest[:12]}" if digest else ""
    return _joined(word, signed, _text(value, "comment"))


def _edition_words(session: AuditSession, digest: str) -> str:
    editions = session.workspace.editions
    if not editions.holds(digest):
        return f"édition {digest[:12]}"
    return f"édition {editions.open(digest).version} ({digest[:12]})"


def _place_words(session: AuditSession, value: dict[str, Any]) -> str:
    """Return « salle, CM2 », and where it stands unless in the school itself."""
    kind, parent = _text(value, "kind"), _text(value, "parent")
    told = PLACE_NAMES[PlaceKind(kind)] if kind in set(PlaceKind) else kind
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


def describe_undo(session: AuditSession, taken: Sequence[Revision]) -> str:
    """Return « 12 réponses, Prises réseau », « salle « CP » et 18 réponses »."""
    kinds: dict[type[Topic], list[Revision]] = {}
    for revision in reversed(taken):
        kind = type(subjects.parse(revision.subject))
        kinds.setdefault(kind, []).append(revision)
    parts = [_describe_kind(session, kind, said) for kind, said in kinds.items()]
    *before, last = parts
    return f"{', '.join(before)} et {last}" if before else last


def _describe_kind(
    session: AuditSession, kind: type[Topic], said: Sequence[Revision]
) -> str:
    if len(said) == 1:
        return _one(session, said[0])
    if kind is PlaceTopic:
        return _places(said)
    told = counted(len(said), *_SEVERAL.get(kind, ("modification", "modifications")))
    return f"{told}{_shared(session, said)}" if kind is AnswerTopic else told


def _one(session: AuditSession, revision: Revision) -> str:
    topic = subjects.parse(revision.subject)
    about = describe_subject(session, topic, revision.value)
    if revision.op == "del":
        return f"retrait : {about}"
    if revision.parents and type(topic) in _SAID_AGAIN:
        return f"{_SAID_AGAIN[type(topic)]} : {about}"
    if isinstance(topic, _TOLD_WHOLE):
        return f"{about} : {describe_revision(session, revision)}"
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


def _shared(session: AuditSession, said: Sequence[Revision]) -> str:
    """Return the question that all answer, or the place where all were said."""
    topics = [subjects.parse(one.subject) for one in said]
    asked = {one.question for one in topics if isinstance(one, AnswerTopic)}
    places = {one.place for one in topics if isinstance(one, AnswerTopic)}
    if len(asked) == 1 and (question := question_named(session, *asked)):
        return f", {question.label}"
    if len(places) == 1 and (place := session.facts.places.get(*places)):
        return f" ({place.name})"
    return ""


_EVIDENCES = (Provenance.MEASURED, Provenance.OBSERVED, Provenance.DECLARED)


@dataclass(frozen=True, slots=True)
class Turn:
    """One change of an answer."""

    who: str
    at: int
    before: str
    """What it replaced, in words; empty for a first answer."""
    after: str
    answer: Answer | None
    """What it says; None when it takes the answer away."""


def trail_of(session: AuditSession, key: Key, question: Question) -> tuple[Turn, ...]:
    """Return every change of one answer, the oldest first."""
    journal, audit = session.workspace.journal, session.audit.id
    revisions = journal.history(audit, subjects.answer(*key))
    said = {one.id: _words(question, one) for one in revisions}
    name_of = session.workspace.settings.name_of if revisions else str
    return tuple(
        Turn(
            who=name_of(one.author),
            at=one.at,
            before=" ou ".join(said[each] for each in one.parents if each in said),
            after=said[one.id],
            answer=answer_said(one),
        )
        for one in revisions
    )


def divergences(trail: Sequence[Turn]) -> tuple[str, ...]:
    """Return what was measured, seen and declared, when it differs; else nothing."""
    last: dict[Provenance, Turn] = {}
    for turn in trail:
        if turn.answer and turn.answer.state is State.KNOWN:
            last[turn.answer.provenance] = turn
    kept = [last[each] for each in _EVIDENCES if each in last]
    if len({turn.after for turn in kept}) <= 1:
        return ()
    return tuple(
        f"{PROVENANCES[turn.answer.provenance]} : {turn.after} "
        f"({turn.who}, {day_words(turn.at)})"
        for turn in kept
        if turn.answer
    )


def local_day(at: int) -> date:
    """Return the day of a wall clock where one works, as one's own calendar says."""
    return _local(at).date()


def day_words(at: int) -> str:
    """Return the local day of a wall clock: « 05/10/2026 »."""
    return local_day(at).strftime("%d/%m/%Y")


def time_words(at: int) -> str:
    """Return the local day and time of a wall clock: « 05/10/2026 09:12 »."""
    return _local(at).strftime("%d/%m/%Y %H:%M")


def _local(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone()


def _words(question: Question, revision: Revision) -> str:
    if revision.erased:
        return "effacé"
    answer = answer_said(revision)
    return answer_words(question, answer) if answer else "retiré"


def answer_said(revision: Revision) -> Answer | None:
    """Return the answer that a revision gives; None when it is none that is known."""
    body: Any = revision.value
    try:
        value = body.get("value")
        return Answer(
            State(body["state"]),
            tuple(value) if isinstance(value, list) else value,
            Provenance(body["provenance"]),
            str(body.get("reason", "")),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
