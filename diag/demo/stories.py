"""The stories that the demonstration plays: an audit answered place after place.

One school was audited last year and closed, its suites done or decided; it is open
again this year, with a plan, observations, a photo, sheets of the team, an answer that
a colleague contradicts. Another school, hers, waits for a reading.
"""

import shutil
from datetime import date
from importlib import resources
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image, ImageDraw
from pydantic import Field

from diag.answers.types import TYPES
from diag.audit.answer import NewAnswer, answer_for, find_question, record_answer
from diag.audit.fitting import choose_minutes
from diag.audit.follow import add_step, add_visit, move
from diag.audit.forms import LEAST, TEAM, together
from diag.audit.memory import take_places_again
from diag.audit.observing import mark_noted, observe
from diag.audit.photos import PhotoSubject, keep_picture
from diag.audit.places import add_place, close_places
from diag.audit.proposals import propose
from diag.audit.session import AuditSession, open_session, start
from diag.demo.territory import SYNDICAT
from diag.documents.questionnaire import compose, keep
from diag.journal import changes
from diag.model.audit import FollowUp, Value
from diag.model.base import Noun
from diag.model.enums import (
    AuditStatus,
    FollowUpState,
    PlaceKind,
    Provenance,
    State,
)
from diag.model.errors import DiagError
from diag.workspace.picture import decode_picture
from diag.workspace.settings import Settings
from diag.workspace.workspace import Workspace, fixed_world


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
            where = session.find_place(place.name).id
            seen = observe(session, text, place=where, question=question)
            mark_noted(session, seen.id, shown=True)
    for kind in story.closed:
        close_places(session, kind)
    if story.status is not AuditStatus.EN_COURS:
        move(session, story.status)


def _answer(session: AuditSession, answers: dict[str, Any], place: str = "") -> None:
    """Record the answers of one place in one durable commit."""
    where, audit = session.find_place(place), session.audit.id
    drafts = []
    for ident, raw in answers.items():
        if raw is None:
            continue
        answer = StoryAnswer.model_validate(
            raw if isinstance(raw, dict) else {"value": raw}
        )
        question = find_question(session, ident)
        if question.place is not where.kind:
            raise DiagError(f"{ident} ne se répond pas pour « {where.name} ».")
        entry = NewAnswer(
            ident, answer.value, "", answer.state, answer.provenance, answer.reason
        )
        written = answer_for(question, entry)
        drafts.append(changes.answered(audit, where.id, ident, written))
        if answer.note is not None:
            drafts.append(changes.noted(audit, where.id, ident, answer.note))
    session.record(*drafts)


DAY = date(2026, 11, 27)
"""The day of the demonstration."""

FULL, HALF, COMMUNE = "ecole-complete", "ecole-a-moitie", "commune"
UNTOUCHED = "9990187Z"
"""École maternelle La Farandole: opened, nothing answered."""

SETTINGS = Settings(
    author="u-demo",
    device="d-demo",
    people={"u-demo": "Camille Perrin", "u-collegue": "Inès Morel"},
    syndicat=SYNDICAT,
    campaign="2026-2027",
    phone="01 99 00 12 34",
    email="ecoles@vallombre-numerique.example",
)


AGAIN, READ = "9990202R", "9990217G"
"""École primaire Les Charmes, visited again; École primaire du Village, to be read."""

LAST = "2025-2026"
"""Campaign of the first audit."""

_BEFORE = date(2025, 10, 14)

COLLEAGUE = "u-collegue"
"""Who works on the same schools; her name is in the settings."""

_ROOMS = ("Classe CP-CE1-CE2", "Classe CM1-CM2")


