"""Drafts that people finish, made from the audits of a commune or of one school."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from diag.audit import session as audits
from diag.audit.report import Report, report_folder, report_of
from diag.documents.document import Document
from diag.documents.drafts.council import deliberation, minutes, note
from diag.documents.drafts.school import application, loan, project
from diag.documents.synthesis import folder_of, gathered, population_day, scope_named
from diag.documents.synthesis.gathering import Gathering
from diag.documents.write import Paper
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


@dataclass(frozen=True, slots=True)
class CouncilDraft:
    """A draft about all the schools of a commune, or about one."""

    title: str
    """In lists, and in its own properties."""
    build: Callable[[Gathering, str], Document]


@dataclass(frozen=True, slots=True)
class SchoolDraft:
    """A draft about one school."""

    title: str
    """In lists, and in its own properties."""
    build: Callable[[Report, str, str], Document]
    """From a report, a title, and the day on which populations were read."""


DRAFTS: Mapping[DraftKind, CouncilDraft | SchoolDraft] = {
    DraftKind.NOTE: CouncilDraft("Projet de note explicative de synthèse", note),
    DraftKind.DELIBERATION: CouncilDraft("Projet de délibération", deliberation),
    DraftKind.MINUTES: CouncilDraft("Compte rendu du comité de suivi", minutes),
    DraftKind.PROJECT: SchoolDraft("Projet pédagogique numérique", project),
    DraftKind.APPLICATION: SchoolDraft("Dossier de candidature", application),
    DraftKind.LOAN: SchoolDraft("Convention de prêt", loan),
}


def possible_drafts(kind: PlaceKind) -> tuple[DraftKind, ...]:
    """Return what can be drafted about a subject: nothing about a syndicat."""
    if kind is PlaceKind.ECOLE:
        return tuple(DRAFTS)
    if kind is PlaceKind.COMMUNE:
        return tuple(one for one in DRAFTS if isinstance(DRAFTS[one], CouncilDraft))
    return ()


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft ready to be written, and where it goes."""

    paper: Paper
    folder: Path
    provisional: bool


def drafted(
    workspace: Workspace,
    kind: DraftKind,
    ref: str,
    day: date | None = None,
    campaign: str | None = None,
) -> Drafted:
    """Return a draft about a commune (all its schools) or about one school.

    Raises:
        DiagError: when it is about nothing audited, or such a draft needs one school.
    """
    draft, scope = DRAFTS[kind], scope_named(workspace, ref)
    if isinstance(draft, CouncilDraft):
        if scope.kind not in {"commune", "ecole"}:
            raise DiagError(
                f"« {kind} » concerne une commune ou une école : donnez "
                "commune:INSEE ou un UAI."
            )
        found = gathered(workspace, scope, day, campaign)
        document = draft.build(found, f"{draft.title} — {found.name}")
        house, folder = found.office.house, folder_of(workspace, scope, found.campaign)
    else:
        if scope.kind != "ecole":
            raise DiagError(f"« {kind} » concerne une seule école : donnez son UAI.")
        session = audits.open_session(workspace, ref, campaign)
        report = report_of(session.public(), day)
        title, read_on = (
            f"{draft.title} — {report.about.name}",
            population_day(workspace),
        )
        document = draft.build(report, title, read_on)
        house, folder = report.office.house, report_folder(session)
    # The look of the syndicat is for its own documents: only its templates serve here.
    paper = Paper(str(kind), document, "\n".join(house.refused.values()))
    return Drafted(paper, folder, document.meta.provisional)
