"""Facts of an audit, from its heads: the only input of judging."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

from diag.journal import subjects
from diag.journal.heads import HeadIndex, board_of, differing, latest, site_of
from diag.journal.journal import Head, Journal
from diag.journal.records import visit_dates
from diag.journal.revision import Json, NewRevision, loads
from diag.journal.subjects import AnswerTopic, FlagTopic, NoteTopic
from diag.model.audit import Audit
from diag.model.campaign import id_in_campaign, is_campaign
from diag.model.enums import AuditStatus, PlaceKind, Profile, Provenance, State
from diag.model.fact import Answer, Facts, Value

WITHDRAWN = "réponse retirée"
"""Reason of the candidate that stands for a withdrawn answer in a conflict."""


UNREADABLE = "réponse illisible par cette version de diag"
"""Reason of an answer written by a newer version, or by a fault."""


def facts_of(journal: Journal, audit: Audit) -> Facts:
    """Return everything that is currently known of an audit's subject."""
    board = board_of(journal.heads(audit.id))
    site = site_of(journal, audit, board)
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
            if place in site.places and (notes := notes_of(heads))
        },
        flags=frozenset(
            (place, question)
            for (place, question), heads in board.flags.items()
            # One who wants to see it again is enough.
            if place in site.places and any(head.value is True for head in heads)
        ),
        closed=frozenset(_closed(board)),
        visit_date=max(visit_dates(board), default=None),
    )


def status_of(journal: Journal, audit: str) -> AuditStatus:
    """Return where an audit stands; closed only when nobody says otherwise."""
    heads = journal.current(audit, subjects.STATUS)
    return settled(statuses(head.value for head in heads))


def edition_of(journal: Journal, audit: str) -> str | None:
    """Return the digest of the edition that judges an audit; None when not pinned."""
    head = latest(journal.current(audit, subjects.EDITION))
    value: Any = head.value if head else None
    digest = value.get("digest") if isinstance(value, dict) else None
    return digest if isinstance(digest, str) else None


def profile_of(journal: Journal, audit: str) -> Profile:
    """Return how long the visit is meant to be; people who differ: the longest."""
    heads = journal.current(audit, subjects.PROFILE)
    said = [profile for head in heads if (profile := _profile(head.value))]
    return max(said, key=list(Profile).index, default=Profile.STANDARD)


def _profile(value: Any) -> Profile | None:
    try:
        return Profile(value["profile"])
    except (KeyError, TypeError, ValueError):
        return None


def asked_again_of(journal: Journal, audit: str) -> dict[str, int]:
    """Return the questions that an upgrade asks again, and until when answers are old.

    Answers up to that Lamport number were given to another question of the same id:
    the journal keeps them, nothing reads them. When two people upgraded apart, the
    later number holds: better asked once more than judged on another meaning.
    """
    again: dict[str, int] = {}
    for head in journal.current(audit, subjects.EDITION):
        value: Any = head.value
        told = value.get("asked_again") if isinstance(value, dict) else None
        for question, lam in told.items() if isinstance(told, dict) else ():
            if isinstance(lam, int) and not isinstance(lam, bool):
                again[question] = max(lam, again.get(question, 0))
    return again


def since(heads: Sequence[Head], lam: int) -> Sequence[Head]:
    """Return the heads said after a Lamport number."""
    return [head for head in heads if head.lam > lam] if lam else heads


def answers_of(heads: Sequence[Head]) -> tuple[Answer, ...]:
    """Return what is answered: one answer, several that differ, or none.

    In a conflict, a withdrawal stands as an unknown: the hull of both is judged.
    """
    if not any(head.says for head in heads):
        return ()
    return tuple(map(_answer, differing(heads)))


def _answer(head: Head) -> Answer:
    state, value, provenance, reason = _said(head)
    return Answer(
        state=state,
        value=value,
        provenance=provenance,
        reason=reason,
        revision=head.id,
        author=head.author,
        device=head.device,
        at=head.at,
    )


def _said(head: Head) -> tuple[State, Value, Provenance, str]:
    if head.withdrawn:
        return State.UNKNOWN, None, Provenance.DECLARED, WITHDRAWN
    body: Any = head.value
    try:
        state, provenance = State(body["state"]), Provenance(body["provenance"])
        value = _value(body["value"]) if state is State.KNOWN else None
        return state, value, provenance, str(body.get("reason", ""))
    except (AttributeError, KeyError, TypeError, ValueError):
        return State.UNKNOWN, None, Provenance.DECLARED, UNREADABLE


def _value(raw: Any) -> Value:
    if isinstance(raw, list):
        if not all(isinstance(item, str) for item in raw):
            raise TypeError
        return tuple(sorted(raw))
    if not isinstance(raw, bool | int | str):
        raise TypeError
    return raw


def notes_of(heads: Sequence[Head]) -> tuple[str, ...]:
    """Return the notes that differ, without those that are empty."""
    said = (head.value for head in differing(heads) if head.says)
    return tuple(text for text in said if isinstance(text, str) and text)


