"""What was written in an audit next to its facts, as far as a reader may have it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from diag.assess.judge import rooted
from diag.audit.memory import own_standing, steps_to_report
from diag.audit.session import AuditSession
from diag.journal import subjects
from diag.journal.records import photos_of
from diag.journal.signatures import Signature, WrittenSince, signature_of
from diag.journal.subjects import (
    AnswerTopic,
    FlagTopic,
    HandTopic,
    NoteTopic,
    ObservationTopic,
    OwnTopic,
    PhotoTopic,
    RankTopic,
    WordingTopic,
)
from diag.model.audit import FollowUp, Observation, OwnAdvice, Photo
from diag.model.base import Noun
from diag.model.checklist import Wording
from diag.model.enums import Audience
from diag.words.dates import day_of, day_words
from diag.words.sentences import counted, listed
from diag.workspace.settings import Settings


@dataclass(frozen=True, slots=True)
class Evidence:
    """A photo of the audit, and who joined it."""

    photo: Photo
    author: str
    day: str
    """ISO day when it was taken, else when it was joined."""


@dataclass(frozen=True, slots=True)
class Remarks:
    """What was written of recommendations, and the photos; nothing reserved in public.

    Where an audit is read without its sensitive questions, what was written of an
    action that cures one, or photographed for one, is as if it had not been.
    """

    earlier: tuple[FollowUp, ...]
    """Steps of the audits before."""
    follow_ups: tuple[FollowUp, ...]
    own: tuple[OwnAdvice, ...]
    """The engineers' own recommendations."""
    wordings: Mapping[tuple[str, Audience], Wording]
    """What the engineer reworded: (recommendation, audience) → wording."""
    evidence: tuple[Evidence, ...]
    observations: tuple[Observation, ...]
    """What was seen and noted, by the name of who did; shown to everyone or not."""


def remarks_of(session: AuditSession) -> Remarks:
    """Return what was written in an audit, as far as it is read."""
    whole = rooted(session.workspace.editions.open(session.edition), session.about.kind)
    shown = session.checklist
    # Nothing, in the whole reading of an audit.
    questions = whole.questions.keys() - shown.questions.keys()
    criteria = whole.criteria.keys() - shown.criteria.keys()
    advice = whole.recommendations.keys() - shown.recommendations.keys()
    written = own_standing(session)
    own = tuple(one for one in written if one.criterion not in criteria)
    withheld = advice | {one.id for one in written if one not in own}

    def steps(some: tuple[FollowUp, ...]) -> tuple[FollowUp, ...]:
        return tuple(one for one in some if one.recommendation not in withheld)

    return Remarks(
        earlier=steps(steps_to_report(session)),
        follow_ups=steps(session.follow_ups),
        own=own,
        wordings={
            (ident, audience): current_wording(session, ident, audience)
            for ident, audience in session.wordings
            if ident not in withheld
        },
        evidence=tuple(
            one for one in evidence_of(session) if one.photo.question not in questions
        ),
        observations=tuple(
            one.model_copy(
                update={"author": session.workspace.settings.name_of(one.author)}
            )
            for one in session.observations
            if one.question not in questions
        ),
    )


def own_advice(session: AuditSession) -> dict[str, OwnAdvice]:
    """Return the recommendations of engineers' own that stand, by id."""
    return {one.id: one for one in own_standing(session)}


def declared_wording(session: AuditSession, ident: str, audience: Audience) -> Wording:
    """Return the words for a reader as the checklists or the engineer declared them."""
    if own := own_advice(session).get(ident):
        return Wording(title=own.title, why=own.why)
    return session.checklist.recommendations[ident].wording[audience]


def current_wording(session: AuditSession, ident: str, audience: Audience) -> Wording:
    """Return the words that a reader will get, reworded or not."""
    declared = declared_wording(session, ident, audience)
    words = session.wordings.get((ident, audience))
    if not words:
        return declared
    kept = {"otherwise": declared.otherwise}  # nobody rewords what stays otherwise
    return Wording.model_validate(words | kept)


