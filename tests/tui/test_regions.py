from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Region

from diag.tui.lists import regions_of


def test_lines_that_follow_each_other_are_one_region() -> None:
    assert regions_of([4, 0, 1, 2], 10, 3) == [Region(3, 0, 10, 3), Region(3, 4, 10, 1)]


@given(st.sets(st.integers(0, 30)))
def test_regions_hold_the_lines_and_no_other(lines: set[int]) -> None:
    held = [y for region in regions_of(lines, 5) for y in region.line_range]

    assert held == sorted(lines)
