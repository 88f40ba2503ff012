"""Stories of audits: what an engineer would type, kept as JSON beside this module."""

from datetime import date
from importlib.resources import files
from typing import Any

from pydantic import Field

from diag.desk.bilan.follow import add_visit, close_places, move
from diag.desk.session import Session
from diag.desk.visit.answers import Entry, record_answer
from diag.desk.visit.places import add_place
from diag.model.base import Noun
from diag.model.enums import AuditStatus, PlaceKind, Provenance, State


class Told(Noun):
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


class OnSite(Noun):
    """A visit."""

    date: date
    present: tuple[str, ...]
    met: tuple[str, ...]
    authorisation: str


class Scenario(Noun):
    """The audit of one school, or of a commune."""

    uai: str
    """The school, or `commune:INSEE`."""
    visits: tuple[OnSite, ...]
    answers: dict[str, Any]
    places: tuple[Somewhere, ...]
    closed: tuple[PlaceKind, ...]
    status: AuditStatus


def scenario(name: str) -> Scenario:
    """Return the story of that name."""
    text = files(__package__).joinpath(f"{name}.json").read_text(encoding="utf-8")
    return Scenario.model_validate_json(text)


def play(session: Session, story: Scenario) -> None:
    """Say everything of a story, in the order of a visit.

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
    said: dict[str, dict[str, Any]] = {}
    for place in story.places:
        add_place(session, place.kind, place.name, place.parent)
        said[place.name] = {**said.get(place.like, {}), **place.answers}
        _answer(session, said[place.name], place.name)
    for kind in story.closed:
        close_places(session, kind)
    if story.status is not AuditStatus.EN_COURS:
        move(session, story.status)


def _answer(session: Session, answers: dict[str, Any], place: str = "") -> None:
    for question, raw in answers.items():
        if raw is None:
            continue
        told = Told.model_validate(raw if isinstance(raw, dict) else {"value": raw})
        record_answer(
            session,
            Entry(
                question=question,
                raw=told.value,
                place=place,
                state=told.state,
                provenance=told.provenance,
                reason=told.reason,
                note=told.note,
            ),
        )
