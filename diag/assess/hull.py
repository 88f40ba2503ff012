"""The hull of rule values: everything that one of them allows.

Two heads of a fact that disagree are judged as their hull, so that known, unknown and
conflict share one evaluator.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

from diag.rules import intervals
from diag.rules.values import ABSENT, Flag, OneOf, RuleValue, Several, Span

Present = Span | OneOf | Several | Flag
"""A value that is there."""


def hull(values: Sequence[RuleValue]) -> RuleValue:
    """Return what one of the values allows; all must read the same question."""
    present = [value for value in values if value is not ABSENT]
    if not present:
        return ABSENT
    joined = reduce(_joined, present)
    return joined if len(present) == len(values) else maybe_absent(joined)


def maybe_absent(value: RuleValue) -> RuleValue:
    """Return a value that may also be no value at all."""
    if value is ABSENT or value.maybe_absent:
        return value
    return replace(value, maybe_absent=True)


def _joined(left: Present, right: Present) -> Present:
    match left, right:
        case Span(), Span():
            return intervals.hull(left, right)
        case OneOf(), OneOf():
            return OneOf(left.ids | right.ids, order=left.order)
        case Several(), Several():
            return Several(left.sure & right.sure, left.possible | right.possible)
        case Flag(), Flag():
            return Flag(
                left.can_be_true or right.can_be_true,
                left.can_be_false or right.can_be_false,
            )
    raise TypeError(f"{left} and {right} answer different questions")
