"""What a checklist that reads well may still have wrong, or badly worded."""

from itertools import chain

from diag.checklist.lint.french import (
    french_problems,
    obligation_problems,
    wording_problems,
)
from diag.checklist.lint.references import reference_problems
from diag.checklist.lint.rules import level_problems, rule_problems
from diag.checklist.lint.sense import (
    action_problems,
    coherence_problems,
    sense_problems,
    trigger_problems,
)
from diag.checklist.loaded import Loaded
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
