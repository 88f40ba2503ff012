"""Facts of an audit, from its heads: the only input of judging."""

from collections.abc import Iterable, Sequence
from typing import Any

from diag.journal import subjects
from diag.journal.board import Board, board_of, differing, latest
from diag.journal.journal import Head, Journal
from diag.journal.places import site_of
from diag.journal.stages import settled, statuses
from diag.journal.visits import visit_dates
from diag.model.audit import Audit
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


def _closed(board: Board) -> Iterable[PlaceKind]:
    """Give the kinds that every head says complete: when in doubt, a list is open."""
    for kind, heads in board.closed.items():
        if heads and all(head.value is True for head in heads):
            yield kind
