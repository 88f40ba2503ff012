"""What sensitive questions speak through: by relevance and by parts, then in rules."""

from collections.abc import Mapping

from diag.checklist.typecheck import names_read
from diag.model.checklist import Criterion, EffectValue, Question, Recommendation


def reserved_questions(questions: Mapping[str, Question]) -> frozenset[str]:
    """Return the sensitive questions, and those that in turn read one."""
    found = {one.id for one in questions.values() if one.sensitive}
    behind = {
        one.id: names_read(one.relevant) | {one.at_most} for one in questions.values()
    }
    told: set[str] = set()
    while told != found:
        told = set(found)
        found |= {ident for ident, names in behind.items() if names & told}
    return frozenset(found)


def names_of(criterion: Criterion) -> frozenset[str]:
    """Return what decides where a criterion counts, its level, what is told of it."""
    told = [one.value for one in (criterion.found, criterion.strength) if one]
    rules = (criterion.applicable, criterion.given, criterion.weigh_by, *told)
    return _names(*rules, *criterion.levels.values())


def counted_by(advice: Recommendation) -> frozenset[str]:
    """Return what decides where an action fires, how many times and for how long."""
    counts = (need.count for need in advice.buys)
    return _names(
        advice.when.where, advice.quantity, advice.at_most, advice.effort, *counts
    )


def raised_by(value: EffectValue) -> frozenset[str]:
    """Return what decides what a fact becomes, where a rule says it.

    The id of a choice reads as a name too: at worst, an effect is not told.
    """
    return names_read(value) if isinstance(value, str) else frozenset()


def _names(*rules: str) -> frozenset[str]:
    return frozenset[str]().union(*(names_read(rule) for rule in rules if rule))
