"""The stories that the demonstration plays: an audit answered place after place."""

from datetime import date
from importlib import resources
from typing import Any

from pydantic import Field

from diag.audit.answer import NewAnswer, answer_for, find_question
from diag.audit.follow import add_visit, move
from diag.audit.observing import mark_noted, observe
from diag.audit.places import add_place, close_places, find_place
from diag.audit.session import AuditSession
from diag.journal import changes
from diag.journal.revision import NewRevision
from diag.model.base import Noun
from diag.model.enums import (
    AuditStatus,
    PlaceKind,
    Provenance,
    State,
)
from diag.model.errors import DiagError
from diag.model.fact import Place
from diag.workspace.settings import Settings


class StoryAnswer(Noun):
    """One answer, when there is more to it than its value."""

    value: Any = None
    state: State = State.KNOWN
    provenance: Provenance | None = None
    reason: str = ""
    note: str | None = None


class Somewhere(Noun):
    """A place and its answers; `like` takes over another place's first."""

    kind: PlaceKind
    name: str
    parent: str = Field(default="", alias="in")
    like: str = ""
    answers: dict[str, Any] = Field(default_factory=dict)
    shown: dict[str, str] = Field(default_factory=dict)
    """What was seen there that is to be shown, by the question that it is about."""


class OnSite(Noun):
    """A visit."""

    date: date
    present: tuple[str, ...]
    met: tuple[str, ...]
    authorisation: str


class Story(Noun):
    """The audit of one school, or of a commune."""

    uai: str
    """The school, or `commune:INSEE`."""
    visits: tuple[OnSite, ...]
    answers: dict[str, Any]
    places: tuple[Somewhere, ...]
    closed: tuple[PlaceKind, ...]
    status: AuditStatus


def scenario(name: str) -> Story:
    """Return the story of that name."""
    text = (
        resources
        .files(__package__)
        .joinpath(f"{name}.json")
        .read_text(encoding="utf-8")
    )
    return Story.model_validate_json(text)


def play(session: AuditSession, story: Story) -> None:
    """Record everything of a story, in the order of a visit.

    Raises:
        DiagError: when a story no longer fits the checklists.
    """
    for visit in story.visits:
        add_visit(
            session,
            visit.date,
            present=visit.present,
            met=visit.met,
            authorisation=visit.authorisation,
        )
    _answer(session, story.answers)
    answers: dict[str, dict[str, Any]] = {}
    for place in story.places:
        add_place(session, place.kind, place.name, place.parent)
        answers[place.name] = {**answers.get(place.like, {}), **place.answers}
        _answer(session, answers[place.name], place.name)
        for question, text in place.shown.items():
            where = find_place(session, place.name).id
            seen = observe(session, text, place=where, question=question)
            mark_noted(session, seen.id, shown=True)
    for kind in story.closed:
        close_places(session, kind)
    if story.status is not AuditStatus.EN_COURS:
        move(session, story.status)


def _answer(session: AuditSession, answers: dict[str, Any], place: str = "") -> None:
    """Record the answers of one place in one durable commit."""
    where = find_place(session, place)
    session.record(
        *(
            draft
            for question, raw in answers.items()
            if raw is not None
            for draft in _drafts(session, where, question, raw)
        )
    )


def _drafts(
    session: AuditSession, place: Place, ident: str, raw: Any
) -> tuple[NewRevision, ...]:
    answer = StoryAnswer.model_validate(
        raw if isinstance(raw, dict) else {"value": raw}
    )
    question = find_question(session, ident)
    if question.place is not place.kind:
        raise DiagError(f"{ident} ne se répond pas pour « {place.name} ».")
    entry = NewAnswer(
        ident, answer.value, "", answer.state, answer.provenance, answer.reason
    )
    audit = session.audit.id
    answered = changes.answered(audit, place.id, ident, answer_for(question, entry))
    if answer.note is None:
        return (answered,)
    return answered, changes.noted(audit, place.id, ident, answer.note)


DAY = date(2026, 10, 5)
"""The day of the demonstration."""

FULL, HALF, COMMUNE = "ecole-complete", "ecole-a-moitie", "commune"
UNTOUCHED = "9990187Z"
"""École maternelle La Farandole: opened, nothing answered."""

SETTINGS = Settings(
    author="u-demo",
    device="d-demo",
    people={"u-demo": "Camille Perrin", "u-collegue": "Inès Morel"},
    syndicat="Syndicat mixte Vallombre Numérique",
    campaign="2026-2027",
    phone="01 99 00 12 34",
    email="ecoles@vallombre-numerique.example",
)
