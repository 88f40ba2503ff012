"""What an audit keeps beside its facts: advice, photos, dispatches, visits."""

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from itertools import groupby
from typing import Any, TypeVar

from diag.journal import subjects
from diag.journal.changes import BESIDE, SHEET
from diag.journal.heads import HeadIndex, board_of, latest, merged_in
from diag.journal.journal import Head, Journal
from diag.journal.subjects import (
    BallotTopic,
    DispatchTopic,
    EvidenceTopic,
    FollowTopic,
    HandTopic,
    ObservationTopic,
    OwnTopic,
    PhotoTopic,
    ProposalTopic,
    QuestionnaireTopic,
    RankTopic,
    ScenarioTopic,
    Topic,
    WordingTopic,
)
from diag.model.audit import (
    Dispatch,
    EvidenceFile,
    FollowUp,
    Observation,
    OwnAdvice,
    Photo,
    Proposal,
    Questionnaire,
    Scenario,
    Visit,
)
from diag.model.base import Noun
from diag.model.enums import Audience
from diag.model.text import exact
from diag.model.votes import DecisionList, VoteHand

_N = TypeVar("_N", bound=Noun)

_BIRTHS = """
select subject, min(lam), coalesce(json_extract(body, '$.author'), '') from rev
where audit = (select n from audit where id = ?) and subject >= ? and subject < ?
group by subject
"""

_NAMED = "select 1 from rev where erased = 0 and instr(body, ?) > 0 limit 1"


_Birth = tuple[int, str, str]
"""Order number of the first revision of a subject, the subject, who wrote it."""


def _read(noun: type[_N], value: Any, **given: str | None) -> _N | None:
    """Return a noun from a value of the journal; None when this version cannot.

    Fields that a newer version added are ignored.
    """
    if not isinstance(value, dict):
        return None
    known = {name: value[name] for name in noun.model_fields if name in value}
    try:
        return noun.model_validate({**known, **given})
    except ValueError:
        return None


def _latest_inside(
    journal: Journal, audit: str, prefix: str
) -> Iterator[tuple[Topic, Head]]:
    """Yield each topic under a prefix, with its last head that carries a value."""
    heads = journal.heads_inside(audit, prefix)
    for subject, group in groupby(heads, lambda head: head.subject):
        if head := latest(tuple(group)):
            yield subjects.parse(subject), head


def ranks_of(journal: Journal, audit: str) -> dict[str, Fraction]:
    """Return where the engineer put recommendations, by id; the last word counts."""
    found: dict[str, Fraction] = {}
    for head in journal.heads_inside(audit, "rec"):
        topic, value = subjects.parse(head.subject), head.value
        if not isinstance(topic, RankTopic) or isinstance(value, bool):
            continue
        if head.has_value and isinstance(value, int | str):
            try:
                found[topic.recommendation] = Fraction(exact(value))
            except ValueError:
                continue
    return found


def own_advice_of(journal: Journal, audit: str) -> tuple[OwnAdvice, ...]:
    """Return the recommendations of the engineer's own, in the order of their ids."""
    found: dict[str, OwnAdvice] = {}
    for head in journal.heads_inside(audit, "rec"):
        topic, value = subjects.parse(head.subject), head.value
        if isinstance(topic, OwnTopic) and head.has_value and isinstance(value, dict):
            try:
                own = OwnAdvice.model_validate({**value, "id": topic.recommendation})
            except ValueError:
                continue
            found[own.id] = own
    return tuple(found.values())


def dispatches_of(journal: Journal, audit: str) -> tuple[Dispatch, ...]:
    """Return every report that left, by day; what cannot be read is left out."""
    found = (
        _read(Dispatch, head.value, id=topic.dispatch)
        for topic, head in _latest_inside(journal, audit, subjects.DISPATCHES)
        if isinstance(topic, DispatchTopic)
    )
    return tuple(sorted(filter(None, found), key=lambda sent: (sent.on, sent.id)))


