"""Editions as one names them: « livrée », « courante », a folder, a digest's start."""

import re
from dataclasses import dataclass
from pathlib import Path

from diag.desk.checklists.editions import current, shipped_edition
from diag.desk.workspace import Workspace
from diag.model.checklist import Checklist
from diag.model.errors import DiagError
from diag.model.folding import fold

SHIPPED = "livrée"
"""The edition that came with diag."""

CURRENT = "courante"
"""The one that judges new audits: the overlay laid over the shipped files."""

_DIGEST = re.compile(r"[0-9a-f]{6,64}")


@dataclass(frozen=True, slots=True)
class NamedEdition:
    """An edition, and how to call it."""

    name: str
    checklist: Checklist
    digest: str
    notice: str = ""
    """What is to be said before it is used; empty as a rule."""

    @property
    def told(self) -> str:
        """« livrée, 2026.1 »."""
        return f"{self.name}, {self.checklist.version}"


def edition_named(workspace: Workspace, name: str) -> NamedEdition:
    """Return an edition by its name.

    Raises:
        DiagError: when there is none so called, or its files hold errors.
    """
    word = fold(name)
    if word in {fold(SHIPPED), fold(CURRENT)}:
        return _in_use(workspace, word == fold(CURRENT))
    found = [one for one in workspace.editions.digests() if one.startswith(name)]
    if _DIGEST.fullmatch(name) and len(found) == 1:
        return NamedEdition(name[:12], workspace.editions.open(found[0]), found[0])
    if Path(name).is_dir():
        return edition_in(Path(name))
    if len(found) > 1:
        raise DiagError(
            f"Plusieurs éditions commencent par {name}. Donnez plus de caractères.",
            command="diag checklists list",
        )
    raise DiagError(
        f"Édition « {name[:60]} » inconnue. Donnez livrée, courante, un dossier de "
        "grilles, ou le début d'une empreinte.",
        command="diag checklists list",
    )


def edition_in(folder: Path) -> NamedEdition:
    """Return the edition that a folder of checklists holds.

    Raises:
        DiagError: when a file cannot be used; shows the first reason.
    """
    # Reading YAML costs 40 ms to import: only who reads folders pays.
    from diag.rules.edition import compiled, digest  # noqa: PLC0415
    from diag.rules.load import load_checklists  # noqa: PLC0415

    loaded = load_checklists(folder)
    if loaded.checklist is None:
        errors = [one for one in loaded.problems if one.severity == "error"]
        raise DiagError(
            f"Les grilles de {folder} sont inutilisables : {errors[0]}\nVoyez tout.",
            command=f"diag check {folder}",
        )
    body = compiled(loaded.checklist)
    return NamedEdition(folder.name or str(folder), loaded.checklist, digest(body))


def _in_use(workspace: Workspace, own: bool) -> NamedEdition:  # noqa: FBT001 - private
    if not own:
        digest = shipped_edition(workspace)
        return NamedEdition(SHIPPED, workspace.editions.open(digest), digest)
    found = current(workspace)
    checklist = workspace.editions.open(found.digest)
    return NamedEdition(CURRENT, checklist, found.digest, found.notice)
