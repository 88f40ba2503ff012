"""What the engineer made of the recommendations: their order, and some more."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from itertools import groupby

from diag.journal import subjects
from diag.journal.heads import HeadIndex, board_of, latest, merged_in
from diag.journal.journal import Head, Journal
from diag.journal.revision import Revision
from diag.journal.subjects import (
    SCENARIOS,
    DispatchTopic,
    FollowTopic,
    OwnTopic,
    PhotoTopic,
    QuestionnaireTopic,
    RankTopic,
    ScenarioTopic,
    WordingTopic,
)
from diag.model.audit import (
    Dispatch,
    FollowUp,
    OwnAdvice,
    Photo,
    Questionnaire,
    Scenario,
    Visit,
)
from diag.model.enums import Audience
from diag.model.number import exact


def ranks_of(journal: Journal, audit: str) -> dict[str, Fraction]:
    """Return where the engineer put recommendations, by id; the last word counts."""
    found: dict[str, Fraction] = {}
    for head in _heads(journal, audit):
        topic = subjects.parse(head.subject)
        if isinstance(topic, RankTopic) and (rank := _rank(head)) is not None:
            found[topic.recommendation] = rank
    return found


def own_advice_of(journal: Journal, audit: str) -> tuple[OwnAdvice, ...]:
    """Return the recommendations of the engineer's own, in the order of their ids."""
    found: dict[str, OwnAdvice] = {}
    for head in _heads(journal, audit):
        topic = subjects.parse(head.subject)
        if isinstance(topic, OwnTopic) and (own := _own(topic.recommendation, head)):
            found[own.id] = own
    return tuple(found.values())


def _heads(journal: Journal, audit: str) -> list[Head]:
    return [head for head in journal.heads_inside(audit, "rec") if head.says]


def _rank(head: Head) -> Fraction | None:
    value = head.value
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        return Fraction(exact(value))
    except ValueError:
        return None


def _own(ident: str, head: Head) -> OwnAdvice | None:
    if not isinstance(head.value, dict):
        return None
    try:
        return OwnAdvice.model_validate({**head.value, "id": ident})
    except ValueError:
        return None


def dispatches_of(journal: Journal, audit: str) -> tuple[Dispatch, ...]:
    """Return every report that left, by day; what cannot be read is left out."""
    heads = journal.heads_inside(audit, subjects.DISPATCHES)
    by_subject = groupby(heads, lambda head: head.subject)
    found = (_dispatch(latest(tuple(group))) for _, group in by_subject)
    return tuple(sorted(filter(None, found), key=lambda sent: (sent.on, sent.id)))


def _dispatch(head: Head | None) -> Dispatch | None:
    if head is None or not isinstance(head.value, dict):
        return None
    topic = subjects.parse(head.subject)
    if not isinstance(topic, DispatchTopic):
        return None
    known = {name: head.value[name] for name in _DISPATCH_FIELDS if name in head.value}
    try:
        return Dispatch.model_validate({**known, "id": topic.dispatch})
    except ValueError:
        return None


_DISPATCH_FIELDS = set(Dispatch.model_fields) - {"id"}


def follow_ups_of(journal: Journal, audit: str) -> tuple[FollowUp, ...]:
    """Return every step ever recorded, in order."""
    history = journal.history_inside(audit, "rec")
    return tuple(step for revision in history if (step := _step(revision)))


def wordings_of(
    journal: Journal, audit: str
) -> dict[tuple[str, str | None, Audience], dict[str, str]]:
    """Return the rewordings, by recommendation, place and audience."""
    found: dict[tuple[str, str | None, Audience], dict[str, str]] = {}
    for head in journal.heads_inside(audit, "rec"):
        topic, words = subjects.parse(head.subject), head.value
        if isinstance(topic, WordingTopic) and isinstance(words, dict):
            key = (topic.recommendation, topic.place, topic.audience)
            found[key] = {name: str(text) for name, text in words.items()}
    return found


def _step(revision: Revision) -> FollowUp | None:
    topic, value = subjects.parse(revision.subject), revision.value
    if not isinstance(topic, FollowTopic) or not isinstance(value, dict):
        return None
    known = {
        name: value[name] for name in ("state", "on", "by", "why") if name in value
    }
    try:
        return FollowUp.model_validate({
            **known,
            "recommendation": topic.recommendation,
            "place": topic.place,
            "author": revision.author,
            "revision": revision.id,
        })
    except ValueError:
        return None


_BIRTHS = """
select subject, min(lam) from rev
where audit = (select n from audit where id = ?) and subject >= ? and subject < ?
group by subject
"""


_NAMED = "select 1 from rev where erased = 0 and instr(body, ?) > 0 limit 1"


