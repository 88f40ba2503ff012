"""Comparing what is not wholly known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.rules.expressions import (
    NUMBERS,
    Order,
    Span,
    Truth,
    choices_compare,
    is_among,
    point,
    ranked,
)
from tests.rules.places import one_of, span


@pytest.mark.parametrize(
    ("left", "order", "right", "truth"),
    [
        (span(1, 2), "<", span(3, 4), True),
        (span(3, 4), "<", span(1, 3), False),
        (span(1, 3), "<", span(3, 4), None),
        (span(1, 3), "<=", span(3, 4), True),
        (span(4, 5), "<=", span(1, 3), False),
        (span(3, 5), "<=", span(1, 3), None),
        (span(3, 4), ">", span(1, 2), True),
        (span(3, 4), ">=", span(1, 3), True),
        (span(2, 2), "==", span(2, 2), True),
        (span(1, 2), "==", span(3, 4), False),
        (span(1, 2), "==", span(2, 2), None),
        (span(1, 2), "!=", span(3, 4), True),
        (span(2, 2), "!=", span(2, 2), False),
        (span(None, None), "<", span(1, 1), None),
        (span(None, 0), "<", span(1, 1), True),
        (span(1, None), "<", span(1, 1), False),
        (span(None, None), "==", span(None, None), None),
    ],
)
def test_numbers_compare_surely_surely_not_or_unknown(
    left: Span, order: Order, right: Span, truth: Truth
) -> None:
    assert NUMBERS[order](left, right) is truth


def test_a_choice_is_among_ids_surely_or_perhaps() -> None:
    assert is_among(one_of("a"), frozenset({"a", "b"})) is True
    assert is_among(one_of("c"), frozenset({"a", "b"})) is False
    assert is_among(one_of("a", "c"), frozenset({"a", "b"})) is None


def test_choices_are_equal_only_when_both_are_known() -> None:
    assert choices_compare("==", one_of("a"), one_of("a")) is True
    assert choices_compare("==", one_of("a", "b"), one_of("a", "b")) is None
    assert choices_compare("!=", one_of("a"), one_of("b")) is True


def test_ordered_choices_compare_by_their_order() -> None:
    order = "bas moyen haut"
    assert choices_compare(">=", one_of("haut", order=order), one_of("moyen")) is True
    assert choices_compare("<", one_of("haut", order=order), one_of("moyen")) is False
    assert (
        choices_compare("<", one_of("bas", "haut", order=order), one_of("moyen"))
        is None
    )
    assert choices_compare(">", one_of("haut"), one_of("bas", order=order)) is True


def test_an_id_without_rank_compares_to_nothing() -> None:
    assert choices_compare("<", one_of("autre", order="bas haut"), one_of("haut")) is (
        None
    )


SMALL = st.integers(0, 3)
ORDERS: list[Order] = ["<", "<=", ">", ">=", "==", "!="]


@given(st.tuples(SMALL, SMALL, SMALL), st.tuples(SMALL, SMALL, SMALL))
def test_two_members_compare_as_their_intervals_said(
    left: tuple[int, ...], right: tuple[int, ...]
) -> None:
    (one, x, two), (three, y, four) = sorted(left), sorted(right)
    for order in ORDERS:
        said = NUMBERS[order](Span(one, two), Span(three, four))
        assert said is None or said is NUMBERS[order](point(x), point(y))


def test_the_ids_that_compare_so_with_a_choice_are_known_from_its_rank() -> None:
    ranks = ("bas", "moyen", "haut")
    assert ranked(">=", "moyen", ranks) == frozenset({"moyen", "haut"})
    assert ranked("<", "bas", ranks) == frozenset()
    assert ranked("<", "autre", ranks) is None
