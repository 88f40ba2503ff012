"""Which values a search tries."""

from fractions import Fraction

import pytest

from diag.answers.number import around
from diag.checklist.search import hull
from diag.rules.expressions import ABSENT, Exact, Span, point
from tests.rules.places import NO, YES, YES_OR_NO, one_of, several, span

HALF = Fraction(1, 2)


@pytest.mark.parametrize(
    ("marks", "within", "integral", "tried"),
    [
        ([3], span(0, 9), True, [0, 1, 3, 4, 9]),
        ([0], span(0, 1), True, [0, 1]),
        ([HALF], span(0, 1), True, [0, 1]),
        ([HALF], span(0, 1), False, [0, Fraction(1, 4), HALF, Fraction(3, 4), 1]),
        ([30], span(0, 9), True, [0, 1, 9]),
        ([3], span(None, None), True, [2, 3, 4]),
        ([], span(0, None), False, [0, HALF, 1]),
    ],
)
def test_each_mark_each_end_and_each_gap_is_tried(
    marks: list[Exact], within: Span, *, integral: bool, tried: list[Exact]
) -> None:
    assert around(marks, within, integral=integral) == tried


def test_a_hull_stands_for_every_value() -> None:
    assert hull([point(3), ABSENT, point(1)]) == span(1, 3, maybe_absent=True)
    assert hull([YES, NO]) == YES_OR_NO
    assert hull([one_of("a"), one_of("b")]) == one_of("a", "b")
    assert hull([several("a", "a"), several("", "")]) == several("", "a")
    assert hull([ABSENT]) is ABSENT
