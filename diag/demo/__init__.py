"""The demonstration: an invented territory, three schools, the same bytes each time."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from diag.audit.answer import NewAnswer as NewAnswer
from diag.audit.answer import answer_for as answer_for
from diag.audit.answer import find_question as find_question
from diag.audit.compare import keep_judged
from diag.audit.follow import add_visit as add_visit
from diag.audit.follow import move as move
from diag.audit.places import add_place as add_place
from diag.audit.places import close_places as close_places
from diag.audit.places import find_place as find_place
from diag.audit.report import report_of
from diag.audit.session import AuditSession, open_session, start
from diag.checklist.overlay import CHARTER
from diag.demo.files import write_fictional_territory
from diag.demo.several import plan_years
from diag.demo.stories import (
    COMMUNE,
    DAY,
    FULL,
    HALF,
    SETTINGS,
    UNTOUCHED,
    Story,
    play,
    scenario,
    visit_again,
)
from diag.documents.document import Document
from diag.documents.drafts import DraftKind, drafted
from diag.documents.formats import FORMATS, Format
from diag.documents.programme.committee import programme_deliberation
from diag.documents.synthesis import synthesis
from diag.documents.templates import build_document
from diag.documents.write import write_reports
from diag.journal import changes as changes
from diag.journal.journal import FILE
from diag.journal.revision import NewRevision as NewRevision
from diag.model.base import Noun as Noun
from diag.model.enums import (
    READERS,
)
from diag.model.enums import (
    Audience as Audience,
)
from diag.model.enums import (
    AuditStatus as AuditStatus,
)
from diag.model.enums import (
    PlaceKind as PlaceKind,
)
from diag.model.enums import (
    Provenance as Provenance,
)
from diag.model.enums import (
    State as State,
)
from diag.model.errors import DiagError
from diag.model.fact import Place as Place
from diag.office.imports import import_file
from diag.programme.assembling import board_of
from diag.programme.container import opened
from diag.workspace.charter import FOLDER
from diag.workspace.settings import Settings as Settings
from diag.workspace.workspace import Workspace, fixed_world

_MARK = "demonstration-de-diag.txt"


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
    with Workspace.create(folder, SETTINGS, fixed_world(DAY, seed=2026)) as workspace:
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
        made = Demonstration(folder, *written)
    visit_again(folder)
    report("École primaire Les Charmes : second audit, plan, observations, photo")
    report("École primaire du Village : audit d'une collègue, à relire")
    plan_years(folder)
    report("Programme 2027-2031 : cinq communes, deux variantes, trois ateliers")
    return made


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
    paper = programme_deliberation(board_of(opened(workspace)), DAY)
    yield paper.document.meta.title, paper.notice
