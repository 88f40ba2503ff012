"""Intervals drawn and summed up, never a guess."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from diag.assess.results import Score
from diag.documents.atlas.school import gauge, middle
from diag.model.enums import Standing
from diag.model.text import Bounds

RATIO = st.fractions(0, 1, max_denominator=100)
BOUNDS = st.tuples(RATIO, RATIO).map(lambda two: Bounds(min(two), max(two)))


def of(bounds: Bounds) -> Score:
    return Score(Standing.IN, bounds, Fraction(1, 2))


def test_a_gauge_says_and_draws_the_same() -> None:
    told = gauge(of(Bounds(Fraction(47, 100), Fraction(61, 100))))

    assert (told.words, told.sure, told.possible) == ("entre 47 et 61", 47, 14)


def test_no_score_draws_nothing() -> None:
    told = gauge(None)

    assert (told.words, told.span, told.sure, told.possible) == (
        "sans objet",
        None,
        0,
        0,
    )


@given(st.lists(st.tuples(BOUNDS, RATIO), min_size=1, max_size=15))
def test_the_median_lies_in_what_is_told_wherever_each_score_lies(
    told: list[tuple[Bounds, Fraction]],
) -> None:
    whole = [one.low + (one.high - one.low) * at for one, at in told]
    ranked = sorted(whole)
    half = len(ranked) // 2
    true = (ranked[half] + ranked[-half - 1]) / 2

    found = middle(of(one) for one, _ in told)

    assert found is not None
    assert found.bounds is not None
    assert found.bounds.low <= true <= found.bounds.high


def test_no_school_has_no_median() -> None:
    assert middle([]) is None
