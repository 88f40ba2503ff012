"""What is wrong in a shipped file once changes are laid over it, told where they are.

The shipped edition has nothing to mend: whatever is wrong with it now comes from a
change, and the change is what its author can put right.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from diag.rules.loaded import NOUNS, Loaded
from diag.rules.overlay.layers import Name
from diag.rules.problem import Problem, Spot


def blamed(problems: Iterable[Problem], loaded: Loaded) -> Iterator[Problem]:
    """Yield problems, those of shipped files told of the change that caused them."""
    for problem in problems:
        is_own = "/" in problem.file  # shipped files stand in one folder
        if not loaded.overlaid or is_own or problem.severity != "error":
            yield problem
        else:
            yield _moved(problem, loaded)


def _moved(problem: Problem, loaded: Loaded) -> Problem:
    name, spot = _culprit(problem, loaded)
    section, ident = name
    because = f"à cause de la surcharge de « {ident} » ({NOUNS[section]})"
    return replace(
        problem,
        file=spot.file,
        line=spot.line,
        message=f"{because}, {problem.file}:{problem.line} : {problem.message}",
    )


def _culprit(problem: Problem, loaded: Loaded) -> tuple[Name, Spot]:
    """Return the change that a problem names, or the item that has it, or the first."""
    words = set(re.findall(r"[\w-]+", f"{problem.key} {problem.message}"))
    for name, spot in loaded.overlaid.items():
        if name[1] in words:
            return name, spot
    return next(iter(loaded.overlaid.items()))
