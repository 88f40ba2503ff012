"""Every document made from invented audits, to try a syndicat's templates and charter.

The demonstration's territory is made aside, with the syndicat's overlay in it: real
schools are not read, and nothing is left behind.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from diag.desk import audits
from diag.desk.demo.demonstration import COMMUNE, DAY, FULL, HALF, demonstrate
from diag.desk.demo.scenario import scenario
from diag.desk.house.own import FOLDER
from diag.desk.outputs.documents import Form, own_notice, rendered
from diag.desk.outputs.draft_kinds import Draft
from diag.desk.outputs.drafts import drafted
from diag.desk.outputs.reporting import report_of
from diag.desk.outputs.syntheses import synthesis
from diag.desk.workspace import Workspace
from diag.model.enums import Audience
from diag.reports.markdown import markdown
from diag.rules.overlay import CHARTER

_TAKEN = {".png", ".jpg", ".jpeg", ".svg"}


def problems_tried(
    overlay: Path, say: Callable[[str], None] = lambda _document: None
) -> tuple[str, ...]:
    """Return what is wrong with the templates and the charter of an overlay.

    Each document is told as it is made. Takes a few seconds.
    """
    problems: dict[str, None] = {}
    with TemporaryDirectory(prefix="diag-") as name:
        folder = Path(name) / "essai"
        demonstrate(folder)
        _lay(overlay, folder / overlay.name)
        with Workspace.open(folder) as workspace:
            for document, told in _made(workspace):
                say(document)
                problems |= dict.fromkeys(filter(None, told.splitlines()))
    return tuple(problems)


def _lay(overlay: Path, target: Path) -> None:
    """Copy what documents read of an overlay: no checklist."""
    target.mkdir()
    for path in sorted(overlay.iterdir()) if overlay.is_dir() else ():
        read = path.suffix.lower() in _TAKEN or path.name == CHARTER
        if read and path.is_file():
            shutil.copy(path, target / path.name, follow_symlinks=False)
    if (overlay / FOLDER).is_dir():
        shutil.copytree(overlay / FOLDER, target / FOLDER, symlinks=True)


def _made(workspace: Workspace) -> Iterator[tuple[str, str]]:
    """Make every document; yield its name and what is to be said of it."""
    yield from _reports(workspace)
    yield from _papers(workspace)


def _reports(workspace: Workspace) -> Iterator[tuple[str, str]]:
    for story in (FULL, HALF, COMMUNE):
        session = audits.open_session(workspace, scenario(story).uai)
        report = report_of(session, DAY)
        for audience in Audience:
            text = markdown(report, audience)
            told = own_notice(report, audience)
            if story == FULL and not told:  # an accessible PDF is asked of one
                _, told = rendered(report, audience, text, Form.PDF)
                told = f"{audience} : {told}" if told else ""
            yield f"{audience}, {report.about.name}", told


def _papers(workspace: Workspace) -> Iterator[tuple[str, str]]:
    session = audits.open_session(workspace, scenario(FULL).uai)
    school = session.about.school
    area = school.circonscription if school else ""
    for scope in (f"commune:{session.about.insee}", f"circonscription:{area}"):
        paper = synthesis(workspace, scope, DAY)[0]
        yield paper.title, paper.notice
    paper = synthesis(workspace, "territoire", DAY)[0]
    yield paper.title, paper.notice
    for draft in Draft:
        made = drafted(workspace, draft, session.about.ref, DAY)
        yield made.paper.title, made.paper.notice
