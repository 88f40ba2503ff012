"""Checklists checked whole: structure, meaning, wording, and their own examples."""

from dataclasses import dataclass
from pathlib import Path

from diag.rules.problem import Problem


@dataclass(frozen=True, slots=True)
class Checked:
    """A folder of checklists: what it holds, and all that is wrong with it."""

    summary: str
    """What the folder holds, in French."""
    problems: tuple[Problem, ...]
    """In the order of files and lines."""
    overlaid: int = 0
    """Items that the syndicat's own files change, add or switch off."""


def problems_in(folder: Path, overlay: Path | None = None) -> Checked:
    """Read checklists, with what is laid over them; return everything to mend."""
    # Reading YAML and judging: 120 ms, that nobody pays when nothing has changed.
    from diag.assess.examples import check_examples  # noqa: PLC0415
    from diag.rules.lint import lint  # noqa: PLC0415
    from diag.rules.load import load_checklists  # noqa: PLC0415
    from diag.rules.overlay.blame import blamed  # noqa: PLC0415

    loaded = load_checklists(folder, overlay)
    problems = [*blamed((*loaded.problems, *lint(loaded)), loaded)]
    if not any(problem.severity == "error" for problem in problems):
        problems += check_examples(loaded.draft, loaded.examples)
    checklist = loaded.checklist
    summary = "grilles inutilisables en l'état"
    if checklist is not None:
        summary = (
            f"{len(checklist.domains)} domaines, {len(checklist.questions)} questions, "
            f"{len(checklist.criteria)} critères, "
            f"{len(checklist.recommendations)} préconisations, "
            f"{len(checklist.prices)} prix, {len(checklist.aids)} aides, "
            f"{len(checklist.deadlines)} échéances, {len(loaded.examples)} exemples"
        )
    ordered = tuple(sorted(problems, key=lambda each: each.place))
    return Checked(summary, ordered, len(loaded.overlaid))
