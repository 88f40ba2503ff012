"""What was written in an audit, change after change, in French."""

from collections.abc import Callable
from typing import Any, NamedTuple

from diag.answers.types import answer_words
from diag.audit.card import read_answer
from diag.audit.remarks import title_words
from diag.audit.session import (
    AuditSession,
    ConcurrentChange,
    MetChange,
    NeedsConfirmation,
)
from diag.audit.snapshot import question_then
from diag.journal import seals, subjects
from diag.journal.asks import masked_in
from diag.journal.facts import read_until
from diag.journal.revision import Revision
from diag.journal.seals import Proof
from diag.journal.subjects import (
    AnswerTopic,
    ApartTopic,
    AskTopic,
    AuditTopic,
    BallotTopic,
    ClosedTopic,
    DispatchTopic,
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
    ProgrammeTopic,
    ProposalTopic,
    QuestionnaireTopic,
    RankTopic,
    SameTopic,
    ScenarioTopic,
    SealTopic,
    StopTopic,
    Topic,
    VisitTopic,
    WordingTopic,
)
from diag.model.audit import Answer, Dispatch, Place, Way
from diag.model.checklist import Question
from diag.model.enums import (
    READERS,
    Audience,
    AuditStatus,
    FollowUpState,
    PlaceKind,
    Profile,
    Provenance,
    State,
)
from diag.words.dates import time_words, written_day
from diag.words.sentences import counted, shortened
from diag.words.vocabulary import (
    ACCEPTED_ALONE,
    AUDIENCES,
    FOLLOW_UPS,
    MASKED,
    PLACE_NAMES,
    PLACES,
    PROFILES,
    PROOFS,
    RELAYED_BY,
    STATUSES,
    WHOM,
)


class Change(NamedTuple):
    """One revision, in words."""

    id: str
    subject: str
    about: str
    """Its subject: the place and the question, « lieu », « visite »…"""
    said: str
    """Its content, or that it takes away; the JSON of the history has this name."""
    who: str
    """Its author, in words."""
    author: str
    """Its author's name, or label: what a program reads."""
    device: str
    at: int
    op: str
    proof: str = ""
    """What shows that it is its author's, a `Proof`; empty where nobody signs."""
    relayed_by: str = ""
    """Who gave it, where its author did not."""

    @property
    def proof_words(self) -> str:
        """« scellé », « poste », « relayé par Bruno », « ancien », or nothing."""
        return proof_words(self.proof, self.relayed_by)


def changes_of(
    session: AuditSession, question: str | None = None, place: str = ""
) -> tuple[Change, ...]:
    """Return the changes, in order; of one question or one place if named."""
    where = session.find_place(place).id if place else None
    settings = session.workspace.settings
    proof_of = proofs_in(session)
    masked = masked_in(session.workspace.journal, session.audit.id)
    changes = []
    for revision in session.revisions():
        topic = subjects.parse(revision.subject)
        if isinstance(topic, SealTopic):  # it proves what is listed, and says nothing
            continue
        if question and getattr(topic, "question", None) != question:
            continue
        if where and getattr(topic, "place", None) != where:
            continue
        proof, sender = proof_of(revision.id)
        changes.append(
            Change(
                id=revision.id,
                subject=revision.subject,
                about=describe_subject(
                    session, topic, {} if revision.key in masked else revision.value
                ),
                said=describe_revision(session, revision),
                who=settings.name_of(revision.author),
                author=settings.plain_name(revision.author),
                device=revision.device,
                at=revision.at,
                op=revision.op,
                proof=proof,
                relayed_by=sender,
            )
        )
    return tuple(changes)


def proofs_in(session: AuditSession) -> Callable[[str], tuple[str, str]]:
    """Return what gives, by id, a line's proof, and who relayed it if somebody did.

    It gives nothing where no key is known to be anybody's: there is nothing to show.
    """
    journal = session.workspace.journal
    seals.check_known(journal)
    if not seals.knows_cards(journal):
        return lambda _ident: ("", "")
    proofs = seals.proofs_of(journal, session.audit.id)
    people = session.workspace.settings.people

    def proof_of(ident: str) -> tuple[str, str]:
        found = proofs.get(bytes.fromhex(ident))
        if found is None:
            return "", ""
        return str(found.proof), people.get(found.sender, found.sender)

    return proof_of


