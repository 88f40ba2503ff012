"""What a checklist that reads well may still have wrong, or could say better."""

from itertools import chain

from diag.rules.lint.actions import action_problems
from diag.rules.lint.coherence import coherence_problems
from diag.rules.lint.french import french_problems
from diag.rules.lint.levels import level_problems
from diag.rules.lint.meaning import rule_problems
from diag.rules.lint.obligation import obligation_problems
from diag.rules.lint.references import reference_problems
from diag.rules.lint.sense import sense_problems
from diag.rules.lint.triggers import trigger_problems
from diag.rules.lint.wording import wording_problems
from diag.rules.load import Loaded
from diag.rules.problem import Problem


def lint(loaded: Loaded) -> tuple[Problem, ...]:
    """Return every problem of meaning and of wording, errors and warnings, in order.

    While a file cannot be read, only what stands by itself is looked at: blaming the
    items that name what it declares would hide the one fault to mend.
    """
    by_itself = (wording_problems, obligation_problems, french_problems)
    together = (
        reference_problems,
        rule_problems,
        coherence_problems,
        level_problems,
        trigger_problems,
        action_problems,
        sense_problems,
    )
    checks = (*together, *by_itself) if loaded.is_whole else by_itself
    problems = chain.from_iterable(check(loaded) for check in checks)
    return tuple(sorted(problems, key=lambda problem: problem.place))
