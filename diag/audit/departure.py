"""« À vérifier avant de partir »: what would be a pity to leave behind."""

from collections.abc import Iterator
from dataclasses import dataclass

from diag.answers.types import TYPES, answer_words
from diag.audit.session import AuditSession
from diag.audit.walk import Walk, WalkStop, walk_of
from diag.model.enums import PlaceKind, State
from diag.model.fact import ROOT_KINDS
from diag.words.sentences import counted
from diag.words.vocabulary import PLACES


@dataclass(frozen=True, slots=True)
class Check:
    """One question to look at again, and why."""

    stop: WalkStop
    place: str
    """Name of the place, or whom one asks at the school."""
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Departure:
    """Everything to look at before leaving."""

    checks: tuple[Check, ...]
    """In walking order."""
    remarks: tuple[str, ...]
    """What is about no question: open lists, a visit without a date."""


def departure_of(session: AuditSession, walk: Walk | None = None) -> Departure:
    """Return what to look at before leaving."""
    session.check_method()
    walk = walk or walk_of(session.facts, session.checklist, session.profile)
    checks = (
        Check(stop, leg.title, reasons)
        for leg in walk.legs
        for stop in leg.stops
        if (reasons := tuple(_reasons(stop)))
    )
    return Departure(tuple(checks), tuple(_remarks(session, walk)))


def departure_lines(session: AuditSession) -> Iterator[str]:
    """Give the list in plain lines."""
    departure = departure_of(session)
    for check in departure.checks:
        reasons = ", ".join(check.reasons)
        yield f"{check.place}, {check.stop.question.label} : {reasons}"
    yield from departure.remarks
    if not departure.checks:
        yield "Rien à vérifier."


def _reasons(stop: WalkStop) -> Iterator[str]:
    question, heads = stop.question, stop.heads
    if len(heads) > 1:
        answers = " ou ".join(answer_words(question, head) for head in heads)
        yield f"réponses contradictoires ({answers})"
    if stop.doubt:
        yield f"à revoir, {stop.doubt}"
    elif stop.flagged:
        yield "à revoir"
    is_due = question.required or question.danger
    if not heads and is_due and stop.relevant is True:
        yield "sans réponse"
    for head in heads:
        if head.state is State.UNKNOWN:
            yield answer_words(question, head)
        elif head.state is State.KNOWN and (
            doubt := TYPES[question.type].doubt(question, head.value)
        ):
            yield doubt


def _remarks(session: AuditSession, walk: Walk) -> Iterator[str]:
    facts = session.facts
    asked = {question.place for question in session.checklist.questions.values()}
    for kind in PlaceKind:
        if kind in asked and kind not in ROOT_KINDS and kind not in facts.closed:
            yield f"La liste des {PLACES[kind][1]} n'est pas close."
    if facts.visit_date is None:
        yield "Aucune visite n'est datée."
    if walk.maybe:
        maybe = counted(walk.maybe, "question")
        yield f"Peut-être à poser, selon d'autres réponses : {maybe}."
