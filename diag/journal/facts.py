"""What an audit's heads give: its facts, the only input of judging, and its conflicts.

A conflict is what people recorded apart and nobody has settled yet. It is never settled
by code: a person writes a revision that names all the heads. A claim declares who is on
an audit, until when, so that no two answer apart; nothing enforces it. It is the
revision that somebody wrote about `audit/claim`: those of several people all stand,
each names the claims of its author alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

from diag.assess.questions import Timed
from diag.journal import changes, subjects
from diag.journal.heads import (
    board_of,
    differing,
    latest,
    place_tree_of,
    pooled,
    visits_in,
)
from diag.journal.journal import Head, Journal
from diag.journal.revision import Json, NewRevision, Origin, Revision, loads
from diag.journal.school_lines import settled, statuses
from diag.journal.subjects import (
    AnswerTopic,
    ApartTopic,
    AskTopic,
    AuditTopic,
    BallotTopic,
    DispatchTopic,
    ErasureTopic,
    FlagTopic,
    FloorTopic,
    FollowTopic,
    HandTopic,
    NoteTopic,
    ObservationTopic,
    OtherTopic,
    OwnTopic,
    PhotoTopic,
    PlaceTopic,
    ProposalTopic,
    QuestionnaireTopic,
    RankTopic,
    ScenarioTopic,
    SealTopic,
    StopTopic,
    Topic,
    WordingTopic,
)
from diag.model.audit import (
    Answer,
    Audit,
    Facts,
    FloorRow,
    Subject,
    Value,
    VisitPlan,
    audit_id,
)
from diag.model.enums import AuditStatus, Profile, Provenance, State

WITHDRAWN = "réponse retirée"
"""Reason of the candidate that stands for a withdrawn answer in a conflict."""

UNREADABLE = "réponse illisible par cette version de diag"
"""Reason of an answer written by a newer version, or by a fault."""


def facts_of(journal: Journal, audit: Audit) -> Facts:
    """Return everything that is currently known of an audit's subject."""
    board = board_of(journal.heads(audit.id))
    days = (date.fromisoformat(visit.date) for visit in visits_in(board))
    site = place_tree_of(journal, audit, board)
    outdated = asked_again_of(journal, audit.id)
    return Facts(
        root=site.root,
        places=site.places,
        answers={
            (place, question): answers
            for (place, question), heads in board.answers.items()
            if place in site.places
            and (answers := answers_of(since(heads, outdated.get(question, 0))))
        },
        notes={
            (place, question): notes
            for (place, question), heads in board.notes.items()
            if place in site.places and (notes := _notes_of(heads))
        },
        flags=frozenset(
            (place, question)
            for (place, question), heads in board.flags.items()
            # One who wants to see it again is enough.
            if place in site.places and any(head.value is True for head in heads)
        ),
        closed=frozenset(
            # When in doubt, a list is open.
            kind
            for kind, heads in board.closed.items()
            if heads and all(head.value is True for head in heads)
        ),
        floor=floor_of(latest(board.floor)),
        visit_date=max(days, default=None),
    )


def floor_of(head: Head | None) -> Mapping[str, tuple[FloorRow, ...]]:
    """Return how rooms were arranged; what cannot be read is arranged by nobody."""
    value: Any = head.value if head else None
    found: dict[str, tuple[FloorRow, ...]] = {}
    with suppress(AttributeError, KeyError, TypeError, ValueError):
        for holder, rows in value["rows"].items():
            found[holder] = tuple(
                tuple((str(room), int(width)) for room, width in row) for row in rows
            )
    return found


def status_of(journal: Journal, audit: str) -> AuditStatus:
    """Return where an audit stands; closed only when nobody disagrees."""
    heads = journal.current(audit, subjects.STATUS)
    return settled(statuses(head.value for head in heads))


def edition_of(journal: Journal, audit: str) -> str | None:
    """Return the digest of the edition that judges an audit; None when not pinned."""
    head = latest(journal.current(audit, subjects.EDITION))
    value: Any = head.value if head else None
    digest = value.get("digest") if isinstance(value, dict) else None
    return digest if isinstance(digest, str) else None


def plan_of(journal: Journal, audit: str) -> VisitPlan | None:
    """Return how long the visit is to be, once chosen; people who differ: the longest.

    One who chose a length by its name, before minutes were, started no clock.
    """
    plans = []
    for head in journal.current(audit, subjects.MINUTES):
        with suppress(ValueError):
            plans.append(VisitPlan.model_validate(head.value))
    if not plans:
        for head in journal.current(audit, subjects.PROFILE):
            value: Any = head.value
            with suppress(KeyError, TypeError, ValueError):
                plans.append(VisitPlan(minutes=Profile(value["profile"]).minutes))
    return max(plans, key=lambda plan: (plan.minutes, plan.start), default=None)