def evidence_of(session: AuditSession) -> tuple[Evidence, ...]:
    """Return the photos of an audit, each with who joined it, and when."""
    journal, audit = session.workspace.journal, session.audit.id
    settings = session.workspace.settings
    found = []
    for photo in photos_of(journal, audit):
        first = journal.history(audit, subjects.photo(photo.id))[0]
        author, at = first.author, first.at
        day = photo.taken_at[:10] or day_of(at).isoformat()
        found.append(Evidence(photo, settings.name_of(author), day))
    return tuple(found)


def signature_read(session: AuditSession, remarks: Remarks) -> Signature | None:
    """Return who closed or accepted an audit, and what was written since.

    Where it is read without its sensitive questions, an answer to one unseals nothing.
    """
    shown = session.checklist
    evidence = {one.photo.id for one in remarks.evidence}
    own = {one.id for one in remarks.own}
    open_ones = {one.id for one in remarks.observations if one.shown}

    def is_read(topic: subjects.Topic) -> bool:
        match topic:
            case AnswerTopic() | NoteTopic() | FlagTopic():
                return topic.question in shown.questions
            case RankTopic() | WordingTopic() | HandTopic():
                return topic.recommendation in {*shown.recommendations, *own}
            case OwnTopic():
                return topic.recommendation in own
            case PhotoTopic():
                return topic.photo in evidence
            case ObservationTopic():
                return topic.observation in open_ones
        return True

    if not session.is_public:
        return signature_of(session.workspace.journal, session.audit.id)
    return signature_of(session.workspace.journal, session.audit.id, is_read)


def public_digest(session: AuditSession, remarks: Remarks) -> str:
    """Return the mark of what everyone may read of an audit.

    Of its content, and not of the journal: a sensitive answer changes none of it.
    """
    facts = session.facts
    read = {
        "edition": session.edition,
        "places": [_plain(one) for one in facts.places.values()],
        "closed": sorted(facts.closed),
        "answers": [
            (
                *asked,
                *((one.state, one.value, one.provenance, one.reason) for one in heads),
            )
            for asked, heads in sorted(facts.answers.items())
        ],
        "notes": [(*asked, *notes) for asked, notes in sorted(facts.notes.items())],
        "visits": [_plain(one) for one in session.visits],
        "photos": [_picture(one.photo) for one in remarks.evidence],
        "own": [_plain(one) for one in remarks.own],
        "wordings": sorted(
            (*key, sorted(_plain(words).items()))
            for key, words in remarks.wordings.items()
        ),
        "ranks": sorted(
            (ident, str(rank))
            for ident, rank in session.ranks.items()
            if ident in session.checklist.recommendations
        ),
    }
    hands = {
        ident: _plain(one)
        for ident, one in session.hands.items()
        if ident in session.checklist.recommendations
    }
    if shown := [_plain(one) for one in remarks.observations if one.shown]:
        read["observations"] = shown
    if hands:
        read["hands"] = [str(one) for one in sorted(hands.items())]
    return sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()


def _picture(photo: Photo) -> dict[str, Any]:
    """Return a photo as it was before some were shown, unless it is."""
    plain = _plain(photo)
    if not photo.shown:
        del plain["shown"]
    return plain


def _plain(noun: Noun) -> dict[str, Any]:
    return noun.model_dump(mode="json")


def since_words(settings: Settings, since: WrittenSince) -> str:
    """Return « 3 modifications, par Camille, depuis le 05/10/2026 »."""
    who = listed([settings.name_of(label) for label in since.authors])
    told = (
        counted(since.lines, "modification") if since.lines else "",
        f"par {who}" if who else "",
        f"depuis le {day_words(since.at)}" if since.at else "",
        f"{counted(since.missing, 'modification signée manque', _MISSING)} ici : "
        "synchronisez"
        if since.missing
        else "",
    )
    return ", ".join(filter(None, told)) or "par des modifications écrites à part"


_MISSING = "modifications signées manquent"
