"""Marks that move apart, names that find room."""

import math
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from diag.documents.drawings import label_marks, spread_marks

SPOTS = st.tuples(st.floats(0, 500), st.floats(0, 500))


@given(st.lists(SPOTS, max_size=40))
def test_marks_never_hide_each_other(spots: list[tuple[float, float]]) -> None:
    placed = spread_marks(spots, 12)

    assert len(placed) == len(spots)
    assert all(math.dist(*pair) >= 12 for pair in combinations(placed, 2))


def test_marks_at_one_address_stay_near_it() -> None:
    placed = spread_marks([(100.0, 100.0)] * 12, 12)

    assert placed[0] == (100.0, 100.0)
    assert all(math.dist(one, (100, 100)) < 60 for one in placed)


def test_marks_with_room_do_not_move() -> None:
    spots = [(10.0, 10.0), (40.0, 10.0)]

    assert spread_marks(spots, 12) == spots


def test_a_name_stands_beside_its_mark_and_over_no_other() -> None:
    marks = [(100.0, 100.0), (130.0, 100.0)]

    (label,) = label_marks([("Valbrise", marks[:1])], marks, 9, 400)

    assert (label.words, label.anchor) == ("Valbrise", "end")


def test_a_name_without_room_is_left_out_and_the_first_is_served_first() -> None:
    at = (100.0, 100.0)
    names = [(f"Commune {rank}", [at]) for rank in range(9)]

    kept = [label.words for label in label_marks(names, [at], 9, 400)]

    assert kept == [f"Commune {rank}" for rank in range(4)]


def test_a_name_that_finds_no_room_at_one_mark_tries_the_next() -> None:
    wall = [
        (100.0 + across, 100.0 + down)
        for across in (-20, 0, 20)
        for down in (-20, 0, 20)
    ]
    alone = (400.0, 300.0)

    (label,) = label_marks(
        [("Valbrise", [(100.0, 100.0), alone])], [*wall, alone], 9, 400
    )

    assert label.x > alone[0]
