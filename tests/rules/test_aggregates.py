"""Counts, totals, shares and extremes, place by place."""

from fractions import Fraction

import pytest

from diag.rules.evaluate import counted, largest, shared, smallest, totalled
from diag.rules.expressions import ABSENT, Absent, Span, Truth
from tests.rules.places import span


def test_a_count_goes_from_the_sure_to_the_possible() -> None:
    assert counted([True, True, None], is_open=False) == span(2, 3)


def test_a_count_over_an_open_list_has_no_upper_bound() -> None:
    assert counted([True, None], is_open=True) == span(1, None)


@pytest.mark.parametrize(
    ("number", "total"),
    [
        (span(3, 5), span(5, 7)),
        (span(-3, -1), span(-1, 1)),
        (span(2, None), span(4, None)),
    ],
)
def test_a_total_adds_what_surely_counts(number: Span, total: Span) -> None:
    assert totalled([(True, span(2, 2)), (True, number)], is_open=False) == total


def test_a_total_takes_what_may_count_with_nothing() -> None:
    maybe_there = (None, span(3, 5))
    maybe_absent = (True, span(1, 2, maybe_absent=True))
    assert totalled([maybe_there, maybe_absent], is_open=False) == span(0, 7)


def test_the_total_of_nothing_is_0() -> None:
    assert totalled([], is_open=False) == span(0, 0)


def test_a_total_over_an_open_list_only_grows_unless_a_number_may_be_negative() -> None:
    assert totalled([(True, span(2, 3))], is_open=True) == span(2, None)
    assert totalled([(True, span(-2, 3))], is_open=True) == span(None, None)


THIRD = Fraction(1, 3)


@pytest.mark.parametrize(
    ("members", "share"),
    [
        ([(True, True), (True, False)], Span(Fraction(1, 2), Fraction(1, 2))),
        ([(True, True), (True, None), (True, False)], Span(THIRD, 2 * THIRD)),
        ([(True, True), (None, False)], Span(Fraction(1, 2), 1)),
        ([(True, False), (None, True)], Span(0, Fraction(1, 2))),
        ([(True, True), (True, False), (None, None)], Span(THIRD, 2 * THIRD)),
        ([(None, True)], Span(1, 1, maybe_absent=True)),
        ([(None, False)], Span(0, 0, maybe_absent=True)),
        ([(None, None)], Span(0, 1, maybe_absent=True)),
        ([(None, True), (None, False)], Span(0, 1, maybe_absent=True)),
        ([], ABSENT),
    ],
)
def test_a_share_follows_the_share_rule(
    members: list[tuple[Truth, Truth]], share: Span | Absent
) -> None:
    assert shared(members, is_open=False) == share


def test_a_share_over_an_open_list_is_anything() -> None:
    assert shared([(True, True)], is_open=True) == span(0, 1)
    assert shared([], is_open=True) == span(0, 1, maybe_absent=True)


def test_the_smallest_is_bounded_above_by_what_surely_counts() -> None:
    members: list[tuple[Truth, Span]] = [(True, span(3, 5)), (None, span(1, 9))]
    assert smallest(members, is_open=False) == span(1, 5)


def test_the_smallest_of_what_may_count_may_be_absent() -> None:
    members: list[tuple[Truth, Span]] = [
        (None, span(1, 4)),
        (True, span(2, 6, maybe_absent=True)),
    ]
    assert smallest(members, is_open=False) == span(1, 6, maybe_absent=True)
    assert largest(members, is_open=False) == span(1, 6, maybe_absent=True)


def test_the_largest_mirrors_the_smallest() -> None:
    members: list[tuple[Truth, Span]] = [(True, span(3, 5)), (None, span(1, 9))]
    assert largest(members, is_open=False) == span(3, 9)


def test_an_unknown_number_opens_the_smallest_below_only() -> None:
    members: list[tuple[Truth, Span]] = [(True, span(3, 5)), (True, span(None, None))]
    assert smallest(members, is_open=False) == span(None, 5)


def test_an_open_list_opens_the_smallest_below_and_the_largest_above() -> None:
    assert smallest([(True, span(3, 5))], is_open=True) == span(None, 5)
    assert largest([(True, span(3, 5))], is_open=True) == span(3, None)
    assert smallest([(None, span(3, 5))], is_open=True) == span(
        None, None, maybe_absent=True
    )


def test_the_extreme_of_nothing_is_absent() -> None:
    assert smallest([], is_open=False) is ABSENT
    assert largest([], is_open=False) is ABSENT
    assert smallest([], is_open=True) == span(None, None, maybe_absent=True)