def _closed(board: HeadIndex) -> Iterable[PlaceKind]:
    """Give the kinds that every head says complete: when in doubt, a list is open."""
    for kind, heads in board.closed.items():
        if heads and all(head.value is True for head in heads):
            yield kind


_Key = tuple[str, str]


_Said = TypeVar("_Said")


def facts_after(
    journal: Journal, audit: str, facts: Facts, drafts: Iterable[NewRevision]
) -> Facts | None:
    """Return facts that drafts have changed; None when all is to be read again.

    So it is for a place, a date, a withdrawal: other facts may depend on them. And for
    a draft that names its parents: a place read as the same one may say otherwise.
    """
    answers, notes, flags = dict(facts.answers), dict(facts.notes), set(facts.flags)
    outdated = asked_again_of(journal, audit)
    for draft in drafts:
        if draft.op != "set" or draft.parents is not None:
            return None
        heads = journal.current(audit, draft.subject)
        match subjects.parse(draft.subject):
            case AnswerTopic(place, question) if place in facts.places:
                told = answers_of(since(heads, outdated.get(question, 0)))
                _put(answers, (place, question), told)
            case NoteTopic(place, question) if place in facts.places:
                _put(notes, (place, question), notes_of(heads))
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
    said: dict[_Key, tuple[_Said, ...]], key: _Key, told: tuple[_Said, ...]
) -> None:
    if told:
        said[key] = told
    else:
        said.pop(key, None)


_BEGUN = """
exists(select 1 from head b where b.audit = a.n and b.value is not null
  and b.subject not in ('audit/edition', 'audit/subject')
  and coalesce(json_extract(b.value, '$.provenance'), '') <> 'imported')
"""
"""Opening an audit, and what official lists tell of a school, is saying nothing."""


_SAID = f"""
select a.id, {_BEGUN}, h.subject, h.value
from audit a cross join head h on h.audit = a.n and h.subject in (?, ?)
where h.value is not null order by a.n, h.subject, h.lam, h.rev
"""  # noqa: S608 -- our own text
"""The cross join has SQLite look two heads up in each audit, not read all of them."""


_KNOWN = """
select a.id, s.completeness
from judged j join tally t on t.audit = j.audit and t.digest = j.digest
join audit a on a.n = j.audit join score s on s.audit = j.audit
where j.engine = ? and s.dim = 'ensemble'
"""


_KINDS = frozenset(map(str, PlaceKind))


class Stage(NamedTuple):
    """One audit, and where it stands."""

    audit: str
    campaign: str
    kind: str
    code: str
    status: AuditStatus
    begun: bool
    """Whether somebody said something in it, that still stands."""


def stages(journal: Journal) -> list[Stage]:
    """Return the audits whose subject and campaign are known, in order of arrival.

    An audit's id is made of its subject: a revision that says otherwise is ignored.
    """
    rows = journal.select(_SAID, [subjects.SUBJECT, subjects.STATUS])
    found = []
    for (audit, begun), group in groupby(rows, lambda row: row[:2]):
        said = [(subject, loads(text)) for *_, subject, text in group]
        named = [
            _named(audit, value) for what, value in said if what == subjects.SUBJECT
        ]
        about = [each for each in named if each]
        if about:
            told = (value for what, value in said if what == subjects.STATUS)
            status = settled(statuses(told))
            found.append(Stage(audit, *about[-1], status, begun=bool(begun)))
    return found


def is_begun(journal: Journal, audit: str) -> bool:
    """Say whether somebody said something in an audit, that still stands."""
    sql = f"select {_BEGUN} from audit a where a.id = ?"  # noqa: S608 -- our own text
    return any(begun for (begun,) in journal.select(sql, [audit]))


def statuses(values: Iterable[Json]) -> Iterator[AuditStatus]:
    """Give the statuses that are said; what is none is left out."""
    for value in values:
        try:
            yield AuditStatus(value["status"])  # type: ignore[index,call-overload,arg-type] # else refused below
        except (KeyError, TypeError, ValueError):
            continue


def settled(said: Iterable[AuditStatus]) -> AuditStatus:
    """Return where an audit stands; closed only when nobody says otherwise."""
    all_said = list(said)
    still_open = [status for status in all_said if status is not AuditStatus.CLOS]
    return (still_open or all_said or [AuditStatus.EN_COURS])[-1]


def completeness(journal: Journal, *, engine: str) -> dict[str, Fraction]:
    """Return the share that is known of what applies, by audit judged since."""
    rows = journal.select(_KNOWN, [engine])
    return {audit: Fraction(text) for audit, text in rows}


def _named(audit: str, value: Json) -> tuple[str, str, str] | None:
    if not isinstance(value, dict):
        return None
    campaign, kind, code = (value.get(each) for each in ("campaign", "kind", "code"))
    if (
        kind not in _KINDS
        or not isinstance(code, str)
        or not is_campaign(str(campaign))
    ):
        return None
    if id_in_campaign(str(campaign), f"{kind}:{code}") != audit:
        return None
    return str(campaign), str(kind), code
