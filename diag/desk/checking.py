"""Checklists checked whole: structure, meaning, wording, and their own examples."""

from dataclasses import dataclass
from pathlib import Path

from diag.assess.examples import check_examples
from diag.model.checklist import Checklist
from diag.rules.lint import lint
from diag.rules.load import load_checklists
from diag.rules.loaded import Loaded
from diag.rules.problem import Problem


@dataclass(frozen=True, slots=True)
class Checked:
    """A folder of checklists and all that is wrong with it."""

    loaded: Loaded
    problems: tuple[Problem, ...]
    """In the order of files and lines."""

    @property
    def summary(self) -> str:
        """What the folder holds, in French."""
        checklist: Checklist | None = self.loaded.checklist
        if checklist is None:
            return "grilles inutilisables en l'état"
        return (
            f"{len(checklist.domains)} domaines, {len(checklist.questions)} questions, "
            f"{len(checklist.criteria)} critères, "
            f"{len(checklist.recommendations)} préconisations, "
            f"{len(checklist.prices)} prix, {len(self.loaded.examples)} exemples"
        )


def problems_in(folder: Path) -> Checked:
    """Read a folder of checklists and return everything to mend."""
    loaded = load_checklists(folder)
    problems = [*loaded.problems, *lint(loaded)]
    if not any(problem.severity == "error" for problem in problems):
        problems += check_examples(loaded.draft, loaded.examples)
    return Checked(loaded, tuple(sorted(problems, key=lambda each: each.place)))