_PHOTO_FIELDS = set(Photo.model_fields) - {"id"}


def photos_of(journal: Journal, audit: str) -> tuple[Photo, ...]:
    """Return the photos of an audit, in the order in which they were joined."""
    by_subject: dict[str, list[Head]] = {}
    for head in journal.heads_inside(audit, "photo"):
        by_subject.setdefault(head.subject, []).append(head)
    found = {
        subject: photo
        for subject, heads in by_subject.items()
        if (photo := _photo(subject, latest(heads)))
    }
    merged = merged_in(journal, audit) if found else {}
    for subject, photo in found.items():
        if photo.place in merged:
            at = {"place": merged[photo.place]}
            found[subject] = photo.model_copy(update=at)
    rows = journal.select(_BIRTHS, [audit, *subjects.inside("photo")])
    births: dict[str, int] = {subject: lam for subject, lam in rows}  # noqa: C416 - typed
    return tuple(found[each] for each in sorted(found, key=lambda s: (births[s], s)))


def is_named(journal: Journal, sha: str) -> bool:
    """Say whether any revision still names a blob, history included."""
    return bool(journal.select(_NAMED, [sha]))


def _photo(subject: str, head: Head | None) -> Photo | None:
    """Read a photo; what this version cannot read is none."""
    topic = subjects.parse(subject)
    value = head.value if head else None
    if not isinstance(topic, PhotoTopic) or not isinstance(value, dict):
        return None
    known = {name: value[name] for name in _PHOTO_FIELDS if name in value}
    try:
        return Photo.model_validate({**known, "id": topic.photo})
    except ValueError:
        return None


def questionnaires_of(journal: Journal, audit: str) -> tuple[Questionnaire, ...]:
    """Return what was printed, the last one last; what cannot be read is left out."""
    heads = journal.heads_inside(audit, subjects.QUESTIONNAIRES)
    groups = groupby(heads, lambda head: head.subject)
    last = filter(None, (latest(tuple(group)) for _, group in groups))
    found = ((head.lam, _questionnaire(head)) for head in last)
    printed = [(lam, one) for lam, one in found if one is not None]
    return tuple(one for _, one in sorted(printed, key=lambda each: each[0]))


def _questionnaire(head: Head) -> Questionnaire | None:
    topic = subjects.parse(head.subject)
    if not isinstance(topic, QuestionnaireTopic) or not isinstance(head.value, dict):
        return None
    known = {
        name: head.value[name] for name in _QUESTIONNAIRE_FIELDS if name in head.value
    }
    try:
        return Questionnaire.model_validate({**known, "id": topic.questionnaire})
    except ValueError:
        return None


_QUESTIONNAIRE_FIELDS = set(Questionnaire.model_fields) - {"id"}


def scenarios_of(journal: Journal, audit: str) -> tuple[Scenario, ...]:
    """Return what was kept in an audit, by name."""
    by_subject: dict[str, list[Head]] = {}
    for head in journal.heads_inside(audit, SCENARIOS):
        by_subject.setdefault(head.subject, []).append(head)
    found = (_scenario(subject, latest(heads)) for subject, heads in by_subject.items())
    return tuple(sorted(filter(None, found), key=lambda one: (one.name, one.id)))


def _scenario(subject: str, head: Head | None) -> Scenario | None:
    topic = subjects.parse(subject)
    value = head.value if head else None
    if not isinstance(topic, ScenarioTopic) or not isinstance(value, dict):
        return None
    known = {name: value.get(name) for name in ("name", "suppositions")}
    try:
        return Scenario.model_validate({**known, "id": topic.scenario})
    except ValueError:
        return None


def visits_of(journal: Journal, audit: str) -> tuple[Visit, ...]:
    """Return the visits, in order of date."""
    board = board_of(journal.heads(audit))
    visits = (_visit(visit, latest(heads)) for visit, heads in board.visits.items())
    return tuple(sorted(filter(None, visits), key=lambda visit: (visit.date, visit.id)))


def visit_dates(board: HeadIndex) -> Iterable[date]:
    """Give the dates of the visits."""
    for visit, heads in board.visits.items():
        if noun := _visit(visit, latest(heads)):
            yield date.fromisoformat(noun.date)


def _visit(visit: str, head: Head | None) -> Visit | None:
    """Read a visit; what has no date is none."""
    value = head.value if head else None
    if not isinstance(value, dict):
        return None
    known = {name: value[name] for name in _VISIT_FIELDS if name in value}
    try:
        date.fromisoformat(value["date"])
        return Visit.model_validate({**known, "id": visit})
    except (KeyError, TypeError, ValueError):
        return None


_VISIT_FIELDS = set(Visit.model_fields) - {"id"}
