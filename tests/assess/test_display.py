from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.assess.display import displayed, in_words, out_of_100
from diag.model.number import Bounds
from tests.oracle import rounded


@pytest.mark.parametrize(
    ("ratio", "shown"),
    [("0", 0), ("0.004", 0), ("0.005", 1), ("1/3", 33), ("2/3", 67), ("0.995", 100)],
)
def test_a_half_is_rounded_up(ratio: str, shown: int) -> None:
    assert out_of_100(Fraction(ratio)) == shown


@given(st.fractions(0, 1))
def test_rounding_is_that_of_the_schoolbook(ratio: Fraction) -> None:
    assert out_of_100(ratio) == rounded(ratio)


def test_each_bound_is_rounded_by_itself() -> None:
    assert displayed(Bounds(Fraction(469, 1000), Fraction(2, 3))) == (47, 67)


def test_equal_rounded_bounds_are_one_number() -> None:
    assert in_words(Bounds(Fraction(579, 1000), Fraction(58, 100))) == "58"
    assert in_words(Bounds(Fraction(47, 100), Fraction(61, 100))) == "entre 47 et 61"
