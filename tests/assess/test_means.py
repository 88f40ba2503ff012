"""The one mean: of places, of criteria, of domains, its weights not all known."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from diag.assess.criteria import Member, mean_of, weighted_mean
from diag.assess.results import Weight
from diag.model.text import Bounds
from tests import oracle

RATIOS = st.fractions(0, 1, max_denominator=12)
WEIGHTS = st.integers(0, 4)


def member(least: int, most: int, low: Fraction | str, high: Fraction | str) -> Member:
    return Member(Weight(least, most), Bounds(Fraction(low), Fraction(high)))


def test_an_undecided_member_pulls_only_its_own_way() -> None:
    members = [
        member(3, 3, "2/3", "2/3"),
        member(0, 2, "0", "1/3"),
        member(0, 1, "1", "1"),
    ]
    assert weighted_mean(members) == Bounds(Fraction(2, 5), Fraction(3, 4))


def test_a_weight_that_is_not_known_pulls_as_far_as_it_may() -> None:
    members = [member(10, 10, "1", "1"), member(1, 30, "0", "0")]
    assert weighted_mean(members) == Bounds(Fraction(1, 4), Fraction(10, 11))


def test_a_domain_perhaps_empty_inside_the_bounds_changes_nothing() -> None:
    members = [member(3, 3, "0.40", "0.75"), member(0, 1, "0.50", "0.60")]
    assert weighted_mean(members) == Bounds(Fraction(2, 5), Fraction(3, 4))


def test_without_a_sure_member_the_bounds_are_the_extremes() -> None:
    members = [member(0, 5, "0.3", "0.4"), member(0, 1, "0.1", "0.9")]
    assert weighted_mean(members) == Bounds(Fraction(1, 10), Fraction(9, 10))


def test_nothing_has_no_mean() -> None:
    assert weighted_mean([]) is None


def test_the_mean_of_sure_values_is_weighted() -> None:
    assert mean_of([(Fraction(1), 1), (Fraction(0), 2)]) == Fraction(1, 3)


@given(st.lists(st.tuples(WEIGHTS, WEIGHTS, RATIOS, RATIOS), max_size=6))
def test_the_bounds_are_those_of_brute_force(
    drawn: list[tuple[int, int, Fraction, Fraction]],
) -> None:
    members = [
        member(min(w, v), max(w, v), min(a, b), max(a, b)) for w, v, a, b in drawn
    ]
    counted = [each for each in members if each.weight.most]
    expected = brute_force(counted)
    assert weighted_mean(counted) == expected
    assert oracle.mean(map(as_told, members)) == expected


def as_told(one: Member) -> oracle.Member:
    """Return a member as the oracle has it."""
    least, most = Fraction(one.weight.least), Fraction(one.weight.most)
    return oracle.Member(least, most, one.bounds.low, one.bounds.high)


def brute_force(members: Sequence[Member]) -> Bounds | None:
    """Return the extreme means over every choice of least and greatest weights."""
    choices = [
        weights
        for weights in product(*[(m.weight.least, m.weight.most) for m in members])
        if sum(weights)
    ]
    if not choices:
        return None
    lows = [weighed(weights, [m.bounds.low for m in members]) for weights in choices]
    highs = [weighed(weights, [m.bounds.high for m in members]) for weights in choices]
    return Bounds(min(lows), max(highs))


def weighed(weights: Sequence[Fraction | int], ends: Sequence[Fraction]) -> Fraction:
    """Return the mean of ends by their weights."""
    total = sum((w * end for w, end in zip(weights, ends, strict=True)), Fraction())
    return total / sum(weights)