def proof_words(proof: str, relayed_by: str) -> str:
    """Return « scellé », « poste », « relayé par Bruno », « ancien », or nothing."""
    if proof == Proof.RELAYED:
        return RELAYED_BY.format(relayed_by)
    return PROOFS.get(proof, "")


_ASPECTS = {
    "claim": "qui y est",
    "edition": "grilles",
    "minutes": "durée de la visite",
    "profile": "parcours",
    "status": "état",
    "subject": "sujet",
    "votes": "liste des votes",
}

_ON_QUESTION: dict[type, str] = {
    AnswerTopic: "{}",
    NoteTopic: "note de « {} »",
    FlagTopic: "« à revoir » de « {} »",
}

_ON_ADVICE: dict[type, str] = {
    FollowTopic: "suite de « {} »",
    RankTopic: "rang de « {} »",
    HandTopic: "vote de « {} »",
    OwnTopic: "préconisation ajoutée « {} »",
}

_NOUNS: dict[type, str] = {
    BallotTopic: "liste des votes, gelée à la clôture",
    DispatchTopic: "envoi",
    EvidenceTopic: "fichier d'un autre outil",
    FloorTopic: "plan des salles",
    ProposalTopic: "réponse proposée",
    QuestionnaireTopic: "questionnaire imprimé",
    SameTopic: "lieu, le même qu'un autre",
    ApartTopic: "lieux différents, qui se ressemblent",
    ErasureTopic: "effacement",
    AskTopic: "demande d'effacement",
    StopTopic: "effacement arrêté",
    SealTopic: "sceau",
    ProgrammeTopic: "programme pluriannuel",
}


def describe_subject(session: AuditSession, topic: Topic, value: object = None) -> str:
    """Return what a subject is about, never an id: older checklists name it if need be.

    A `value` names a subject that had several; else its last one does.
    """
    match topic:
        case (
            AnswerTopic(place, asked)
            | NoteTopic(place, asked)
            | FlagTopic(place, asked)
        ):
            question = find_question_ever(session, asked)
            label = question.label if question else "question d'autres grilles"
            words = _ON_QUESTION[type(topic)].format(label)
            if place != session.facts.root:
                words = f"{place_name(session, place)}, {words}"
        case FollowTopic() | RankTopic() | HandTopic() | OwnTopic():
            title = advice_title(session, topic.recommendation)
            words = _ON_ADVICE[type(topic)].format(title)
        case WordingTopic():
            title = advice_title(session, topic.recommendation)
            words = f"mots de « {title} » pour {reader_words(topic.audience)}"
        case PlaceTopic(place):
            last = _last(session, subjects.place(place), value)
            kind = _text(last, "kind")
            noun = PLACES[PlaceKind(kind)][0] if kind in set(PlaceKind) else "lieu"
            words = _called(noun, last.get("name"))
        case VisitTopic() | PhotoTopic() | ObservationTopic() | ScenarioTopic():
            words = _describe_thing(session, topic, value)
        case ClosedTopic(kind):
            words = f"liste complète des {PLACES[kind][1]}"
        case AuditTopic(name):
            words = f"audit, {_ASPECTS[name]}"
        case _:
            words = _NOUNS.get(type(topic), "modification d'une version plus récente")
    return words


