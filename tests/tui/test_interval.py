from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from diag.assess.results import Score
from diag.model.enums import Standing
from diag.model.number import Bounds
from diag.tui.outline import drawn, score_line

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


def test_words_and_numbers_stand_beside_the_scale() -> None:
    score = Score(
        Standing.IN, bounds(Fraction(1, 2), Fraction(3, 4)), Fraction(82, 100)
    )

    line = score_line("Ensemble", score, 78)

    assert cell_len(line) <= 78
    assert line.startswith("Ensemble  entre 50 et 75  0 ─")
    assert line.endswith("100  examiné à 82\u00a0%")


def test_where_there_is_no_room_words_remain() -> None:
    score = Score(Standing.IN, bounds(Fraction(1, 2), Fraction(1, 2)), Fraction(1))

    assert score_line("Ensemble", score, 40) == "Ensemble  50  examiné à 100\u00a0%"
    assert score_line("Vide", Score(Standing.OUT, None, Fraction(1)), 78) == (
        "Vide  sans objet"
    )
