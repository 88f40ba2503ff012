"""Whole drafts as they must read: python -m tests.documents.drafts.goldens."""

from collections.abc import Callable, Mapping
from pathlib import Path

from diag.documents.document import Document
from diag.documents.drafts.council import deliberation, minutes, note
from diag.documents.drafts.school import application, loan, project
from tests.documents.builders import ORDINARY
from tests.documents.synthesis.gatherings import MOULIN, gathering, of

HERE = Path(__file__).parent

MADE: Mapping[str, Callable[[], Document]] = {
    "note": lambda: note(gathering(), "Note"),
    "deliberation": lambda: deliberation(gathering(), "Délibération"),
    "compte-rendu": lambda: minutes(gathering(), "Compte rendu"),
    "projet": lambda: project(of(ORDINARY, MOULIN), "Projet", ""),
    "dossier": lambda: application(of(ORDINARY, MOULIN), "Dossier", "2026-01-05"),
    "convention": lambda: loan(of(ORDINARY, MOULIN), "Convention", ""),
}
"""Name of the draft → what makes it."""


def kept(name: str) -> str:
    """Return a draft as it was last read by a person."""
    return (HERE / f"{name}.md").read_text(encoding="utf-8")


def write() -> None:
    """Write every draft anew, to be read before it is committed."""
    for name, make in MADE.items():
        path = HERE / f"{name}.md"
        path.write_text(make().markdown, encoding="utf-8", newline="\n")
