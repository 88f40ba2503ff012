"""Drafts that people finish, made from the audits of a commune or of one school."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from diag.desk import audits
from diag.desk.outputs.draft_kinds import TITLES, Draft
from diag.desk.outputs.gatherings import gathered, population_day, scope_named
from diag.desk.outputs.papers import Paper
from diag.desk.outputs.reporting import report_folder, report_of
from diag.desk.outputs.syntheses import folder_of
from diag.desk.workspace import Workspace
from diag.model.errors import DiagError
from diag.reports.drafts.application import application
from diag.reports.drafts.council import deliberation, note
from diag.reports.drafts.loan import loan
from diag.reports.drafts.minutes import minutes
from diag.reports.drafts.project import project
from diag.reports.house.house import House
from diag.reports.report import Report
from diag.reports.synthesis.gathering import Gathering

_WRITERS: dict[Draft, Callable[[Gathering], str]] = {
    Draft.NOTE: note,
    Draft.DELIBERATION: deliberation,
    Draft.MINUTES: minutes,
}


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft ready to be written, and where it goes."""

    paper: Paper
    folder: Path
    provisional: bool


def drafted(
    workspace: Workspace,
    draft: Draft,
    ref: str,
    day: date | None = None,
    campaign: str | None = None,
) -> Drafted:
    """Return a draft about a commune (all its schools) or about one school.

    Raises:
        DiagError: when it is about nothing audited, or such a draft needs one school.
    """
    if draft in _WRITERS:
        return _of_commune(workspace, draft, ref, day, campaign)
    return _of_school(workspace, draft, ref, day, campaign)


def _of_commune(
    workspace: Workspace,
    draft: Draft,
    ref: str,
    day: date | None,
    campaign: str | None,
) -> Drafted:
    scope = scope_named(workspace, ref)
    if scope.kind not in {"commune", "ecole"}:
        raise DiagError(
            f"« {draft} » concerne une commune ou une école : donnez commune:INSEE "
            "ou un UAI."
        )
    found = gathered(workspace, scope, day, campaign)
    text = _WRITERS[draft](found)
    paper = _paper(draft, found.name, found, text)
    folder = folder_of(workspace, scope, found.campaign)
    return Drafted(paper, folder, found.provisional)


def _of_school(
    workspace: Workspace,
    draft: Draft,
    ref: str,
    day: date | None,
    campaign: str | None,
) -> Drafted:
    if scope_named(workspace, ref).kind != "ecole":
        raise DiagError(f"« {draft} » concerne une seule école : donnez son UAI.")
    session = audits.open_session(workspace, ref, campaign)
    report = report_of(session, day)
    match draft:
        case Draft.PROJECT:
            text = project(report)
        case Draft.LOAN:
            text = loan(report)
        case _:
            text = application(report, population_day(workspace))
    paper = _paper(draft, report.about.name, report, text)
    return Drafted(paper, report_folder(session), report.provisional)


def _paper(draft: Draft, name: str, told: Gathering | Report, text: str) -> Paper:
    return Paper(
        stem=str(draft),
        title=f"{TITLES[draft]} — {name}",
        author=", ".join(filter(None, (told.author, told.office.name))),
        day=told.date,
        text=text,
        notice=_notice(told.office.house),
    )


def _notice(house: House) -> str:
    """Return why one's own templates were not used; the look is for nobody here."""
    return "\n".join(house.refused.values())