def profile_of(plan: VisitPlan | None) -> Profile:
    """Return what a visit asks; the standard one until its length is chosen."""
    return Profile.within(plan.minutes) if plan else Profile.STANDARD


def asked_again_of(journal: Journal, audit: str) -> dict[str, int]:
    """Return the questions that an upgrade asks again, and until when answers are old.

    Answers up to that Lamport number were given to another question of the same id:
    the journal keeps them, nothing reads them. When two people upgraded apart, the
    later number holds: better asked once more than judged on another meaning.
    """
    again: dict[str, int] = {}
    for head in journal.current(audit, subjects.EDITION):
        value: Any = head.value
        asked = value.get("asked_again") if isinstance(value, dict) else None
        for question, lam in asked.items() if isinstance(asked, dict) else ():
            if isinstance(lam, int) and not isinstance(lam, bool):
                again[question] = max(lam, again.get(question, 0))
    return again


def since(heads: Sequence[Head], lam: int) -> Sequence[Head]:
    """Return the heads written after a Lamport number."""
    return [head for head in heads if head.lam > lam] if lam else heads


def answers_of(heads: Sequence[Head]) -> tuple[Answer, ...]:
    """Return what is answered: one answer, several that differ, or none.

    In a conflict, a withdrawal stands as an unknown: the hull of both is judged.
    """
    if not any(head.has_value for head in heads):
        return ()
    return tuple(map(_answer, differing(heads)))


def _answer(head: Head) -> Answer:
    body: Any = head.value
    state, value, provenance = State.UNKNOWN, None, Provenance.DECLARED
    reason = WITHDRAWN if head.withdrawn else UNREADABLE
    with suppress(AttributeError, KeyError, TypeError, ValueError):
        if not head.withdrawn:
            given, source = State(body["state"]), Provenance(body["provenance"])
            known = _value(body["value"]) if given is State.KNOWN else None
            why = str(body.get("reason", ""))
            state, value, provenance, reason = given, known, source, why
    return Answer(
        state=state,
        value=value,
        provenance=provenance,
        reason=reason,
        revision=head.id,
        author=head.author,
        device=head.device,
        at=head.at,
        is_masked=head.is_masked,
    )


def _value(raw: Any) -> Value:
    if isinstance(raw, list):
        if not all(isinstance(item, str) for item in raw):
            raise TypeError
        return tuple(sorted(raw))
    if not isinstance(raw, bool | int | str):
        raise TypeError
    return raw


def _notes_of(heads: Sequence[Head]) -> tuple[str, ...]:
    """Return the notes that differ, without those that are empty."""
    texts = (head.value for head in differing(heads) if head.has_value)
    return tuple(text for text in texts if isinstance(text, str) and text)


_NO_FACT = (
    *(BallotTopic, DispatchTopic, FollowTopic, HandTopic, ObservationTopic, OwnTopic),
    *(PhotoTopic, QuestionnaireTopic, RankTopic, ScenarioTopic, WordingTopic),
)
"""What is written of an audit beside its facts, and changes none of them."""

_Key = tuple[str, str]
_Item = TypeVar("_Item")


def facts_after(
    journal: Journal, audit: str, facts: Facts, drafts: Iterable[NewRevision]
) -> Facts | None:
    """Return facts that drafts have changed: the same ones where they change none.

    None when all is to be read again.
    So it is for a place, a date, a withdrawal: other facts may depend on them. And for
    a draft that names its parents: a place read as the same one may differ.
    """
    read = [(subjects.parse(draft.subject), draft) for draft in drafts]
    read = [(topic, draft) for topic, draft in read if not isinstance(topic, _NO_FACT)]
    if not read:
        return facts
    answers, notes, flags = dict(facts.answers), dict(facts.notes), set(facts.flags)
    outdated = asked_again_of(journal, audit)
    for topic, draft in read:
        if draft.op != "set" or draft.parents is not None:
            return None
        heads = journal.current(audit, draft.subject)
        match topic:
            case AnswerTopic(place, question) if place in facts.places:
                found = answers_of(since(heads, outdated.get(question, 0)))
                _put(answers, (place, question), found)
            case NoteTopic(place, question) if place in facts.places:
                _put(notes, (place, question), _notes_of(heads))
            case FlagTopic(place, question) if place in facts.places:
                flags.discard((place, question))
                if any(head.value is True for head in heads):
                    flags.add((place, question))
            case _:
                return None
    return replace(
        facts,
        answers=dict(sorted(answers.items())),
        notes=dict(sorted(notes.items())),
        flags=frozenset(flags),
    )


