"""Computes a rule at a place, from facts known in full, in part or not at all.

A rule is compiled once into closures; Python's `eval` is nowhere. Every result is
sound: whatever the facts turn out to be, the answer lies within.
"""

from collections.abc import Callable
from functools import lru_cache

from diag.rules import gathering, judges
from diag.rules.aggregates import OVER_NUMBERS
from diag.rules.comparison import NUMBERS, choices_compare
from diag.rules.intervals import ARITHMETIC, months_between
from diag.rules.language import Rule
from diag.rules.scope import Judge, Measure, Reader, Scope, mistyped
from diag.rules.tree import (
    Aggregate,
    AllOf,
    AnyOf,
    Arithmetic,
    ChoiceId,
    Comparison,
    Constant,
    Includes,
    IsAmong,
    Months,
    Name,
    Node,
    Not,
    Term,
    names_in,
)
from diag.rules.values import ABSENT, Absent, OneOf, Span, Truth, point

__all__ = [
    "Scope",
    "condition",
    "holds",
    "judge_of",
    "measure",
    "measure_of",
    "number",
]

_CACHED_RULES = 8192  # several editions of a thousand rules


def holds(rule: Rule, scope: Scope) -> Truth:
    """Say whether a condition is true, false or unknown at a place."""
    return condition(rule)(scope)


def number(rule: Rule, scope: Scope) -> Span | Absent:
    """Return the interval of a number at a place."""
    return measure(rule)(scope)


@lru_cache(_CACHED_RULES)
def condition(rule: Rule) -> Judge:
    """Return a rule compiled as a condition, once."""
    return judge_of(rule.root)


@lru_cache(_CACHED_RULES)
def measure(rule: Rule) -> Measure:
    """Return a rule compiled as a number, once."""
    return measure_of(rule.root)


def judge_of(node: Node) -> Judge:
    """Compile a part of a rule as a condition."""
    match node:
        case Not(operand):
            return judges.not_(judge_of(operand))
        case AllOf(operands):
            return judges.all_of([judge_of(part) for part in operands])
        case AnyOf(operands):
            return judges.any_of([judge_of(part) for part in operands])
        case Comparison():
            return _comparison(node)
    return _about_one_fact(node)


def _about_one_fact(node: Node) -> Judge:
    match node:
        case Name(name):
            return judges.is_yes(name)
        case Includes(question, choice, negated):
            return judges.includes(question.id, choice.id, negated=negated)
        case IsAmong(question, choices, negated):
            accepted = frozenset(choice.id for choice in choices)
            return judges.is_one_of(question.id, accepted, negated=negated)
    raise TypeError(f"not a condition: {node}")


def _comparison(node: Comparison) -> Judge:
    match node:
        case Comparison(order, Name(name), Constant(value)):
            return judges.against(name, NUMBERS[order], point(value))
        case Comparison("==" | "!=", Name(name), ChoiceId(choice)):
            negated = node.order == "!="
            return judges.is_one_of(name, frozenset({choice}), negated=negated)
        case Comparison(order, Name(name), ChoiceId(choice)):
            return judges.is_ranked(name, order, choice)
    return _any_comparison(node)


def _any_comparison(node: Comparison) -> Judge:
    order, left, right = node.order, _term(node.left), _term(node.right)
    compare = NUMBERS[order]

    def judge(scope: Scope) -> Truth:
        one, other = left(scope), right(scope)
        if one is ABSENT or other is ABSENT:
            return False
        if isinstance(one, Span) and isinstance(other, Span):
            truth = compare(one, other)
        elif isinstance(one, OneOf) and isinstance(other, OneOf):
            truth = choices_compare(order, one, other)
        else:
            raise TypeError(f"{one} and {other} do not compare")
        return None if truth and (one.maybe_absent or other.maybe_absent) else truth

    return judge


def _term(node: Term) -> Reader:
    match node:
        case Name(name):
            return lambda scope: scope.value(name)
        case ChoiceId(choice):
            chosen = OneOf(frozenset({choice}))
            return lambda _: chosen
    return measure_of(node)


def measure_of(node: Node) -> Measure:
    """Compile a part of a rule as a number."""
    match node:
        case Name(name):
            return _fact(name)
        case Constant(value):
            constant = point(value)
            return lambda _: constant
        case Arithmetic(operator, left, right):
            return _of_two(ARITHMETIC[operator], left, right)
        case Months(start, end):
            return _of_two(months_between, start, end)
        case Aggregate():
            return _aggregate(node)
    raise TypeError(f"not a number: {node}")


def _fact(name: str) -> Measure:
    def read(scope: Scope) -> Span | Absent:
        value = scope.value(name)
        if isinstance(value, Span) or value is ABSENT:
            return value
        return mistyped(name, value)

    return read


def _of_two(compute: Callable[[Span, Span], Span], left: Term, right: Term) -> Measure:
    first, second = measure_of(left), measure_of(right)

    def computed(scope: Scope) -> Span | Absent:
        one, other = first(scope), second(scope)
        return ABSENT if one is ABSENT or other is ABSENT else compute(one, other)

    return computed


def _aggregate(node: Aggregate) -> Measure:
    among = judge_of(node.among) if node.among else None
    members = gathering.gathered(node.kind, tuple(sorted(names_in(node))), among)
    if node.number is not None:
        draw = OVER_NUMBERS[node.function]
        return gathering.over_numbers(draw, members, measure_of(node.number))
    if node.condition is not None:
        return gathering.share(members, judge_of(node.condition))
    return gathering.count(members)
