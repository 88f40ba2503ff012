"""Searches a criterion's facts for levels it never gives.

What it reports is certain: a level out of reach is. Where the search is not sure, it
reports nothing.
"""

from collections.abc import Mapping

from diag.checklist.search.levels import (
    LevelProblem,
    reach_problems,
    reachable_levels,
)
from diag.checklist.search.subject import subject_of
from diag.model.checklist import Criterion, Question


def problems_of(
    criterion: Criterion, questions: Mapping[str, Question]
) -> list[LevelProblem]:
    """Return the levels out of reach of a criterion whose rules are sound."""
    return list(reach_problems(subject_of(criterion, questions)))


def levels_of(
    criterion: Criterion, questions: Mapping[str, Question]
) -> frozenset[int]:
    """Return the levels that a criterion may give at a place, 0 included.

    A gate that is shut gives 0.
    """
    shut = frozenset({0} if criterion.given else ())
    return shut | reachable_levels(subject_of(criterion, questions))
