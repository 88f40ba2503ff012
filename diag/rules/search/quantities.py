"""Whether a recommendation that fires may count something: never, or perhaps.

Numbers are tried by intervals that leave nothing out, so a quantity called never
positive surely is.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from diag.model.checklist import Criterion, Question, Recommendation
from diag.rules.language import RuleError, parse_rule
from diag.rules.reach import root_of
from diag.rules.search.abstraction import Abstraction
from diag.rules.search.reachability import can_hold
from diag.rules.search.subject import subject_of
from diag.rules.typecheck import check_rule
from diag.rules.values import RuleValue, Span

_ALWAYS = "1"
"""What a recommendation counts unless it says otherwise."""


def may_count(
    recommendation: Recommendation,
    criterion: Criterion,
    questions: Mapping[str, Question],
) -> bool:
    """Say whether the quantity may be above 0 when the recommendation fires.

    The levels of a criterion of rooms or lots are not looked at: the quantity reads
    from the school.
    """
    if recommendation.quantity == _ALWAYS:
        return True
    root = root_of(criterion.place)
    at_root = criterion.place is root
    missed = [
        f"not ({text})"
        for level, text in criterion.levels.items()
        if at_root and level >= recommendation.when.below
    ]
    firing = " and ".join([f"({recommendation.quantity}) > 0", *missed])
    wanted = criterion.model_copy(
        update={
            "place": root,
            "levels": {1: firing},
            "applicable": criterion.applicable if at_root else "",
        }
    )
    if not _is_sound(wanted, questions):
        return True
    subject = subject_of(wanted, questions, Abstraction.keeping_arithmetic)
    values = {name: _whole(tried) for name, tried in subject.values.items()}
    return can_hold(replace(subject, values=values), [subject.levels[1]])


def _whole(tried: tuple[RuleValue, ...]) -> tuple[RuleValue, ...]:
    """Return the same values, numbers being stretched to leave no gap between them."""
    points = [value for value in tried if isinstance(value, Span)]
    others = tuple(value for value in tried if not isinstance(value, Span))
    if len(points) < 2:  # noqa: PLR2004 - a gap lies between two
        return tried
    gaps = (
        Span(low.low, high.high)
        for low, high in pairwise(sorted(points, key=lambda one: one.low or 0))
    )
    return (*others, *gaps)


def _is_sound(criterion: Criterion, questions: Mapping[str, Question]) -> bool:
    given = criterion.applicable
    try:
        rule = parse_rule(criterion.levels[1])
        condition = parse_rule(given) if given else None
    except RuleError:
        return False
    faults = check_rule(rule, questions, criterion.place, "condition", given=condition)
    if condition:
        faults += check_rule(condition, questions, criterion.place, "condition")
    return not faults