def _describe_thing(
    session: AuditSession,
    topic: VisitTopic | PhotoTopic | ObservationTopic | ScenarioTopic,
    value: object,
) -> str:
    """Return what a thing is called by what its value holds of it."""
    match topic:
        case VisitTopic(visit):
            on = _last(session, subjects.visit(visit), value).get("date")
            return f"visite du {written_day(str(on))}" if on else "visite"
        case PhotoTopic(photo):
            last = _last(session, subjects.photo(photo), value)
            return _called("photo", last.get("caption"))
        case ObservationTopic(observation):
            last = _last(session, subjects.observation(observation), value)
            noun = "réponse de la direction" if last.get("reply") else "observation"
            where = place_name(session, _text(last, "place"))
            return f"{where}, {_called(noun, shortened(_text(last, 'text')))}"
        case ScenarioTopic(scenario):
            last = _last(session, subjects.scenario(scenario), value)
            return _called("scénario", last.get("name"))


def find_question_ever(session: AuditSession, ident: str) -> Question | None:
    """Return a question of the checklists in use, or that judged this audit before."""
    asked = session.checklist.questions.get(ident)
    return asked or question_then(session.workspace, session.audit.id, ident)


def place_name(session: AuditSession, ident: str) -> str:
    """Return the name of a place, were it taken away since."""
    place = session.facts.places.get(ident)
    if place:
        return place.name
    return str(_last(session, subjects.place(ident)).get("name") or "lieu retiré")


def advice_title(session: AuditSession, ident: str) -> str:
    """Return the title of a recommendation, were it of the engineer's own."""
    own = _last(session, subjects.own(ident)).get("title")
    known = title_words(session, ident)
    return str(own or (known if known != ident else "préconisation d'autres grilles"))


def dispatch_words(sent: Dispatch) -> str:
    """Return what was sent to whom and when, on one line."""
    day = written_day(sent.on)
    verb = "envoyé à" if sent.way is Way.SMTP else "brouillon pour"
    state = ", provisoire" if sent.provisional else ""
    mark = f", empreinte {sent.digest[:12]}" if sent.digest else ""
    reader, to = reader_words(sent.audience), ", ".join(sent.to)
    return f"{day} {reader} : {verb} {to}{state}{mark}"


def reader_words(audience: str) -> str:
    """Return « la mairie »."""
    known = audience in READERS
    return AUDIENCES[Audience(audience)] if known else audience


def _called(noun: str, name: object) -> str:
    return f"{noun} « {name} »" if name else noun


def _last(session: AuditSession, subject: str, value: object = None) -> dict[str, Any]:
    """Return a value that has fields, or else the last one of a subject."""
    if isinstance(value, dict):
        return value
    history = session.workspace.journal.history(session.audit.id, subject)
    values = (one.value for one in reversed(history))
    return next((one for one in values if isinstance(one, dict)), {})


def describe_revision(session: AuditSession, revision: Revision) -> str:
    """Return the content of a revision, or that it takes away."""
    if revision.erased or revision.op == "del":
        return "(effacé)" if revision.erased else "(retiré)"
    if revision.key in masked_in(session.workspace.journal, session.audit.id):
        return MASKED
    topic, value = subjects.parse(revision.subject), revision.value
    if isinstance(topic, AnswerTopic):
        question = find_question_ever(session, topic.question)
        answer = read_answer(revision)
        if question and answer:
            said = answer_words(question, answer)
            is_declared = answer.provenance is Provenance.DECLARED
            is_known = answer.state is State.KNOWN
            return _joined(said, answer.reason if is_known and is_declared else "")
    if isinstance(topic, BallotTopic) and topic.part in _BALLOT:
        parts = value if isinstance(value, list | dict) else ()
        return counted(len(parts), *_BALLOT[topic.part])
    return _MOVED.get(type(topic)) or (
        _describe_fields(session, topic, value)
        if isinstance(value, dict)
        else _plain(value)
    )


_MOVED: dict[type[Topic], str] = {RankTopic: "déplacé", FloorTopic: "changé"}
"""Where the content is a position, that nobody reads as such."""


