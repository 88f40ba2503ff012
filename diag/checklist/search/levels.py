"""Whether a recommendation that fires may count something: never, or perhaps.

Numbers are tried by intervals that leave nothing out, so a quantity called never
positive surely is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from diag.checklist.search.subject import Abstraction, SearchSubject, subject_of
from diag.checklist.typecheck import check_rule
from diag.model.checklist import Criterion, Question, Recommendation
from diag.rules.evaluate import judge_of
from diag.rules.language import parse_rule
from diag.rules.scope import root_of
from diag.rules.tree import AllOf, Condition, Not, RuleError
from diag.rules.values import RuleValue, Span

_ALWAYS = "1"
"""What a recommendation counts by default."""


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
    if not is_sound(wanted, questions):
        return True
    subject = subject_of(wanted, questions, Abstraction.keeping_arithmetic)
    values = {name: _whole(tried) for name, tried in subject.values.items()}
    return can_hold(replace(subject, values=values), [subject.levels[1]])


def _whole(tried: tuple[RuleValue, ...]) -> tuple[RuleValue, ...]:
    points = [value for value in tried if isinstance(value, Span)]
    others = tuple(value for value in tried if not isinstance(value, Span))
    if len(points) < 2:  # noqa: PLR2004 - a gap lies between two
        return tried
    gaps = (
        Span(low.low, high.high)
        for low, high in pairwise(sorted(points, key=lambda one: one.low or 0))
    )
    return (*others, *gaps)


def is_sound(criterion: Criterion, questions: Mapping[str, Question]) -> bool:
    """Say whether the rules of a criterion read, and fit the questions they read."""
    try:
        given = parse_rule(criterion.applicable) if criterion.applicable else None
        rules = [parse_rule(text) for text in criterion.levels.values()]
        faults = [
            check_rule(rule, questions, criterion.place, "condition", given=given)
            for rule in rules
        ]
        if given:
            faults.append(check_rule(given, questions, criterion.place, "condition"))
    except RuleError:
        return False
    return not any(faults)


class LevelProblem(NamedTuple):
    """What is wrong with the levels of a criterion."""

    key: str
    """Of the criterion: `levels`, `applicable` or `improves_with`."""
    message: str
    remedy: str
    about: tuple[str, ...] = ()
    """Questions that the message names."""


# Which levels a criterion can give, whatever its facts.
#
# The search fills facts in one by one and turns back as soon as the three-valued rules
# refuse, so a level out of reach surely is.


MAX_STEPS = 20_000
"""Steps after which a search gives up, and blames nothing."""


def reachable_levels(subject: SearchSubject) -> frozenset[int]:
    """Return the levels that cannot be ruled out, 0 included."""
    higher: list[Condition] = []
    reached: set[int] = set()
    for level, rule in subject.levels.items():
        if can_hold(subject, [rule, *higher]):
            reached.add(level)
        higher.append(_not(rule))
    if can_hold(subject, higher):
        reached.add(0)
    return frozenset(reached)


def reach_problems(subject: SearchSubject) -> Iterator[LevelProblem]:
    """Yield each level out of reach."""
    if not can_hold(subject, []):
        yield LevelProblem(
            "applicable",
            "le critère ne s'applique jamais : « applicable » n'est vraie pour aucune "
            "réponse",
            "Corrigez-la.",
        )
        return
    above: dict[int, Condition] = {}
    for level, rule in subject.levels.items():
        hidden = not can_hold(subject, [rule, *map(_not, above.values())])
        if hidden and not can_hold(subject, [rule]):
            yield LevelProblem(
                "levels",
                f"niveau {level} inatteignable : sa règle n'est vraie pour aucune "
                "réponse",
                "Corrigez-la ou retirez ce niveau.",
            )
        elif hidden:
            covers = (
                f"le niveau {each}"
                for each, higher in above.items()
                if not can_hold(subject, [rule, _not(higher)])
            )
            yield LevelProblem(
                "levels",
                f"niveau {level} inatteignable : couvert par "
                f"{next(covers, 'les niveaux supérieurs')}",
                "Resserrez la règle du dessus ou desserrez celle-ci.",
            )
        above[level] = rule


def can_hold(subject: SearchSubject, conditions: list[Condition]) -> bool:
    """Say whether conditions may hold together where the criterion applies."""
    wanted = [subject.applicable, *conditions] if subject.applicable else conditions
    judge = judge_of(AllOf(tuple(wanted), 1))
    world = subject.world()
    unknown = dict(world.values)
    names = list(subject.values)
    steps = 0

    def found(depth: int) -> bool:
        nonlocal steps
        steps += 1
        truth = judge(world)
        if truth is not None or depth == len(names) or steps > MAX_STEPS:
            return truth is not False
        name = names[depth]
        for value in subject.values[name]:
            world.values[name] = value
            if found(depth + 1):
                return True
        world.values[name] = unknown[name]
        return False

    return found(0)


def _not(condition: Condition) -> Condition:
    return Not(condition, condition.column)
