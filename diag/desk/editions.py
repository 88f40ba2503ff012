"""Which checklists judge new audits: compiled once, kept in the journal by digest."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from diag.desk.workspace import Workspace
from diag.journal.settings import get_setting, put_setting
from diag.model.errors import DiagError
from diag.rules.shipped import shipped_checklists

_KEY = "compiled"
_SHOWN = 5


def current_edition(workspace: Workspace) -> str:
    """Return the digest of the checklists on disk, compiled if they changed.

    Raises:
        DiagError: when they hold errors; shows the first ones.
    """
    folder = shipped_checklists()
    mark = _mark_of(folder)
    kept = get_setting(workspace.journal, _KEY)
    if isinstance(kept, dict) and kept.get("mark") == mark:
        return str(kept["digest"])
    digest = workspace.editions.keep(_compile(folder, mark))
    put_setting(workspace.journal, _KEY, {"mark": mark, "digest": digest})
    return digest


@cache
def _compile(folder: Path, mark: str) -> bytes:  # noqa: ARG001 - the mark is the key
    # Reading YAML costs 40 ms to import: only when the files changed.
    from diag.rules.edition import compiled  # noqa: PLC0415
    from diag.rules.lint import lint  # noqa: PLC0415
    from diag.rules.load import load_checklists  # noqa: PLC0415

    loaded = load_checklists(folder)
    problems = (*loaded.problems, *lint(loaded))
    errors = [problem for problem in problems if problem.severity == "error"]
    if loaded.checklist is None or errors:
        shown = "\n".join(f"  {problem}" for problem in errors[:_SHOWN])
        raise DiagError(
            f"Les grilles de {folder} comportent {len(errors)} erreur(s) :\n{shown}\n"
            f"Corrigez-les, puis vérifiez : diag check {folder}."
        )
    return compiled(loaded.checklist)


def _mark_of(folder: Path) -> str:
    mark = sha256()
    for path in sorted(folder.glob("*.yaml")):
        mark.update(path.name.encode("utf-8"))
        mark.update(sha256(path.read_bytes()).digest())
    return mark.hexdigest()