def _describe_fields(session: AuditSession, topic: Topic, value: dict[str, Any]) -> str:
    match topic:
        case AuditTopic(name):
            words = _describe_aspect(session, name, value)
        case PlaceTopic():
            kind, parent = _text(value, "kind"), _text(value, "parent")
            noun = PLACE_NAMES[PlaceKind(kind)] if kind in set(PlaceKind) else kind
            inside = parent and parent != session.facts.root
            stands = f"dans {place_name(session, parent)}" if inside else ""
            words = _joined(noun, _text(value, "name"), stands)
        case (
            SameTopic()
            | ObservationTopic()
            | ProposalTopic()
            | ErasureTopic()
            | AskTopic()
            | StopTopic()
        ):
            words = _describe_about(session, topic, value)
        case VisitTopic():
            met = _names(value, "met")
            held = value.get("measuring")
            by = _text(held, "by") if isinstance(held, dict) else ""
            words = _joined(
                _day(value, "date"),
                _names(value, "present"),
                f"a reçu : {met}" if met else "",
                _text(value, "authorisation"),
                f"mesures permises par {by}" if by else "",
            )
        case FollowTopic():
            state = _text(value, "state")
            known = state in set(FollowUpState)
            words = _joined(
                FOLLOW_UPS[FollowUpState(state)] if known else state,
                _day(value, "on"),
                f"avant le {due}" if (due := _day(value, "due")) else "",
                _text(value, "by"),
                _text(value, "why"),
            )
        case DispatchTopic():
            reader = reader_words(_text(value, "audience"))
            words = _joined(reader, _day(value, "on"), _names(value, "to"))
        case QuestionnaireTopic():
            whom = _text(value, "whom")
            words = _joined(WHOM.get(whom, whom), _day(value, "on"))
        case (
            PhotoTopic()
            | OwnTopic()
            | ScenarioTopic()
            | BallotTopic()
            | EvidenceTopic()
        ):
            words = _joined(
                _text(value, _NAMED_BY[type(topic)]) or _day(value, "day"),
                "à montrer" if value.get("shown") is True else "",
            )
        case AnswerTopic():  # to a question that this version does not know
            words = _joined(_plain(value.get("value")), _text(value, "reason"))
        case _:
            words = _joined(*(_plain(value[key]) for key in sorted(value)))
    return words


_Erasing = ErasureTopic | AskTopic | StopTopic


def _describe_about(
    session: AuditSession,
    topic: SameTopic | ObservationTopic | ProposalTopic | _Erasing,
    value: dict[str, Any],
) -> str:
    """Return the place that one is the same as, what was noted, proposed or erased."""
    if isinstance(topic, _Erasing):
        journal, audit = session.workspace.journal, session.audit.id
        asks = journal.history(audit, subjects.ask(topic.revision))
        askers = [one.author for one in asks if one.id == value.get("ask")]
        name = session.workspace.settings.name_of(askers[0]) if askers else ""
        is_done = isinstance(topic, ErasureTopic)
        return _joined(
            f"modification {topic.revision[:12]}",
            _text(value, "reason"),
            f"demandé par {name}" if name and is_done else "",
        )
    if isinstance(topic, ProposalTopic):
        question = find_question_ever(session, _text(value, "question"))
        state = _text(value, "state") or str(State.KNOWN)
        if question is None or state not in set(State):
            return _text(value, "by")
        raw = value.get("value")
        given = tuple(raw) if isinstance(raw, list) else raw
        said = (
            f"{question.label} : {answer_words(question, Answer(State(state), given))}"
        )
        return _joined(said, _text(value, "by"), _text(value, "why"))
    if isinstance(topic, SameTopic):
        return place_name(session, _text(value, "place"))
    asked = find_question_ever(session, _text(value, "question"))
    return _joined(
        _text(value, "text"),
        f"sur « {asked.label} »" if asked else "",
        "à montrer" if value.get("shown") is True else "",
    )


_NAMED_BY: dict[type, str] = {
    BallotTopic: "title",
    EvidenceTopic: "name",
    PhotoTopic: "caption",
    OwnTopic: "title",
    ScenarioTopic: "name",
}
"""The field that names a thing."""


