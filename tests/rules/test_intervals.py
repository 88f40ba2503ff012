"""Arithmetic of intervals."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.rules.expressions import (
    ARITHMETIC,
    Exact,
    Operator,
    Span,
    added,
    divided,
    months_between,
    multiplied,
    point,
    span_hull,
    subtracted,
)
from tests.rules.places import span


@st.composite
def spans_with_a_member(draw: st.DrawFn) -> tuple[Span, Exact]:
    member = draw(st.integers(-5, 5))
    below, above = draw(st.integers(0, 4)), draw(st.integers(0, 4))
    low = draw(st.sampled_from([member - below, None]))
    high = draw(st.sampled_from([member + above, None]))
    return Span(low, high), member


def holds(interval: Span, value: Exact) -> bool:
    above = interval.low is None or interval.low <= value
    return above and (interval.high is None or value <= interval.high)


@given(spans_with_a_member(), spans_with_a_member(), st.sampled_from(["+", "-", "*"]))
def test_a_result_holds_that_of_any_two_members(
    left: tuple[Span, int], right: tuple[Span, int], operator: Operator
) -> None:
    computed = ARITHMETIC[operator](left[0], right[0])
    exact = ARITHMETIC[operator](point(left[1]), point(right[1])).low
    assert exact is not None
    assert holds(computed, exact)


@given(spans_with_a_member(), spans_with_a_member())
def test_a_quotient_holds_that_of_any_two_members(
    left: tuple[Span, int], right: tuple[Span, int]
) -> None:
    if right[1]:
        quotient = Fraction(left[1], right[1])
        assert holds(divided(left[0], right[0]), quotient)


def test_bounds_are_tight() -> None:
    assert added(span(1, 2), span(3, 4)) == span(4, 6)
    assert subtracted(span(1, 2), span(3, 4)) == span(-3, -1)
    assert multiplied(span(-1, 2), span(3, 4)) == span(-4, 8)
    assert multiplied(span(0, 0), span(None, None)) == span(0, 0)
    assert multiplied(span(0, None), span(2, 3)) == span(0, None)
    assert divided(span(1, 2), span(4, 8)) == Span(Fraction(1, 8), Fraction(1, 2))
    assert divided(span(1, 2), span(4, None)) == Span(0, Fraction(1, 2))
    assert span_hull(span(1, 2), span(4, None)) == span(1, None)


def test_a_divisor_that_may_be_0_says_nothing() -> None:
    assert divided(span(1, 2), span(0, 4)) == span(None, None)
    assert divided(span(1, 2), span(None, None)) == span(None, None)


def test_what_may_be_absent_stays_so() -> None:
    maybe = span(1, 2, maybe_absent=True)
    for compute in (*ARITHMETIC.values(), months_between, span_hull):
        assert compute(maybe, span(1, 1)).maybe_absent
        assert compute(span(1, 1), maybe).maybe_absent


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2026-01-15", "2026-01-15", 0),
        ("2026-01-15", "2026-02-14", 0),
        ("2026-01-15", "2026-02-15", 1),
        ("2025-09-01", "2026-09-01", 12),
        ("2026-01-31", "2026-02-28", 0),
        ("2026-01-31", "2026-03-01", 1),
        ("2026-02-15", "2026-01-15", -1),
        ("2026-02-15", "2026-02-14", -1),
    ],
)
def test_months_are_whole(start: str, end: str, months: int) -> None:
    assert months_between(day(start), day(end)) == point(months)


@given(st.dates(), st.dates(), st.dates())
def test_months_grow_with_the_end_and_shrink_with_the_start(
    one: date, two: date, three: date
) -> None:
    first, middle, last = sorted((one, two, three))
    between = months_between(
        Span(first.toordinal(), middle.toordinal()), point(last.toordinal())
    )
    assert between.low is not None
    assert between.high is not None
    assert between.low <= between.high


def test_months_to_an_unknown_day_are_unbounded() -> None:
    assert months_between(day("2026-01-15"), span(None, None)) == span(None, None)


def day(text: str) -> Span:
    return point(date.fromisoformat(text).toordinal())
