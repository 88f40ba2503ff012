"""A small edition in the place of the shipped one: what compiles in no time."""

from pathlib import Path

import pytest

from diag.cli import checklists
from diag.office import imports
from diag.workspace import editions
from tests.checklist.test_dated_tables import AIDS, DEADLINES
from tests.rules.written import FILES

TABLET = """\
  - {id: tablette, label: "Tablette", unit: tablette, as_of: 2020, minimum: "244",
     typical: "320", maximum: "500", lifetime: P5Y}
"""
FINANCES = """\
finances:
  - {id: fctva-taux, topic: fctva, title: "Taux du FCTVA", percent: "16.404",
     says: "16,404 % du TTC éligible.", as_of: 2026-11-27, source: metier}
  - {id: vote, topic: calendrier, title: "Vote du budget", as_of: 2026-11-27,
     says: "Avant le 15 avril.", source: metier}
"""


def ship(
    folder: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str] | None = None
) -> Path:
    """Write an edition into a folder and have it be the shipped one."""
    folder.mkdir(exist_ok=True)
    small = FILES | {
        "prix.yaml": FILES["prix.yaml"] + TABLET,
        "aides.yaml": AIDS,
        "echeances.yaml": DEADLINES,
        "finances.yaml": FINANCES,
    }
    for name, text in (files or small).items():
        (folder / name).write_text(text, encoding="utf-8")
    ship_folder(folder, monkeypatch)
    return folder


def ship_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the checklists of a folder be the shipped ones."""
    for module in (editions, imports, checklists):
        monkeypatch.setattr(module, "shipped_checklists", lambda: folder)
