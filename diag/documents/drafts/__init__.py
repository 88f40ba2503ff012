"""Drafts that people finish, made from the audits of a commune or of one school."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from diag.audit import session as audits
from diag.audit.report import Report, report_folder, report_of
from diag.documents.drafts.council import deliberation, minutes, note
from diag.documents.drafts.school import application, loan, project
from diag.documents.synthesis import folder_of
from diag.documents.synthesis.gathering import (
    Gathering,
    gathered,
    population_day,
    scope_named,
)
from diag.documents.write import Paper
from diag.model.charter import House
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.workspace.workspace import Workspace


class DraftKind(StrEnum):
    """What can be drafted."""

    NOTE = "note"
    DELIBERATION = "deliberation"
    MINUTES = "compte-rendu"
    PROJECT = "projet"
    APPLICATION = "dossier"
    LOAN = "convention"


DRAFT_TITLES = {
    DraftKind.NOTE: "Projet de note explicative de synthèse",
    DraftKind.DELIBERATION: "Projet de délibération",
    DraftKind.MINUTES: "Compte rendu du comité de suivi",
    DraftKind.PROJECT: "Projet pédagogique numérique",
    DraftKind.APPLICATION: "Dossier de candidature",
    DraftKind.LOAN: "Convention de prêt",
}
"""What a draft is called, in lists and in its own properties."""


OF_COMMUNES = (DraftKind.NOTE, DraftKind.DELIBERATION, DraftKind.MINUTES)
"""What may tell several schools; one too."""


def possible_drafts(kind: PlaceKind) -> tuple[DraftKind, ...]:
    """Return what can be drafted about a subject: nothing about a syndicat."""
    if kind is PlaceKind.ECOLE:
        return tuple(DraftKind)
    return OF_COMMUNES if kind is PlaceKind.COMMUNE else ()


_WRITERS: dict[DraftKind, Callable[[Gathering], str]] = {
    DraftKind.NOTE: note,
    DraftKind.DELIBERATION: deliberation,
    DraftKind.MINUTES: minutes,
}


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft ready to be written, and where it goes."""

    paper: Paper
    folder: Path
    provisional: bool


def drafted(
    workspace: Workspace,
    draft: DraftKind,
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
    draft: DraftKind,
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
    draft: DraftKind,
    ref: str,
    day: date | None,
    campaign: str | None,
) -> Drafted:
    if scope_named(workspace, ref).kind != "ecole":
        raise DiagError(f"« {draft} » concerne une seule école : donnez son UAI.")
    session = audits.open_session(workspace, ref, campaign)
    report = report_of(session, day)
    match draft:
        case DraftKind.PROJECT:
            text = project(report)
        case DraftKind.LOAN:
            text = loan(report)
        case _:
            text = application(report, population_day(workspace))
    paper = _paper(draft, report.about.name, report, text)
    return Drafted(paper, report_folder(session), report.provisional)


def _paper(draft: DraftKind, name: str, told: Gathering | Report, text: str) -> Paper:
    return Paper(
        stem=str(draft),
        title=f"{DRAFT_TITLES[draft]} — {name}",
        author=", ".join(filter(None, (told.author, told.office.name))),
        day=told.date,
        text=text,
        notice=_notice(told.office.house),
    )


def _notice(house: House) -> str:
    """Return why one's own templates were not used; the look is for nobody here."""
    return "\n".join(house.refused.values())
