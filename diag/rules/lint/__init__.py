"""What a checklist that reads well may still have wrong, or could say better."""

from itertools import chain

from diag.rules.lint.coherence import coherence_problems
from diag.rules.lint.french import french_problems
from diag.rules.lint.meaning import rule_problems
from diag.rules.lint.references import reference_problems
from diag.rules.lint.triggers import trigger_problems
from diag.rules.lint.wording import wording_problems
from diag.rules.load import Loaded
from diag.rules.problem import Problem


def lint(loaded: Loaded) -> tuple[Problem, ...]:
    """Return every problem of meaning and of wording, errors and warnings, in order."""
    problems = chain(
        reference_problems(loaded),
        rule_problems(loaded),
        coherence_problems(loaded),
        trigger_problems(loaded),
        wording_problems(loaded),
        french_problems(loaded),
    )
    return tuple(sorted(problems, key=lambda problem: problem.place))
