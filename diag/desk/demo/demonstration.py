"""Makes the demonstration's workspace: official files in, audits, reports out."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from diag.desk import audits
from diag.desk.demo.scenario import Scenario, play, scenario
from diag.desk.outputs.documents import Form, write_reports
from diag.desk.outputs.reporting import report_of
from diag.desk.session import Session
from diag.desk.settings import Settings
from diag.desk.territory.glance import keep_judged
from diag.desk.territory.importing import import_file
from diag.desk.workspace import Workspace
from diag.desk.world import fixed_world
from diag.imports.fictional import write_fictional_territory
from diag.journal.journal import FILE
from diag.model.enums import Audience
from diag.model.errors import DiagError

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
    folder: Path, say: Callable[[str], None] = lambda _sentence: None
) -> Demonstration:
    """Make the demonstration in `folder`; one that is there is made again.

    Raises:
        DiagError: when the folder holds anything else; nothing is touched.
    """
    _clear(folder)
    files = write_fictional_territory(folder / "fichiers-officiels")
    with Workspace.create(folder, _SETTINGS, fixed_world(DAY, seed=2026)) as workspace:
        say("Territoire : Vallombre, département inventé")
        for kind, path in (
            ("annuaire", files.annuaire),
            ("effectifs", files.effectifs),
            ("ips", files.ips),
            ("communes", files.communes_file),
        ):
            import_file(workspace, kind, path)
        import_file(workspace, "mairies", files.mairies, source_date=files.mairies_date)
        full = _audited(workspace, scenario(FULL), say)
        half = _audited(workspace, scenario(HALF), say)
        untouched = audits.start(workspace, UNTOUCHED)
        say(f"{untouched.about.name} : audit ouvert, rien de répondu")
        commune = _audited(workspace, scenario(COMMUNE), say)
        told = (_reports(session) for session in (full, half, commune))
        return Demonstration(folder, *told)


def _audited(
    workspace: Workspace, story: Scenario, say: Callable[[str], None]
) -> Session:
    session = audits.start(workspace, story.uai)
    play(session, story)
    keep_judged(session)
    say(f"{session.about.title} : {len(session.facts.answers)} réponses")
    return session


def _reports(session: Session) -> tuple[Path, ...]:
    folder = session.workspace.folder / "exports" / session.about.stem
    written = write_reports(
        report_of(session, DAY), Audience, folder, (Form.MARKDOWN, Form.HTML)
    )
    return tuple(one.path for one in written if one.path)


def _clear(folder: Path) -> None:
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
