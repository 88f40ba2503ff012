from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from diag.model.text import Bounds
from diag.tui.outline import drawn

RATIOS = st.fractions(0, 1, max_denominator=300)


def bounds(one: Fraction, other: Fraction) -> Bounds:
    return Bounds(min(one, other), max(one, other))


@given(RATIOS, RATIOS, st.integers(2, 60))
def test_a_scale_takes_its_width_and_marks_both_bounds(
    one: Fraction, other: Fraction, width: int
) -> None:
    scale = drawn(bounds(one, other), width)

    assert cell_len(scale) == width
    assert scale.count("╋") == 1 or (scale.count("┣"), scale.count("┫")) == (1, 1)


@given(RATIOS, st.integers(2, 60))
def test_one_number_is_one_mark(ratio: Fraction, width: int) -> None:
    assert drawn(bounds(ratio, ratio), width).count("╋") == 1


def test_the_whole_scale_is_from_0_to_100() -> None:
    assert drawn(bounds(Fraction(0), Fraction(1)), 6) == "┣━━━━┫"
    assert drawn(bounds(Fraction(0), Fraction(0)), 6) == "╋─────"
    assert drawn(bounds(Fraction(1), Fraction(1)), 6) == "─────╋"
