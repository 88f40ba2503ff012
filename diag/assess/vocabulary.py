"""What the answers to each question mean to a rule: worked out once per question."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from diag.model.checklist import Question
from diag.model.enums import QuestionType, State
from diag.model.fact import Answer, Value
from diag.model.number import Number, exact
from diag.rules.evaluate import condition
from diag.rules.language import parse_rule
from diag.rules.scope import Judge
from diag.rules.tree import Exact
from diag.rules.values import (
    ABSENT,
    Flag,
    OneOf,
    RuleValue,
    Several,
    Span,
    Truth,
    hull_of_values,
    maybe_absent,
    point,
)

YES, NO, EITHER = Flag(True, False), Flag(False, True), Flag(True, True)
"""The values of a boolean fact."""


_CACHED_VALUES = 4096  # the numbers and dates of a few audits


Reader = Callable[[Value], RuleValue | None]
"""Gives a canonical value as rules see it; None when it does not fit the question."""


@dataclass(frozen=True, slots=True)
class FactType:
    """One question, as rules read its answers."""

    question: Question
    relevant: Judge | None
    """When it is asked; None: always."""
    relevance_names: frozenset[str]
    """What its relevance reads, aggregates included."""
    unknown: RuleValue
    """Everything that the answer can be."""
    maybe: RuleValue
    """The same, or no answer at all."""
    read: Reader

    def value(self, heads: tuple[Answer, ...], relevant: Truth) -> RuleValue:
        """Return what the heads of one fact leave possible: their hull."""
        if relevant is False:
            return ABSENT
        if not heads:
            return self.unknown if relevant else self.maybe
        if len(heads) == 1:
            found = self.said(heads[0])
        else:
            found = hull_of_values([self.said(head) for head in heads])
        return found if relevant else maybe_absent(found)

    def said(self, head: Answer) -> RuleValue:
        """Return what one head says; what does not fit the question is unknown."""
        if head.state is State.KNOWN:
            found = self.read(head.value)
            return self.unknown if found is None else found
        return ABSENT if head.state is State.NOT_APPLICABLE else self.unknown


Vocabulary = Mapping[str, FactType]
"""Every question by its id, as rules read it."""


def vocabulary_of(questions: Mapping[str, Question]) -> Vocabulary:
    """Return the vocabulary of a checklist."""
    return {ident: fact_type(question) for ident, question in questions.items()}


def fact_type(question: Question) -> FactType:
    """Return how rules read one question."""
    rule = parse_rule(question.relevant) if question.relevant else None
    unknown, read = _READINGS[question.type](question)
    return FactType(
        question=question,
        relevant=condition(rule) if rule else None,
        relevance_names=(
            rule.names.union(*rule.inner_names.values()) if rule else frozenset()
        ),
        unknown=unknown,
        maybe=maybe_absent(unknown),
        read=read,
    )


def _choice(question: Question) -> tuple[RuleValue, Reader]:
    ids = tuple(choice.id for choice in question.choices)
    order = ids if question.ordered else ()
    known: dict[Value, RuleValue] = {
        ident: OneOf(frozenset({ident}), order=order) for ident in ids
    }
    unknown = OneOf(frozenset(ids), order=order)
    return unknown, known.get


def _choices(question: Question) -> tuple[RuleValue, Reader]:
    ids = frozenset(choice.id for choice in question.choices)

    def read(value: Value) -> RuleValue | None:
        if not isinstance(value, tuple) or not ids.issuperset(value):
            return None
        chosen = frozenset(value)
        return Several(chosen, chosen)

    return Several(frozenset(), ids), read


def _boolean(_: Question) -> tuple[RuleValue, Reader]:
    def read(value: Value) -> RuleValue | None:
        return (YES if value else NO) if isinstance(value, bool) else None

    return EITHER, read


def _number(question: Question) -> tuple[RuleValue, Reader]:
    low, high = question.range or (None, None)
    return Span(_bound(low), _bound(high)), _read_number


def _date(question: Question) -> tuple[RuleValue, Reader]:
    low, high = question.date_range or (None, None)
    return Span(_ordinal(low), _ordinal(high)), _read_date


def _unreadable(_: Question) -> tuple[RuleValue, Reader]:
    return ABSENT, lambda _: ABSENT


_READINGS: dict[QuestionType, Callable[[Question], tuple[RuleValue, Reader]]] = {
    QuestionType.CHOICE: _choice,
    QuestionType.CHOICES: _choices,
    QuestionType.BOOLEAN: _boolean,
    QuestionType.INTEGER: _number,
    QuestionType.NUMBER: _number,
    QuestionType.DATE: _date,
    QuestionType.TEXT: _unreadable,
    QuestionType.PHOTO: _unreadable,
}


@lru_cache(_CACHED_VALUES, typed=True)
def _read_number(value: Value) -> RuleValue | None:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    try:
        return point(_exact(value))
    except ValueError:
        return None


@lru_cache(_CACHED_VALUES, typed=True)
def _read_date(value: Value) -> RuleValue | None:
    if not isinstance(value, str):
        return None
    try:
        return point(date.fromisoformat(value).toordinal())
    except ValueError:
        return None


def _bound(number: Number | None) -> Exact | None:
    return None if number is None else _exact(number)


def _exact(number: Number) -> Exact:
    value = exact(number)
    return value.numerator if value.denominator == 1 else value


def _ordinal(day: str | None) -> int | None:
    return None if day is None else date.fromisoformat(day).toordinal()
