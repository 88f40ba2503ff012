"""Which facts a rule reads at a place, those that decide their relevance included."""

from collections.abc import Iterable
from dataclasses import dataclass

from diag.assess.reading import VISIT_DATE, PlaceScope, Reading
from diag.model.checklist import Question
from diag.model.fact import Answer
from diag.rules.language import Rule, parse_rule
from diag.rules.values import RuleValue, Truth


@dataclass(frozen=True, slots=True)
class FactRead:
    """One fact that a rule looked at."""

    place: str
    """Id of the place that it is about."""
    place_name: str
    question: Question
    relevant: Truth
    """Whether the question applies there."""
    heads: tuple[Answer, ...]
    """What was answered, by whom, how, when; several in a conflict."""
    value: RuleValue
    """What the rule made of it."""


def facts_read(
    rules: Iterable[Rule], scope: PlaceScope, reading: Reading
) -> tuple[FactRead, ...]:
    """Return every fact that rules read at a place, once, in the order of reading."""
    found: dict[tuple[str, str], FactRead] = {}
    for rule in rules:
        _read(rule, scope, reading, found)
    return tuple(found.values())


def _read(
    rule: Rule,
    scope: PlaceScope,
    reading: Reading,
    found: dict[tuple[str, str], FactRead],
) -> None:
    for name in sorted(rule.names):
        _note(name, scope, reading, found)
    for kind, names in rule.inner_names.items():
        for place in reading.tree.inside(scope.place, kind):
            for name in sorted(names):
                _note(name, reading.scope(place), reading, found)


def _note(
    name: str,
    scope: PlaceScope,
    reading: Reading,
    found: dict[tuple[str, str], FactRead],
) -> None:
    if name == VISIT_DATE or name not in reading.vocabulary:
        return
    holder = scope.holder(name)
    if holder is None or (holder.place, name) in found:
        return
    question = reading.vocabulary[name].question
    found[holder.place, name] = FactRead(
        place=holder.place,
        place_name=reading.facts.places[holder.place].name,
        question=question,
        relevant=holder.relevance(name),
        heads=holder.heads(name),
        value=holder.value(name),
    )
    if question.relevant:
        _read(parse_rule(question.relevant), holder, reading, found)
