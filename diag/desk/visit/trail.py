"""How one answer came to be: each change of it, and what its evidences disagree on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from diag.desk.session import Session
from diag.desk.visit.walk import Key
from diag.journal import subjects
from diag.journal.revision import Revision
from diag.model.checklist import Question
from diag.model.enums import Provenance, State
from diag.model.fact import Answer
from diag.reports.answers import answer_words
from diag.words.vocabulary import PROVENANCES

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


def trail_of(session: Session, key: Key, question: Question) -> tuple[Turn, ...]:
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
