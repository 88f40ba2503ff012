"""A small checklist and what a syndicat lays over it, written as they would be."""

from pathlib import Path

from diag.checklist.lint import lint
from diag.checklist.load import blamed, load_checklists
from diag.checklist.loaded import Loaded
from tests.rules.written import FILES


def laid(
    folder: Path, files: dict[str, str], shipped: dict[str, str] | None = None
) -> Loaded:
    """Write the checklist (by default FILES) and the overlay, and load both."""
    for name, text in (shipped or FILES).items():
        (folder / "grilles").mkdir(exist_ok=True)
        (folder / "grilles" / name).write_text(text, encoding="utf-8")
    (folder / "overlay").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / "overlay" / name).write_text(text, encoding="utf-8")
    return load_checklists(folder / "grilles", folder / "overlay")


def told(loaded: Loaded) -> list[str]:
    """Return every error, as its author reads it."""
    problems = (*loaded.problems, *lint(loaded))
    return [str(one) for one in blamed(problems, loaded) if one.severity == "error"]
