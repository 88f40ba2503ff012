"""Which levels a criterion can give, and which are out of reach.

The search fills facts in one by one and turns back as soon as the three-valued rules
refuse, so a level out of reach surely is.
"""

from collections.abc import Iterator
from typing import NamedTuple

from diag.checklist.search.subject import SearchSubject
from diag.rules.evaluate import judge_of
from diag.rules.tree import AllOf, Condition, Not


class LevelProblem(NamedTuple):
    """What is wrong with the levels of a criterion."""

    key: str
    """Of the criterion: `levels` or `applicable`."""
    message: str
    remedy: str
    about: tuple[str, ...] = ()
    """Questions that the message names."""


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
            "le critère n'est jamais jugé : « applicable » et « given » ne sont vraies "
            "ensemble pour aucune réponse",
            "Corrigez-les.",
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
    """Say whether conditions may hold together where levels are read."""
    wanted = [subject.judged, *conditions] if subject.judged else conditions
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