def follow_ups_of(journal: Journal, audit: str) -> tuple[FollowUp, ...]:
    """Return every step ever recorded and not taken back, in order."""
    history = journal.history_inside(audit, "rec")
    undone = {revision.undoes for revision in history}
    steps = (
        _read(
            FollowUp,
            revision.value,
            recommendation=topic.recommendation,
            place=topic.place,
            author=revision.author,
            revision=revision.id,
        )
        for revision in history
        if isinstance(topic := subjects.parse(revision.subject), FollowTopic)
        and not revision.undoes
        and revision.id not in undone
    )
    return tuple(filter(None, steps))


def wordings_of(
    journal: Journal, audit: str
) -> dict[tuple[str, str | None, Audience], dict[str, str]]:
    """Return the rewordings, by recommendation, place and audience.

    No words where one was taken back: it reads as declared.
    """
    found: dict[tuple[str, str | None, Audience], dict[str, str]] = {}
    for head in journal.heads_inside(audit, "rec"):
        topic, words = subjects.parse(head.subject), head.value
        if not isinstance(topic, WordingTopic):
            continue
        key = (topic.recommendation, topic.place, topic.audience)
        if isinstance(words, dict):
            found[key] = {name: str(text) for name, text in words.items()}
        elif head.withdrawn:
            found.setdefault(key, {})
    return found


def photos_of(journal: Journal, audit: str) -> tuple[Photo, ...]:
    """Return the photos of an audit, in the order in which they were joined."""
    photos = {
        head.subject: photo
        for topic, head in _latest_inside(journal, audit, subjects.PHOTOS)
        if isinstance(topic, PhotoTopic)
        and (photo := _read(Photo, head.value, id=topic.photo))
    }
    births = _births(journal, audit, subjects.PHOTOS)
    merged = merged_in(journal, audit) if photos else {}
    return tuple(
        photo.model_copy(update={"place": merged.get(photo.place, photo.place)})
        for subject, photo in sorted(photos.items(), key=lambda one: births[one[0]])
    )


def observations_of(journal: Journal, audit: str) -> tuple[Observation, ...]:
    """Return what was seen and noted, in the order in which it was."""
    found = {
        head.subject: seen
        for topic, head in _latest_inside(journal, audit, subjects.OBSERVATIONS)
        if isinstance(topic, ObservationTopic)
        and (seen := _read(Observation, head.value, id=topic.observation))
    }
    if not found:
        return ()
    births = _births(journal, audit, subjects.OBSERVATIONS)
    merged = merged_in(journal, audit)
    return tuple(
        seen.model_copy(
            update={
                "place": merged.get(seen.place, seen.place),
                "author": births[subject][-1],
            }
        )
        for subject, seen in sorted(
            found.items(), key=lambda one: (one[1].at, births[one[0]])
        )
    )


def _births(journal: Journal, audit: str, prefix: str) -> dict[str, _Birth]:
    rows = journal.select(_BIRTHS, [audit, *subjects.inside(prefix)])
    return {subject: (lam, subject, author) for subject, lam, author in rows}


def standing_list_of(journal: Journal, audit: str) -> DecisionList | None:
    """Return the list that the last move of an audit, its closing, froze.

    None where that closing froze none: a version before votes closed it anew, and an
    earlier list speaks of other facts.
    """
    closing = latest(journal.current(audit, subjects.STATUS))
    which = latest(journal.current(audit, subjects.VOTES))
    if closing is None or which is None:
        return None
    is_of_it = (closing.device, closing.lam) == (which.device, which.lam + 1)
    return decision_list_of(journal, audit) if is_of_it else None


