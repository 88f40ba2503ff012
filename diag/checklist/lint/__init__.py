"""What a checklist that reads well may still have wrong, or badly worded."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain

from diag.checklist import Problem
from diag.checklist.lint.french import (
    french_problems,
    obligation_problems,
    phrase_problems,
    wording_problems,
)
from diag.checklist.lint.proofs import proof_problems
from diag.checklist.lint.references import reference_problems
from diag.checklist.lint.rules import (
    direction_problems,
    rule_problems,
    withheld_problems,
)
from diag.checklist.lint.sense import (
    action_problems,
    coherence_problems,
    law_problems,
    sense_problems,
    trigger_problems,
)
from diag.checklist.loaded import Loaded

Check = Callable[[Loaded], Iterator[Problem]]
"""Finds one sort of problem."""


def lint(loaded: Loaded) -> tuple[Problem, ...]:
    """Return every problem of meaning and of wording, errors and warnings, in order.

    While a file cannot be read, only what stands by itself is looked at: blaming the
    items that name what it declares would hide the one fault to mend.
    """
    checks: tuple[Check, ...] = (
        wording_problems,
        obligation_problems,
        french_problems,
    )
    problems: list[Problem] = []
    if loaded.is_whole:
        problems += (*reference_problems(loaded), *rule_problems(loaded))
        # Of what names or reads something wrong, nothing is proved.
        faulty = frozenset(
            ".".join(problem.key.split(".")[:2])
            for problem in problems
            if problem.severity == "error"
        )
        checks = (
            coherence_problems,
            trigger_problems,
            action_problems,
            sense_problems,
            direction_problems,
            law_problems,
            withheld_problems,
            phrase_problems,
            partial(proof_problems, faulty=faulty),
            *checks,
        )
    problems += chain.from_iterable(check(loaded) for check in checks)
    return tuple(sorted(problems, key=lambda problem: problem.place))
