"""What a checklist that reads well may still have wrong, or could say better."""

from diag.rules.load import Loaded
from diag.rules.problem import Problem


def lint(loaded: Loaded) -> tuple[Problem, ...]:
    """Return every problem of meaning and of wording, errors and warnings."""
    del loaded
    return ()
