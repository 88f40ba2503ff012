"""The demonstration: an invented territory, three schools, the same bytes each time."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import Field

from diag.audit.answer import NewAnswer, answer_for, find_question
from diag.audit.comparables import keep_judged
from diag.audit.follow import add_visit, move
from diag.audit.places import add_place, close_places, find_place
from diag.audit.report import report_of
from diag.audit.session import AuditSession, open_session, start
from diag.checklist.overlay import CHARTER
from diag.demo.files import write_fictional_territory
from diag.documents.document import Document
from diag.documents.drafts import DraftKind, drafted
from diag.documents.formats import FORMATS, Format
from diag.documents.synthesis import synthesis
from diag.documents.templates import build_document
from diag.documents.write import write_reports
from diag.journal import changes
from diag.journal.journal import FILE
from diag.journal.revision import NewRevision
from diag.model.base import Noun
from diag.model.enums import (
    READERS,
    AuditStatus,
    PlaceKind,
    Provenance,
    State,
)
from diag.model.enums import (
    Audience as Audience,
)
from diag.model.errors import DiagError
from diag.model.fact import Place
from diag.office.imports import import_file
from diag.workspace.charter import FOLDER
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

_MARK = "demonstration-de-diag.txt"

_SETTINGS = Settings(
    author="u-demo",
    device="d-demo",
    people={"u-demo": "Camille Perrin"},
    syndicat="Syndicat mixte Vallombre Numérique",
    campaign="2026-2027",
    phone="01 99 00 12 34",
    email="ecoles@vallombre-numerique.example",
)


@dataclass(frozen=True, slots=True)
class Demonstration:
    """Where everything is."""

    folder: Path
    full: tuple[Path, ...]
    """Reports of the school that was audited in full."""
    half: tuple[Path, ...]
    """Reports of the school that was audited half way."""
    commune: tuple[Path, ...]
    """Reports of the commune of the first one, before it accepts a gift."""


def demonstrate(
    folder: Path, report: Callable[[str], None] = lambda _sentence: None
) -> Demonstration:
    """Make the demonstration in `folder`; one that is there is made again.

    Raises:
        DiagError: when the folder holds anything else; nothing is touched.
    """
    if not folder.exists():
        folder.mkdir(parents=True)
    elif any(folder.iterdir()):
        if not (folder / _MARK).exists() or not (folder / FILE).exists():
            raise DiagError(
                f"{folder} contient autre chose qu'une démonstration : rien n'a été "
                "touché. Choisissez un autre dossier : diag demo --dir DOSSIER."
            )
        shutil.rmtree(folder)
        folder.mkdir()
    (folder / _MARK).write_text(
        "Démonstration de diag : territoire, écoles et personnes sont inventés.\n"
        "« diag demo » refait ce dossier à neuf.\n",
        encoding="utf-8",
        newline="\n",
    )
    files = write_fictional_territory(folder / "fichiers-officiels")
    with Workspace.create(folder, _SETTINGS, fixed_world(DAY, seed=2026)) as workspace:
        report("Territoire : Vallombre, département inventé")
        for kind, path in (
            ("annuaire", files.annuaire),
            ("effectifs", files.effectifs),
            ("ips", files.ips),
            ("communes", files.communes_file),
        ):
            import_file(workspace, kind, path)
        import_file(workspace, "mairies", files.mairies, source_date=files.mairies_date)
        full = _audited(workspace, scenario(FULL), report)
        half = _audited(workspace, scenario(HALF), report)
        untouched = start(workspace, UNTOUCHED)
        report(f"{untouched.about.name} : audit ouvert, rien de répondu")
        commune = _audited(workspace, scenario(COMMUNE), report)
        written = (_write_reports(session) for session in (full, half, commune))
        return Demonstration(folder, *written)


def _audited(
    workspace: Workspace, story: Story, report: Callable[[str], None]
) -> AuditSession:
    session = start(workspace, story.uai)
    play(session, story)
    keep_judged(session)
    report(f"{session.about.title} : {len(session.facts.answers)} réponses")
    return session


def _write_reports(session: AuditSession) -> tuple[Path, ...]:
    folder = session.workspace.folder / "exports" / session.about.stem
    written = write_reports(
        report_of(session, DAY), READERS, folder, (Format.MARKDOWN, Format.HTML)
    )
    return tuple(one.path for one in written if one.path)


# Documents on trial are made of the demonstration's territory, in a folder of its own,
# with the syndicat's overlay: no real school is read, and nothing is left behind.


_TAKEN = {".png", ".jpg", ".jpeg", ".svg"}


def problems_tried(
    overlay: Path, report: Callable[[str], None] = lambda _document: None
) -> tuple[str, ...]:
    """Return what is wrong with the templates and the charter of an overlay.

    Each document is named as it is made. Takes a few seconds.
    """
    problems: dict[str, None] = {}
    with TemporaryDirectory(prefix="diag-") as name:
        folder = Path(name) / "essai"
        demonstrate(folder)
        target = folder / overlay.name
        target.mkdir()
        for path in sorted(overlay.iterdir()) if overlay.is_dir() else ():
            read = path.suffix.lower() in _TAKEN or path.name == CHARTER
            if read and path.is_file():
                shutil.copy(path, target / path.name, follow_symlinks=False)
        if (overlay / FOLDER).is_dir():
            shutil.copytree(
                overlay / FOLDER, target / FOLDER, symlinks=True, ignore=_unreadable
            )
        with Workspace.open(folder) as workspace:
            for document, problem in _made(workspace):
                report(document)
                problems |= dict.fromkeys(filter(None, problem.splitlines()))
    return tuple(problems)


def _pdf_notice(document: Document) -> str:
    try:
        return FORMATS[Format.PDF].write(document)[1]
    except DiagError as error:
        return str(error)


def _unreadable(folder: str, names: list[str]) -> set[str]:
    """Return the names of what no copy can read: pipes, devices."""
    paths = {name: Path(folder, name) for name in names}
    return {name for name, at in paths.items() if not (at.is_file() or at.is_dir())}


def _made(workspace: Workspace) -> Iterator[tuple[str, str]]:
    """Make every document; yield its name and its notices."""
    for story in (FULL, HALF, COMMUNE):
        session = open_session(workspace, scenario(story).uai)
        report = report_of(session, DAY)
        for audience in Audience:
            document = build_document(report, audience)
            problem = report.office.house.explain(audience)
            if story == FULL and not problem:  # an accessible PDF is asked of one
                problem = _pdf_notice(document)
                problem = f"{audience} : {problem}" if problem else ""
            yield f"{audience}, {report.about.name}", problem
    session = open_session(workspace, scenario(FULL).uai)
    school = session.about.school
    area = school.circonscription if school else ""
    for scope in (f"commune:{session.about.insee}", f"circonscription:{area}"):
        paper = synthesis(workspace, scope, DAY)[0]
        yield paper.document.meta.title, paper.notice
    paper = synthesis(workspace, "territoire", DAY)[0]
    yield paper.document.meta.title, paper.notice
    for draft in DraftKind:
        made = drafted(workspace, draft, session.about.ref, DAY)
        yield made.paper.document.meta.title, made.paper.notice
