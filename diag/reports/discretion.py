"""What a sensitive fact speaks through, so that three documents can stay silent.

A criterion that reads a sensitive question still gives its level; but its places and
quantities would tell the fact itself, so only the technical document prints them.
"""

import re
from dataclasses import dataclass

from diag.model.checklist import Checklist, Criterion, Recommendation

_NAME = re.compile(r"[a-z_][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Discretion:
    """Ids of what must not be detailed outside the technical document."""

    questions: frozenset[str]
    criteria: frozenset[str]
    recommendations: frozenset[str]


def discretion_of(checklist: Checklist) -> Discretion:
    """Return what the sensitive questions of an edition speak through."""
    questions = frozenset(
        question.id for question in checklist.questions.values() if question.sensitive
    )
    criteria = frozenset(
        criterion.id
        for criterion in checklist.criteria.values()
        if not questions.isdisjoint(names_read(criterion))
    )
    recommendations = frozenset(
        advice.id
        for advice in checklist.recommendations.values()
        if advice.when.criterion in criteria
        or not questions.isdisjoint(_names_counted(advice))
    )
    return Discretion(questions, criteria, recommendations)


def names_read(criterion: Criterion) -> tuple[str, ...]:
    """Return every name in a criterion's rules, those that judge first.

    A name inside a quoted choice counts too: too much discretion does no harm.
    """
    names = (*names_judged(criterion), *_names(criterion.applicable))
    return tuple(dict.fromkeys(names))


def names_judged(criterion: Criterion) -> tuple[str, ...]:
    """Return the names that decide the level, from the highest level down."""
    levels = sorted(criterion.levels, reverse=True)
    return tuple(_names(*(criterion.levels[level] for level in levels)))


def _names_counted(advice: Recommendation) -> list[str]:
    return _names(advice.quantity, advice.effort, *advice.prices.values())


def _names(*rules: str) -> list[str]:
    return list(dict.fromkeys(_NAME.findall(" ".join(rules))))
