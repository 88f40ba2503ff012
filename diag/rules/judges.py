"""The conditions that rules are made of, compiled: each reads one fact, or joins.

An absent fact makes every comparison false, `!=` and `in` included, and a yes-or-no
question false; a fact that may be absent never makes one true.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial

from diag.rules.comparison import is_among, ranked
from diag.rules.scope import Judge, Scope, mistyped
from diag.rules.tree import Order
from diag.rules.values import ABSENT, Flag, OneOf, Several, Span, Truth


def is_yes(name: str) -> Judge:
    """Return the judge of a yes-or-no question."""

    def judge(scope: Scope) -> Truth:
        value = scope.value(name)
        if isinstance(value, Flag):
            if not value.can_be_true:
                return False
            return None if value.can_be_false or value.maybe_absent else True
        return False if value is ABSENT else mistyped(name, value)

    return judge


def includes(name: str, choice: str, *, negated: bool) -> Judge:
    """Return the judge of `'choice' in name`."""

    def judge(scope: Scope) -> Truth:
        value = scope.value(name)
        if isinstance(value, Several):
            if choice in value.possible and choice not in value.sure:
                return None
            truth = (choice in value.sure) is not negated
            return None if truth and value.maybe_absent else truth
        return False if value is ABSENT else mistyped(name, value)

    return judge


def is_one_of(name: str, accepted: frozenset[str], *, negated: bool) -> Judge:
    """Return the judge of `name in accepted`, and of `name == 'choice'`."""

    def judge(scope: Scope) -> Truth:
        value = scope.value(name)
        if isinstance(value, OneOf):
            truth = is_among(value, accepted)
            if truth is None:
                return None
            truth = truth is not negated
            return None if truth and value.maybe_absent else truth
        return False if value is ABSENT else mistyped(name, value)

    return judge


def is_ranked(name: str, order: Order, choice: str) -> Judge:
    """Return the judge of `name >= 'choice'` and the like, for an ordered question."""
    accepted = lru_cache(maxsize=8)(partial(ranked, order, choice))

    def judge(scope: Scope) -> Truth:
        value = scope.value(name)
        if isinstance(value, OneOf):
            ids = accepted(value.order)
            truth = None if ids is None else is_among(value, ids)
            return None if truth and value.maybe_absent else truth
        return False if value is ABSENT else mistyped(name, value)

    return judge


def against(name: str, compare: Callable[[Span, Span], Truth], constant: Span) -> Judge:
    """Return the judge of the commonest of rules: a fact against a number."""

    def judge(scope: Scope) -> Truth:
        value = scope.value(name)
        if isinstance(value, Span):
            truth = compare(value, constant)
            return None if truth and value.maybe_absent else truth
        return False if value is ABSENT else mistyped(name, value)

    return judge


def not_(operand: Judge) -> Judge:
    """Return the negation of a judge."""

    def judge(scope: Scope) -> Truth:
        truth = operand(scope)
        return None if truth is None else not truth

    return judge


def all_of(operands: Sequence[Judge]) -> Judge:
    """Return Kleene's conjunction of judges, left at the first false."""

    def judge(scope: Scope) -> Truth:
        result: Truth = True
        for operand in operands:
            truth = operand(scope)
            if truth is False:
                return False
            if truth is None:
                result = None
        return result

    return judge


def any_of(operands: Sequence[Judge]) -> Judge:
    """Return Kleene's disjunction of judges, left at the first true."""

    def judge(scope: Scope) -> Truth:
        result: Truth = False
        for operand in operands:
            truth = operand(scope)
            if truth is True:
                return True
            if truth is None:
                result = None
        return result

    return judge
