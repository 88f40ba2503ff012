"""The sample of exports/: one of each document that the demonstration can give."""

import io
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from diag.audit.report import report_of
from diag.audit.session import AuditSession, open_session
from diag.demo import SLUG, Demonstration
from diag.demo.stories import DAY
from diag.documents import programme as pages
from diag.documents.atlas import write_atlas
from diag.documents.drafts import DraftKind, drafted
from diag.documents.formats import Format
from diag.documents.programme import programme_deliberation
from diag.documents.synthesis import synthesis
from diag.documents.tables import chosen, put, write_map, xlsx_bytes
from diag.documents.tables.answers import write_answers
from diag.documents.tables.basket import write_basket
from diag.documents.tables.glpi import write_glpi
from diag.documents.tables.programme import programme_tables
from diag.documents.tables.tickets import write_tickets
from diag.documents.write import MANIFEST, draw_report, write_paper, write_reports
from diag.model.enums import READERS, Audience
from diag.office.agenda import write_deadlines
from diag.office.mail import address_of, build_message, write_draft
from diag.programme.adopting import deadlines
from diag.programme.assembling import board_of
from diag.programme.container import opened
from diag.programme.figures import checklist_of
from diag.workspace.workspace import Workspace, fixed_world

SCHOOL = "9990148G"
"""The school that the demonstration audits in full."""
LEAST_HELPED = "99906"
"""The commune of the demonstration's programme that is helped least a pupil."""
SENDER = "ecoles@vallombre-numerique.example"
PICTURED = (Audience.MAIRIE, Audience.TECHNIQUE)
"""Documents whose first page is shown in the README."""
PPI, COLOURS = 72, 32
"""How large and how coloured these pictures are."""
TABLES = ("csv", "xlsx", "json", "md")

README = Path(__file__).with_name("exports.md")


def write_sample(made: Demonstration, folder: Path) -> None:
    """Write the whole sample in an empty folder."""
    with Workspace.open(made.folder, fixed_world(DAY, seed=2026)) as workspace:
        session = open_session(workspace, SCHOOL)
        list(write_reports(report_of(session, DAY), READERS, folder))
        _pictures(session, folder)
        _papers(workspace, session, folder)
        _tables(workspace, folder / "tables")
        _programme(workspace, folder / "programme")
        town = f"mairie:{session.about.insee}"
        write_atlas(workspace, folder / "atlas", town, _quiet, forms=())
        to = address_of(session, Audience.MAIRIE)
        letter = build_message(session, Audience.MAIRIE, to, sender=SENDER)
        draft = write_draft(letter, folder / "courriel")
        for path in draft.files:
            path.unlink()  # the message holds them
    for record in folder.rglob(MANIFEST):
        record.unlink()  # what a later run compares, and nobody reads
    readme = README.read_text(encoding="utf-8")
    (folder / "README.md").write_text(readme, encoding="utf-8", newline="\n")


def files_of(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Give each file of a folder: its name from there, and its bytes."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _pictures(session: AuditSession, folder: Path) -> None:
    report = report_of(session, DAY)
    for audience in PICTURED:
        first, *_ = draw_report(report, audience, PPI)
        with Image.open(io.BytesIO(first)) as page:
            small = page.convert("RGB").quantize(COLOURS)
            small.save(folder / f"{audience}-page-1.png", optimize=True)


def _papers(workspace: Workspace, session: AuditSession, folder: Path) -> None:
    forms = (Format.MARKDOWN, Format.PDF)
    paper, _, _ = synthesis(workspace, f"commune:{session.about.insee}", DAY)
    list(write_paper(paper, folder / "synthese", forms))
    for draft in DraftKind:
        done = drafted(workspace, draft, SCHOOL, DAY)
        list(write_paper(done.paper, folder / "projets", (Format.MARKDOWN, Format.ODT)))


def _tables(workspace: Workspace, folder: Path) -> None:
    picked = chosen(workspace, [SCHOOL])
    write_basket(picked, folder, TABLES, DAY, _quiet)
    write_tickets(picked, folder, TABLES, DAY, _quiet)
    write_answers(picked, folder, TABLES, DAY, _quiet)
    write_glpi(picked, folder, DAY, _quiet)
    write_map(workspace, picked, folder, _quiet)


def _programme(workspace: Workspace, folder: Path) -> None:
    """Write what the committee, the least helped commune and the accountant read."""
    board = board_of(opened(workspace, SLUG))
    for paper in (
        pages.programme_paper(board, DAY),
        pages.commune_paper(board, LEAST_HELPED, DAY),
        pages.committee_paper(board, DAY),
        programme_deliberation(board, DAY),
    ):
        list(write_paper(paper, folder, (Format.MARKDOWN, Format.PDF)))
    put(folder, {"programme.xlsx": xlsx_bytes(programme_tables(board, DAY), DAY)})
    write_deadlines(board, deadlines(board, checklist_of(board)), folder)


def _quiet(_done: int, _total: int) -> None:
    """Show nothing."""
