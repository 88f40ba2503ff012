from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from diag.assess.scores import Member, mean_of, weighted_mean
from diag.model.number import Bounds
from tests.oracle import exact_mean

RATIOS = st.fractions(0, 1, max_denominator=12)


def member(
    weight: int, low: Fraction | str, high: Fraction | str, *, sure: bool
) -> Member:
    return Member(weight, Bounds(Fraction(low), Fraction(high)), sure)


def test_an_undecided_member_pulls_only_its_own_way() -> None:
    """The first worked example of the design: « entre 40 et 75 »."""
    members = [
        member(3, "2/3", "2/3", sure=True),
        member(2, "0", "1/3", sure=False),
        member(1, "1", "1", sure=False),
    ]
    assert weighted_mean(members) == Bounds(Fraction(2, 5), Fraction(3, 4))


def test_a_domain_perhaps_empty_inside_the_bounds_changes_nothing() -> None:
    """The third worked example of the design."""
    members = [
        member(3, "0.40", "0.75", sure=True),
        member(1, "0.50", "0.60", sure=False),
    ]
    assert weighted_mean(members) == Bounds(Fraction(2, 5), Fraction(3, 4))


def test_without_a_sure_member_the_bounds_are_the_extremes() -> None:
    members = [
        member(5, "0.3", "0.4", sure=False),
        member(1, "0.1", "0.9", sure=False),
    ]
    assert weighted_mean(members) == Bounds(Fraction(1, 10), Fraction(9, 10))


def test_nothing_has_no_mean() -> None:
    assert weighted_mean([]) is None


def test_the_mean_of_sure_values_is_weighted() -> None:
    assert mean_of([(Fraction(1), 1), (Fraction(0), 2)]) == Fraction(1, 3)


@given(
    st.lists(st.tuples(st.integers(1, 4), RATIOS, RATIOS, st.booleans()), max_size=7)
)
def test_the_bounds_are_those_of_brute_force(
    drawn: list[tuple[int, Fraction, Fraction, bool]],
) -> None:
    members = [(w, min(a, b), max(a, b), sure) for w, a, b, sure in drawn]
    exact = exact_mean(
        [(w, low, high) for w, low, high, sure in members if sure],
        [(w, low, high) for w, low, high, sure in members if not sure],
    )
    found = weighted_mean([member(w, *ends, sure=sure) for w, *ends, sure in members])
    assert found == (Bounds(*exact) if exact else None)
