"""Which levels a criterion can give, whatever its facts.

The search fills facts in one by one and turns back as soon as the three-valued rules
say no, so a level that is said to be out of reach surely is.
"""

from collections.abc import Iterator

from diag.rules.evaluate import judge_of
from diag.rules.search.subject import Subject
from diag.rules.tree import AllOf, Condition, Not

MAX_STEPS = 20_000
"""Steps after which a search gives up, and blames nothing."""


def reachable_levels(subject: Subject) -> frozenset[int]:
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


def reach_problems(subject: Subject) -> Iterator[str]:
    """Yield a French sentence for each level out of reach."""
    if not can_hold(subject, []):
        yield (
            "le critère ne s'applique jamais : « applicable » n'est vraie pour aucune "
            "réponse ; corrigez-la"
        )
        return
    above: dict[int, Condition] = {}
    for level, rule in subject.levels.items():
        hidden = not can_hold(subject, [rule, *map(_not, above.values())])
        if hidden and not can_hold(subject, [rule]):
            yield (
                f"niveau {level} inatteignable : sa règle n'est vraie pour aucune "
                "réponse ; corrigez-la ou retirez ce niveau"
            )
        elif hidden:
            cover = _cover(subject, rule, above)
            yield (
                f"niveau {level} inatteignable : couvert par {cover} ; resserrez la "
                "règle du dessus ou desserrez celle-ci"
            )
        above[level] = rule


def can_hold(subject: Subject, conditions: list[Condition]) -> bool:
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


def _cover(subject: Subject, rule: Condition, above: dict[int, Condition]) -> str:
    for level, higher in above.items():
        if not can_hold(subject, [rule, _not(higher)]):
            return f"le niveau {level}"
    return "les niveaux supérieurs"


def _not(condition: Condition) -> Condition:
    return Not(condition, condition.column)