_BALLOT = {
    "aside": ("ligne sans vote", "lignes sans vote"),
    "pending": ("ligne à chiffrer", "lignes à chiffrer"),
    "numbers": ("numéro d'action", "numéros d'action"),
    "reserved": ("numéro d'action réservée", "numéros d'action réservée"),
}
"""What stands beside the votes that a closing froze, by part: one, several."""


_ASPECT_WORDS = {
    "minutes": "{}\u00a0min",
    "subject": "campagne {}",
    "votes": "version {}",
}
_NAMING = {"subject": "campaign", "votes": "version"}


def _describe_aspect(session: AuditSession, name: str, value: dict[str, Any]) -> str:
    """Return « complet », « clos, empreinte 725b455e0a3c », « campagne 2026-2027 »."""
    if name == "edition":
        digest, editions = _text(value, "digest"), session.workspace.editions
        if not editions.holds(digest):
            return f"édition {digest[:12]}"
        return f"édition {editions.open(digest).version} ({digest[:12]})"
    if name == "claim":
        until = read_until(value)
        return f"jusqu'au {time_words(until)}" if until else "n'y est plus"
    if name == "profile":
        profile = _text(value, "profile")
        return PROFILES[Profile(profile)] if profile in set(Profile) else profile
    if name in _ASPECT_WORDS:
        return _ASPECT_WORDS[name].format(_text(value, _NAMING.get(name, name)))
    status, digest = _text(value, "status"), _text(value, "digest")
    word = STATUSES[AuditStatus(status)] if status in set(AuditStatus) else status
    if status == AuditStatus.ACCEPTE and value.get("alone") is True:
        word = ACCEPTED_ALONE
    signed = f"empreinte {digest[:12]}" if digest else ""
    return _joined(word, signed, _text(value, "comment"))


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


_MOST_MET = 3
"""Changes described; more were made by one gesture over many cells."""


def describe_concurrent(refused: ConcurrentChange) -> str:
    """Return the changes met by a refusal: which, by whom, when."""
    sentences = [_describe_met(refused.session, met) for met in refused.met]
    more = len(sentences) - _MOST_MET
    if more > 0:
        sentences[_MOST_MET:] = [f"Et {more} autre{'s' if more > 1 else ''}."]
    return " ".join(sentences)


def ask_to_confirm(refused: NeedsConfirmation) -> str:
    """Return the question that a refusal asks of the user."""
    if isinstance(refused, ConcurrentChange):
        changed = describe_concurrent(refused)
        return f"{changed} Remplacer par ce que vous venez de dire ?"
    return refused.asked


def _describe_met(session: AuditSession, met: MetChange) -> str:
    name_of = session.workspace.settings.name_of
    if isinstance(met.topic, PlaceTopic):
        was = met.before if isinstance(met.before, Place) else None
        now = met.now if isinstance(met.now, Place) else None
        known = was or now
        named = f"Le lieu « {known.name} »" if known else "Un lieu"
        did = "retiré" if now is None else "modifié"
        if was and now and was.name != now.name:
            did = f"renommé « {now.name} »"
        authors = " ou ".join(
            f"{name_of(head.author)}, {time_words(head.at)}" for head in met.heads
        )
        return f"{named} a été {did} entre-temps ({authors})."
    facts = session.facts
    question = session.checklist.questions.get(met.topic.question)
    named = question.label if question else met.topic.question
    place = facts.places.get(met.topic.place)
    if place and place.id != facts.root:
        named = f"{named} ({place.name})"
    now_there = met.now if isinstance(met.now, tuple) else ()
    if isinstance(met.topic, NoteTopic):
        notes = " ; ".join(map(str, now_there))
        return (
            f"{named}, note changée entre-temps : "
            f"{f'« {notes} »' if now_there else 'retirée'}."
        )
    if question is None or not now_there:
        return f"{named}, réponse retirée entre-temps."
    answers = " ou ".join(
        f"« {answer_words(question, head)} » ({name_of(head.author)}, "
        f"{time_words(head.at)})"
        for head in now_there
        if isinstance(head, Answer)
    )
    return f"{named}, répondu entre-temps : {answers}."