def _put(
    kept: dict[_Key, tuple[_Item, ...]], key: _Key, items: tuple[_Item, ...]
) -> None:
    if items:
        kept[key] = items
    else:
        kept.pop(key, None)


def read_audit(audit: str, value: Any) -> Audit | None:
    """Return the audit that a value describes, if its id is made of that subject."""
    try:
        subject = Subject(kind=value["kind"], code=value["code"])
        campaign = str(value["campaign"])
    except (KeyError, TypeError, ValueError):
        return None
    if audit_id(campaign, subject) != audit:
        return None
    return Audit(id=audit, campaign=campaign, subject=subject)


_NAMED = """
select a.id, h.value from audit a
cross join head h on h.audit = a.n and h.subject = 'audit/subject'
where h.value is not null order by a.n, h.lam
"""
"""`cross`: a search in each audit, rather than all that is known of all of them."""


@lru_cache(maxsize=4_096)  # each line of advice looks for the audit before
def _named(audit: str, text: str) -> Audit | None:
    return read_audit(audit, loads(text))


def audits(journal: Journal) -> tuple[Audit, ...]:
    """Return the audits whose subject is known, in the order in which they came.

    An audit's id is made of its subject: a revision that contradicts it is ignored.

    Raises:
        DamagedError: when one is no longer what was written.
    """
    journal.check_all()
    found: dict[str, Audit] = {}
    for audit, text in journal.select(_NAMED):
        if noun := _named(audit, text):
            found[audit] = noun
    return tuple(found.values())


_CLOSED = """
select audit from head where subject = 'audit/status' and value is not null
group by audit having min(json_extract(value, '$.status') = 'clos')
order by max(at) desc limit ?
"""

_SPOKEN = """
select subject, author || device, at from head
where audit = ? and subject >= 'place/' and subject < 'place0' and value is not null
  and instr(subject, '/q/')
  and json_extract(value, '$.provenance') in ('measured', 'observed', 'declared')
order by at, lam
"""
"""What people said themselves, as they said it: lists and copies took no time."""

LAST_CLOSED = 40
"""So many audits are timed, the last ones: 65 ms with 500 answers each. Trade
knowledge."""

AT_ONCE, PAUSE = 1_000, 180_000
"""Milliseconds: below, one gesture wrote several; above, somebody did something else.
Trade knowledge."""


def timed_answers(journal: Journal) -> Iterator[Timed]:
    """Give how long answers took in the last audits closed: since that person's last.

    An answer that follows another question at another place is left out: one walked.
    """
    for (number,) in journal.select(_CLOSED, [LAST_CLOSED]):
        last: dict[str, tuple[int, str, str]] = {}
        answered: set[str] = set()
        for subject, who, at in journal.select(_SPOKEN, [number]):
            place, _, question = subject.partition("/q/")
            then, where, what = last.get(who, (at, "", ""))
            if AT_ONCE <= at - then <= PAUSE and (where == place or what == question):
                yield Timed(question, question in answered, at - then)
            answered.add(question)
            last[who] = at, place, question


def open_audit(
    journal: Journal, campaign: str, subject: Subject, origin: Origin
) -> Audit:
    """Return the audit of a subject in a campaign, opened when it is new here."""
    audit = Audit(id=audit_id(campaign, subject), campaign=campaign, subject=subject)
    heads = journal.current(audit.id, subjects.SUBJECT)
    if not any(read_audit(audit.id, head.value) for head in heads):
        journal.write(changes.opened(audit.id, campaign, subject), origin)
    return audit


# Conflicts, and the claims that avert them.

_NEVER_SETTLED = (
    FollowTopic
    | ErasureTopic
    | OtherTopic
    | FlagTopic
    | FloorTopic
    | ApartTopic
    | BallotTopic
    | HandTopic
    | ProposalTopic
    | SealTopic
    | AskTopic
    | StopTopic
)
"""Where nothing is to be settled: all is kept, one voice is enough, or the last."""

_STANDING = frozenset(map(AuditTopic, ("claim", "votes")))
"""Of two closings made apart, the latest counts; two people may be on one audit."""

_LAST = 4_133_980_800_000
"""The end of 2100, the last year that a day is typed in: UTC milliseconds."""

_CLAIMED = """
select a.id from audit a where exists(
  select 1 from head h where h.audit = a.n and h.subject = ?)
order by a.n
"""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One subject on which people differ."""

    topic: Topic
    candidates: tuple[Revision, ...]
    """One for each content, the last that holds it, in order."""
    heads: tuple[str, ...]
    """Ids that the revision which settles it must name as its parents."""
    base: Revision | None
    """Nearest revision that all heads come from, if there is one."""
    edited: tuple[Revision, ...] = ()
    """For a place removed by one while another wrote there: what was written."""
    by_subject: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Each subject and its heads: two when two places are read as one."""


