"""Which checklists judge new audits: compiled once, kept in the journal by digest.

The syndicat's own changes, in the workspace's `overlay`, are laid over the shipped
files. While they hold an error, the shipped edition judges, and why is said.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from diag.desk.workspace import Workspace
from diag.journal.settings import get_setting, put_setting
from diag.model.errors import DiagError
from diag.rules.marks import mark_of
from diag.rules.overlay import CHARTER
from diag.rules.shipped import shipped_checklists

OVERLAY = "overlay"
"""Folder of the workspace where the syndicat's own changes are."""

_KEY = "compiled"
_SHIPPED = "compiled.shipped"
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Current:
    """The edition that judges the audits opened from now on."""

    digest: str
    notice: str = ""
    """Why the syndicat's own changes are not in it, in French; empty when they are."""


def overlay_of(workspace: Workspace) -> Path:
    """Return the folder of the syndicat's own changes, there or not."""
    return workspace.folder / OVERLAY


def current(workspace: Workspace) -> Current:
    """Return the checklists in use: the shipped ones, the overlay laid over them.

    Raises:
        DiagError: when the shipped ones hold errors; shows the first ones.
    """
    overlay = overlay_of(workspace)
    if not has_changes(overlay):
        return Current(shipped_edition(workspace))
    try:
        return Current(_kept(workspace, _KEY, overlay))
    except DiagError as error:
        notice = (
            "Vos grilles (dossier « overlay ») ne sont pas employées : les grilles "
            f"livrées jugent, sans vos changements.\n{error.at_prompt()}"
        )
        return Current(shipped_edition(workspace), notice)


def shipped_edition(workspace: Workspace) -> str:
    """Return the digest of the shipped checklists alone, compiled if they changed.

    Raises:
        DiagError: when they hold errors; shows the first ones.
    """
    return _kept(workspace, _SHIPPED, None)


def has_changes(overlay: Path) -> bool:
    """Say whether a folder holds anything to lay over the shipped files."""
    return any(path.name != CHARTER for path in overlay.glob("*.y*ml"))


def _kept(workspace: Workspace, key: str, overlay: Path | None) -> str:
    folder = shipped_checklists()
    mark = mark_of(folder, overlay)
    kept = get_setting(workspace.journal, key)
    if isinstance(kept, dict) and kept.get("mark") == mark:
        return str(kept["digest"])
    digest = workspace.editions.keep(_compile(folder, overlay, mark))
    put_setting(workspace.journal, key, {"mark": mark, "digest": digest})
    return digest


@cache
def _compile(folder: Path, overlay: Path | None, mark: str) -> bytes:  # noqa: ARG001 - the mark is the key
    # Reading YAML costs 40 ms to import: only when the files changed.
    from diag.rules.edition import compiled  # noqa: PLC0415
    from diag.rules.lint import lint  # noqa: PLC0415
    from diag.rules.load import load_checklists  # noqa: PLC0415
    from diag.rules.overlay.blame import blamed  # noqa: PLC0415

    loaded = load_checklists(folder, overlay)
    problems = blamed((*loaded.problems, *lint(loaded)), loaded)
    errors = [problem for problem in problems if problem.severity == "error"]
    if loaded.checklist is None or errors:
        shown = "\n".join(f"  {problem}" for problem in errors[:_SHOWN])
        many = "une erreur" if len(errors) == 1 else f"{len(errors)} erreurs"
        raise DiagError(
            f"Les grilles de {overlay or folder} comportent {many} :\n{shown}\n"
            "Corrigez-les, puis vérifiez.",
            command="diag checklists check" if overlay else f"diag check {folder}",
        )
    return compiled(loaded.checklist)
