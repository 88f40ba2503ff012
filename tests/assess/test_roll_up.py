from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.assess.criteria import RATIOS, Rolled, rolled_up
from diag.assess.results import Verdict
from diag.model.checklist import RollUp
from diag.model.enums import Standing
from diag.model.number import Bounds
from tests.assess.builders import MEAN, SHARE, WORST, share
from tests.assess.strategies import ROLL_UPS
from tests.oracle import exact_roll_up

IN, MAYBE, OUT = Standing.IN, Standing.MAYBE, Standing.OUT
Place = tuple[Standing, int, int]


def rolled(roll_up: RollUp, *places: Place, is_open: bool = False) -> Rolled:
    verdicts = [Verdict("c", str(rank), *each) for rank, each in enumerate(places)]
    return rolled_up(roll_up, verdicts, is_open=is_open)


def levels(roll_up: RollUp, *places: Place, is_open: bool = False) -> tuple[int, int]:
    found = rolled(roll_up, *places, is_open=is_open)
    return found.low, found.high


def test_a_room_of_unknown_type_may_lower_the_share() -> None:
    """The second worked example of the design."""
    classrooms = ((IN, 2, 2), (IN, 3, 3), (IN, 2, 2))
    assert levels(SHARE, *classrooms, (MAYBE, 1, 1)) == (2, 3)


def test_a_room_not_measured_may_lower_the_share_further() -> None:
    """The second worked example of the design, continued."""
    classrooms = ((IN, 3, 3), (IN, 2, 2), (IN, 0, 3))
    assert levels(SHARE, *classrooms, (MAYBE, 1, 1)) == (1, 3)


@pytest.mark.parametrize("roll_up", [WORST, MEAN, SHARE])
def test_no_place_at_all_is_sans_objet(roll_up: RollUp) -> None:
    assert rolled(roll_up).standing is OUT
    assert rolled(roll_up, (OUT, 0, 0), (OUT, 0, 0)).standing is OUT


@pytest.mark.parametrize("roll_up", [WORST, MEAN, SHARE])
def test_no_known_place_of_an_open_list_may_be_anything(roll_up: RollUp) -> None:
    found = rolled(roll_up, is_open=True)
    assert found == Rolled(MAYBE, 0, 3, RATIOS[0][3], Fraction())


@pytest.mark.parametrize(
    ("roll_up", "expected"), [(WORST, (0, 2)), (MEAN, (0, 3)), (SHARE, (0, 3))]
)
def test_an_open_list_leaves_room_for_others(
    roll_up: RollUp, expected: tuple[int, int]
) -> None:
    assert levels(roll_up, (IN, 2, 2), (IN, 3, 3), is_open=True) == expected


def test_the_worst_of_an_open_list_forgets_what_may_be_out() -> None:
    assert levels(WORST, (MAYBE, 1, 1), is_open=True) == (0, 3)


def test_the_mean_keeps_its_ratio_and_gives_the_level_below() -> None:
    found = rolled(MEAN, (IN, 2, 2), (IN, 3, 3))
    assert found.bounds == Bounds(Fraction(5, 6), Fraction(5, 6))
    assert (found.low, found.high) == (2, 2)


def test_a_share_below_every_step_is_level_0() -> None:
    assert levels(share(2, {3: 1}), (IN, 2, 2), (IN, 1, 1)) == (0, 0)


def test_settled_is_the_share_of_places_known_in_level_and_standing() -> None:
    places = ((IN, 2, 2), (IN, 0, 3), (MAYBE, 1, 1), (OUT, 0, 0))
    assert rolled(WORST, *places).settled == Fraction(1, 3)


def test_an_open_list_counts_one_place_more_that_is_not_settled() -> None:
    assert rolled(WORST, (IN, 2, 2), (IN, 1, 1), is_open=True).settled == Fraction(2, 3)


PLACES = st.tuples(st.sampled_from(Standing), st.integers(0, 3), st.integers(0, 3))


@given(ROLL_UPS, st.lists(PLACES, max_size=5))
def test_the_bounds_are_those_of_brute_force(
    roll_up: RollUp, drawn: list[Place]
) -> None:
    places = [(standing, min(a, b), max(a, b)) for standing, a, b in drawn]
    exact = exact_roll_up(
        roll_up,
        [(low, high) for standing, low, high in places if standing is IN],
        [(low, high) for standing, low, high in places if standing is MAYBE],
    )
    found = rolled(roll_up, *places)
    if exact is None:
        assert found.standing is OUT
    else:
        assert found.bounds == Bounds(*exact)