def visit_again(folder: Path) -> None:
    """Add to a demonstration, closed, the second visit and what others bring."""
    with Workspace.open(folder, fixed_world(_BEFORE, seed=2025)) as workspace:
        session = start(workspace, AGAIN, LAST)
        story = _story(AGAIN, AuditStatus.EN_COURS, _BEFORE)
        slow = {"technologie_acces": "cuivre", "debit_descendant": "8"}
        play(session, story.model_copy(update={"answers": {**story.answers, **slow}}))
        _record(session, "danger_electrique", True, _ROOMS[0])
        move(session, AuditStatus.CLOS)
    with TemporaryDirectory(prefix="diag-") as name:
        other = Path(name) / "collegue"
        with Workspace.open(folder, fixed_world(DAY, seed=2027)) as workspace:
            first = open_session(workspace, AGAIN, LAST)
            done, decided = FollowUpState.FAITE, FollowUpState.DECIDEE
            for ident, state, day, who in (
                ("mettre-hors-danger", done, "2025-11-03", "les services"),
                ("passer-a-la-fibre", done, "2026-06-30", "l'opérateur"),
                ("permettre-la-coupure-du-wifi", decided, "2026-03-12", "conseil"),
            ):
                step = FollowUp(recommendation=ident, state=state, on=day, by=who)
                add_step(first, step)
            _this_year(workspace)
        shutil.copytree(folder, other, ignore=shutil.ignore_patterns("exports"))
        hers = SETTINGS.model_copy(update={"author": COLLEAGUE, "device": "d-collegue"})
        with (
            Workspace.create(other, hers, fixed_world(DAY, seed=2028)) as there,
            Workspace.open(folder, fixed_world(DAY, seed=2029)) as here,
        ):
            again, mine = open_session(there, AGAIN), open_session(here, AGAIN)
            _record(again, "nb_batiments", 2)
            _record(mine, "nb_batiments", 1)
            here.journal.ingest(list(there.journal.lines(again.audit.id)))
            read = start(there, READ)
            play(read, _story(READ, AuditStatus.SOUMIS, DAY))
            here.journal.ingest(list(there.journal.lines(read.audit.id)))


def _story(uai: str, status: AuditStatus, day: date) -> Story:
    """Return the story of the half audited school, moved to another one."""
    half = scenario(HALF)
    visit = half.visits[0].model_copy(update={"date": day})
    return half.model_copy(update={"uai": uai, "status": status, "visits": (visit,)})


def _this_year(workspace: Workspace) -> None:
    """Open the second audit: what was seen so far, what the team sent."""
    session = start(workspace, AGAIN)
    take_places_again(session)
    choose_minutes(session, 30)
    for question, value in (
        ("acces_internet", True),
        ("technologie_acces", "ftth"),
        ("debit_descendant", "284"),
    ):
        _record(session, question, value)
    _record(session, "danger_electrique", False, _ROOMS[0])
    room = session.find_place(_ROOMS[1])
    seen = observe(
        session,
        "Rallonge sous le tapis, devant le tableau ; la maîtresse la range le soir.",
        place=room.id,
        question="danger_electrique",
    )
    mark_noted(session, seen.id, shown=True)
    observe(session, "La directrice demande un écran avant la kermesse.")
    picture = decode_picture(_drawn(), "prise")
    shown = PhotoSubject(room.id, "danger_electrique")
    keep_picture(session, picture, shown, "Rallonge devant le tableau")
    _, printed = compose(session, TEAM)
    keep(session, printed)
    asked = [session.checklist.questions[one] for one in printed.questions]
    sheet: dict[str, Value] = {  # a colleague ticks yes, or the first choice
        one.id: True if kind.is_yes_no else one.choices[0].id
        for one in asked
        for kind in (TYPES[one.type],)
        if kind.is_yes_no or kind.is_one_choice
    }
    propose(session, together(session, printed, [sheet] * LEAST).offers)


def _record(
    session: AuditSession, question: str, value: object, place: str = ""
) -> None:
    record_answer(session, NewAnswer(question, value, place=place, sure=True))


def _drawn() -> bytes:
    """Return a picture: a wall, a socket, and a cable that should not be there."""
    image = Image.new("RGB", (640, 480), "#d8d2c4")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 360, 640, 480), fill="#8a7458")
    draw.rounded_rectangle((250, 150, 390, 290), 12, fill="#f4f1ea", outline="#777")
    draw.ellipse((295, 195, 345, 245), fill="#c9c4b8", outline="#555")
    draw.line((320, 245, 300, 360, 520, 440, 640, 420), fill="#222222", width=9)
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
