"""Degrees on the map: everything fits, and a kilometre is a kilometre."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.documents.drawings import MAP_WIDTH, projection

DEGREES = st.tuples(st.floats(-180, 180), st.floats(-85, 85))


@given(st.lists(DEGREES, min_size=1, max_size=30))
def test_every_point_falls_inside(points: list[tuple[float, float]]) -> None:
    frame = projection(points)

    for x, y in map(frame.spot, points):
        assert 0 <= x <= MAP_WIDTH
        assert 0 <= y <= frame.height


def test_north_is_up_and_east_is_right() -> None:
    frame = projection([(2.0, 47.0), (2.2, 47.1)])

    (x, y), (further, higher) = frame.spot((2.0, 47.0)), frame.spot((2.2, 47.1))
    assert x < further
    assert y > higher


def test_a_kilometre_is_as_long_across_as_down() -> None:
    frame = projection([(2.0, 47.0), (2.3, 47.2)])
    across = math.dist(frame.spot((2.0, 47.1)), frame.spot((2.1, 47.1)))
    down = math.dist(frame.spot((2.0, 47.0)), frame.spot((2.0, 47.1)))

    assert across / down == pytest.approx(math.cos(math.radians(47.1)), rel=0.01)


def test_the_scale_is_round_and_short() -> None:
    kilometres, length = projection([(2.0, 47.0), (2.5, 47.4)]).scale

    assert kilometres == 10
    assert length < MAP_WIDTH / 4


def test_one_school_alone_stands_in_the_middle() -> None:
    x, y = projection([(2.0, 47.0)]).spot((2.0, 47.0))

    assert x == pytest.approx(MAP_WIDTH / 2)
    assert y > 0