def decision_list_of(journal: Journal, audit: str) -> DecisionList | None:
    """Return the list of votes that the last closing froze; None for none.

    Of two closings made apart, the latest counts. A list of which a part was erased
    or is not here yet cannot be read.
    """
    head = latest(journal.current(audit, subjects.VOTES))
    which: Any = head.value if head else None
    if not isinstance(which, dict):
        return None
    parts: dict[str, Any] = {
        topic.part: head.value
        for topic, head in _latest_inside(
            journal, audit, f"{subjects.LISTS}/{which.get('list')}"
        )
        if isinstance(topic, BallotTopic)
    }
    numbers = sorted(int(part) for part in parts if part.isdecimal())
    value: Any = parts.get(SHEET)
    try:
        return DecisionList.model_validate({
            **value,
            **{name: parts[name] for name in BESIDE},
            "version": which["version"],
            "votes": [{**parts[str(one)], "number": one} for one in numbers],
        })
    except (KeyError, TypeError, ValueError):
        return None


def hands_of(journal: Journal, audit: str) -> dict[str, VoteHand]:
    """Return what the engineer did to votes, by id of recommendation."""
    found = (
        (topic.recommendation, _read(VoteHand, head.value))
        for topic, head in _latest_inside(journal, audit, "rec")
        if isinstance(topic, HandTopic)
    )
    return {ident: hand for ident, hand in found if hand}


def is_named(journal: Journal, sha: str) -> bool:
    """Say whether any revision still names a blob, history included."""
    return bool(journal.select(_NAMED, [sha]))


def questionnaires_of(journal: Journal, audit: str) -> tuple[Questionnaire, ...]:
    """Return what was printed, the last one last; what cannot be read is left out."""
    printed = [
        (head.lam, page)
        for topic, head in _latest_inside(journal, audit, subjects.QUESTIONNAIRES)
        if isinstance(topic, QuestionnaireTopic)
        and (page := _read(Questionnaire, head.value, id=topic.questionnaire))
    ]
    return tuple(page for _, page in sorted(printed, key=lambda each: each[0]))


def proposals_of(journal: Journal, audit: str) -> tuple[Proposal, ...]:
    """Return what waits to be accepted, as it came; what cannot be read is left out.

    Offered on one laptop and seen on another at the same time, it waits still.
    """
    waiting = [
        (head.lam, offer)
        for topic, head in _latest_inside(journal, audit, subjects.PROPOSALS)
        if isinstance(topic, ProposalTopic)
        and (offer := _read(Proposal, head.value, id=topic.proposal))
    ]
    return tuple(offer for _, offer in sorted(waiting, key=lambda one: one[0]))


def evidence_of(journal: Journal, audit: str) -> tuple[EvidenceFile, ...]:
    """Return the files of other tools, as they came, but what cannot be read."""
    kept = [
        (head.lam, file)
        for topic, head in _latest_inside(journal, audit, subjects.EVIDENCE)
        if isinstance(topic, EvidenceTopic)
        and (file := _read(EvidenceFile, head.value, id=topic.evidence))
    ]
    return tuple(file for _, file in sorted(kept, key=lambda one: one[0]))


def scenarios_of(journal: Journal, audit: str) -> tuple[Scenario, ...]:
    """Return what was kept in an audit, by name."""
    found = (
        _read(Scenario, head.value, id=topic.scenario)
        for topic, head in _latest_inside(journal, audit, subjects.SCENARIOS)
        if isinstance(topic, ScenarioTopic)
    )
    return tuple(sorted(filter(None, found), key=lambda each: (each.name, each.id)))


def visits_of(journal: Journal, audit: str) -> tuple[Visit, ...]:
    """Return the visits, in order of date."""
    visits = _visits(board_of(journal.heads_inside(audit, "visit")))
    return tuple(sorted(visits, key=lambda visit: (visit.date, visit.id)))


def visit_dates(board: HeadIndex) -> Iterable[date]:
    """Give the dates of the visits."""
    return (date.fromisoformat(visit.date) for visit in _visits(board))


def _visits(board: HeadIndex) -> Iterator[Visit]:
    for ident, heads in board.visits.items():
        head = latest(heads)
        visit = _read(Visit, head.value, id=ident) if head else None
        try:
            if visit and date.fromisoformat(visit.date):
                yield visit
        except ValueError:
            continue