def conflicts_of(journal: Journal, audit: Audit) -> tuple[Conflict, ...]:
    """Return what is to be settled in an audit, by subject."""
    heads = journal.heads(audit.id)
    board = board_of(heads)
    site = place_tree_of(journal, audit, board)
    outdated = asked_again_of(journal, audit.id)
    by_topic: dict[Topic, Sequence[Head]] = {}
    shared: set[Topic] = set()
    for subject, group in groupby(heads, key=lambda head: head.subject):
        topic = subjects.parse(subject)
        if isinstance(topic, PlaceTopic) and topic.place in board.merged:
            continue
        if isinstance(topic, AnswerTopic | NoteTopic):
            topic = replace(topic, place=board.at(topic.place))
        if topic in by_topic:
            shared.add(topic)
        by_topic[topic] = [*by_topic.get(topic, ()), *group]
    found: list[Conflict] = []
    for topic, standing in by_topic.items():
        own = pooled(standing) if topic in shared else standing
        if isinstance(topic, _NEVER_SETTLED) or topic in _STANDING:
            continue
        if (
            isinstance(topic, AnswerTopic | NoteTopic)
            and topic.place not in site.places
        ):
            continue
        if isinstance(topic, AnswerTopic):
            own = list(since(own, outdated.get(topic.question, 0)))
        edits = (
            site.edited.get(topic.place, ()) if isinstance(topic, PlaceTopic) else ()
        )
        if edits or len(differing(own)) > 1:
            found.append(_conflict(journal, audit.id, topic, own, edits))
    return tuple(found)


def nearest_base(history: Sequence[Revision], heads: Iterable[str]) -> Revision | None:
    """Return the last revision of a subject that all heads come from."""
    by_id = {revision.id: revision for revision in history}
    shared = set(by_id)
    for head in heads:
        ancestors: set[str] = set()
        waiting = [head]
        while waiting:
            revision = by_id.get(waiting.pop())
            new = set(revision.parents if revision else ()) - ancestors
            ancestors |= new
            waiting += new
        shared &= ancestors
    return next((rev for rev in reversed(history) if rev.id in shared), None)


def _conflict(
    journal: Journal,
    audit: str,
    topic: Topic,
    heads: Sequence[Head],
    edits: Sequence[Head],
) -> Conflict:
    named: dict[str, list[str]] = {}
    for head in heads:
        named.setdefault(head.subject, []).append(head.id)
    history = [each for subject in named for each in journal.history(audit, subject)]
    by_id = {revision.id: revision for revision in history}
    ids = tuple(head.id for head in heads)
    return Conflict(
        topic=topic,
        candidates=tuple(by_id[head.id] for head in differing(heads)),
        heads=ids,
        base=nearest_base(history, ids),
        edited=tuple(
            revision
            for head in edits
            for revision in journal.history(audit, head.subject)
            if revision.key == head.key
        ),
        by_subject=tuple((subject, tuple(own)) for subject, own in named.items()),
    )


class Claim(NamedTuple):
    """One person on an audit."""

    author: str
    """Label."""
    until: int
    """UTC milliseconds."""


def claimed(journal: Journal, audit: str, author: str, until: int) -> NewRevision:
    """Say that somebody is on an audit until then; 0: no longer.

    What others declare stays.
    """
    own = [
        one for one in journal.current(audit, subjects.CLAIM) if one.author == author
    ]
    parents = tuple(one.id for one in own)
    return NewRevision(audit, subjects.CLAIM, {"until": until}, parents=parents)


def claims_of(journal: Journal, audit: str, at: int) -> tuple[Claim, ...]:
    """Return who is on an audit at a time, the one who stays longest last."""
    found = claims_in(journal.current(audit, subjects.CLAIM))
    return tuple(one for one in found if one.until > at)


def all_claims(journal: Journal, at: int) -> dict[str, tuple[Claim, ...]]:
    """Return who is on which audit at a time."""
    audits = [audit for (audit,) in journal.select(_CLAIMED, [subjects.CLAIM])]
    found = ((audit, claims_of(journal, audit, at)) for audit in audits)
    return {audit: claims for audit, claims in found if claims}


def read_until(value: Json) -> int:
    """Return until when a claim stands; 0 for one that ended, or is none."""
    until = value.get("until") if isinstance(value, dict) else 0
    return until if isinstance(until, int) and 0 < until < _LAST else 0


def claims_in(heads: Iterable[Head]) -> tuple[Claim, ...]:
    """Return what heads hold, once for each person, those who left included."""
    last: dict[str, int] = {}
    for head in heads:
        if head.has_value:
            last[head.author] = read_until(head.value)
    return tuple(
        sorted((Claim(*one) for one in last.items()), key=lambda one: one.until)
    )
