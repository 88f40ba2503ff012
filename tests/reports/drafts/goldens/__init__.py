"""Whole drafts as they must read: python -m tests.reports.drafts.goldens."""

from collections.abc import Callable, Mapping
from pathlib import Path

from diag.documents.drafts.council import deliberation, minutes, note
from diag.documents.drafts.school import application, loan, project
from tests.reports.builders import ORDINARY
from tests.reports.synthesis.gatherings import MOULIN, gathering, of

HERE = Path(__file__).parent

MADE: Mapping[str, Callable[[], str]] = {
    "note": lambda: note(gathering()),
    "deliberation": lambda: deliberation(gathering()),
    "compte-rendu": lambda: minutes(gathering()),
    "projet": lambda: project(of(ORDINARY, MOULIN)),
    "dossier": lambda: application(of(ORDINARY, MOULIN), "2026-01-05"),
    "convention": lambda: loan(of(ORDINARY, MOULIN)),
}
"""Name of the draft → what makes it."""


def kept(name: str) -> str:
    """Return a draft as it was last read by a person."""
    return (HERE / f"{name}.md").read_text(encoding="utf-8")


def write() -> None:
    """Write every draft anew, to be read before it is committed."""
    for name, make in MADE.items():
        (HERE / f"{name}.md").write_text(make(), encoding="utf-8", newline="\n")
